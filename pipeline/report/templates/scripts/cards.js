// How one finding looks as it was decided: its state, ruling and note, and what was decided before it changed.
const cards = (() => {
  const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
  const RULING = { accepted: "Accepted", dismissed: "Dismissed" };
  const CHANGED = { accepted: "you accepted it", dismissed: "you dismissed it" };
  const all = new Map();
  for (const card of document.querySelectorAll(".finding")) all.set(card.dataset.finding, card);
  const drawn = new WeakMap();
  const tools = document.getElementById("tools");
  const reasons = new Map();
  for (const button of document.getElementById("reasons")?.content.querySelectorAll("[data-reason]") ?? []) {
    reasons.set(button.dataset.reason, button.querySelector("strong").textContent);
  }

  const part = (card, name) => card.querySelector(`[data-part="${name}"]`);
  // What tells a finding from others of its kind between the same outlets: the line that says what differs.
  const LONGEST = 120;
  const told = (text) => {
    const line = text.trim().replace(/\s+/g, " ").replace(/\.$/, "");
    return line.length > LONGEST ? `${line.slice(0, LONGEST).trimEnd()}…` : line;
  };
  const name = (card) => {
    const line = told(card.querySelector(".reason").textContent);
    return `${card.querySelector("h3").textContent}${line ? ` (${line})` : ""}`;
  };
  const isOpen = (card) => !RULING[card.dataset.state];
  const because = ({ reason }) => (reason ? `: ${reasons.get(reason) ?? reason}` : "");
  const day = (time) => new Date(time).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
  const element = (kind, ...content) => {
    const made = document.createElement(kind);
    made.append(...content);
    return made;
  };
  const key = (words) => {
    const made = element("span", words);
    made.className = "key";
    return made;
  };
  // Foreign text: what is hidden in it is written out, and its direction stays its own.
  const foreign = (text) =>
    element(
      "bdi",
      text.replace(HIDDEN, (sign) => {
        if ("\t\n\r\u200c\u200d".includes(sign)) return sign;
        return `⟨U+${sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`;
      }),
    );
  const fill = (place, ...content) => {
    place.hidden = content.length === 0;
    place.replaceChildren(...content);
  };

  const drawEarlier = (card, finding, earlier) => {
    part(card, "earlier").hidden = !earlier;
    if (!earlier) return;
    const since = CHANGED[earlier.ruling] ? `${CHANGED[earlier.ruling]}${because(earlier)}` : "your note";
    part(card, "earlier-name").textContent = `Changed since ${since}`;
    part(card, "earlier-day").textContent = day(earlier.decided_at);
    const now = new Set(finding.sides.map((side) => side.quote));
    const sides = earlier.sides.map(({ article, quote }) => {
      const words = element("q", foreign(quote));
      words.dir = "auto";
      const is = now.has(quote) ? "the same as now" : "another wording";
      return element("li", key(""), element("strong", foreign(article)), key(`, ${is}`), words);
    });
    part(card, "earlier-sides").replaceChildren(...sides);
    fill(part(card, "earlier-note"), ...(earlier.note ? [key("Your note then "), foreign(earlier.note)] : []));
  };

  // A finding that is decided is folded to one line, until somebody wants to see it.
  const show = (card, isShown) => {
    card.classList.toggle("shown", isShown);
    const button = card.querySelector('[data-do="show"]');
    button.setAttribute("aria-expanded", String(isShown));
    button.textContent = isShown ? "Fold" : "Show";
  };

  // Elsewhere on the page, what leads to a finding that was dismissed says so.
  const signs = new Map();
  for (const sign of document.querySelectorAll("#matrix [data-finding], #matrix .rest a[href^='#finding-']")) {
    const id = sign.dataset.finding ?? decodeURIComponent(sign.hash.slice("#finding-".length));
    signs.set(id, [...(signs.get(id) ?? []), sign]);
  }
  const strike = (id, isDismissed) => {
    for (const sign of signs.get(id) ?? []) {
      if (sign.classList.toggle("dismissed", isDismissed) === Boolean(sign.querySelector(".struck"))) continue;
      if (!isDismissed) sign.querySelector(".struck").remove();
      else {
        const words = element("span", " dismissed");
        words.className = "unseen struck";
        sign.append(words);
      }
    }
  };

  // Draws `finding` as `own` and `earlier` decide it (null where they don't), if that is another than before.
  const draw = (finding, own, earlier) => {
    const card = all.get(finding.id);
    if (!card) return;
    const state = JSON.stringify([own, earlier]);
    if (drawn.get(card) === state) return;
    if (!drawn.has(card)) {
      card.querySelector("[data-made]")?.remove();
      card.append(tools.content.firstElementChild.cloneNode(true));
      part(card, "ruling").id = `ruling-${finding.id}`;
      card.setAttribute("aria-describedby", `ruling-${finding.id}`);
    }
    drawn.set(card, state);
    strike(finding.id, own?.ruling === "dismissed");
    card.dataset.state = own?.ruling ?? (earlier ? "changed" : "open");
    card.classList.toggle("undecided", !own);
    card.dataset.noted = own?.note ? "yes" : "";
    const ruling = RULING[own?.ruling];
    const when = ruling && key(day(own.decided_at));
    fill(part(card, "ruling"), ...(ruling ? [element("strong", ruling), because(own), " ", when] : []));
    fill(part(card, "note"), ...(own?.note ? [key("Note "), foreign(own.note)] : []));
    drawEarlier(card, finding, earlier);
    show(card, false);
  };
  const mark = (card, isUnkept) => (part(card, "unkept").hidden = !isUnkept);

  return { all, day, draw, isOpen, mark, name, show };
})();
