// One key for each thing a reviewer does; all of it can be done by the page's buttons, too.
(() => {
  if (!desk) return;
  const help = document.getElementById("help");
  const isOn = document.getElementById("help-keys");
  const KEPT = "storycheck:keys";
  try {
    isOn.checked = localStorage.getItem(KEPT) !== "off";
  } catch {
    isOn.checked = true;
  }
  isOn.addEventListener("change", () => {
    try {
      localStorage.setItem(KEPT, isOn.checked ? "on" : "off");
    } catch {
      // It holds as long as the page is open.
    }
  });

  const step = (by) => {
    const list = desk.shown();
    const place = list.indexOf(desk.here());
    const next = place < 0 ? list[by > 0 ? 0 : list.length - 1] : list[place + by];
    if (next) desk.go(next);
    else desk.tell(list.length ? `That was the ${by > 0 ? "last" : "first"} finding.` : "No finding is shown.");
  };
  const isInSight = (card) => {
    const { top, bottom } = card.getBoundingClientRect();
    return !card.closest("[hidden]") && bottom > 0 && top < innerHeight;
  };
  // Does something to the finding that is marked; where that is out of sight, shows it first and does nothing.
  const act = (name) => {
    const card = desk.here();
    if (card && isInSight(card)) {
      forms.acts[name](card, true);
      return;
    }
    const other = card && !card.closest("[hidden]") ? card : desk.nextOpen(null);
    if (!other) desk.tell("No finding is open.");
    else {
      desk.go(other);
      desk.tell(`This is it: ${cards.name(other)}. Press the key again.`);
    }
  };
  const acts = {
    j: () => step(1),
    ArrowRight: () => step(1),
    k: () => step(-1),
    ArrowLeft: () => step(-1),
    a: () => act("accept"),
    d: () => act("dismiss"),
    n: () => act("note"),
    o: () => act("show"),
    u: () => desk.undo(),
    "/": () => document.getElementById("filter-text").focus(),
    "?": () => help.showModal(),
  };
  // With a finding itself in focus, up and down lead to its neighbours; elsewhere they scroll.
  const onCard = { ArrowDown: acts.j, ArrowUp: acts.k };

  const isWriting = (element) => element.closest("input, select, textarea, [contenteditable]") !== null;
  // Keys pressed while a decision is being stored wait, each for all that those before it began. Where one of
  // them opened a note or the search, the rest would have been its letters, and are dropped.
  const pressed = [];
  const catchUp = async () => {
    while (pressed.length) {
      await desk.idle();
      if (isWriting(document.activeElement)) pressed.length = 0;
      else pressed[0]();
      pressed.shift();
    }
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (event.key === "Escape") {
      if (!forms.close() && event.target.id === "filter-text") event.target.blur();
      return;
    }
    if (isWriting(event.target) || !isOn.checked || event.isComposing) return;
    if (event.key.startsWith("Arrow") && event.target.closest(".scroll, [role='radiogroup']")) return;
    const isDigit = /^[1-9]$/.test(event.key);
    const does = acts[event.key] ?? (event.target.matches(".finding") ? onCard[event.key] : undefined);
    if (!does && !isDigit) return;
    const press = () => (does ? does() : forms.choose(Number(event.key)));
    if (desk.isBusy() || pressed.length) {
      event.preventDefault();
      pressed.push(press);
      if (pressed.length === 1) catchUp();
      return;
    }
    if (does || forms.isChoosing()) event.preventDefault();
    press();
  });
  document.getElementById("desk-help").addEventListener("click", () => help.showModal());
  document.getElementById("help-close").addEventListener("click", () => help.close());
})();
