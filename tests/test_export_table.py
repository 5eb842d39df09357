"""The CSV export: a spreadsheet opens it right, computes nothing of it, and cuts nothing silently."""

import csv
import io
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.export import FORMATS, Asked, Stored, What
from pipeline.export.table import BOM, CUT, MAX_CELL, cell
from pipeline.report.text import one_line
from schemas.exported import ClaimRow, FindingRow
from schemas.report import Report
from tests.hostile_report import with_text
from tests.sample_report import sample_report

QUOTES = "\"'`´‘’‚‛“”„‟‹›«»"
# Texts full of what makes formulas, separators and quotes.
TRICKY = st.text(
    st.sampled_from("=+-@＝＋－＠﹢−⁺\t\r\n ;,|'\"“\ufeff\x00\u00a0\u202e\u200b1aé😀"), min_size=1
)


def table(report: Report, what: What = What.findings) -> list[dict[str, str]]:
    text = FORMATS["csv"]([Stored(report)], Asked(what))
    return list(csv.DictReader(io.StringIO(text.removeprefix(BOM), newline=""), strict=True))


def is_computed(text: str) -> bool:
    """Tell whether a spreadsheet that throws white space and quotes away would compute ``text``."""
    bare = text.lstrip(QUOTES + " \t\r\n\ufeff\u00a0\x00")
    return unicodedata.normalize("NFKC", bare)[:1] in ("=", "+", "-", "@", "−") and not text.startswith("'")


@settings(deadline=None, max_examples=100)
@given(TRICKY)
def test_no_cell_is_ever_computed_whatever_separates_cells(hostile: str) -> None:
    for what in What:
        text = FORMATS["csv"]([Stored(with_text(hostile))], Asked(what)).removeprefix(BOM)
        for separator in ",;\t":
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
                assert not any(is_computed(value) for value in row)


@given(TRICKY | st.text())
def test_a_cell_keeps_its_words_on_one_line(text: str) -> None:
    safe, is_cut = cell(text)
    assert not is_cut
    assert safe.replace("'", "") == one_line(text).replace("'", "")
    assert "\n" not in safe
    assert "\t" not in safe


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("  -2", "'-2"),
        ("\ufeff=1", "⟨U+FEFF⟩=1"),
        ("“=1”", "'“=1”"),
        ("＝cmd|' /C calc'!A0", "'＝cmd|' /C calc'!A0"),
        ("at noon; +3 degrees", "at noon;' +3 degrees"),
        ("a - b = c", "a - b = c"),
        ("", ""),
    ],
)
def test_a_formula_is_defused_and_other_text_left_alone(text: str, safe: str) -> None:
    assert cell(text) == (safe, False)


@pytest.mark.parametrize("sign", ["a", "é", "😀", "="])
def test_a_cell_is_cut_at_what_excel_holds_and_says_so(sign: str) -> None:
    units = len(sign.encode("utf-16-le")) // 2
    whole, is_cut = cell("b" + sign * ((MAX_CELL - 1) // units))
    assert not is_cut
    cut, is_cut = cell(whole + "b" * units)
    assert is_cut
    assert cut.endswith(CUT)
    assert len(cut.encode("utf-16-le")) // 2 in (MAX_CELL - 1, MAX_CELL)


def test_a_row_names_the_cells_that_were_cut() -> None:
    report = sample_report()
    long = report.contradictions[0].model_copy(update={"reason": "so " * MAX_CELL})
    first, second, *_ = table(
        report.model_copy(update={"contradictions": (long, *report.contradictions[1:])})
    )
    assert (first["cut"], second["cut"]) == ("reason", "")


def test_the_form_is_that_of_rfc_4180_after_a_byte_order_mark() -> None:
    report = sample_report(story='Crane, "new"')
    text = FORMATS["csv"]([Stored(report)], Asked())
    assert text.encode().startswith(b"\xef\xbb\xbfstory,id,")
    assert text.endswith("\r\n")
    assert text.count("\r\n") == text.count("\n") == 1 + len(report.contradictions)
    assert '"Crane, ""new"""' in text
    assert table(report)[0]["story"] == 'Crane, "new"'


@pytest.mark.parametrize(("what", "row"), [(What.findings, FindingRow), (What.claims, ClaimRow)])
def test_the_columns_are_the_fields_of_a_row(what: What, row: type[FindingRow | ClaimRow]) -> None:
    found = table(sample_report(), what)
    assert list(found[0]) == [*row.model_fields, "cut"]
    assert all(None not in cells for cells in found)


def test_several_values_share_a_cell() -> None:
    rows = {row["text"]: row for row in table(sample_report(), What.claims)}
    assert rows["The crane passed its inspection in March."]["supported_by"].count(" | ") == 1
