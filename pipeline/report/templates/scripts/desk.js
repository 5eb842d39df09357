// The desk: decides on findings, keeps what was decided, and says what was done.
const desk = (() => {
  const source = document.getElementById("desk-data");
  if (!source) return null;
  const { story, findings, decisions } = JSON.parse(source.textContent);
  const locked = source.dataset.locked ?? ""; // why nothing can be decided
  const known = new Map(findings.map((finding) => [finding.id, finding]));
  const failed = new Map(); // what could not be stored, by finding
  const by = (id) => document.getElementById(id);
  let standing = rules.standing(new Map(), findings);
  let progress = "";
  let here = null; // the finding that keys are about
  let isDirty = false; // something was decided that no export holds
  let told = null; // the finding that was just decided

  // Says something, below; but for what waits for an answer it goes by itself, as it covers what is under it.
  const SAID_MS = 10_000;
  let going = 0;
  const tell = (text, { undo = false, again = false, note = null } = {}) => {
    told = note;
    clearTimeout(going);
    if (text && !again) going = setTimeout(fade, SAID_MS);
    by("told").classList.toggle("quiet", !text);
    by("told-text").textContent = text;
    by("told-undo").hidden = !undo;
    by("told-note").hidden = !note;
    by("told-again").hidden = !again;
  };
  const fade = () => {
    if (by("told").matches(":hover, :focus-within")) going = setTimeout(fade, SAID_MS);
    else by("told").classList.add("quiet");
  };
  const hush = () => {
    if (by("told-again").hidden) fade();
  };
  const sentence = ({ message }) => (/[.!?]$/.test(message) ? message : `${message}.`);
  const refuse = () => tell(`Decisions can only be read: ${sentence({ message: locked })}`);
  const forgetful = () =>
    setTimeout(() => tell("This browser keeps nothing for this page: export your decisions before you close it."));
  const store = source.hasAttribute("data-served")
    ? kept.atServer()
    : kept.inBrowser(story, findings, decisions, forgetful);

  // One thing at a time, in the order in which it was asked for.
  let last = Promise.resolve();
  let waiting = 0;
  const inTurn = (work) => {
    waiting += 1;
    const run = last.then(work).finally(() => (waiting -= 1));
    last = run.catch(() => {});
    return run;
  };
  // What is asked for meanwhile is about the finding that comes next, and so has to wait for it.
  const isBusy = () => waiting > 0;
  const idle = async () => {
    while (isBusy()) await last;
  };

  const draw = (held) => {
    standing = rules.standing(held, findings);
    for (const finding of findings) {
      cards.draw(finding, standing.own.get(finding.id) ?? null, standing.earlier.get(finding.id) ?? null);
    }
    progress = counts.draw(standing, findings);
    by("desk").hidden = !findings.length && !held.size;
    document.dispatchEvent(new Event("decided"));
  };
  const refresh = async () => {
    try {
      draw(await store.all());
      return true;
    } catch (error) {
      tell(`The decisions could not be read: ${sentence(error)}`, { again: true });
      return false;
    }
  };

  const UNDECIDED = { ruling: null, reason: null, note: "" };
  const own = (card) => standing.own.get(card.dataset.finding) ?? UNDECIDED;
  const shown = () => Array.from(document.querySelectorAll(".finding")).filter((card) => !card.closest("[hidden]"));
  const settle = (card) => {
    here?.classList.remove("here");
    here = card;
    here?.classList.add("here");
  };
  const go = (card, isScrolling = true) => {
    if (!card) return;
    settle(card);
    card.focus({ preventScroll: true });
    if (!isScrolling) return;
    // Twice, as what comes into view is laid out only then.
    const scroll = () => card.scrollIntoView({ block: "start", behavior: "instant" });
    scroll();
    requestAnimationFrame(scroll);
  };
  const nextOpen = (card) => {
    const list = shown();
    const place = list.indexOf(card);
    return [...list.slice(place + 1), ...list.slice(0, Math.max(place, 0))].find(cards.isOpen) ?? null;
  };

  // Stores what is wished for a finding, and returns whether it is stored. If not, it waits to be tried again.
  const keep = async (id, wish) => {
    try {
      await store.decide(known.get(id), wish);
      failed.delete(id);
      isDirty = true;
    } catch (error) {
      failed.set(id, wish);
      const waiting = failed.size > 1 ? ` ${failed.size} changes wait.` : "";
      tell(`Not stored: ${sentence(error)}${waiting}`, { again: true });
    }
    cards.mark(cards.all.get(id), failed.has(id));
    return !failed.has(id);
  };
  const WORDS = { accepted: "Accepted", dismissed: "Dismissed" };
  const isRuledAlike = (one, other) =>
    (one.ruling ?? null) === (other.ruling ?? null) && (one.reason ?? null) === (other.reason ?? null);
  const words = (before, wish) => {
    if (!isRuledAlike(before, wish)) return WORDS[wish.ruling] ?? "Taken back";
    return wish.note ? "Noted" : "Note removed";
  };
  const UNDONE = { accepted: "accepting", dismissed: "dismissing" };
  const undone = (before, after) => {
    if (!isRuledAlike(before, after)) return UNDONE[before.ruling] ?? "taking back";
    if (before.note === after.note) return "a change of";
    if (!before.note) return "removing the note on";
    return after.note ? "changing the note on" : "the note on";
  };
  // Decides, and goes on: to the next open finding after a ruling. By a pointer nothing scrolls, as folding the
  // finding brings the next one to where the pointer is. One that `stays` is not left yet.
  const decide = (card, wish, { isScrolling = true, stays = false } = {}) =>
    inTurn(async () => {
      const before = own(card);
      const name = cards.name(card);
      if (!failed.has(card.dataset.finding) && isRuledAlike(before, wish) && before.note === wish.note) {
        tell(`${wish.ruling ? `Already ${wish.ruling}` : "Nothing changed"}: ${name}.`);
        return true;
      }
      if (!(await keep(card.dataset.finding, wish))) return false;
      const isRuled = wish.ruling && !isRuledAlike(before, wish);
      const next = wish.ruling && !before.ruling && !stays ? nextOpen(card) : null;
      if (!(await refresh())) return true;
      go(next ?? card, isScrolling);
      tell(`${words(before, wish)}: ${name}. ${progress}.`, { undo: true, note: isRuled ? card : null });
      return true;
    });

  const undo = () =>
    inTurn(async () => {
      if (locked) return refuse();
      const held = standing.own;
      try {
        const ids = await store.undo();
        if (ids === null) return tell("There is nothing to undo.");
        if (!(await refresh())) return undefined;
        const card = cards.all.get(ids.at(-1));
        if (card && !card.closest("[hidden]")) go(card);
        if (ids.length > 1) return tell(`Undone: an import of ${ids.length} decisions. ${progress}.`);
        const what = card && undone(held.get(ids[0]) ?? UNDECIDED, own(card));
        return tell(`Undone${card ? `: ${what} ${cards.name(card)}` : ""}. ${progress}.`);
      } catch (error) {
        return tell(`Nothing was undone: ${sentence(error)}`);
      }
    });
  const again = () =>
    inTurn(async () => {
      const stored = [];
      for (const [id, wish] of [...failed]) stored.push(await keep(id, wish));
      if (stored.includes(false) || !(await refresh())) return;
      document.dispatchEvent(new Event("stored"));
      tell(stored.length ? `Stored. ${progress}.` : `${progress}.`);
    });

  const take = (file) =>
    inTurn(async () => {
      try {
        const { taken, older, unknown } = await store.take(await file.text());
        if (!(await refresh())) return;
        const parts = [`${taken} taken`, `${older} no newer than those here`];
        if (unknown) parts.push(`${unknown} kept on findings that are not in this report`);
        tell(`Imported: ${parts.join(", ")}. ${progress}.`, { undo: taken + unknown > 0 });
      } catch (error) {
        tell(`Nothing was imported: ${sentence(error)}`);
      }
    });
  const safe = story.replace(/[^\p{L}\p{M}\p{N}]+/gu, "-").slice(0, 60).replace(/^-+|-+$/g, "");
  const EXPORTED = `${safe ? `${safe}-` : ""}decisions.json`;
  const give = () =>
    inTurn(async () => {
      try {
        const link = document.createElement("a");
        link.href = URL.createObjectURL(new Blob([await store.give()], { type: "application/json" }));
        link.download = EXPORTED;
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
        isDirty = false;
        tell(`Exported as ${EXPORTED}.`);
      } catch (error) {
        tell(`Nothing was exported: ${sentence(error)}`);
      }
    });

  by("told-undo").addEventListener("click", undo);
  by("told-again").addEventListener("click", again);
  by("told-note").addEventListener("click", () => {
    const card = told;
    tell(""); // it would cover the note
    forms.noteAndGoOn(card);
  });
  by("desk-undo").addEventListener("click", undo);
  by("desk-export").addEventListener("click", give);
  by("desk-import").addEventListener("click", () => by("desk-file").click());
  by("desk-file").addEventListener("change", ({ target }) => {
    if (target.files[0]) take(target.files[0]);
    target.value = "";
  });
  document.addEventListener("focusin", ({ target }) => {
    const card = target.closest(".finding");
    if (card) settle(card);
  });
  addEventListener("beforeunload", (event) => {
    if (failed.size || (isDirty && store.isFleeting())) event.preventDefault();
  });
  store.onChange(() => inTurn(refresh));
  by("told").hidden = false;
  tell("");
  if (locked) {
    const acts = document.getElementById("tools").content.querySelectorAll(".acts [data-do]:not([data-do='show'])");
    for (const button of [...acts, by("desk-undo"), by("desk-import")]) button.disabled = true;
  }
  draw(rules.newest(decisions));
  inTurn(refresh);

  const asks = { here: () => here, isBusy, isLocked: () => locked !== "", nextOpen, own, shown };
  return { ...asks, decide, go, hush, idle, refuse, settle, tell, undo };
})();
