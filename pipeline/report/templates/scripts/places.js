// A link into the page reaches its target, even where a filter hides it or a fold holds it; paper shows it all.
(() => {
  const reach = () => {
    let id;
    try {
      id = decodeURIComponent(location.hash.slice(1));
    } catch {
      return;
    }
    const target = id && document.getElementById(id);
    if (!target) return;
    if (target.closest("[hidden]")) document.dispatchEvent(new Event("unfiltered"));
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    const card = target.closest(".finding");
    if (card && desk) {
      if (!cards.isOpen(card)) cards.show(card, true);
      desk.go(card);
    } else if (!target.closest("#reader")) {
      const scroll = () => target.scrollIntoView({ behavior: "instant" });
      scroll();
      requestAnimationFrame(scroll);
    }
  };
  addEventListener("hashchange", reach);
  // A link to where one is already changes no hash, but somebody wants to get there.
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link && link.hash === location.hash) reach();
  });
  if (location.hash) reach();

  let unfolded = [];
  addEventListener("beforeprint", () => {
    unfolded = Array.from(document.querySelectorAll("main details:not([open])"));
    for (const fold of unfolded) fold.open = true;
  });
  addEventListener("afterprint", () => {
    for (const fold of unfolded) fold.open = false;
  });
})();
