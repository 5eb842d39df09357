"""Another name in the shape of the one that is written: a person's, a country's or a town's."""

from collections.abc import Collection, Sequence
from random import Random
from typing import Final

from pipeline.values.samename import same_name
from pipeline.values.titles import PLACE_WORDS

# Given names that go with "he" and with "she".
_GIVEN: Final = (
    "Adrian Alex Andrea Ariel Ash Avery Blair Cameron Casey Charlie Chris Dana Darcy Devon Eli Emery Frances "
    "Frankie Gale Harper Jamie Jan Jean Jesse Jody Jordan Jules Kai Kelly Kerry Kit Lee Leslie Logan Marley "
    "Maxime Mika Morgan Nicky Noa Noor Pat Quinn Reese Riley Robin Rowan Sacha Sam Sasha Shannon Shay Sidney "
    "Stevie Sunny Taylor Terry Toni Tracy Val Wynne Yael".split()
)
_SURNAMES: Final = (
    "Abara Adler Aldous Amsel Ashdown Bartok Beckwith Belmont Berisha Birnbaum Bledsoe Bracken Brandt "
    "Calloway Carrick Castellan Chaudry Corbin Cresswell Dacosta Dahlgren Delacroix Demir Dunmore "
    "Eastwick Ekholm Elmore Ennis Falkner Farrow Fenwick Ferrante Fielder Galloway Garrity Gellert Gilroy "
    "Granger Hadley Halloran Hargrove Hartwell Hendry Holm Hussain Ibarra Ingram Iversen Jansen Jarrow "
    "Kamara Keating Kessler Kowal Lambrook Landau Lindqvist Lockhart Lorimer Madigan Mancini Marlow Mbeki "
    "Mercer Mikkelsen Moreau Nakata Navarro Nielsen Norcross Novotny Oakes Okafor Orlov Osei Padgett "
    "Palmer Petrov Pickford Quigley Radcliffe Rahman Ramsey Redfern Rinaldi Rourke Saito Salter Sandoval "
    "Schuster Selwyn Shaw Sorensen Stanhope Sutter Talbot Tanaka Thorne Tremaine Uddin Ulrich Valdez "
    "Varga Vickers Wakefield Weller Whitlock Wexford Yardley Yilmaz Zeller Zielinski".split()
)
# Family names that come first, and syllables of given names that go with them.
_EASTERN: Final = (
    "Baek Cha Cho Choe Choi Han Hong Jang Jeon Kang Kim Lee Li Liu Pak Park Ri Ryu Wang Yang".split()
)
_SYLLABLES: Final = "Beom Chol Gyu Hwan Hyon Jin Kyong Mok Myong Nam Rim Sang Sik Sol Su Tae Yong".split()
_TOWNS: Final = (
    "Aberdeen Adelaide Aleppo Antwerp Basel Basra Belfast Bergen Bilbao Bologna Bremen Brisbane Bristol "
    "Calgary Cardiff Cologne Cork Dallas Dresden Durban Dusseldorf Gdansk Geneva Genoa Ghent Glasgow Hamburg "
    "Hanover Houston Izmir Karachi Kharkiv Krakow Lagos Lahore Leeds Leipzig Liverpool Ljubljana Lviv Lyon "
    "Malmo Manchester Marseille Melbourne Milan Montreal Mosul Mumbai Nagoya Naples Odesa Osaka Oulu Palermo "
    "Perth Phoenix Porto Poznan Rotterdam Rouen Seville Sheffield Stuttgart Sydney Tampa Toronto Trieste "
    "Turin Valencia Vancouver Venice Yokohama Zagora Zurich".split()
)
# Two words that make a town: "Port Selby".
_MARKS: Final = "North South East West Port New Old Great".split()
_BASES: Final = (
    "Ashby Brannock Corley Dunmore Elford Fenwick Garrow Halden Inverlea Jarrow Kelso Lorne Marden Norwell "
    "Orrin Penrose Quarley Redmoor Selby Tarrant Ulverton Varden Whitby Yarrow".split()
)
# Country, adjective, people, capital; the same place in each line is the same form.
_COUNTRIES: Final = tuple(
    tuple(line.split(","))
    for line in """
Argentina,Argentine,Argentines,Buenos Aires
Austria,Austrian,Austrians,Vienna
Belarus,Belarusian,Belarusians,Minsk
Brazil,Brazilian,Brazilians,Brasilia
Bulgaria,Bulgarian,Bulgarians,Sofia
Canada,Canadian,Canadians,Ottawa
China,Chinese,Chinese,Beijing
Colombia,Colombian,Colombians,Bogota
Croatia,Croatian,Croatians,Zagreb
Denmark,Danish,Danes,Copenhagen
Egypt,Egyptian,Egyptians,Cairo
Finland,Finnish,Finns,Helsinki
France,French,French,Paris
Germany,German,Germans,Berlin
Greece,Greek,Greeks,Athens
Hungary,Hungarian,Hungarians,Budapest
India,Indian,Indians,New Delhi
Indonesia,Indonesian,Indonesians,Jakarta
Iran,Iranian,Iranians,Tehran
Iraq,Iraqi,Iraqis,Baghdad
Israel,Israeli,Israelis,Jerusalem
Italy,Italian,Italians,Rome
Japan,Japanese,Japanese,Tokyo
Kenya,Kenyan,Kenyans,Nairobi
Mexico,Mexican,Mexicans,Mexico City
Morocco,Moroccan,Moroccans,Rabat
Nigeria,Nigerian,Nigerians,Abuja
North Korea,North Korean,North Koreans,Pyongyang
Norway,Norwegian,Norwegians,Oslo
Pakistan,Pakistani,Pakistanis,Islamabad
Poland,Polish,Poles,Warsaw
Portugal,Portuguese,Portuguese,Lisbon
Qatar,Qatari,Qataris,Doha
Romania,Romanian,Romanians,Bucharest
Russia,Russian,Russians,Moscow
Saudi Arabia,Saudi,Saudis,Riyadh
Serbia,Serbian,Serbs,Belgrade
South Korea,South Korean,South Koreans,Seoul
Spain,Spanish,Spaniards,Madrid
Sweden,Swedish,Swedes,Stockholm
Syria,Syrian,Syrians,Damascus
Taiwan,Taiwanese,Taiwanese,Taipei
Turkey,Turkish,Turks,Ankara
Ukraine,Ukrainian,Ukrainians,Kyiv
Venezuela,Venezuelan,Venezuelans,Caracas
Vietnam,Vietnamese,Vietnamese,Hanoi
Yemen,Yemeni,Yemenis,Sanaa
""".split("\n")
    if line
)
# "Chinese" is the adjective first.
_FORMS: Final = {line[column]: (i, column) for column in (2, 3, 1, 0) for i, line in enumerate(_COUNTRIES)}
_ACRONYMS: Final = ("US", "UK")


def other_person(name: str, rng: Random, known: Sequence[str] = ()) -> str:
    """Return another person's name of as many words: one of ``known``, or else an invented one."""
    words = name.split()
    fitting = [k for k in known if len(k.split()) == len(words) and not same_name(k, name)]
    if fitting:
        return rng.choice(fitting)
    if words[0] in _EASTERN and len(words) > 1:
        family, first = _other(_EASTERN, name, rng), _other(_SYLLABLES, name, rng)
        second = _other(_SYLLABLES, f"{name} {first}", rng)
        return f"{family} {first} {second}" if len(words) > 2 else f"{family} {first}-{second.lower()}"
    surname = _other(_SURNAMES, name, rng)
    if len(words) == 1:
        return surname
    given = _other(_GIVEN, name, rng)
    middle = [_other(_SURNAMES, f"{name} {surname}", rng)] if len(words) == 3 else []
    return " ".join([given, *middle, surname])


def surname_of(name: str) -> str:
    """Return the family name of a person named in full: the first word of a Korean or Chinese name."""
    words = name.split()
    return words[0] if words[0] in _EASTERN or words[0] == "Xi" else words[-1]


def other_country(
    names: Sequence[str], rng: Random, taken: Collection[str] = (), known: Collection[str] = ()
) -> tuple[str, ...] | None:
    """Return for each of ``names``, forms of one country, the same form of another; None if one is unknown.

    A form is the country's name, its adjective, its people or its capital. Countries that have a form in
    ``taken`` are not chosen; one that has a form in ``known`` is, where there is one.
    """
    if all(name in _ACRONYMS for name in names):
        other = _ACRONYMS[1 - _ACRONYMS.index(names[0])]
        return None if other in taken else (other,) * len(names)
    if not all(name in _FORMS for name in names):
        return None
    away = {_FORMS[name][0] for name in (*names, *taken) if name in _FORMS}
    near = sorted({_FORMS[name][0] for name in known if name in _FORMS} - away)
    line = rng.choice(near or [i for i in range(len(_COUNTRIES)) if i not in away])
    return tuple(_COUNTRIES[line][_FORMS[name][1]] for name in names)


def is_capital(name: str) -> bool:
    """Tell whether ``name`` is the capital of a country that another can be named for."""
    return name in _FORMS and _FORMS[name][1] == 3


def other_place(name: str, rng: Random, known: Sequence[str] = ()) -> str | None:
    """Return another town's name of as many words; what is no plain name of one or two words gets None."""
    words = name.split()
    fitting = [k for k in known if len(k.split()) == len(words) and not same_name(k, name)]
    if fitting:
        return rng.choice(fitting)
    if not all(
        word.replace("-", "").isalpha() and word[:1].isupper() and not word.isupper() for word in words
    ):
        return None
    if len(words) > 1 and words[-1].lower() in PLACE_WORDS:
        return f"{_other(_SURNAMES, name, rng)} {words[-1]}"
    if len(words) == 1:
        return _other(_TOWNS, name, rng)
    return f"{rng.choice(_MARKS)} {_other(_BASES, name, rng)}" if len(words) == 2 else None


def _other(names: Sequence[str], name: str, rng: Random) -> str:
    """Return one of ``names`` that nobody takes for a word of ``name``, not even at a glance."""
    while True:
        found = rng.choice(names)
        if not any(found[0] == word[0] or same_name(found, word) for word in name.split()):
            return found
