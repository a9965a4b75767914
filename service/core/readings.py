"""One number expression read in its context: unit, kind and qualifier, or that it is no quantity.

Every pattern looks at a bounded stretch of text beside the number.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from typing import Literal

from service.core.numerals import Numeral, abbreviated
from service.core.text import Span

Kind = Literal[
    "count", "money", "percent", "measure", "duration", "age", "ordinal", "ratio", "other"
]
Comparator = Literal["=", "~", ">", ">=", "<", "<="]

REACH = 60  # characters of context that a number is read with, on each side


@dataclass(frozen=True, slots=True)
class Reading:
    """What a number expression says, before its neighbours and its subject are known."""

    start: int  # with qualifier and currency sign
    end: int  # with unit
    core: Span  # the number expression alone
    value: Decimal
    kind: Kind
    unit: str | None = None
    high: Decimal | None = None
    comparator: Comparator = "="
    qualified: bool = False  # whether a qualifier says so


# --- word lists ----------------------------------------------------------------------------------

_RESOURCES = files("service.core").joinpath("resources")
_TABLE = json.loads(_RESOURCES.joinpath("units.json").read_text("utf-8"))
_LISTS = json.loads(_RESOURCES.joinpath("number_words.json").read_text("utf-8"))


def _list(name: str) -> frozenset[str]:
    return frozenset(" ".join(_LISTS[name]).split())


def _any(forms: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(forms, key=len, reverse=True)))


_UNITS: dict[str, str] = {form: row["unit"] for row in _TABLE["units"] for form in row["forms"]}
_ATTACHED: dict[str, str] = {
    form: row["unit"] for row in _TABLE["units"] for form in row.get("attached", ())
}
_DURATIONS = frozenset(row["unit"] for row in _TABLE["units"] if row["dimension"] == "time")
_CURRENCIES = _TABLE["currencies"]
_SIGNS: dict[str, str] = {sign: row["unit"] for row in _CURRENCIES for sign in row["symbols"]}
_MONEY: dict[str, str] = {word: row["unit"] for row in _CURRENCIES for word in row["words"]}
_CENTS: dict[str, str] = {
    word: row["unit"] for row in _TABLE["hundredths"] for word in row["words"]
}
_PREFIXES: dict[str, Comparator] = {
    phrase: comparator
    for comparator, lines in _LISTS["comparators"].items()
    for phrase in " ".join(lines).split("; ")
}
_DESIGNATORS = _list("designators")  # "flight 93", "Channel 4": a number after one is a name's
_LOOSE_DESIGNATORS = _list("loose_designators")  # unless a noun follows: "last week 30 people"
_AFTER_PRONOUN_ONE = _list("after_pronoun_one")
_BEFORE_PRONOUN_ONE = _list("before_pronoun_one")
_PERSONS = _list("persons")
_LONG_PLURALS = [form for form in _UNITS if form.endswith("s") and len(form) > 3] + ["feet"]

# --- units ---------------------------------------------------------------------------------------

_PERCENT = re.compile(
    r" ?%|[ -]?per[ -]?cent(?:age)?(?P<points>[ -]points?)?(?![a-z])", re.IGNORECASE
)
_UNIT = re.compile(rf"[ -]?(?P<unit>{_any(_UNITS)})(?![A-Za-z])", re.IGNORECASE)
# "eight stormy years", "three full days": one word may stand between.
_LOOSE_UNIT = re.compile(
    r"[ -](?!and|or|to|of|in|per|the|a|for|at|on|by|from|times)[a-z]+(?:-[a-z]+)? "
    rf"(?P<unit>{_any(_LONG_PLURALS)})(?![A-Za-z])"
)
_ATTACHED_UNIT = re.compile(rf"(?P<unit>{_any(_ATTACHED)})(?![A-Za-z])")
_INCHES = re.compile(
    r"[ -]?(?:and )?(?P<n>[0-9]{1,2})(?:[ -]?(?:inch(?:es)?|in)(?![a-z])|[\"”″]|'')?(?![0-9A-Za-z])"
)
_FEET = re.compile(r"['’′] ?(?=[0-9])")
_DEGREES = re.compile(r" ?[°º] ?(?P<scale>[CF])?(?![A-Za-z])|(?P<bare>[CF])(?![A-Za-z])")
_DEGREE_UNITS = {"C": "degree Celsius", "F": "degree Fahrenheit", None: "degree"}
_SIGN = re.compile(rf"(?:(?<![A-Za-z.])|(?=[$£€]))(?P<sign>{_any(_SIGNS)}) ?$")
_MONEY_WORD = re.compile(rf"[ -](?P<word>{_any(_MONEY)})(?![A-Za-z])", re.IGNORECASE)
_CENT_WORD = re.compile(rf"[ -]?(?P<word>{_any(_CENTS)})(?![A-Za-z])", re.IGNORECASE)
_PENCE = re.compile(r"p(?![A-Za-z])")
# Words that are money after digits only: "won", "sterling".
_MONEY_VERBS = frozenset({"won", "sterling", "rand", "dong", "real"})
_ABBREVIATION = re.compile(
    r" ?(?P<scale>k|mn|mln|mil|m|bn|bln|b|tn|trn|t)(?![A-Za-z])", re.IGNORECASE
)
_ALWAYS_LARGE = frozenset({"bn", "mn", "mln", "bln", "tn", "trn"})
_PLURAL_AFTER = re.compile(
    r" (?:[a-z]+ ){0,2}?(?:[a-z]{3,}s|people|[a-z]*children|[a-z]*men)(?![a-z])"
)
_OF = re.compile(r" (?:of|an?) ")
_OLD = re.compile(r"[ -]?(?:olds?(?![a-z])|of age(?![a-z]))")


def _unit(after: str, numeral: Numeral, *, signed: bool) -> tuple[Kind, str, int, Decimal] | None:
    """Kind, unit, length of the unit in *after* and what it multiplies the number by."""
    one = Decimal(1)
    digits = numeral.form == "digits"
    if match := _PERCENT.match(after):
        return "percent", "percentage point" if match["points"] else "%", match.end(), one
    if (match := _MONEY_WORD.match(after)) and (
        digits or match["word"].lower() not in _MONEY_VERBS
    ):
        return "money", _MONEY[match["word"].lower()], match.end(), one
    if match := _CENT_WORD.match(after):
        return "money", _CENTS[match["word"].lower()], match.end(), Decimal("0.01")
    if digits:
        if match := _PENCE.match(after):
            return "money", "GBP", match.end(), Decimal("0.01")
        if (match := _DEGREES.match(after)) and (
            match["bare"] is None or signed or numeral.value > 9
        ):
            return "measure", _DEGREE_UNITS[match["scale"] or match["bare"]], match.end(), one
        if match := _FEET.match(after):
            return "measure", "foot", match.end(), one
        if match := _ATTACHED_UNIT.match(after):
            unit = _ATTACHED[match["unit"]]
            return ("duration" if unit in _DURATIONS else "measure"), unit, match.end(), one
    if numeral.form in ("vague", "fraction") and (of := _OF.match(after)):
        # "thousands of dollars", "half an hour"
        plain = Numeral(numeral.start, numeral.end, numeral.value, "words")
        measured = _unit(after[of.end() - 1 :], plain, signed=False)
        return (*measured[:2], measured[2] + of.end() - 1, measured[3]) if measured else None
    match = _UNIT.match(after)
    if not match and numeral.form != "fraction":
        match = _LOOSE_UNIT.match(after)
        if match and _UNITS[match["unit"].lower()] not in _DURATIONS | {"mile", "foot"}:
            match = None
    if not match:
        return None
    unit = _UNITS[match["unit"].lower()]
    if unit == "degree" and not digits and numeral.value < 10:
        return None  # "three degrees" of a university
    return ("duration" if unit in _DURATIONS else "measure"), unit, match.end(), one


COUNTED_UNITS = frozenset(
    "second minute hour day week month year decade century mile fortnight".split()
)
_ARTICLE_BEFORE = re.compile(
    r"\b(?:about|nearly|almost|around|roughly|approximately|than|over|under|within|in|for|after"
    r"|through|just|least|every|only|lasted|took|spent) $",
    re.IGNORECASE,
)
_ARTICLE_AFTER = re.compile(
    r" (?:ago|later|long|or so|apart|away|after|before|earlier|of time)(?![a-z])|['’]s? "
    r"|-long(?![a-z])"
)
_LOOSE_YEAR = re.compile(r"\b(?:about|nearly|almost|than|over|under|around|just) $", re.IGNORECASE)
_UNIT_LONG = re.compile(r"(?:hour|day|week|month|year|decade)-long(?![a-z])")


def unit_long(text: str, start: int) -> Numeral | None:
    """The number one, nowhere written, of "a week-long trial"."""
    if not _UNIT_LONG.match(text, start):
        return None
    return Numeral(start, start, Decimal(1), "words")


def unit_article(text: str, article: Span, *, start: int, end: int) -> Numeral | None:
    """The word as the number one if it is an article that counts a unit: "about an hour"."""
    if text[article.start : article.end].lower() not in ("a", "an"):
        return None
    unit = _UNIT.match(text, article.end, min(end, article.end + 24))
    if not unit or unit["unit"].lower() not in COUNTED_UNITS:
        return None
    before = text[max(start, article.start - REACH) : article.start]
    after = text[unit.end() : min(end, unit.end() + 12)]
    if after.startswith("-old"):
        return None
    later = _ARTICLE_AFTER.match(after)
    spent = _ARTICLE_BEFORE.search(before)
    if not later and not spent:
        return None
    if unit["unit"].lower() == "day" and after.startswith((" before", " earlier")) and not spent:
        return None
    # "a year later" names no length; "about a year later" does.
    if unit["unit"].lower() == "year" and later and not _LOOSE_YEAR.search(before):
        return None
    return Numeral(article.start, article.end, Decimal(1), "words")


# --- numbers that are no quantities --------------------------------------------------------------

_MONTH = (
    r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
    r"|JAN|FEB|MAR|APR|JUN|JUL|AUG|SEPT?|OCT|NOV|DEC)\.?"
    r"|January|February|March|April|May|June|July|August|September|October|November|December"
)
_MONTH_BEFORE = re.compile(rf"(?:^|[^A-Za-z])(?:{_MONTH}),? ?(?:the )?$")
_MONTH_AFTER = re.compile(rf"(?:st|nd|rd|th)?(?: of)?[ -](?:{_MONTH})(?![a-z])")
_CLOCK = re.compile(
    r"(?:[:.][0-9]{2})?(?::[0-9]{2})? ?(?:[ap]\.m\b|o['’]clock"
    r"|(?:[ap]m|gmt|est|edt|pst|pdt|bst|et|hrs)(?![a-z]))"
    r"|:[0-9]{2}",
    re.IGNORECASE,
)
_DECADE = re.compile(r"['’]?s(?![a-z])")
_STREET = re.compile(
    r"(?:-?[A-Z])?[ -](?:block of |(?:[NSEW]\.? |North |South |East |West )?"
    r"(?:[A-Z][\w.]* |[0-9]+(?:st|nd|rd|th) ){1,3}?"
    r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Drive|Lane|Way|Court|Place|Plaza|Square"
    r"|Highway|Parkway|Terrace)(?![a-z]))"
)
# Telephone numbers, dates in figures, addresses of the internet, and numbers that are names.
_CODE = re.compile(
    r"(?:1[-–. ])?\(?[0-9]{3}\)?[-–. ]{1,2}[0-9]{3}[-–. ]{1,2}(?:[0-9]{4}|[A-Z]{4})"
    r"|[0-9]{3}[-–][0-9]{4}(?![0-9])"
    r"|(?:1-)?(?:[0-9]{3}-){0,2}[A-Z]{4,8}(?:-[A-Z]{2,8})? \([0-9]{3,4}(?:-[0-9]{4})?\)"
    r"|\([0-9]{3}\) [0-9A-Z]{3}|(?:1-)?[0-9]{3}-[A-Z]{2,}"
    r"|[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{2,4}(?![0-9])"
    r"|(?:[Ii]mage|[Pp]hoto|[Ss]lide|[Pp]age|[Pp]icture) [0-9]{1,3} (?:of|/) (?:/ )?[0-9]{1,3}"
    r"|(?<![0-9])[0-9]{1,3} (?:/|of) [0-9]{1,3} (?=[A-Z])|\[[0-9]{1,3}\]"
    r"|[0-9]{1,3}-[A-Z](?![A-Za-z])"
    r"|(?<![0-9,.])0[0-9]{2,}|[0-9]P/|[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9]{3}-[0-9]{2}-[0-9]{4}"
    r"|10-[KQ](?![A-Za-z])"
    r"|9/11|24/7|(?<![0-9,.])911(?![0-9]|[.,][0-9])(?! [a-z]+s\b)|(?<=“)404(?=”)"
)
_AROUND = 20  # characters on each side of a number in which such a code is looked for
_ATTACHABLE = re.compile(
    r"(?:k|m|mn|mln|bn|b|tn|mm|cm|km|kg|kgs|g|mg|lbs?|oz|ft|in|mph|kph|km/h|hrs?|min|mins|secs?|ml"
    r"|s|st|p|kw|mw|gw|hp|db|gb|mb|tb|khz|mhz|ghz|yds?|yrs?|c|f|h|ha|pc)(?![A-Za-z])",
    re.IGNORECASE,
)
_PREFIXED = re.compile(r"(?:[A-Za-z0-9_]-|[0-9][.:,/])$")
_PREFIXABLE = re.compile(r"(?:[0-9%]|\b[Mm]id|\b[Ee]arly|\b[Ll]ate|[a-z]{3,})-$")
_ADDRESS_BEFORE = re.compile(r"(?:https?:|www\.|@)\S*$")
_CODED_AFTER = re.compile(r"[_@#=\\]|\([a-z]\)|/[0-9A-Za-z]{1,4}/|\.(?:com|org|net|co|uk)\b")
_LISTED_AFTER = re.compile(r"[.)](?: |$)")
_NOT_YEAR_BEFORE = frozenset(
    "than over some nearly almost roughly approximately exceeding estimated total".split()
)
_YEAR_BEFORE = frozenset(
    "in since by of until from to during before after the early late mid".split()
)
_OLD_YEAR_BEFORE = re.compile(r"\b(?:in|since|by|until|from|between|and|to|around|circa|year) $")
_SENTENCE_OPENERS = (".", ":", "“", '"', "?", "!", "—", "–", "-", "(", "‘")


def _coded(before: str, after: str, numeral: Numeral, text: str) -> bool:
    """Whether the number is a part of a longer token: a code, an address, a name."""
    if numeral.form not in ("digits", "decade"):
        return bool(before) and (
            before[-1].isalnum() or re.search(r"[A-Za-z]-$", before) is not None
        )
    if before:
        if before[-1].isalnum() or before[-1] in "_#@&=/\\~^":
            return True
        if _PREFIXED.search(before) and not _PREFIXABLE.search(before):
            return True
        if _ADDRESS_BEFORE.search(before):
            return True
    if after and (
        (after[0].isalpha() and not _ATTACHABLE.match(after)) or _CODED_AFTER.match(after)
    ):
        return True
    low = max(0, numeral.start - _AROUND)
    return any(
        code.start() < numeral.end - low and code.end() > numeral.start - low
        for code in _CODE.finditer(text[low : numeral.end + _AROUND])
    )


def _dated(before: str, after: str, numeral: Numeral, word: str) -> bool:
    """Whether a number in digits belongs to a date, a year, a decade or a clock time."""
    value = numeral.value
    if _MONTH_BEFORE.search(before) or (value <= 31 and _MONTH_AFTER.match(after)):
        return True
    if value < 25 and _CLOCK.match(after):
        return True
    if _DECADE.match(after):
        return True
    if re.search(r"['’]$", before) and value < 100:
        return True
    if len(word) == 4 and word.isdigit() and 1500 <= value <= 2100:
        last = before.split()[-1].lower() if before.strip() else ""
        if not _PLURAL_AFTER.match(after):
            return True
        return last not in _NOT_YEAR_BEFORE and (value % 100 != 0 or last in _YEAR_BEFORE)
    if len(word) == 4 and word.isdigit() and 1000 <= value < 1500:
        return _OLD_YEAR_BEFORE.search(before) is not None and not re.match(r"[ -][a-z]{2}", after)
    return False


def _labelled(before: str, after: str, numeral: Numeral, word: str) -> bool:
    """Whether the number is a label: "Boeing 747", "the Big Three", "Day 3", "2. Open the box"."""
    words = before.split()
    if not words:
        return numeral.form == "digits" and (
            _LISTED_AFTER.match(after) is not None or not after.strip(" .)")
        )
    last = words[-1]
    lower = last.strip("(“\"'‘").lower()
    noun = re.match(r"[ -][a-z]{3,}", after) is not None
    if lower in _DESIGNATORS or (lower in _LOOSE_DESIGNATORS and not noun):
        return True
    if numeral.form == "words":
        inside = not last.endswith(_SENTENCE_OPENERS)
        return word[0].isupper() and not word.isupper() and inside and numeral.value != 1
    return (
        last[0].isupper()
        and last.isalpha()
        and not last.isupper()
        and len(words) > 1
        and "," not in word
        and not noun
        and lower not in ("the", "about", "only")
    )


# "half-empty", "half sister"; but "half the price", "half were women"
_HALF_OF_A_WORD = re.compile(
    r"-[a-z]| (?!of|the|an?|as|that|those|these|his|her|its|their|our|my|what|were|was|are|is"
    r"|have|had|has|will|would|said|say|to|in|over|again|more|made|all|and|or|but|people|who|by"
    r"|on|for|from|live|do|did|think|believe)[a-z]"
)


_DIGIT_NEXT = re.compile(r"(?:every )?[0-9]|(?:every )?(?:ten|five|four|three)")


def _counts_one(before: str, after: str) -> bool:
    """Whether "one" counts a thing and is no pronoun."""
    words = before.split()
    if not words or words[-1].endswith((".", "?", "!", "”")):
        return False  # a sentence that opens with "One witness" counts nobody
    if words[-1].lower().strip("“\"'‘(") in _BEFORE_PRONOUN_ONE:
        return False
    noun = re.match(r" ([A-Za-z]+)", after)
    if not noun:
        return re.match(r" or two(?![a-z])", after) is not None
    head = noun[1].lower()
    if head == "in" and _DIGIT_NEXT.match(after, 4):
        return True  # "one in 100,000"
    if head == "of":
        return re.search(r"\bat least $", before) is not None
    if head == "day":
        return re.match(r" day (?:before|after|later|earlier)(?![a-z])", after) is not None
    return head not in _AFTER_PRONOUN_ONE or re.match(r" or two(?![a-z])", after) is not None


_SINGLE_AFTER = re.compile(r" (?!most|day|week|mother|father|parent|mom|dad)[a-z]{3,}")
_GROUP_AFTER = re.compile(
    r" (?:(?!who|were|was|and|in|from|for|with|to|[a-z]+ing )[A-Za-z-]+ ){0,2}?"
    r"[a-z]{3,}(?:s|ople|ren|men)(?![a-z])"
)


def _grouped(word: str, after: str) -> bool:
    """Whether "a couple of", "twin", "a single" count what follows."""
    if word.endswith("single"):
        return _SINGLE_AFTER.match(after) is not None
    return word == "a pair" or _GROUP_AFTER.match(after) is not None


# --- kinds of numbers without a unit -------------------------------------------------------------

_NAME_BEFORE = re.compile(r"(?P<name>[^\W\d_][\w'’.-]*[\"”’)]?)(?:, ?| ?\()$")
_NAME_AFTER = re.compile(
    r"[,.;:)\n]|$|\s*$"
    r"| (?:of|at the time|who|was|is|and|told|said|from|has|had|years|whose)(?![a-z])"
)
_NOT_A_NAME = re.compile(
    rf"(?:{_MONTH}|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Street|Avenue|Road|St|Ave|Rd)\.?"
)
_AGED_BEFORE = re.compile(
    r"\b(?:aged?|ages|in age) (?:of |between |from |about |around |just |only )?$"
    r"|\b(?:people|those|anyone|children|adults|men|women) (?:under|over) $",
    re.IGNORECASE,
)
_TURNED_BEFORE = re.compile(
    r"\b(?:turn(?:s|ed|ing)?|(?:he|she|who) (?:was|is)(?: only| just)?) $",
    re.IGNORECASE,
)
_PHRASE_ENDS = re.compile(
    r"[.,;)”\"]|$|\s*$| (?:on|in|this|last|next|when|at|and|or|years)(?![a-z])"
)
_AGE_RANGE = re.compile(r" (?:and|or) (?:under|younger|older|over)(?![a-z])")
_MULTIPLE = re.compile(
    r" times (?:more|less|higher|lower|greater|larger|bigger|faster|as|the|that|its|their|his|her)"
    r"(?![a-z])"
)


def _is_age(before: str, after: str, numeral: Numeral) -> bool:
    """Whether a number without unit is someone's age: "Lizandra Cosme, 32, said", "aged 7"."""
    if numeral.value > 120:
        return False
    if _AGED_BEFORE.search(before):
        return True
    if _TURNED_BEFORE.search(before) and _PHRASE_ENDS.match(after):
        return True
    if _AGE_RANGE.match(after):
        return True
    name = _NAME_BEFORE.search(before) if numeral.form == "digits" else None
    if not name or not _NAME_AFTER.match(after) or _NOT_A_NAME.fullmatch(name["name"]):
        return False
    word = name["name"].rstrip('"”’)')
    return word[:1].isupper() or word.lower() in _PERSONS or word != name["name"]


# --- ranks ---------------------------------------------------------------------------------------

_RANK_AFTER = re.compile(
    r"[- ](?:most|least|[a-z]{2,}est|place|slot|in line|spot|straight|consecutive)"
    r"(?![a-z])"
)
_RANK_BEFORE = re.compile(
    r"\b(?:bec[ao]mes?|becoming|is|was|be|as|marks|marked) (?:apparently |only )?"
    r"(?:the|its|his|her|their) $"
)
_BIRTHDAY = re.compile(r" birthday(?![a-z])")
_ANNIVERSARY = re.compile(r" (?:wedding )?anniversary(?![a-z])")
_FIRST_AFTER = re.compile(
    r" (?!person|chance|time|meeting)(?:[A-Za-z.]+ ){1,4}?"
    r"(?:to|in|since|of \w+|ever|killed)(?![a-z])"
)
_NTH_AFTER = re.compile(r" [A-Za-z]")
_NO_RANK_AFTER = re.compile(
    r" (?:of|century|time|day|step|thing|place to|year of|floor|round)(?![a-z])"
)


def _rank(numeral: Numeral, before: str, after: str) -> Reading | None:
    """A rank that is news: "third-largest", "in third place", "became the third state to"."""
    if _MONTH_AFTER.match(after):
        return None
    span = Span(numeral.start, numeral.end)
    if _BIRTHDAY.match(after) and numeral.value <= 120:
        return Reading(*span, span, numeral.value, "age", "year")
    if _ANNIVERSARY.match(after):
        return Reading(*span, span, numeral.value, "ordinal")
    if _NO_RANK_AFTER.match(after) or (numeral.value == 1 and after.startswith(" place")):
        return None
    news = _RANK_BEFORE.search(before) and (
        (_FIRST_AFTER if numeral.value <= 2 else _NTH_AFTER).match(after)
    )
    if not (_RANK_AFTER.match(after) or news):
        return None
    return Reading(*span, span, numeral.value, "ordinal")


_TEN_YEARS_BEFORE = re.compile(r"\b(?:his|her|their|my|your|our|late|early|mid|or|and)[ -]$")


def _ten_years(numeral: Numeral, before: str) -> Reading | None:
    """An age by its decade, "in his late 20s"; other decades are times."""
    if not _TEN_YEARS_BEFORE.search(before) or re.search(r"\bthe (?:late |early |mid-)?$", before):
        return None
    span = Span(numeral.start, numeral.end)
    return Reading(
        *span, span, numeral.value, "age", "year", high=numeral.value + 9, comparator="~"
    )


# "Number two is", "the No. 1 song"
_NUMBER_BEFORE = re.compile(r"(?:\b[Nn]umber|\b(?:the|a|at|is|was|ranked|world) [Nn]o\.) $")


# --- qualifiers ----------------------------------------------------------------------------------

_AFTERTHOUGHT = re.compile(
    r"(?:[ ,-]{0,2}(?:or|and|&) (?:(?P<more>more|older|over|higher|greater|above|longer|up|better"
    r"|larger)|(?P<less>less|fewer|under|younger|below|lower|shorter)|(?P<so>so|thereabouts))"
    r"|(?P<plus>-plus|\+| plus)|(?P<odd>-ish|-odd| odd))(?![A-Za-z])"
)
_INTENSIFIERS = frozenset("just well only now still slightly barely little".split())
_OPENING = "(“\"'‘—–["
_PLACES = frozenset({"over", "above", "under", "below", "beyond", "near", "within"})
_OVER_IS_MORE = frozenset("for well just of is was lasted took spent after little now a".split())
_ODD = re.compile(r"[ -]odd (?=[a-z])")


def _qualifier(before: str, kind: Kind, value: Decimal) -> tuple[Comparator, int] | None:
    """The comparator that stands at the end of *before*, and how far from its end it begins."""
    words = list(re.finditer(r"\S+", before))
    plain = [word[0].lstrip(_OPENING).lower() for word in words]
    article = bool(plain) and plain[-1] in ("a", "an")
    for drop in range(1 + article):  # "about a 4-hour flight"
        stop = len(words) - drop
        for length in range(min(4, stop), 0, -1):
            phrase = " ".join(plain[stop - length : stop])
            comparator = _PREFIXES.get(phrase)
            if not comparator or (drop and phrase in _PLACES):
                continue
            first = stop - length
            previous = plain[first - 1] if first else ""
            if (
                phrase == "over"
                and kind == "duration"
                and 1 < value <= 20
                and previous not in _OVER_IS_MORE
            ):
                return None  # "over two days" lasts them
            begin = (
                words[first].start() + len(words[first][0]) - len(words[first][0].lstrip(_OPENING))
            )
            if previous in _INTENSIFIERS:
                begin = words[first - 1].end() - len(previous)
            return comparator, len(before) - begin
    return None


# --- the whole -----------------------------------------------------------------------------------


def read_in_context(text: str, numeral: Numeral, *, start: int, end: int) -> Reading | None:
    """What a number expression says, None where it is no quantity.

    Args:
        text: the article.
        numeral: a number expression in it.
        start: where its sentence starts.
        end: where its sentence ends.
    """
    word = text[numeral.start : numeral.end]
    before = text[max(start, numeral.start - REACH) : numeral.start]
    after = text[numeral.end : min(end, numeral.end + REACH)]
    if _coded(before, after, numeral, text):
        return None
    core = Span(numeral.start, numeral.end)
    if _NUMBER_BEFORE.search(before) and 0 < numeral.value <= 10 and "." not in word:
        return Reading(*core, core, numeral.value, "ordinal")
    if numeral.form == "ordinal":
        return _rank(numeral, before, after)
    if numeral.form == "decade":
        return _ten_years(numeral, before)
    if numeral.form in ("multiplied", "times"):
        multiple = numeral.form == "multiplied" or re.match(r" (?:as|the)(?![a-z])", after)
        return Reading(*core, core, numeral.value, "ratio" if multiple else "count")

    value, length = numeral.value, 0
    kind: Kind = "count"
    unit: str | None = None
    sign = _SIGN.search(before[-8:])
    minus = not sign and re.search(r"(?:^|[\s(])[-−–]$", before) is not None
    if sign:
        kind, unit = "money", _SIGNS[sign["sign"]]
        before = before[: -len(sign[0])]
    if numeral.form == "digits" and (large := _ABBREVIATION.match(after)):
        letters = large["scale"].lower()
        noun = after[0] != " " and _PLURAL_AFTER.match(after, large.end())
        if sign or letters in _ALWAYS_LARGE or (letters in "km" and noun):
            value *= abbreviated(letters)
            length = large.end()
    measured = None if sign or length else _unit(after, numeral, signed=minus)
    if measured:
        kind, unit, length, factor = measured
        value *= factor
        if kind == "duration" and (old := _OLD.match(after, length)):
            kind, length = "age", old.end()
        elif unit == "foot" and (inches := _INCHES.match(after, length)):
            value, unit = value * 12 + Decimal(inches["n"]), "inch"
            length = inches.end()
        elif kind == "duration" and after.startswith("-long", length):
            length += len("-long")
        elif minus and unit and unit.startswith("degree"):
            value, before = -value, before[:-1]
    elif not sign:
        if numeral.form == "digits" and _dated(before, after, numeral, word):
            return None
        if numeral.form == "digits" and _STREET.match(after) and "," not in word:
            return None
        if numeral.form in ("digits", "words") and _labelled(before, after, numeral, word):
            return None
        if word.lower() == "one" and not _counts_one(before, after):
            return None
        if word.lower().endswith("half") and _HALF_OF_A_WORD.match(after):
            return None
        if numeral.form == "fraction":
            kind = "ratio"
        elif numeral.form in ("digits", "words") and _is_age(before, after, numeral):
            kind, unit = "age", "year"
        elif _MULTIPLE.match(after):
            kind = "ratio"
    if numeral.form == "group" and not length and not _grouped(word.lower(), after):
        return None
    if word.lower() == "one" and unit == "day" and not _counts_one(before, after):
        return None

    comparator: Comparator = "~" if _ODD.match(after) else "="
    begin = numeral.start - (len(sign[0]) if sign else 0) - (value < 0)
    qualifier = _qualifier(before, kind, value)
    if qualifier:
        comparator, begin = qualifier[0], begin - qualifier[1]
    if numeral.form == "vague" and comparator in "=~":
        comparator = ">"
    if "couple" in word.lower():
        comparator = "~"
    if afterthought := _AFTERTHOUGHT.match(after, length):
        length = afterthought.end()
        comparator = (
            ">="
            if afterthought["more"] or afterthought["plus"]
            else "<="
            if afterthought["less"]
            else "~"
        )
    return Reading(
        begin,
        numeral.end + length,
        core,
        value,
        kind,
        unit,
        None,
        comparator,
        bool(qualifier or afterthought),
    )
