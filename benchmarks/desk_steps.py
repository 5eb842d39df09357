"""What benchmarks.desk does to a page, and the scripts that time it there."""

from typing import Final

ANSWER_MS: Final = 100  # what a search or a filter may take
FILTERS: Final = (
    ("kind", "conflict:date"),
    ("relation", "update"),
    ("outlet", "3"),
    ("confidence", "0.9"),
    ("decision", "open"),
)
# What is done, in this order: its name, what it does to which element, and how long it may take.
STEPS: Final = (
    ("an event that does nothing", {"id": "main", "event": "x"}, None),
    ("search: one letter", {"id": "filter-text", "value": "u"}, ANSWER_MS),
    ("search: a word", {"id": "filter-text", "value": "union"}, ANSWER_MS),
    ("search: two words", {"id": "filter-text", "value": "union orrin"}, ANSWER_MS),
    ("search: nothing fits", {"id": "filter-text", "value": "zzz"}, ANSWER_MS),
    ("search: cleared", {"id": "filter-text", "value": ""}, ANSWER_MS),
    *(
        (
            f"filter: {name}{'' if value else ', taken back'}",
            {"id": f"filter-{name}", "value": value},
            ANSWER_MS,
        )
        for name, wanted in FILTERS
        for value in (wanted, "")
    ),
    ("order: by kind", {"id": "filter-order", "value": "kind"}, ANSWER_MS),
    ("order: newest first", {"id": "filter-order", "value": "newest"}, ANSWER_MS),
    ("order: strongest first", {"id": "filter-order", "value": ""}, ANSWER_MS),
    ("next finding (j)", {"key": "j"}, None),
    ("next finding again (j)", {"key": "j"}, None),
    ("previous finding (k)", {"key": "k"}, None),
    ("accept (a)", {"key": "a", "until": "decided"}, None),
    ("to a sentence in its article", {"click": ".finding:focus .whole a", "until": "arrived"}, None),
)
# Does one step and returns its time in milliseconds.
STEP: Final = """async ({id, value, event, key, click, until}) => {
    const frame = () => new Promise(requestAnimationFrame);
    const progress = document.getElementById("desk-progress");
    const before = progress.textContent;
    const isDone = {
        decided: () => progress.textContent !== before,
        arrived: () => document.activeElement.closest("#reader") !== null,
    }[until] ?? (() => true);
    const found = click ? document.querySelector(click) : document.activeElement;
    const element = id ? document.getElementById(id) : found;
    const send = (made) => element.dispatchEvent(made);
    await frame();
    const start = performance.now();
    if (value !== undefined) element.value = value;
    if (click) element.click();
    else if (key) send(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
    else send(new Event(event ?? (id === "filter-text" ? "input" : "change"), {bubbles: true}));
    while (!isDone()) await frame();
    await frame();
    await frame();
    return performance.now() - start;
}"""
# Searches as soon as the page lets anybody, and keeps when the answer was painted, from the navigation on.
EAGER: Final = """addEventListener("DOMContentLoaded", () => {
    const text = document.getElementById("filter-text");
    if (text.closest("[hidden]")) return;
    text.value = "union";
    text.dispatchEvent(new Event("input"));
    requestAnimationFrame(() => requestAnimationFrame(() => { window.answered = performance.now(); }));
})"""
PAINTED: Final = """() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime"""
