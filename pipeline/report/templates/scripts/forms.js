// What can be done to a finding by its buttons: the reasons to dismiss it, and a note.
const forms = (() => {
  if (!desk) return null;
  const drafts = new Map(); // notes that were begun and not saved, by finding
  let open = null; // {card, panel, act, goesOn}: whether closing it leads to the next open finding

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
  // Closes what is open at the reader's wish.
  const leave = (how) => {
    const left = open;
    if (!close(how)) return false;
    if (left.goesOn) desk.go(desk.nextOpen(left.card) ?? left.card);
    return true;
  };
  const begin = (card, act, template, first, goesOn = false) => {
    const wasOpen = open?.card === card && open.act === act;
    close();
    if (wasOpen) return;
    const panel = document.getElementById(template).content.firstElementChild.cloneNode(true);
    card.querySelector(".tools").append(panel);
    button(card, act).setAttribute("aria-expanded", "true");
    open = { card, panel, act, goesOn };
    // What the finding is already called is no reason to dismiss it; the digits of the others stay.
    const same = panel.querySelector(`[data-reason="${card.dataset.relation}"]`);
    if (same) same.closest("li").hidden = true;
    desk.settle(card);
    desk.hush();
    if (act === "note") text().value = drafts.get(card.dataset.finding) ?? desk.own(card).note;
    panel.querySelector(first).focus({ preventScroll: true });
    panel.scrollIntoView({ block: "nearest", behavior: "instant" });
  };

  const noteAndGoOn = (card) => {
    if (open?.card === card && open.act === "note") text().focus();
    else begin(card, "note", "noting", "textarea", true);
  };
  const rule = async (card, ruling, reason, isScrolling) => {
    close();
    const before = desk.own(card);
    // "Other" says nothing by itself: its note is asked for before anything else comes.
    const stays = reason === "other" && before.reason !== "other" && !before.note;
    const isStored = await desk.decide(card, { ruling, reason, note: before.note }, { isScrolling, stays });
    if (isStored && stays) noteAndGoOn(card);
  };
  const save = async (card) => {
    const { ruling, reason } = desk.own(card);
    const note = text().value.trim();
    const isStored = await desk.decide(card, { ruling, reason, note }, { isScrolling: false });
    if (isStored && open?.card === card) leave({ isSaved: true });
  };
  const deciding = {
    accept: (card, isScrolling) => rule(card, "accepted", null, isScrolling),
    back: (card, isScrolling) => rule(card, null, null, isScrolling),
    dismiss: (card) => begin(card, "dismiss", "reasons", "[data-reason]"),
    note: (card) => begin(card, "note", "noting", "textarea"),
    save,
  };
  if (desk.isLocked()) for (const act of Object.keys(deciding)) deciding[act] = desk.refuse;
  const acts = {
    ...deciding,
    show: (card) => cards.show(card, !card.classList.contains("shown")),
    close: () => leave(),
  };

  // Chooses the reason of that number (from 1), if the reasons are open.
  const isChoosing = () => open?.act === "dismiss";
  const choose = (number) => {
    if (!isChoosing()) return;
    const { card, panel } = open;
    const chosen = panel.querySelectorAll("[data-reason]")[number - 1];
    if (chosen && !chosen.closest("[hidden]")) rule(card, "dismissed", chosen.dataset.reason);
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

  return { acts, choose, close: leave, isChoosing, noteAndGoOn };
})();
