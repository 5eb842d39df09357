// Filters and the order of the stories, and nothing else: the page is complete without this script.
"use strict";
(() => {
  const filters = document.getElementById("filters");
  const table = document.getElementById("stories");
  if (!filters || !table) return;
  const text = document.getElementById("filter-text");
  const kind = document.getElementById("filter-kind");
  const state = document.getElementById("filter-state");
  const status = document.getElementById("filter-status");
  const worst = document.querySelector(".worst");
  const noFinding = document.getElementById("no-finding");
  const noStory = document.getElementById("no-story");
  const body = table.tBodies[0];
  const shownAtOnce = worst ? Number(worst.dataset.first) : 0;
  const simple = (words) => words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ");
  const split = (names) => new Set((names || "").split(" ").filter(Boolean));

  const stories = Array.from(body.rows, (row, place) => ({
    row, place, words: null, fits: true,
    kinds: split(row.dataset.kinds), states: split(row.dataset.states),
  }));
  const storyOf = new Map(stories.map((story) => [story.row.id, story]));
  const findings = Array.from(document.querySelectorAll("[data-finding]"), (item) => ({
    item, words: null, kind: item.dataset.kind, story: storyOf.get(item.dataset.story),
  }));
  const wordsOf = (one, element) => {
    one.words ??= simple(`${element.textContent} ${element.dataset.words}`);
    return one.words;
  };
  // What is searched is made while nobody waits for it.
  const idle = window.requestIdleCallback || ((work) => setTimeout(() => work({ timeRemaining: () => 8 }), 50));
  let prepared = 0;
  const prepare = (time) => {
    while (prepared < stories.length && time.timeRemaining() > 2) {
      wordsOf(stories[prepared], stories[prepared].row);
      prepared += 1;
    }
    if (prepared < stories.length) idle(prepare);
  };

  const count = (number, one, many) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
  const apply = () => {
    const wanted = simple(text.value).split(" ").filter(Boolean);
    const ofKind = kind ? kind.value : "";
    const filtering = wanted.length > 0 || ofKind !== "" || state.value !== "";
    let shown = 0;
    for (const story of stories) {
      story.fits = !state.value || story.states.has(state.value);
      const stays = story.fits && (!ofKind || story.kinds.has(ofKind))
        && wanted.every((word) => wordsOf(story, story.row).includes(word));
      if (story.row.hidden === stays) story.row.hidden = !stays;
      shown += stays ? 1 : 0;
    }
    let listed = 0;
    for (const finding of findings) {
      const stays = listed < shownAtOnce && finding.story.fits && (!ofKind || finding.kind === ofKind)
        && wanted.every((word) => wordsOf(finding, finding.item).includes(word));
      if (finding.item.hidden === stays) finding.item.hidden = !stays;
      listed += stays ? 1 : 0;
    }
    if (noFinding) noFinding.hidden = listed > 0;
    noStory.hidden = shown > 0 || !filtering;
    const found = worst ? `, ${count(listed, "finding", "findings")} listed` : "";
    status.textContent = filtering
      ? `${shown.toLocaleString("en")} of ${count(stories.length, "story", "stories")}${found}`
      : "";
  };
  const clear = () => {
    text.value = "";
    if (kind) kind.value = "";
    state.value = "";
    apply();
    keep();
    text.focus();
  };

  // The order: names from A, everything else from the most, and again turned round.
  const heads = Array.from(table.tHead.querySelectorAll("[data-sort]"));
  const names = new Intl.Collator("en", { numeric: true });
  const figures = {
    name: (story) => story.row.cells[0].querySelector("bdi").textContent,
    contradictions: (story) => ("contradictions" in story.row.dataset ? -story.place : null),
    decided: (story) => Number(story.row.dataset.decided ?? NaN),
    errors: (story) => Number(story.row.dataset.errors ?? NaN),
    latest: (story) => story.row.dataset.latest ?? null,
  };
  let order = { by: "contradictions", down: true };
  const sort = (by, down) => {
    order = { by, down };
    const sorted = stories.map((story) => ({ story, figure: figures[by](story) }));
    const lacks = (one) => (one.figure === null || Number.isNaN(one.figure) ? 1 : 0);
    sorted.sort((one, other) => {
      if (lacks(one) || lacks(other)) return lacks(one) - lacks(other) || one.story.place - other.story.place;
      const difference = by === "name" ? names.compare(one.figure, other.figure)
        : one.figure < other.figure ? -1 : one.figure > other.figure ? 1 : 0;
      return (down ? -difference : difference) || one.story.place - other.story.place;
    });
    const fragment = document.createDocumentFragment();
    for (const { story } of sorted) fragment.append(story.row);
    body.append(fragment);
    for (const head of heads) {
      if (head.dataset.sort === by) head.setAttribute("aria-sort", down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
  };
  for (const head of heads) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    if (head.dataset.sort === order.by) head.setAttribute("aria-sort", "descending");
    button.addEventListener("click", () => {
      const by = head.dataset.sort;
      sort(by, by === order.by ? !order.down : by !== "name");
      keep();
    });
  }

  // Who follows a link and comes back finds the list as it was left.
  let keeping = 0;
  const keepNow = () => {
    if (!keeping) return;
    clearTimeout(keeping);
    keeping = 0;
    const left = { text: text.value, kind: kind ? kind.value : "", state: state.value, order };
    history.replaceState({ index: left }, "");
  };
  const keep = () => {
    clearTimeout(keeping);
    keeping = setTimeout(keepNow, 250);
  };
  const left = history.state && history.state.index;
  if (left) {
    text.value = left.text;
    if (kind) kind.value = left.kind;
    state.value = left.state;
    if (left.order.by in figures && (left.order.by !== order.by || !left.order.down)) sort(left.order.by, left.order.down);
    apply();
  }

  let waiting = 0;
  text.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 80);
    keep();
  });
  document.addEventListener("click", keepNow, { capture: true }); // it may be on a link
  for (const choice of [kind, state]) {
    if (choice) choice.addEventListener("change", () => { apply(); keep(); });
  }
  for (const button of [document.getElementById("filter-clear"), ...document.querySelectorAll("[data-clear]")]) {
    button.addEventListener("click", clear);
  }
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input, select, textarea, [contenteditable]");
    if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    text.focus();
  });
  filters.hidden = false;
  idle(prepare);
})();
