"""Stories in other languages than English, through the whole command: what code finds, shows and says."""

import re
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.languages.table import READERS, reader_of
from pipeline.reading.sentences import split_sentences
from pipeline.store import read_report
from pipeline.values.differences import Passage, differences
from schemas.report import Report
from schemas.verdict import Label
from tests.commands import Serve, run_command
from tests.fake_endpoint import Body, Reply, check_answer, scored

STORIES: Final = Path(__file__).parent / "languages"
# What the three articles of each story say of one thing: a number, a date, and what two of them agree on.
FOUND: Final = {
    "de": ({"44 Fahrgäste", "52 Fahrgäste"}, {"12. März 2031", "19. April 2031"}, "1.250 Meter"),
    "es": ({"44 puestos", "52 puestos"}, {"12 de marzo de 2031", "19 de abril de 2031"}, "2,5 millones"),
    "fr": ({"44 mètres", "52 mètres"}, {"12 mars 2031", "19 avril 2031"}, "1 250 000 euros"),
    "ko": ({"44명", "52명"}, {"2031년 3월 12일", "2031년 4월 19일"}, "3만 5천 달러"),
}
DAY: Final = date(2031, 5, 6)
NAMES: Final = {"de": "German", "es": "Spanish", "fr": "French", "ko": "Korean"}


def neutral(body: Body) -> Reply:
    """Answer as a model that leaves to code what contradicts what."""
    return scored({"N": -0.1, "C": -4.0, "S": -4.0}) if body.get("logprobs") else check_answer(body)


def checked(story: Path, out: Path) -> Report:
    done = run_command("check", story, "-o", out, "--model", "m")
    assert (done.code, done.err) == (0, "")
    return read_report(out)


def differing(report: Report) -> set[frozenset[str]]:
    """Return what the two sides of each conflict are marked with."""
    return {
        frozenset(
            side.quote[d.start - side.span.start : d.end - side.span.start]
            for side in c.sides
            for d in side.differs
        )
        for c in report.contradictions
    }


@pytest.mark.parametrize("language", FOUND)
def test_a_story_is_compared_in_its_own_language(language: str, tmp_path: Path, serve: Serve) -> None:
    server = serve(neutral)
    report = checked(STORIES / language, tmp_path)
    number, day, agreed = FOUND[language]
    assert differing(report) == {frozenset(number), frozenset(day)}
    assert {c.relation.value for c in report.contradictions} == {"contradiction"}
    assert {article.language for article in report.articles} == {language}
    assert {article.published.isoformat()[:7] for article in report.articles if article.published} == {
        "2031-05"
    }
    supported = [c for c in report.claims if c.verdict.label is Label.supported]
    assert len(supported) == 2
    assert all(agreed in claim.quote for claim in supported)
    [note] = report.run.notes
    assert note.startswith(f"{NAMES[language]}: numbers, dates and hours are compared by rules; names, ")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert f'<blockquote dir="auto" lang="{language}">' in page
    assert page.count(f"{NAMES[language]}, utf-8") == 3
    assert f", {NAMES[language]}: " in (tmp_path / "report.md").read_text(encoding="utf-8")
    assert len(server.requests) > 0
    again = run_command("check", "--replay", tmp_path)
    assert (again.code, again.out) == (0, "the same, bit for bit\n")


def test_articles_in_two_languages_are_not_compared_and_the_report_says_so(
    tmp_path: Path, serve: Serve
) -> None:
    serve(neutral)
    story = tmp_path / "story"
    story.mkdir()
    for name in ("varnsee-bote", "kolmer-zeitung"):
        (story / f"{name}.txt").write_bytes((STORIES / "de" / f"{name}.txt").read_bytes())
    # Numbers and names are the same in both languages: they must not make a pair.
    (story / "herald.txt").write_text(
        "Rescuers took 77 Fahrgäste out of the Gondeln of the Seilbahn am Kolmhorn, and nobody was hurt.",
        encoding="utf-8",
    )
    report = checked(story, tmp_path / "out")
    english = next(a.id for a in report.articles if a.language == "en")
    assert all(side.article_id != english for c in report.contradictions for side in c.sides)
    assert all(e.article_id != english for c in report.claims for e in c.verdict.evidence)
    [apart] = report.not_compared
    assert (apart.reason, apart.other_ids) == ("German and English articles are not compared", (english,))
    assert len(apart.article_ids) == 2
    alone = [claim.verdict for claim in report.claims if claim.article_id == english]
    assert {(v.label.value, v.reason) for v in alone} == {("unsupported", "other_languages")}
    for name in ("report.html", "report.md"):
        text = (tmp_path / "out" / name).read_text(encoding="utf-8")
        assert "German and English articles are not compared: 2 articles with 1." in text
        assert "nothing in its language to compare with" in text


def test_a_language_without_rules_is_read_and_judged_by_the_model_alone(tmp_path: Path, serve: Serve) -> None:
    asked = serve(
        lambda body: scored({"S": -0.1, "C": -4.0, "N": -4.0}) if body.get("logprobs") else neutral(body)
    )
    story = tmp_path / "story"
    story.mkdir()
    lines = {
        "nahr": "ذكرت الشرطة أن العبارة القديمة حملت 44 راكبا عندما اصطدمت بالصخرة قرب الميناء.",
        "fajr": "ذكرت الشرطة أن العبارة القديمة حملت 52 راكبا عندما اصطدمت بالصخرة قرب الميناء.",
    }
    for name, line in lines.items():
        (story / f"{name}.txt").write_text(line, encoding="utf-8")
    report = checked(story, tmp_path / "out")
    assert {article.language for article in report.articles} == {"ar"}
    assert report.contradictions == ()
    assert report.run.notes[0].startswith("Arabic: it is only read: no rules compare its numbers or dates")
    assert any(body.get("logprobs") for body in asked.requests)
    assert all(claim.verdict.label is Label.supported for claim in report.claims)


def test_an_english_story_says_nothing_of_languages(story: Path, tmp_path: Path, serve: Serve) -> None:
    serve(neutral)
    report = checked(story, tmp_path / "out")
    assert (report.not_compared, report.run.notes) == ((), ())
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert re.findall(r' lang="\w+"', page) == [' lang="en"']


CASES: Final = (
    ("de", "Mindestens zwölf Tote", 12, "dead"),
    ("de", "mehr als 1.234,5 Tonnen", 1234.5, "tonne"),
    ("de", "2,5 Mio. Euro", 2_500_000, "EUR"),
    ("de", "dreiundzwanzig Kinder", 23, "kind"),
    ("de", "1200 schwer verletzte Menschen", 1200, "mensch"),
    ("de", "Hunderte Menschen", 100, "person"),
    ("es", "Al menos doce muertos", 12, "dead"),
    ("es", "3 millones de euros", 3_000_000, "EUR"),
    ("es", "1.234,5 toneladas", 1234.5, "tonne"),
    ("es", "1,234 casas", 1234, "cas"),
    ("es", "treinta y dos heridos", 32, "injured"),
    ("fr", "1 234,5 tonnes", 1234.5, "tonne"),
    ("fr", "2,5 millions d’euros", 2_500_000, "EUR"),
    ("fr", "quatre-vingt-douze blessés", 92, "injured"),
    ("fr", "près de 300 personnes", 300, "person"),
    ("ko", "3만 5천 명", 35_000, "person"),
    ("ko", "1억 2,000만 원", 120_000_000, "KRW"),
    ("ko", "최소 열두 명", 12, "person"),
    ("ko", "200여 명", 200, "person"),
    ("ko", "12.5퍼센트", 12.5, "%"),
)


@pytest.mark.parametrize(("language", "text", "value", "unit"), CASES)
def test_numbers_are_read_as_each_language_writes_them(
    language: str, text: str, value: float, unit: str
) -> None:
    [found] = reader_of(language).quantities(f"{text}.")
    assert (found.text, found.value, found.unit) == (text, value, unit)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Am 3. Mai um 14.30 Uhr kamen weitere 12 Menschen, Nr. 5, 23 bis 30 Boote, im Jahr 1998."),
        ("de", "Der 2. Bürgermeister spielte 3:1, einer von zehn."),
        (
            "es",
            "El 3 de mayo a las 14:30 horas, otros 12 heridos, 1,234 millones de euros.",
        ),
        ("es", "Mil quinientas casas."),
        ("fr", "Le 1er juin à 14h05, 12 autres, une personne sur 4, la 2e fois, en 1998."),
        ("ko", "2031년 5월 3일 오후 2시 30분 제5호 3층에서 추가로 12명."),
        ("it", "Il 3 maggio 44 persone erano a bordo."),
    ],
)
def test_numbers_that_count_nothing_known_are_left_out(language: str, text: str) -> None:
    assert reader_of(language).quantities(text) == ()


@pytest.mark.parametrize(
    ("language", "text", "minute"),
    [
        ("de", "um 14.30 Uhr", 870),
        ("de", "gegen 9 Uhr 15", 555),
        ("es", "a las 3 de la tarde", 900),
        ("es", "a las 14:30 horas", 870),
        ("fr", "vers 14h05", 845),
        ("fr", "à 14 heures", 840),
        ("ko", "오후 2시 30분쯤", 870),
        ("ko", "오전 7시", 420),
    ],
)
def test_hours_are_read_as_each_language_writes_them(language: str, text: str, minute: int) -> None:
    assert [time.minute for time in reader_of(language).times(text)] == [minute]


@pytest.mark.parametrize(
    ("language", "text"), [("es", "a las 3"), ("fr", "pendant 3 heures"), ("ko", "3시간")]
)
def test_an_hour_that_may_be_two_or_none_is_left_out(language: str, text: str) -> None:
    assert reader_of(language).times(text) == ()


SENTENCES: Final = {
    "de": [
        "Am 3. Mai kam Dr. Ada Lind um 9.15 Uhr an, z. B. mit dem Schiff.",
        "„Wir sind sicher.“",
        "Der Bürgermeister sagte: »Alles gut.«",
        "Im 19. Jahrhundert kostete es ca. 2,5 Mio. Mark.",
        "Nr. 5 lebt.",
    ],
    "es": [
        "El Sr. Vela llegó a las 9 p. m. del martes.",
        "¿Qué pasó?",
        "¡Nada!",
        "«No lo sé.»",
        "La Dra. Roe, de EE. UU., dijo que el art. 5 vale.",
    ],
    "fr": [
        "M. Le Goff est arrivé à 14h05.",
        "Mme Roe a dit : « C’est fini. »",
        "« Pourquoi ? » a-t-il crié.",
        "Env. 30 personnes, p. ex. ici.",
    ],
    "ko": [
        "여객선이 좌초했다.",
        '"갑자기 흔들렸다."고 승객은 말했다.',
        "2031. 5. 3. 오전에 일어났다.",
        "왜 그랬을까?",
        "아무도 모른다.",
    ],
}


@pytest.mark.parametrize("language", SENTENCES)
def test_sentences_end_where_they_end_in_each_language(language: str) -> None:
    text = " ".join(SENTENCES[language])
    assert [s.span.cut(text) for s in split_sentences(text, language=language)] == SENTENCES[language]


def test_korean_sentences_may_follow_each_other_without_a_space() -> None:
    text = "승객 44명이 구조됐다.해경은 수색을 이어갔다."
    assert [s.span.cut(text) for s in split_sentences(text, language="ko")] == [
        "승객 44명이 구조됐다.",
        "해경은 수색을 이어갔다.",
    ]


_PIECES = st.sampled_from(
    [
        "z. B.",
        "3. Mai",
        "„Ja.“",
        "»Nein.«",
        "M. Roe",
        "¿Qué?",
        "« Oui ! »",
        "했다.",
        "12명",
        "1.234,5",
        "..",
        "?!",
        " ",
        "\n",
    ]
)


@settings(deadline=None)
@given(
    st.lists(st.one_of(_PIECES, st.text(max_size=8)), max_size=30).map("".join),
    st.sampled_from([*READERS, "it"]),
)
def test_sentences_and_values_have_exact_spans_in_any_language(text: str, language: str) -> None:
    sentences = split_sentences(text, language=language)
    assert all(a.span.end <= b.span.start for a, b in pairwise(sentences))
    covered = "".join(s.span.cut(text) for s in sentences)
    assert "".join(covered.split()) == "".join(text.split())
    reader = reader_of(language)
    places = [
        *((q.span, q.text) for q in reader.quantities(text)),
        *((d.span, d.text) for d in reader.dates(text)),
        *((t.span, t.text) for t in reader.times(text)),
    ]
    assert all(span.cut(text) == words for span, words in places)
    for word in reader.words(text):
        assert text[word.start : word.end].casefold() == word.text.casefold()


def _passages(language: str, one: str, other: str) -> tuple[Passage, Passage]:
    return Passage(one, DAY, language=language), Passage(other, DAY, language=language)


@pytest.mark.parametrize(
    ("language", "one", "other", "what"),
    [
        (
            "de",
            "Die Brücke von Arvel ist 1,2 Kilometer lang.",
            "1.500 Meter",
            "1,2 Kilometer against 1.500 Meter",
        ),
        ("es", "El incendio de Arvel dejó 12 muertos.", "30 muertos", "12 muertos against 30 muertos"),
        ("fr", "Le pont d’Arvel est ouvert à 14h30 le samedi.", "16h30", "14h30 against 16h30"),
        ("ko", "아르벨 화재로 12명이 숨졌다.", "15명", "12명 against 15명"),
    ],
)
def test_values_of_one_language_that_exclude_each_other_are_told(
    language: str, one: str, other: str, what: str
) -> None:
    said, _, _ = what.partition(" against ")
    assert [d.what for d in differences(*_passages(language, one, one.replace(said, other)))] == [what]


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        (
            "de",
            "In Arvel starben am Montag 12 Menschen bei einem Brand.",
            "In Arvel wurden am Montag 30 Menschen bei einem Brand verletzt.",
        ),
        (
            "de",
            "Die Bürgermeisterin von Arvel sagte am Montag, die Brücke bleibe zu.",
            "Die Bürgermeisterin von Arvel sagte am Sonntag, die Brücke bleibe zu.",
        ),
        (
            "de",
            "Die Brücke von Arvel kostete rund 2,5 Mio. Euro.",
            "Die Brücke von Arvel kostete 2,48 Millionen Euro.",
        ),
        ("de", "Die Brücke von Arvel ist 1,2 Kilometer lang.", "Die Brücke von Arvel ist 1.200 Meter lang."),
        ("es", "El incendio de Arvel dejó al menos 12 muertos.", "El incendio de Arvel dejó 15 muertos."),
        (
            "es",
            "En el incendio murieron 12 personas en Arvel.",
            "En el incendio 30 personas resultaron heridas en Arvel.",
        ),
        ("fr", "L’incendie d’Arvel a fait 12 morts mardi.", "L’incendie d’Arvel a fait 30 blessés mardi."),
        (
            "fr",
            "La mairie d’Arvel a annoncé mardi la fermeture du pont.",
            "La mairie d’Arvel a annoncé lundi la fermeture du pont.",
        ),
        ("ko", "아르벨 화재로 12명이 숨졌다.", "아르벨 화재로 30명이 다쳤다."),
        ("ko", "아르벨 화재로 최소 12명이 숨졌다.", "아르벨 화재로 15명이 숨졌다."),
    ],
)
def test_what_only_looks_like_a_difference_is_none(language: str, one: str, other: str) -> None:
    assert differences(*_passages(language, one, other)) == ()
