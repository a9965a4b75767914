"""The unit that a number is stated in: what stands after it, and the currency's sign before it."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from service.core.lexicon import TABLE, UNITS, Kind, any_of
from service.core.numerals import Numeral, abbreviated
from service.core.text import Span

_ATTACHED: dict[str, str] = {
    form: row["unit"] for row in TABLE["units"] for form in row.get("attached", ())
}
_DURATIONS = frozenset(row["unit"] for row in TABLE["units"] if row["dimension"] == "time")
_SIGNS: dict[str, str] = {
    sign: row["unit"] for row in TABLE["currencies"] for sign in row["symbols"]
}
# "US $ 5", "c $ 5", "aud$5": as some agencies write them; but not "a $5 bill"
_LOOSE_SIGNS = [
    form
    for sign in _SIGNS
    if sign.endswith("$") and sign not in ("$", "A$", "S$", "R$")
    for form in (sign, sign.replace("$", " $"))
]
_MONEY: dict[str, str] = {
    word: row["unit"] for row in (*TABLE["currencies"], *TABLE["shared"]) for word in row["words"]
}
_SHARED: dict[str, dict[str, list[str]]] = {row["unit"]: row["of"] for row in TABLE["shared"]}
_CENTS: dict[str, str] = {word: row["unit"] for row in TABLE["hundredths"] for word in row["words"]}
_OTHER_CENTS = {row["unit"]: frozenset(row.get("also", ())) for row in TABLE["hundredths"]}
_LONG_PLURALS = [form for form in UNITS if form.endswith("s") and len(form) > 3] + ["feet"]
_SHORT_TIMES = {"seconds", "minutes", "hours", "days", "nights", "weeks", "months", "secs", "mins"}
# The word after a number, or the sign: most are the first of no unit.
_NEXT = re.compile(r"[ -]?(?P<word>[A-Za-zµμ]+|[%°º])")
_FIRST_OF_UNIT = frozenset(
    {"per", "percent", "percents", "percentage", "pct", "%", "°", "º"}
    | {re.split(r"[ .0-9²-]", form)[0] for form in (*UNITS, *_MONEY, *_CENTS)}
)
_PERCENT = re.compile(
    r" ?%|[ -]?(?:per[ -]?cents?(?:age)?|pct)(?P<points>[ -]points?)?(?![a-z])", re.IGNORECASE
)
# "They ran 10 km an hour later" tells no speed.
_AN_HOUR = (r"an\ hour", r"an\ hour(?! (?:later|earlier|before|after|ago|away))")
_UNIT = re.compile(rf"[ -]?(?P<unit>{any_of(UNITS).replace(*_AN_HOUR)})(?![A-Za-z])", re.IGNORECASE)
# "eight stormy years", "three full days": one word may stand between.
_LOOSE_UNIT = re.compile(
    r"[ -](?!and|or|to|of|in|per|the|a|for|at|on|by|from|times)[a-z]+(?:-[a-z]+)? "
    rf"(?P<unit>{any_of(_LONG_PLURALS)})(?![A-Za-z])"
)
_ATTACHED_UNIT = re.compile(rf"(?P<unit>{any_of(_ATTACHED)})(?![A-Za-z0-9])")
# "12 m" are metres before these, "12 m people" a manner of millions.
_METERS = re.compile(
    r" m(?=[,;:)]|\.$|\. [A-Z]| (?:high|tall|long|wide|deep|thick|away|apart|above|below|under|over"
    r"|of|off|from|in|at|to|and|or|by|on|before|after|beneath|up|down)(?![a-z]))"
)
_FEET = re.compile(r"['’′] ?(?=[0-9])")
_DEGREES = re.compile(
    r" ?[°º](?: ?(?P<scale>[CF])(?:elsius|ahrenheit)?)?(?![A-Za-z])|(?P<bare>[CF])(?![A-Za-z])",
)
_DEGREE_UNITS = {"C": "degree Celsius", "F": "degree Fahrenheit", None: "degree"}
_SIGN = re.compile(
    rf"(?:(?<![A-Za-z.])|(?=[$£€]))(?P<sign>{any_of(_SIGNS)}|(?i:{any_of(_LOOSE_SIGNS)})) ?$"
)
_SIGN_AFTER = re.compile(
    rf" ?(?:(?P<sign>{any_of(sign for sign in _SIGNS if not sign[0].isalpha())})(?! ?[0-9])"
    r"|(?P<code>[A-Z]{3})(?![A-Za-z]))"
)
_SIGNS_IN_ANY_CASE = {sign.upper().replace(" ", ""): unit for sign, unit in _SIGNS.items()}
_SIGN_ENDS = frozenset(sign[-1] for sign in _SIGNS)
_MONEY_WORD = re.compile(rf"[ -](?P<word>{any_of(_MONEY)})(?![A-Za-z])", re.IGNORECASE)
_CENT_WORD = re.compile(rf"[ -]?(?P<word>{any_of(_CENTS)})(?![A-Za-z])", re.IGNORECASE)
_PENCE = re.compile(r"p(?![A-Za-z])")
# Words that are money after digits only: "won", "sterling".
_MONEY_VERBS = frozenset({"won", "sterling", "rand", "dong", "real", "crowns"})
_CROWNS = 20  # fewer are of kings and teeth
_ABBREVIATION = re.compile(
    r" ?(?P<scale>k|cr|mn|mln|mil|mm|m|bn|bln|b|tn|tln|trn|t)(?![A-Za-z])", re.IGNORECASE
)
_ALWAYS_LARGE = frozenset("bn mn mln mil bln tn tln trn".split())
# "2.5m in profit", "2m to 3m euros"
_SUM_AFTER = re.compile(
    r" in (?:[a-z]+ )?(?:profits?|sales|revenues?|debts?|losses|tax|fines|cash|aid|damages|funds"
    r"|funding|fees|savings|grants|earnings|costs|assets|bonds|loans|compensation)(?![a-z])"
    rf"|(?: to | and | or |[-–])[0-9][0-9.]{{0,8}} ?(?:m|k)[ -](?:{any_of(_MONEY)})(?![A-Za-z])",
    re.IGNORECASE,
)
# What an abbreviated magnitude scales: "2m euros", "5k tonnes"; but "ran the 800m minutes later".
_SCALED = re.compile(
    rf"[ -](?:{any_of({*_MONEY, *_LONG_PLURALS} - _SHORT_TIMES)})(?![A-Za-z])", re.IGNORECASE
)
_PLURAL_AFTER = re.compile(
    rf"(?! (?:{any_of(_SHORT_TIMES)}|high|tall|long|wide|deep|thick)(?![a-z]))"
    r" (?:[a-z]+ ){0,2}?(?:[a-z]{3,}s|people|[a-z]*children|[a-z]*men)(?![a-z])"
)
_OF = re.compile(r" (?:of an?|of|an?) ")
_ONE = Decimal(1)


class Unit(NamedTuple):
    """A unit after a number."""

    kind: Kind
    unit: str
    length: int  # characters after the number
    factor: Decimal = _ONE  # what it multiplies the number by


def shared(unit: str | None) -> bool:
    """Whether a unit is a word that several countries have for their currency: "crowns"."""
    return unit in _SHARED


def currency_of(unit: str, words: Mapping[str, int]) -> str | None:
    """The currency that a shared word means where *words* are said, None where they do not tell.

    Args:
        unit: a unit that is `shared`.
        words: how often each word of the article is said, in lower case.
    """
    said = {
        code: sum(words.get(word, 0) for word in places) for code, places in _SHARED[unit].items()
    }
    most = max(said.values())
    return next((code for code, count in said.items() if count == most), None) if most else None


def cents_of(unit: str | None, said: Mapping[str, int]) -> str | None:
    """The currency of an amount in cents, whose word is read as *unit*, beside other money.

    Args:
        unit: the currency that the word is read as.
        said: how often each currency is said beside it.
    """
    shared = [code for code in said if code in _OTHER_CENTS.get(unit or "", ())]
    return unit if unit in said or not shared else max(shared, key=lambda code: said[code])


def sign_before(before: str) -> tuple[str, int] | None:
    """The currency whose sign stands at the end of *before*, and the sign's length."""
    if before.rstrip(" ")[-1:] not in _SIGN_ENDS or not (sign := _SIGN.search(before[-8:])):
        return None
    form = sign["sign"]
    unit = _SIGNS.get(form) or _SIGNS_IN_ANY_CASE[form.replace(" ", "").upper()]
    return unit, len(sign[0])


def scale_after(after: str, *, money: bool) -> tuple[Decimal, int] | None:
    """What letters after digits multiply them by, and their length: "3.2bn", "10M", "2m euros"."""
    large = _ABBREVIATION.match(after)
    if not large:
        return None
    letters = large["scale"].lower()
    counted = letters in "km" and after[0] != " " and _PLURAL_AFTER.match(after, large.end())
    # Ten million are "10M", ten metres "10m".
    if not (money or letters in _ALWAYS_LARGE or large[0] == "M" or counted):
        at = large.end()
        code = _SIGN_AFTER.match(after, at)
        if not (
            _SCALED.match(after, at)
            or _SUM_AFTER.match(after, at)
            or (code and (code["code"] or "$") in _SIGNS)
        ):
            return None
    return abbreviated(letters), large.end()


def unit_after(
    after: str, numeral: Numeral, *, signed: bool = False, heated: bool = False
) -> Unit | None:
    """The unit that stands at the start of *after*, None where none does.

    Args:
        after: what follows the number.
        numeral: the number.
        signed: whether a minus sign stands before it, so that "-4C" is a temperature.
        heated: whether a word before it says that it may be one: "reached 35C".
    """
    head = _NEXT.match(after)
    word = head["word"].lower() if head else ""
    digits = numeral.form == "digits"
    if word in _FIRST_OF_UNIT:
        if match := _PERCENT.match(after):
            return Unit("percent", "percentage point" if match["points"] else "%", match.end())
        if (match := _MONEY_WORD.match(after)) and (
            match["word"].lower() not in _MONEY_VERBS
            or (digits and (word != "crowns" or numeral.value >= _CROWNS))
        ):
            return Unit("money", _MONEY[match["word"].lower()], match.end())
        if match := _CENT_WORD.match(after):
            return Unit("money", _CENTS[match["word"].lower()], match.end(), Decimal("0.01"))
    if digits and (sign := _SIGN_AFTER.match(after)) and (sign["sign"] or sign["code"] in _SIGNS):
        return Unit("money", _SIGNS[sign["sign"] or sign["code"]], sign.end())
    if digits and after[:1] not in " -":
        if match := _PENCE.match(after):
            return Unit("money", "GBP", match.end(), Decimal("0.01"))
        if (match := _DEGREES.match(after)) and (match["bare"] is None or signed or heated):
            return Unit("measure", _DEGREE_UNITS[match["scale"] or match["bare"]], match.end())
        if match := _FEET.match(after):
            return Unit("measure", "foot", match.end())
        if match := _ATTACHED_UNIT.match(after):
            return _of_dimension(_ATTACHED[match["unit"]], match.end())
    if digits and word == "m" and (match := _METERS.match(after)):
        return _of_dimension("meter", match.end())
    if numeral.form in ("vague", "fraction") and (of := _OF.match(after)):
        # "thousands of dollars", "half an hour", "a quarter of a percentage point"
        plain = Numeral(numeral.start, numeral.end, numeral.value, "words")
        measured = unit_after(after[of.end() - 1 :], plain)
        return measured._replace(length=measured.length + of.end() - 1) if measured else None
    match = _UNIT.match(after) if word in _FIRST_OF_UNIT else None
    if not match and numeral.form != "fraction":
        match = _LOOSE_UNIT.match(after)
        if match and UNITS[match["unit"].lower()] not in _DURATIONS | {"mile", "foot"}:
            match = None
    if not match:
        return None
    unit = UNITS[match["unit"].lower()]
    if unit == "degree" and not digits and numeral.value < 10:
        return None  # "three degrees" of a university
    return _of_dimension(unit, match.end())


def _of_dimension(unit: str, length: int) -> Unit:
    return Unit("duration" if unit in _DURATIONS else "measure", unit, length)


COUNTED_UNITS = frozenset(
    "second minute hour day week month year decade century mile fortnight".split()
)
_ARTICLE_BEFORE = frozenset(
    "about nearly almost around roughly approximately than over under within in for after through "
    "just least every only lasted took spent".split()
)
_ARTICLE_AFTER = re.compile(
    r" (?:ago|later|long|or so|apart|away|after|before|earlier|of time|and a half)(?![a-z])"
    r"|['’]s? |-long(?![a-z])"
)
# "a second yellow card" is no time, "in a second and" is
_SECOND_OF = re.compile(
    r" (?!(?:and|or|to|in|after|before|at|as|on|when|from|for|behind|ahead|faster|slower|quicker"
    r"|off|with|but|by|the|he|she|it|they|is|was)(?![a-z]))[a-z]"
)
_LOOSE_YEAR = frozenset("about nearly almost than over under around just".split())
_UNIT_LONG = re.compile(r"(?:hour|day|week|month|year|decade)-long(?![a-z])")


def unit_long(text: str, start: int) -> Numeral | None:
    """The number one, nowhere written, of "a week-long trial"."""
    if not _UNIT_LONG.match(text, start):
        return None
    return Numeral(start, start, _ONE, "words")


def unit_article(text: str, article: Span, *, start: int, end: int) -> Numeral | None:
    """The word as the number one if it is an article that counts a unit: "about an hour"."""
    if text[article.start : article.end].lower() not in ("a", "an"):
        return None
    unit = _UNIT.match(text, article.end, min(end, article.end + 24))
    if not unit or unit["unit"].lower() not in COUNTED_UNITS:
        return None
    before = text[max(start, article.start - 20) : article.start].split()
    last = before[-1].lower() if before else ""
    after = text[unit.end() : min(end, unit.end() + 12)]
    if after.startswith("-old"):
        return None
    later = _ARTICLE_AFTER.match(after)
    spent = last in _ARTICLE_BEFORE
    if not later and not spent:
        return None
    if unit["unit"].lower() == "second" and not later and _SECOND_OF.match(after):
        return None
    if unit["unit"].lower() == "day" and after.startswith((" before", " earlier")) and not spent:
        return None
    # "a year later" names no length; "about a year later" does.
    if (
        unit["unit"].lower() == "year"
        and later
        and last not in _LOOSE_YEAR
        and not after.startswith(" and")
    ):
        return None
    return Numeral(article.start, article.end, _ONE, "words")
