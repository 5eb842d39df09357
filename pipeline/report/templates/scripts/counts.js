// How far a reviewer has come, and how often the flags were right: over all, and by kind.
const counts = (() => {
  const by = (id) => document.getElementById(id);

  const lost = (number) =>
    number === 1
      ? "1 decision is on a finding that is no longer there; an export still has it."
      : `${number} decisions are on findings that are no longer there; an export still has them.`;

  // How many contradictions are left when those that were dismissed are taken away; "" where none was.
  const stand = (own, findings) => {
    const found = findings.filter(({ relation }) => relation === "contradiction");
    const left = found.filter(({ id }) => own.get(id)?.ruling !== "dismissed").length;
    if (left === found.length) return "";
    return `${found.length} contradiction${found.length === 1 ? "" : "s"} found, ${left} stand${left === 1 ? "s" : ""}`;
  };

  // Writes the numbers, and returns how far the reviewer has come, in words.
  const draw = ({ own, gone }, findings) => {
    const { accepted, dismissed, kinds } = rules.tally(own, findings);
    const decided = accepted + dismissed;
    const progress = `${decided} of ${findings.length} decided`;
    by("desk-progress").textContent = progress;
    by("desk-precision").textContent = decided
      ? `${accepted} of ${decided} accepted (${rules.share(accepted, decided)})`
      : "";
    by("desk-stand").textContent = stand(own, findings);
    by("desk-bar").value = decided;
    by("desk-kinds").hidden = !decided;
    for (const row of by("desk-kinds").querySelectorAll("tr[data-kind]")) {
      const kind = kinds.get(row.dataset.kind) ?? { accepted: 0, dismissed: 0 };
      const whole = kind.accepted + kind.dismissed;
      const cells = [kind.accepted, kind.dismissed, whole ? rules.share(kind.accepted, whole) : "none decided"];
      cells.forEach((value, i) => (row.cells[i + 1].textContent = value));
    }
    by("desk-gone").hidden = gone.length === 0;
    by("desk-gone").textContent = gone.length ? lost(gone.length) : "";
    return progress;
  };

  return { draw };
})();
