// Filters, and nothing else: the page is complete without this script.
"use strict";
(() => {
  const filters = document.getElementById("filters");
  if (!filters) return;
  const text = document.getElementById("filter-text");
  const kind = document.getElementById("filter-kind");
  const status = document.getElementById("filter-status");
  const items = Array.from(document.querySelectorAll("[data-item]"), (element) => {
    const group = element.closest("[data-group]");
    return { element, group, kind: element.dataset.kind, words: null };
  });
  const groups = Array.from(document.querySelectorAll("[data-group]"));
  const folds = Array.from(document.querySelectorAll("main details"), (element) => ({ element, open: element.open }));
  const simple = (words) => words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ");
  const wordsOf = (item) => {
    item.words ??= simple(`${item.group ? item.group.dataset.group : ""} ${item.element.textContent}`);
    return item.words;
  };
  let active = false;

  const apply = () => {
    const wanted = simple(text.value).split(" ").filter(Boolean);
    const only = kind ? kind.value : "";
    const filtering = wanted.length > 0 || only !== "";
    let shown = 0;
    for (const item of items) {
      const fits = (!only || item.kind === only) && wanted.every((word) => wordsOf(item).includes(word));
      item.element.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    for (const group of groups) group.hidden = !group.querySelector("[data-item]:not([hidden])");
    if (filtering !== active) {
      for (const fold of folds) {
        if (filtering) fold.open = fold.element.open;
        if (fold.element.querySelector("[data-item]")) fold.element.open = filtering || fold.open;
      }
    }
    active = filtering;
    status.textContent = filtering ? `${shown} of ${items.length} shown` : "";
  };

  const clear = () => {
    text.value = "";
    if (kind) kind.value = "";
    apply();
  };
  let waiting = 0;
  text.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 80);
  });
  if (kind) kind.addEventListener("change", apply);
  document.getElementById("filter-clear").addEventListener("click", () => {
    clear();
    text.focus();
  });
  // A link into the page must reach its target, even where a filter hides it.
  window.addEventListener("hashchange", () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.closest("[hidden]")) clear();
    const fold = target.closest("details");
    if (fold) fold.open = true;
    target.scrollIntoView();
  });
  // Paper shows what is folded, and folds it again afterwards.
  let unfolded = [];
  window.addEventListener("beforeprint", () => {
    unfolded = folds.map((fold) => fold.element).filter((element) => !element.open);
    for (const element of unfolded) element.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const element of unfolded) element.open = false;
  });
  filters.hidden = false;
})();
