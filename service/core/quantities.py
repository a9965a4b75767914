"""The quantities of one article: every number that counts or measures something."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from service.core.lexicon import DIMENSIONS, Comparator, Kind
from service.core.numerals import (
    AFTER_ARTICLE,
    GLYPHS,
    OPENERS,
    Numeral,
    plainly_spaced,
    read,
    rounded,
    scale_of,
)
from service.core.readings import Reading, is_age_of_another, read_in_context
from service.core.refusals import PLURAL_AFTER, continues
from service.core.subjects import subjects
from service.core.text import Document, Role, Sentence, Span, Token
from service.core.units import (
    COUNTED_UNITS,
    cents_of,
    currency_of,
    shared,
    unit_article,
    unit_long,
)

__all__ = ["Comparator", "Kind", "Quantity", "find_quantities"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure as an article states it."""

    start: int  # the number expression with its qualifier and unit, in Document.text
    end: int
    value: Decimal  # scaled: "1.5 million" is Decimal("1500000"), never a float
    high: Decimal | None  # the upper end of a range
    comparator: Comparator
    kind: Kind
    unit: str | None  # ISO 4217 code, "%", or a unit's name in the singular; None for a bare count
    subject: (
        str  # what is counted or measured, in the sentence's words, plainly spaced; "" if unsaid
    )
    sentence: int  # index into Document.sentences


# Captions and embedded posts tell the story too: 32 of their 35 numbers are annotated as figures.
_TOLD = frozenset({Role.STORY, Role.TITLE, Role.CAPTION, Role.POST, Role.REPEAT})


def find_quantities(document: Document, names: Sequence[Span] = ()) -> tuple[Quantity, ...]:
    """The quantities of a document's story, in order of appearance, without overlap.

    Args:
        document: an article's text, cut.
        names: spans of names in it, in any order; a number inside a name is no quantity.
    """
    blocked = sorted(names)
    starts = [start for start, _ in blocked]

    def named(numeral: Numeral) -> bool:
        k = bisect_right(starts, numeral.start) - 1
        if k < 0:
            return False
        start, end = blocked[k]
        return numeral.end <= end and end - start > numeral.end - numeral.start

    text = plainly_spaced(document.text)
    found: list[Quantity] = []
    for index, sentence in enumerate(document.sentences):
        if sentence.role in _TOLD:
            numerals = [n for n in _numerals(text, sentence) if not named(n)]
            if numerals:
                found += _quantities(text, sentence, index, numerals)
    if any(shared(quantity.unit) for quantity in found):
        found = _settled(document, found)
    return tuple(_with_currency_of_cents(text, found))


def _settled(document: Document, found: Sequence[Quantity]) -> list[Quantity]:
    """The quantities with the currencies that words of several countries stand for."""
    words = Counter(token.text.lower() for each in document.sentences for token in each.words)
    return [
        replace(one, unit=currency_of(one.unit, words)) if one.unit and shared(one.unit) else one
        for one in found
    ]


_ONLY_CENTS = re.compile(r"[^$€£¥]*\bcents?", re.IGNORECASE)


def _with_currency_of_cents(text: str, found: list[Quantity]) -> list[Quantity]:
    """The quantities, cents in the currency of their sentence's money, else of the article's."""
    cents = {
        k
        for k, one in enumerate(found)
        if one.kind == "money" and _ONLY_CENTS.fullmatch(text, one.start, one.end)
    }
    if not cents:
        return found
    everywhere: Counter[str] = Counter()
    beside: dict[int, Counter[str]] = {}
    for k, one in enumerate(found):
        if one.kind == "money" and one.unit and k not in cents:
            everywhere[one.unit] += 1
            beside.setdefault(one.sentence, Counter())[one.unit] += 1
    return [
        replace(one, unit=cents_of(one.unit, beside.get(one.sentence, everywhere)))
        if k in cents
        else one
        for k, one in enumerate(found)
    ]


# --- number expressions --------------------------------------------------------------------------

# As they are written: most words of an article are none, and none is put in lower case to see it.
_OPENING_WORDS = frozenset(
    form for word in OPENERS for form in (word, word.capitalize(), word.upper())
)
_ANCHOR = re.compile(rf"[0-9]+|\.[0-9]|[{''.join(GLYPHS)}]|[A-Za-z]+")


def _numerals(text: str, sentence: Sentence) -> list[Numeral]:
    """Every number expression of a sentence, in order, without overlap."""
    found: list[Numeral] = []
    at = sentence.start
    for start, word in _anchors(sentence.tokens):
        if start < at:
            continue
        numeral = read(text, start, sentence.end)
        if numeral is None:
            article = Span(start, start + len(word))
            numeral = unit_article(text, article, start=sentence.start, end=sentence.end)
        if numeral is None:
            numeral = unit_long(text, start)
        if numeral:
            found.append(numeral)
            at = numeral.end
    return found


def _anchors(tokens: Sequence[Token]) -> Iterator[tuple[int, str]]:
    """Where a number expression may begin, and the word or digits that it begins with."""
    places = [
        k
        for k, (word, _, _) in enumerate(tokens)
        if (
            word in _OPENING_WORDS
            if word.isalpha()
            else len(word) > 1 or word.isdigit() or not word.isascii()
        )
    ]
    for k in places:
        word, start, _ = tokens[k]
        if word.isalpha():
            if word.lower() in ("a", "an"):
                noun = tokens[k + 1].text.lower().partition("-")[0] if k + 1 < len(tokens) else ""
                if noun not in AFTER_ARTICLE and noun not in COUNTED_UNITS:
                    continue
            yield start, word
        else:
            if word[0].isdigit() and k and _pointed(tokens, k):
                yield start - 1, "."  # ".15"
                continue
            if word.endswith("-long"):
                yield start, word
            for match in _ANCHOR.finditer(word):
                if not match[0][0].isalpha() or match[0].lower() in OPENERS:
                    yield start + match.start(), match[0]


def _pointed(tokens: Sequence[Token], k: int) -> bool:
    """Whether a point that ends no word stands right before token *k*."""
    point = tokens[k - 1]
    return (
        point.text == "."
        and point.end == tokens[k].start
        and (k < 2 or tokens[k - 2].end < point.start)
    )


# --- the quantities of a sentence ----------------------------------------------------------------


def _quantities(
    text: str, sentence: Sentence, index: int, numerals: Sequence[Numeral]
) -> Iterator[Quantity]:
    readings: list[Reading] = []
    refusal: Numeral | None = None  # the last number that is no quantity
    for numeral in numerals:
        if readings and numeral.start < readings[-1].end:
            continue
        reading = None
        if not (refusal and continues(text, refusal, numeral)):
            reading = read_in_context(text, numeral, start=sentence.start, end=sentence.end)
        if reading is None:
            refusal = numeral
            continue
        if readings and reading.start < readings[-1].end:
            # In "12 and over five million" the one "over" is the first number's.
            reading = reading._replace(start=numeral.start, comparator="=")
        joined = _joined(text, sentence, readings[-1], reading) if readings else None
        if joined:
            readings[-1] = joined
        else:
            if readings and _of_one_unit(text, sentence, readings[-1], reading):
                readings[-1] = readings[-1]._replace(kind=reading.kind, unit=reading.unit)
            readings.append(_after_another(text, sentence, readings, reading))
    readings = _with_points(text, sentence, readings)
    nouns = subjects(text, sentence, readings)
    for reading, subject in zip(readings, nouns, strict=True):
        yield Quantity(
            start=reading.start,
            end=reading.end,
            value=reading.value,
            high=reading.high,
            comparator=reading.comparator,
            kind=reading.kind,
            unit=reading.unit,
            subject=subject,
            sentence=index,
        )


# Verbs of change make "from 10 to 25 percent" two quantities and no range.
_CHANGE = re.compile(
    r"\b(?:rose|ris(?:e[ns]?|ing)|increas\w+|climb\w*|jump\w*|fell|fall\w*|drop\w*|cut\w*|went|gone|rais\w+"
    r"|gr[eo]w\w*|expand\w*|reduc\w+|lower\w*|chang\w+|mov\w+|slash\w*|declin\w+|soar\w*|swell\w*"
    r"|plung\w*|slid\w*|shr[aiu]nk\w*|boost\w*|hik\w+|improv\w+|surg(?:e[sd]?|ing)|tumbl\w+|shift\w*"
    r"|doubl\w+|tripl\w+|quadrupl\w+|multipl\w+|balloon\w*|mushroom\w*|rocket\w*|skyrocket\w*"
    r"|le[ai]pt?\w*|dwindl\w*|dip\w*|slip\w*|s[aiu]nk\w*|cre[ep]p?t?\w*|edg\w+|up|down)"
    r" [^.;]{0,40}$|\b(?:bringing|brought|taking|push(?:ing|ed)) [^.;]{0,36}\bfrom $",
    re.IGNORECASE,
)
_DECADES_GAP = re.compile(r",? (?:or|and|to) (?:his |her |their )?(?:early|mid|late)?[ -]?")
_BRACKET = re.compile(
    r",? ?[(\[](?:about |or |around |roughly |approximately |some |nearly |almost )?"
)
_DASH = re.compile(r"--?|[–—]| [–—] ")
_SPACES = re.compile(r"\s+")
_PER_POPULATION = re.compile(r" in (?:every )?| out of (?:every )?|-in-")
_PERIOD = re.compile(r" ?[a-z]* ?(?:days|weeks|months|years|minutes|hours)")
_TO = frozenset({" to ", " through ", "-to-", "-to ", "- to ", " up to "})
_COMPOSED = frozenset({" ", ", ", " and ", ", and "})
_LEAD = 60  # characters before a number in which a verb of change or a contest is looked for
_PLAIN_NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,6})?")
_OPENING = re.compile(r"\b(?:between|from) $", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween $", re.IGNORECASE)
# "Up from a range of 3 to 5" is no change, "up from a level of 3 to 5" is; no age changes.
_AMOUNT_OF = re.compile(
    r"\b(?!(?:level|low|high|peak|base|total|average|record|price|start|mean|median) )[a-z]+ of $"
    r"|\b[Aa]ge[ds]? $"
)
# What a pair of numbers with a dash tells after or before these is a score.
_CONTEST_BEFORE = re.compile(
    r"\b(?:w[io]n|wins|winning|los[et]|loses|losing|beat|beaten|beats|beating|defeat\w*|vot\w+|ruled"
    r"|scores?|led?|leads?|leading|trail\w*|ahead|tied|drew|edged|routed|downed|topped|passed)"
    r"(?: [\w'’.]+){0,3},? $"
)
_CONTEST_AFTER = re.compile(
    r" (?:w[io]n|victory|victories|defeat|loss|draw|lead|tie|vote|ruling|decision|score|record"
    r"|advantage|majority|rout|triumph)(?![a-z])"
)


def _joined(text: str, sentence: Sentence, first: Reading, second: Reading) -> Reading | None:
    """One reading of two: a range, odds, a sum of units, or a measure with its conversion."""
    if second.start - first.end > 20 or "ordinal" in (first.kind, second.kind):
        return None
    gap = _SPACES.sub(" ", text[first.end : second.start])
    if len(gap) > 16:
        return None
    if first.kind == second.kind and first.unit != second.unit and first.unit and second.unit:
        return _composed(first, second, gap) or _converted(text, sentence, first, second, gap)
    low, high = first.value, second.value
    cents = first.kind == second.kind == "money" and gap in (" ", " and ")
    if cents and (joined := _with_cents(text, first, second)):
        return joined
    if first.kind == second.kind == "count":
        if _PER_POPULATION.fullmatch(gap):
            if 0 < low < high and low <= 100 and not _PERIOD.match(text, second.end):
                return first._replace(
                    end=second.end, value=rounded(low / high, places=12), kind="ratio"
                )
            return None
        if low == high == 50 and gap in ("-", "–", "/"):
            return first._replace(end=second.end, value=Decimal("0.5"), kind="ratio")
    decades = second.kind == "age" and second.high and first.kind in ("age", "count")
    if decades and _DECADES_GAP.fullmatch(gap):
        # "in his 20s or early 30s", "from 15 to their mid-20s"
        return second._replace(start=first.start, value=low, core=first.core)
    if first.high is not None or second.qualified:
        return None
    if first.kind in ("age", "money") and (
        second.kind == "count" or (first.kind == "age" and second.unit == "year")
    ):
        second = second._replace(kind=first.kind, unit=first.unit)  # "aged 35 to 75 years"
    if first.kind not in ("count", second.kind) or (
        first.kind == second.kind and first.unit != second.unit
    ):
        return None
    scale = scale_of(text[second.core.start : second.core.end])
    if scale == 1 and second.kind == "money" and high >= 1000 and low < 1000:
        written = text[second.core.start : second.core.end].replace(",", "")
        scale = high / Decimal(written) if _PLAIN_NUMBER.fullmatch(written) else scale
    if scale > 1 and low < 1000 and scale_of(text[first.core.start : first.core.end]) == 1:
        low *= scale  # "two or three million"
    if low >= high:
        return None
    lead = text[max(sentence.start, first.start - _LEAD) : first.start]
    if _DASH.fullmatch(gap):
        ranged = not (
            second.kind == "count"
            and (
                _CONTEST_AFTER.match(text, second.end, sentence.end) or _CONTEST_BEFORE.search(lead)
            )
        )
    elif gap == " and ":
        ranged = _BETWEEN.search(lead) is not None
    elif gap in _TO:
        ranged = _AMOUNT_OF.search(lead) is not None or not _CHANGE.search(lead)
    else:
        ranged = gap in (" or ", "-or-") and high <= 3 * low
    if not ranged:
        return None
    opening = _OPENING.search(lead)
    return second._replace(
        start=first.start - (len(opening[0]) if opening else 0),
        core=Span(first.core.start, second.core.end),
        value=low,
        high=high,
        comparator=first.comparator if first.qualified else second.comparator,
        qualified=first.qualified,
    )


_PART_OF = re.compile(r" (?:out )?of (?:the |its |their |a planned |a total of )?")
_WHOLE_UNIT = re.compile(r"[ -]?(?:[a-z ]+s|feet|[A-Za-z]{1,3}²?)")


def _of_one_unit(text: str, sentence: Sentence, first: Reading, second: Reading) -> bool:
    """Whether a number has the unit of the next: "from 10 to 25 percent", "31 of 48 kilometres"."""
    if first.kind != "count" or second.kind not in ("percent", "measure", "duration"):
        return False
    if text[first.end : second.start] == " to ":
        return second.kind != "duration" and text.endswith(
            "from ", max(sentence.start, first.start - 5), first.start
        )
    return (
        second.kind != "percent"
        and first.value <= second.value
        and _PART_OF.fullmatch(text, first.end, second.start) is not None
        and _WHOLE_UNIT.fullmatch(text, second.core.end, second.end) is not None
        and text[second.core.end] != "-"
    )


def _composed(first: Reading, second: Reading, gap: str) -> Reading | None:
    """A sum in the smaller unit: "7 pounds, 3 ounces", "two years and six months"."""
    if gap not in _COMPOSED or second.qualified or second.high or first.high:
        return None
    dimension, factor = DIMENSIONS.get(first.unit or "", ("", Decimal(1)))
    other, small = DIMENSIONS.get(second.unit or "", ("", Decimal(1)))
    times = factor / small
    if not dimension or dimension != other or times <= 1 or times != times.to_integral_value():
        return None
    if second.value >= times:
        return None
    return first._replace(
        end=second.end,
        core=Span(first.core.start, second.core.end),
        value=first.value * times + second.value,
        unit=second.unit,
    )


_CENTS = re.compile(r" (?:cents?|pence|p)$")


def _with_cents(text: str, first: Reading, second: Reading) -> Reading | None:
    """A sum of money in two units: "3 dollars 50 cents"."""
    if (
        not _CENTS.search(text, second.core.end, second.end)
        or first.value != first.value.to_integral_value()
        or first.high
    ):
        return None
    return first._replace(
        end=second.end,
        core=Span(first.core.start, second.core.end),
        value=first.value + second.value,
    )


def _converted(
    text: str, sentence: Sentence, first: Reading, second: Reading, gap: str
) -> Reading | None:
    """A measure with the same measure in another unit in brackets; the first unit is its unit."""
    if first.kind != "measure" or not _BRACKET.fullmatch(gap):
        return None
    close = text.find(")", second.end, min(sentence.end, second.end + 16))
    return first._replace(end=close + 1 if close >= 0 else second.end)


_POINTS = re.compile(
    r"[ -]points?(?![A-Za-z-])(?! (?:per|a|clear|behind|ahead of|from|above|adrift)\b)"
)
_IN_ERROR = re.compile(
    r"\b(?:margin (?:of|for) (?:sampling )?error[^.;]{0,30}|plus(?: or |-or-|/)minus |± ?)$",
    re.IGNORECASE,
)
_MOVED = re.compile(
    r"\b(?:up|down|by|ahead|behind|lead(?:s|ing)?(?: of)?|led|gain\w*|lost|loses?|f[ae]ll\w*|ro?se"
    r"|risen|climb\w*|drop\w*|slip\w*|slid|jump\w*)(?: by)? $",
    re.IGNORECASE,
)
_POLLED = re.compile(
    r"\b(?:polls?|polling|surveys?|voters?|votes?|respondents|party|support|approval|favou?rability)\b",
    re.IGNORECASE,
)


def _with_points(text: str, sentence: Sentence, readings: list[Reading]) -> list[Reading]:
    """The readings, points of a poll or of its error as percentage points."""
    polled: bool | None = None
    for k, one in enumerate(readings):
        points = _POINTS.match(text, one.end, sentence.end) if one.kind == "count" else None
        if not points:
            continue
        lead = text[max(sentence.start, one.start - _LEAD) : one.start]
        error = text.startswith(" margin of error", points.end()) or _IN_ERROR.search(lead)
        if not error:
            if polled is None:
                polled = (
                    any(other.kind == "percent" for other in readings)
                    and _POLLED.search(text, sentence.start, sentence.end) is not None
                )
            if not polled or not _MOVED.search(lead):
                continue
        readings[k] = one._replace(end=points.end(), kind="percent", unit="percentage point")
    return readings


_SHARING_GAP = re.compile(r"(?: of)?(?: [\w'’-]+){0,4},? (?:and|or|by) (?:another )?| \(")
_AGES_GAP = frozenset({" and ", ", ", ", and ", " or "})


# "310 kroner from 365", "five years instead of eight", "two metres, not three"
_SET_AGAINST = re.compile(
    r",? (?:(?:up|down) from|compared (?:with|to)|against|instead of|rather than|not)(?: the)? "
)
_OR_SO_MANY = re.compile(r",(?: but| and| or)? | (?:but|or) ")
_UNIT_UNSAID = re.compile(
    r"[.,;:)”\"]|$| (?:on|in|this|last|next|when|at|and|or|for|before|after|a|by|but|the|as|while"
    r"|now|today|under)(?![a-z])"
)


def _without_its_unit(
    text: str, sentence: Sentence, first: Reading, reading: Reading, gap: str
) -> bool:
    """Whether a bare number has the unit of the one before: "310 kroner from 365"."""
    if first.kind not in ("money", "measure", "duration", "percent") or reading.kind != "count":
        return False
    if reading.end > reading.core.end or not _UNIT_UNSAID.match(text, reading.end, sentence.end):
        return False
    if gap == " to ":
        return text.endswith("from ", max(sentence.start, first.start - 5), first.start)
    if gap in (" from ", ", from "):
        return first.kind in ("money", "measure")
    if _SET_AGAINST.fullmatch(gap):
        return True
    # "two years, no more than three"
    return (
        reading.qualified
        and first.kind in ("measure", "duration")
        and first.value / 5 <= reading.value <= first.value * 5
        and _OR_SO_MANY.fullmatch(gap) is not None
    )


def _after_another(
    text: str, sentence: Sentence, before: Sequence[Reading], reading: Reading
) -> Reading:
    """The reading with what it shares with the one before: a qualifier, an age, a unit.

    "About 22% of girls and 24% of boys", "ages 8 and 11", "310 kroner from 365".
    """
    if not before:
        return reading
    first = before[-1]
    if (
        first.qualified
        and not reading.qualified
        and first.kind == reading.kind
        and reading.kind in ("percent", "money", "measure")
        and reading.start - first.end < 48
        and _SHARING_GAP.fullmatch(text, first.end, reading.start)
    ):
        return reading._replace(comparator=first.comparator, qualified=True)
    if reading.start - first.end < 24 and _without_its_unit(
        text, sentence, first, reading, text[first.end : reading.start]
    ):
        scale = scale_of(text[first.core.start : first.core.end])
        if first.value >= scale > reading.value:
            reading = reading._replace(value=reading.value * scale)  # "$3 million, down from 4"
        return reading._replace(kind=first.kind, unit=first.unit)
    if (
        first.kind == "age"
        and first.unit == "year"
        and reading.kind == "count"
        and reading.value <= 120
    ):
        gap = text[first.end : reading.start]
        after = text[reading.end : min(sentence.end, reading.end + _LEAD)]
        if (gap == " to " and not PLURAL_AFTER.match(after)) or (
            gap in _AGES_GAP and is_age_of_another(after[:12])
        ):
            return reading._replace(kind="age", unit="year")
    return reading
