"""Korean.

Words are cut at spaces, and a particle at a word's end is left out, where it is long enough to be one surely.
"""

import re
from collections.abc import Iterator
from typing import Final

from pipeline.languages.vocabulary import Vocabulary, listed, numbered, units
from pipeline.values.numerals import Numeral, slack_of
from schemas.claim import Bound

_PARTICLES: Final = re.compile(
    r"(?<=[가-힣\d]{2})(?:에서는|에서도|으로부터|에게서|이라고|라고|에서|에게|까지|부터|으로|보다|처럼|이나|마다|만큼|이며|은|는|이|가|을|를|에|의|로|와|과|도|만)\Z"
)
_ONES: Final = {"한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9}
_TENS: Final = {
    "열": 10,
    "스물": 20,
    "서른": 30,
    "마흔": 40,
    "쉰": 50,
    "예순": 60,
    "일흔": 70,
    "여든": 80,
    "아흔": 90,
}
_NATIVE: Final = {
    **{word: float(n) for word, n in (_ONES | _TENS).items()},
    **{f"{ten}{one}": float(n + m) for ten, n in _TENS.items() for one, m in _ONES.items()},
    "스무": 20.0,
}
_SCALES: Final = {"백": 1e2, "천": 1e3, "만": 1e4, "억": 1e8, "조": 1e12}
_VAGUE: Final = {"수십": 20.0, "수백": 200.0, "수천": 2000.0, "수만": 2e4}
_COUNTERS: Final = r"(?:명|사람|분|살|시간|달|대|개|곳|마리|척|채|건|번|차례|가구|그루|권|장|잔|발)"
_PART: Final = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,4})?|\d{1,15}(?:\.\d{1,4})?"
_NUMBER: Final = re.compile(
    rf"(?<![\w.,:/])(?:(?P<parts>(?:(?:{_PART})(?:[천백]?[만억조]|천) ?){{0,2}}(?:{_PART})[천백]?[만억조]?)"
    rf"(?!\d|[.,:/]\d)"
    rf"|(?P<native>{'|'.join(sorted(_NATIVE, key=len, reverse=True))})(?= ?{_COUNTERS})"
    rf"|(?P<vague>{'|'.join(_VAGUE)})(?= ?{_COUNTERS}))"
)
_PIECE: Final = re.compile(rf"({_PART})([천백]?)([만억조]?)")
_YEAR: Final = r"(?P<year>(?:19|20)\d\d)년"


def _numerals(text: str) -> Iterator[Numeral]:
    """Yield the numbers of a text: "1,200", "3만 5천", "1억 2000만", "열두" before a counter."""
    for match in _NUMBER.finditer(text):
        start, end = match.span()
        is_more = text[end : end + 1] == "여"  # "200여 명": 200 and some more
        if loose := match["vague"]:
            yield Numeral(start, end, _VAGUE[loose], _VAGUE[loose], 0.0, is_digits=False, is_vague=True)
        elif native := match["native"]:
            yield Numeral(start, end, _NATIVE[native], 1.0, 0.0, is_digits=False)
        else:
            pieces = _PIECE.findall(match["parts"])
            scales = [_SCALES.get(small, 1.0) * _SCALES.get(large, 1.0) for _, small, large in pieces]
            if sorted(scales, reverse=True) != scales or len(set(scales)) != len(scales):
                continue  # "3천 5만" is no number
            values = [float(digits.replace(",", "")) for digits, _, _ in pieces]
            value = sum(n * scale for n, scale in zip(values, scales, strict=True))
            decimals = len(pieces[-1][0].partition(".")[2])
            slack = slack_of(value / scales[-1], scales[-1], decimals)
            yield Numeral(start, end + is_more, value, scales[-1], slack, is_digits=True, is_vague=is_more)


def _stem(word: str) -> str:
    return _PARTICLES.sub("", word)


def _behind(pattern: str) -> re.Pattern[str]:
    """Return a pattern of what stands behind a number; a particle may follow at once."""
    return re.compile(rf" ?(?:{pattern})(?![A-Za-z0-9])")


KOREAN: Final = Vocabulary(
    code="ko",
    stem=_stem,
    empty=listed(
        "이 그 저 것 수 등 및 또 또는 그리고 그러나 하지만 있다 있는 있었다 했다 한다 하는 하고 된 "
        "되는 됐다 되었다 말했다 밝혔다 전했다 위해 대해 따라 약 최소 최대 지난 이번 오전 오후"
    ),
    numerals=_numerals,
    months={},
    weekdays=numbered("월 화 수 목 금 토 일", 0),
    dates=(
        re.compile(rf"(?<!\d)(?:{_YEAR} ?)?(?P<month>\d{{1,2}})월 ?(?P<day>\d{{1,2}})일(?! ?(?:간|동안))"),
        re.compile(r"(?<![가-힣])(?P<weekday>[월화수목금토일])요일"),
        re.compile(rf"(?<!\d){_YEAR}(?! ?(?:간|동안))"),
    ),
    times=(
        re.compile(
            r"(?P<half>오전|새벽|아침|오후|낮) ?(?P<hour>\d{1,2})시(?!간)(?: ?(?P<minute>[0-5]?\d)분)?"
        ),
        re.compile(r"(?P<half>저녁|밤) ?(?P<hour>[1-9]|1[01])시(?!간)(?: ?(?P<minute>[0-5]?\d)분)?"),
        re.compile(r"(?<!\d)(?P<hour>1[3-9]|2[0-3])시(?!간)(?: ?(?P<minute>[0-5]?\d)분)?"),
    ),
    halves={"오전": 0, "새벽": 0, "아침": 0, "오후": 12, "낮": 12, "저녁": 12, "밤": 12},
    units=units(
        _behind,
        percent=r"퍼센트|프로(?![가-힣])",
        point=r"(?:퍼센트|%) ?포인트",
        km2=r"제곱킬로미터|㎢",
        m2=r"제곱미터|㎡",
        km=r"킬로미터|㎞",
        m=r"미터",
        cm=r"센티미터|㎝",
        mm=r"밀리미터|㎜",
        tonne=r"톤",
        kg=r"킬로그램|㎏",
        hectare=r"헥타르",
        celsius=r"도(?![가-힣])",
        second=r"초(?![가-힣])",
        minute=r"분(?! ?(?:의|만))",
        hour=r"시간",
        day=r"일(?: ?(?:간|동안))",
        week=r"주(?: ?(?:간|동안))",
        month=r"개월|달",
        year=r"년(?: ?(?:간|동안))",
        KRW=r"원",
        USD=r"달러",
        EUR=r"유로",
        JPY=r"엔",
        person=r"명|사람",
        age=r"살|세(?![가-힣])",
        vehicle=r"대(?![가-힣]{2})",
        thing=r"개(?!월)",
        place=r"곳",
        animal=r"마리",
        ship=r"척",
        house=r"채|가구",
        case=r"건",
        time=r"차례|번(?![가-힣])",
    ),
    noun=re.compile(r"(?!)(?P<noun>)"),  # what is counted without a counter is not told
    bounds=(
        (Bound.at_least, re.compile(r"(?:최소|적어도) ?\Z")),
        (Bound.at_most, re.compile(r"최대 ?\Z")),
        (Bound.about, re.compile(r"(?:(?<![가-힣])약|대략|거의) ?\Z")),
    ),
    bounds_after=(
        (Bound.at_least, re.compile(r" ?이상")),
        (Bound.at_most, re.compile(r" ?이하")),
        (Bound.less_than, re.compile(r" ?미만")),
        (Bound.more_than, re.compile(r"(?:이|을|를|가)? ?(?:넘|초과)")),
        (Bound.about, re.compile(r" ?(?:가량|정도|안팎|쯤|남짓)")),
    ),
    no_count=re.compile(
        r"https?://\S{1,500}|제 ?\d{1,4}|\d{1,4}(?:호선|호|번지|층|위|조|항|회)(?![가-힣]{2})"
        r"|추가로 \d{1,5} ?명"
    ),
    coming=re.compile(r"다음|예정|계획|오는|방침|전망|까지|부터|지난"),
    negating=re.compile(r"않|못[했하]|없[었다는이을]|아니[다라었]|(?<![가-힣])안 |부인했|부인하"),
    saying=re.compile(r"말했|밝혔|전했|발표|설명했|보도|브리핑|기자회견|강조했|따르면"),
    running=re.compile(r"사망|숨진|숨졌|희생|부상|다친|다쳤|실종|구조|대피|체포|감염|확진|이재민"),
    roles=(
        listed("사망 사망자 사망했다 숨진 숨졌다 숨지고 희생자"),
        listed("부상 부상자 다쳤다 다친 다치고 부상했다"),
        listed("실종 실종자 실종됐다 실종된"),
        listed("체포 체포됐다 체포된"),
        listed("구조 구조됐다 구조된 대피 대피했다"),
    ),
)
