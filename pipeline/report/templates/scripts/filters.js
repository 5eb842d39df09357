// Filters and order: what of the findings and claims is shown, and which finding comes first.
(() => {
  const filters = document.getElementById("filters");
  if (!filters || !desk) return;
  const by = (id) => document.getElementById(id);
  const text = by("filter-text");
  const order = by("filter-order");
  const selects = ["kind", "relation", "outlet", "confidence", "decision"].map((name) => by(`filter-${name}`));
  const [kind, relation, outlet, confidence, decision] = selects;

  const simple = (words) => words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ");
  // The words of a finding are its own, without those of its buttons; a claim has its group's, too.
  const own = (element) => {
    if (!element.dataset.finding) return `${element.closest("[data-group]")?.dataset.group ?? ""} ${element.textContent}`;
    const parts = element.querySelectorAll(":scope > header, :scope > .reason, :scope > .sides");
    return Array.from(parts, (part) => part.textContent).join(" ");
  };
  const items = Array.from(document.querySelectorAll("[data-item]"), (element) => {
    const { kind, relation, outlets, confidence } = element.dataset;
    const section = element.closest("main > section");
    const group = element.closest("[data-group]");
    const within = { group, section, fold: element.closest("details") };
    return { element, ...within, kind, relation, confidence, outlets: (outlets ?? "").split(" "), words: null };
  });
  const wordsOf = (item) => (item.words ??= simple(own(item.element)));
  const containers = new Map();
  for (const { group, section, fold } of items) {
    for (const container of [group, section]) if (container) containers.set(container, 0);
    if (fold) containers.set(fold, 0);
  }
  const folds = new Map();
  for (const { fold } of items) if (fold) folds.set(fold, fold.open);

  const fitsDecision = ({ state, noted }) => {
    if (decision.value === "noted") return Boolean(noted);
    if (decision.value === "open") return state === "open" || state === "changed";
    return state === decision.value;
  };
  const fits = (item, wanted) =>
    (!kind.value || item.kind === kind.value) &&
    (!relation.value || item.relation === relation.value) &&
    (!outlet.value || item.outlets.includes(outlet.value)) &&
    (!confidence.value || Number(item.confidence ?? -1) >= Number(confidence.value)) &&
    (!decision.value || fitsDecision(item.element.dataset)) &&
    wanted.every((word) => wordsOf(item).includes(word));

  let active = false;
  const apply = () => {
    const wanted = simple(text.value).split(" ").filter(Boolean);
    const filtering = wanted.length > 0 || selects.some((select) => select.value !== "");
    if (filtering && !active) for (const fold of folds.keys()) folds.set(fold, fold.open);
    for (const container of containers.keys()) containers.set(container, 0);
    let shown = 0;
    for (const item of items) {
      const isShown = !filtering || fits(item, wanted);
      if (item.element.hidden === isShown) item.element.hidden = !isShown;
      if (!isShown) continue;
      shown += 1;
      for (const container of [item.group, item.section, item.fold]) {
        if (container) containers.set(container, containers.get(container) + 1);
      }
    }
    for (const [container, number] of containers) {
      if (!folds.has(container)) container.hidden = number === 0;
      else if (filtering || active) container.open = filtering ? number > 0 : folds.get(container);
    }
    active = filtering;
    by("filter-status").textContent = filtering ? `${shown} of ${items.length} shown` : "";
    by("filter-none").hidden = shown > 0 || items.length === 0;
  };
  const clear = () => {
    text.value = "";
    for (const select of selects) select.value = "";
    apply();
  };

  const decks = Array.from(document.querySelectorAll("[data-deck]"), (deck) => ({ deck, cards: Array.from(deck.children) }));
  const kinds = Array.from(kind.options, (option) => option.value);
  const numbers = (card) => card.dataset.outlets.split(" ").map(Number).sort((one, other) => one - other);
  const orders = {
    kind: (one, other) => kinds.indexOf(one.dataset.kind) - kinds.indexOf(other.dataset.kind),
    newest: (one, other) => (one.dataset.newest < other.dataset.newest) - (one.dataset.newest > other.dataset.newest),
    outlet: (one, other) => {
      const [first, second] = [numbers(one), numbers(other)];
      return first[0] - second[0] || (first[1] ?? -1) - (second[1] ?? -1);
    },
  };
  const arrange = () => {
    for (const { deck, cards: strongest } of decks) {
      deck.append(...(orders[order.value] ? [...strongest].sort(orders[order.value]) : strongest));
    }
    for (const words of document.querySelectorAll("[data-strongest]")) words.hidden = order.value !== "";
  };

  // Once a frame while somebody types; at the latest when they leave, as the next key is about what is then shown.
  let frame = 0;
  const catchUp = () => {
    if (!frame) return;
    cancelAnimationFrame(frame);
    frame = 0;
    apply();
  };
  text.addEventListener("input", () => (frame ||= requestAnimationFrame(catchUp)));
  text.addEventListener("blur", catchUp);
  for (const select of selects) select.addEventListener("change", apply);
  order.addEventListener("change", arrange);
  by("filter-clear").addEventListener("click", () => {
    clear();
    text.focus();
  });
  by("filter-back").addEventListener("click", () => {
    clear();
    text.focus();
  });
  // On a narrow screen all but the search is out of the way until it is wanted.
  by("filter-more").addEventListener("click", ({ currentTarget }) => {
    const isOpen = filters.classList.toggle("open");
    currentTarget.setAttribute("aria-expanded", String(isOpen));
    currentTarget.textContent = isOpen ? "Fewer filters" : "More filters";
  });
  document.addEventListener("unfiltered", clear);
  document.addEventListener("decided", () => {
    if (decision.value) apply();
  });

  // What is searched is made ready while nobody waits for it.
  let place = 0;
  const prepare = (idle) => {
    while (place < items.length && idle.timeRemaining() > 2) wordsOf(items[place++]);
    if (place < items.length) requestIdleCallback(prepare);
  };
  if (window.requestIdleCallback) requestIdleCallback(prepare);
  // A browser may bring back what was typed before.
  arrange();
  if (text.value || selects.some((select) => select.value)) apply();
  filters.hidden = false;
})();
