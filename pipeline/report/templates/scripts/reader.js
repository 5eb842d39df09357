// A link to a sentence opens its article, leads there, and offers the way back.
"use strict";
(() => {
  const reader = document.getElementById("reader");
  if (!reader) return;
  const back = document.getElementById("reader-back");
  let origin = null; // the link that led into the articles

  const targeted = () => {
    let name = location.hash.slice(1);
    try { name = decodeURIComponent(name); } catch { /* a stray % is part of the name */ }
    const target = name ? document.getElementById(name) : null;
    return target && reader.contains(target) && target !== reader ? target : null;
  };
  const arrive = () => {
    const target = targeted();
    if (!target) {
      back.hidden = true;
      return;
    }
    const fold = target.closest("details");
    if (fold) fold.open = true;
    const place = fold === target ? fold.querySelector("summary") : target;
    if (place === target) target.tabIndex = -1;
    place.scrollIntoView({ block: place === target ? "center" : "start" });
    place.focus({ preventScroll: true });
    back.hidden = !origin;
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href^='#']");
    if (link && !reader.contains(link)) origin = link;
    // The same link again changes no hash, and yet must lead there.
    if (link && link.hash === location.hash) setTimeout(arrive);
  });
  back.addEventListener("click", () => {
    const link = origin;
    origin = null;
    back.hidden = true;
    link.focus({ preventScroll: true });
    link.scrollIntoView({ block: "center" });
  });
  window.addEventListener("hashchange", () => setTimeout(arrive)); // after what the filters do
  arrive();

  // Paper unfolds everything, but of the articles it shows those that were open. Who opens them all for it may
  // have done so already; that they were opened is told only later.
  const articles = Array.from(reader.querySelectorAll(".reading"));
  const read = new Set();
  reader.addEventListener("toggle", ({ target }) => read[target.open ? "add" : "delete"](target), { capture: true });
  window.addEventListener("beforeprint", () => {
    for (const article of articles) if (!read.has(article)) article.classList.add("unread");
  });
  window.addEventListener("afterprint", () => {
    for (const article of articles) article.classList.remove("unread");
  });
})();
