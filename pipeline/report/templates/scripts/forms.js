// What can be done to a finding by its buttons: the reasons to dismiss it, and a note.
const forms = (() => {
  if (!desk) return null;
  const drafts = new Map(); // notes that were begun and not saved, by finding
  let open = null; // {card, panel, act}

  const button = (card, act) => card.querySelector(`.tools [data-do="${act}"]`);
  const text = () => open.panel.querySelector("textarea");

  const close = ({ isSaved = false } = {}) => {
    if (!open) return false;
    const { card, panel, act } = open;
    if (act === "note") {
      const id = card.dataset.finding;
      if (isSaved || text().value === desk.own(card).note) drafts.delete(id);
      else drafts.set(id, text().value);
    }
    const hadFocus = panel.contains(document.activeElement);
    panel.remove();
    button(card, act).setAttribute("aria-expanded", "false");
    open = null;
    if (hadFocus) card.focus({ preventScroll: true });
    return true;
  };
  const begin = (card, act, template, first) => {
    const wasOpen = open?.card === card && open.act === act;
    close();
    if (wasOpen) return;
    const panel = document.getElementById(template).content.firstElementChild.cloneNode(true);
    card.querySelector(".tools").append(panel);
    button(card, act).setAttribute("aria-expanded", "true");
    open = { card, panel, act };
    desk.settle(card);
    desk.hush();
    if (act === "note") text().value = drafts.get(card.dataset.finding) ?? desk.own(card).note;
    panel.querySelector(first).focus({ preventScroll: true });
    panel.scrollIntoView({ block: "nearest", behavior: "instant" });
  };

  const rule = async (card, ruling, reason, isScrolling) => {
    close();
    await desk.decide(card, { ruling, reason, note: desk.own(card).note }, isScrolling);
  };
  const save = async (card) => {
    const { ruling, reason } = desk.own(card);
    const note = text().value.trim();
    const isStored = await desk.decide(card, { ruling, reason, note }, false);
    if (isStored && open?.card === card) close({ isSaved: true });
  };
  const acts = {
    accept: (card, isScrolling) => rule(card, "accepted", null, isScrolling),
    back: (card, isScrolling) => rule(card, null, null, isScrolling),
    dismiss: (card) => begin(card, "dismiss", "reasons", "[data-reason]"),
    note: (card) => begin(card, "note", "noting", "textarea"),
    show: (card) => cards.show(card, !card.classList.contains("shown")),
    save,
    close: () => close(),
  };

  // Chooses the reason of that number (from 1), if the reasons are open.
  const isChoosing = () => open?.act === "dismiss";
  const choose = (number) => {
    if (!isChoosing()) return;
    const { card, panel } = open;
    const reason = panel.querySelectorAll("[data-reason]")[number - 1]?.dataset.reason;
    if (reason) rule(card, "dismissed", reason);
  };

  document.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-do], [data-reason]");
    const card = pressed?.closest(".finding");
    if (!card) return;
    const isScrolling = event.detail === 0; // pressed by a key
    if (pressed.dataset.reason) rule(card, "dismissed", pressed.dataset.reason, isScrolling);
    else acts[pressed.dataset.do](card, isScrolling);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.target.id !== "note-text") return;
    event.preventDefault();
    save(open.card);
  });
  document.addEventListener("stored", () => close({ isSaved: true }));
  addEventListener("beforeunload", (event) => {
    if (open?.act === "note" && text().value !== desk.own(open.card).note) event.preventDefault();
  });

  return { acts, choose, close, isChoosing };
})();
