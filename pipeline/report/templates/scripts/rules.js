// The rules of decisions, without a page: which of two counts, which finding one is about, what they add up to.
"use strict";
const rules = (() => {
  const isWithdrawn = (decision) => !decision.ruling && !decision.note;

  // Of two decisions on one finding the newer counts, and of two of one moment the one that was there before.
  const newer = (held, found) => {
    if (!held) return found;
    return Date.parse(found.decided_at) > Date.parse(held.decided_at) ? found : held;
  };

  const newest = (...lists) => {
    const held = new Map();
    for (const decision of lists.flat()) {
      held.set(decision.finding_id, newer(held.get(decision.finding_id), decision));
    }
    return held;
  };

  const byName = (sides) =>
    [...sides].sort((one, other) => {
      if (one.article !== other.article) return one.article < other.article ? -1 : 1;
      return one.quote < other.quote ? -1 : 1;
    });

  // "Changed since", as pipeline/decided.py has it: a decision whose finding is not in the report is about the
  // first finding of the same kind, between articles of the same two names, of which the quote of one side at
  // least is the same to the letter, on the side of the same article.
  const isSuccessor = (decision, finding) => {
    if (decision.kind !== finding.kind) return false;
    const [before, after] = [byName(decision.sides), byName(finding.sides)];
    return (
      before.every((side, i) => side.article === after[i].article) &&
      before.some((side, i) => side.quote === after[i].quote)
    );
  };

  // How the decisions `held` stand to the findings of this report: `own` and `earlier` (those made on another
  // wording) by finding, and `gone`, those whose finding is there in no wording. A finding with a ruling of its
  // own has nothing earlier, one with a note alone may; one that several were about has the newest of them.
  const standing = (held, findings) => {
    const ids = new Set(findings.map((finding) => finding.id));
    const decisions = [...held.values()].filter((decision) => !isWithdrawn(decision));
    const own = new Map(decisions.filter(({ finding_id: id }) => ids.has(id)).map((one) => [one.finding_id, one]));
    const lost = decisions.filter(({ finding_id: id }) => !ids.has(id));
    lost.sort((one, other) => Date.parse(other.decided_at) - Date.parse(one.decided_at));
    const earlier = new Map();
    const gone = [];
    for (const decision of lost) {
      const after = findings.filter((finding) => isSuccessor(decision, finding));
      const free = after.find((finding) => !own.get(finding.id)?.ruling && !earlier.has(finding.id));
      if (free) earlier.set(free.id, decision);
      else if (!after.length) gone.push(decision);
    }
    return { own, earlier, gone };
  };

  // How many findings were accepted and dismissed, over all and by kind.
  const tally = (own, findings) => {
    const kinds = new Map();
    const all = { accepted: 0, dismissed: 0 };
    for (const { id, kind } of findings) {
      if (!kinds.has(kind)) kinds.set(kind, { accepted: 0, dismissed: 0 });
      const ruling = own.get(id)?.ruling;
      if (!ruling) continue;
      all[ruling] += 1;
      kinds.get(kind)[ruling] += 1;
    }
    return { ...all, kinds };
  };

  // A share in percent; only all of it is 100 %, and only none of it 0 %.
  const share = (part, whole) => {
    const rounded = Math.round((100 * part) / whole);
    return `${part > 0 && part < whole ? Math.min(99, Math.max(1, rounded)) : rounded} %`;
  };

  const RULINGS = ["accepted", "dismissed", null];
  const KEPT = ["finding_id", "ruling", "reason", "note", "decided_at", "kind", "relation", "sides"];
  const isText = (value) => typeof value === "string";
  const isDecision = (one) =>
    isText(one?.finding_id) &&
    RULINGS.includes(one.ruling ?? null) &&
    !Number.isNaN(Date.parse(one.decided_at)) &&
    isText(one.kind) &&
    isText(one.relation) &&
    [one.note ?? "", one.reason ?? ""].every(isText) &&
    one.sides?.length === 2 &&
    one.sides.every((side) => isText(side?.article) && isText(side.quote));

  // The decisions in the text of an exported file; throws an Error whose message is for the reader.
  const parsed = (text, story) => {
    let file;
    try {
      file = JSON.parse(text);
    } catch {
      throw new Error("this is no file of decisions, or a damaged one");
    }
    if (Number.isInteger(file?.schema_version) && file.schema_version > 1) {
      throw new Error("the file comes from a newer version of storycheck");
    }
    if (file?.schema_version !== 1 || !Array.isArray(file.decisions) || !file.decisions.every(isDecision)) {
      throw new Error("this is no file of decisions, or a damaged one");
    }
    if (file.story !== story) throw new Error(`these are decisions on another story, “${file.story}”`);
    return file.decisions.map((one) => ({
      ...Object.fromEntries(KEPT.map((name) => [name, one[name] ?? null])),
      note: one.note ?? "",
    }));
  };

  return { isWithdrawn, newest, parsed, share, standing, tally };
})();
