"""The language of an article: found in its words, overruled by what is said of it, null in doubt."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.ingest import ingest
from pipeline.languages.names import NAMES, code_of, language_name
from pipeline.reading.language import find_language
from schemas.article import Article
from tests.commands import READY_S

FERRY = {
    "en": "The ferry struck a rock off Tarnholm on Tuesday, and 44 people were brought ashore.",
    "de": "Die Fähre lief am Dienstag vor Tarnholm auf einen Felsen, 44 Menschen wurden an Land gebracht.",
    "es": "El transbordador chocó el martes con una roca frente a Tarnholm y 44 personas llegaron a tierra.",
    "fr": "Le ferry a heurté un rocher mardi au large de Tarnholm et 44 personnes ont été ramenées à terre.",
    "ko": "여객선이 화요일 타른홀름 앞바다에서 암초에 부딪혀 승객 44명이 육지로 옮겨졌다.",
    "it": "Il traghetto ha urtato uno scoglio martedì al largo di Tarnholm e 44 persone sono a terra.",
    "ar": "اصطدمت العبارة بصخرة قبالة تارنهولم يوم الثلاثاء ونقل أربعة وأربعون شخصا إلى البر.",
    "he": "המעבורת התנגשה בסלע מול טרנהולם ביום שלישי וארבעים וארבעה אנשים הובאו לחוף.",
}


@pytest.mark.parametrize("language", FERRY)
def test_a_sentence_or_two_tell_the_language(language: str) -> None:
    assert find_language(FERRY[language]) == (language, ())
    assert find_language("---\nlang: xx\n---\n" + 20 * FERRY[language], 18) == (language, ())


@pytest.mark.parametrize(
    "text", ["", "12", "Ada Lee.", "— … —", "https://tarnholm.example/die-faehre-lief-auf"]
)
def test_too_few_words_tell_none_and_are_no_matter_to_mention(text: str) -> None:
    assert find_language(text) == (None, ())


def test_a_text_in_two_languages_has_none_and_says_so() -> None:
    told = find_language(10 * FERRY["de"] + "\n\n" + 10 * FERRY["fr"])
    assert told.language is None
    assert told.notes == ("in more than one language (French and German): read as English",)


@settings(deadline=None)  # the first text loads a model
@given(st.text(max_size=60))
def test_any_text_has_a_known_language_or_none(text: str) -> None:
    told = find_language(text)
    assert told.language is None or told.language in NAMES


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("de", "de"),
        ("DE-at", "de"),
        ("pt_BR", "pt"),
        ("nb", "no"),
        ("xx", None),
        ("german", None),
        ("", None),
    ],
)
def test_a_tag_names_a_language(tag: str, code: str | None) -> None:
    assert code_of(tag) == code


def test_a_code_without_a_name_is_shown_as_it_is() -> None:
    assert (language_name("ko"), language_name("q<")) == ("Korean", "q<")


def test_what_is_said_of_an_article_overrules_its_words(tmp_path: Path) -> None:
    (tmp_path / "front.txt").write_text(f"---\nlanguage: fr-CA\n---\n\n{FERRY['de']}", encoding="utf-8")
    (tmp_path / "plain.txt").write_text(FERRY["de"], encoding="utf-8")
    (tmp_path / "told.txt").write_text(f"---\nlang: fr\n---\n\n{FERRY['de']}", encoding="utf-8")
    (tmp_path / "story.toml").write_text('[articles."told.txt"]\nlanguage = "es"\n', encoding="utf-8")
    assert {article.name: article.language for article in _articles(tmp_path)} == {
        "front": "fr",
        "plain": "de",
        "told": "es",
    }


def test_a_language_nobody_knows_is_refused_in_the_sidecar_and_passed_over_in_front_matter(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.txt").write_text(f"---\nlanguage: klingon\n---\n\n{FERRY['de']}", encoding="utf-8")
    assert [article.language for article in _articles(tmp_path)] == ["de"]
    (tmp_path / "story.toml").write_text('[articles."a.txt"]\nlanguage = "klingon"\n', encoding="utf-8")
    with pytest.raises(InputError, match=r'line 2: language must be a code of two letters such as "de"'):
        ingest([tmp_path])


def _articles(folder: Path) -> tuple[Article, ...]:
    (story,) = ingest([folder])
    return story.articles


def test_plain_english_is_told_without_the_model_of_languages(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(20 * f"{FERRY['en']} ", encoding="utf-8")
    looking = (
        "import sys\nfrom pathlib import Path\nfrom pipeline.ingest import ingest\n"
        "[story] = ingest([Path(sys.argv[1])])\n"
        "print(story.articles[0].language, 'py3langid' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", looking, tmp_path], capture_output=True, text=True, check=True, timeout=READY_S
    )
    assert done.stdout == "en False\n"
