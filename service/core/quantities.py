"""The quantities of one article: every number that counts or measures something."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from service.core.numerals import AFTER_ARTICLE, OPENERS, Numeral, read, scale_of
from service.core.readings import (
    COUNTED_UNITS,
    REACH,
    Comparator,
    Kind,
    Reading,
    read_in_context,
    unit_article,
    unit_long,
)
from service.core.subjects import subject_after, subject_before
from service.core.text import Document, Role, Sentence, Span, Token

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
    subject: str  # what is counted or measured, in the sentence's words; "" where it says nothing
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

    found: list[Quantity] = []
    for index, sentence in enumerate(document.sentences):
        if sentence.role in _TOLD:
            numerals = [n for n in _numerals(document.text, sentence) if not named(n)]
            found += _quantities(document.text, sentence, index, numerals)
    return tuple(found)


# --- number expressions --------------------------------------------------------------------------

_ANCHOR = re.compile(r"[0-9]+|\.[0-9]|[½⅓⅔¼¾⅕⅖⅗⅘⅛⅜⅝⅞]|[A-Za-z]+")


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
    for k, token in enumerate(tokens):
        word = token.text
        if word.isalpha():
            lower = word.lower()
            if lower not in OPENERS:
                continue
            if lower in ("a", "an"):
                noun = tokens[k + 1].text.lower().partition("-")[0] if k + 1 < len(tokens) else ""
                if noun not in AFTER_ARTICLE and noun not in COUNTED_UNITS:
                    continue
            yield token.start, word
        elif len(word) > 1 or not word.isascii() or word.isdigit():
            if word.endswith("-long"):
                yield token.start, word
            for match in _ANCHOR.finditer(word):
                if not match[0][0].isalpha() or match[0].lower() in OPENERS:
                    yield token.start + match.start(), match[0]


# --- the quantities of a sentence ----------------------------------------------------------------


def _quantities(
    text: str, sentence: Sentence, index: int, numerals: Sequence[Numeral]
) -> list[Quantity]:
    readings: list[Reading] = []
    refused: Numeral | None = None  # the last number that is no quantity
    for numeral in numerals:
        if readings and numeral.start < readings[-1].end:
            continue
        reading = None
        if not (refused and _continues_date(text, refused, numeral)):
            reading = read_in_context(text, numeral, start=sentence.start, end=sentence.end)
        if reading is None:
            refused = numeral
            continue
        joined = _joined(text, sentence, readings[-1], reading) if readings else None
        if joined:
            readings[-1] = joined
        else:
            readings.append(_with_shared_qualifier(text, readings, reading))
    return _with_subjects(text, sentence, index, readings)


_DATE_GAP = re.compile(r"[-–—/:]| ?[-–—] ?| (?:and|to|or|through|until|till|&) |, ?(?:and |or )?")
_PLURAL_NOUN = re.compile(r" [a-z]{3,}s(?![a-z])")


def _continues_date(text: str, refused: Numeral, numeral: Numeral) -> bool:
    """Whether a number goes on with a date or a code: "Dec. 5 and 6", "October 7, 2023"."""
    return (
        numeral.form == refused.form == "digits"
        and numeral.start - refused.end <= 9
        and _DATE_GAP.fullmatch(text, refused.end, numeral.start) is not None
        and (numeral.value <= 31 or 1500 <= numeral.value <= 2100)
        and not _PLURAL_NOUN.match(text, numeral.end, numeral.end + 24)
    )


# Verbs of change make "from 10 to 25 percent" two quantities and no range.
_CHANGE = re.compile(
    r"\b(?:ro?se|risen|increas\w+|climb\w*|jump\w*|fell|fall\w*|drop\w*|cut\w*|went|gone|rais\w+"
    r"|gr[eo]w\w*|expand\w*|reduc\w+|lower\w*|chang\w+|mov\w+|slash\w*|declin\w+|soar\w*|swell\w*"
    r"|plung\w*|slid\w*|shr[aiu]nk\w*|boost\w*|hik\w+|improv\w+|surg\w+|tumbl\w+|shift\w*"
    r"|doubl\w+|tripl\w+|up|down) [^.;]{0,40}$",
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


def _joined(text: str, sentence: Sentence, first: Reading, second: Reading) -> Reading | None:
    """One reading of two: a range, odds, a score, or a measure with its conversion in brackets."""
    gap = _SPACES.sub(" ", text[first.end : second.start][:20])
    if len(gap) > 16 or "ordinal" in (first.kind, second.kind):
        return None
    if first.kind == second.kind == "measure" and first.unit != second.unit:
        if _BRACKET.fullmatch(gap):
            close = text.find(")", second.end, min(sentence.end, second.end + 16))
            return replace(first, end=close + 1 if close >= 0 else second.end)
        return None
    low, high = first.value, second.value
    counts = first.kind == second.kind == "count"
    if counts and _PER_POPULATION.fullmatch(gap):
        if 0 < low < high and low <= 100 and not _PERIOD.match(text, second.end, second.end + 16):
            return replace(first, end=second.end, value=_rounded(low / high), kind="ratio")
        return None
    decades = second.kind == "age" and second.high and first.kind in ("age", "count")
    if decades and _DECADES_GAP.fullmatch(gap):
        # "in his 20s or early 30s", "from 15 to their mid-20s"
        return replace(second, start=first.start, value=low, core=first.core)
    if first.high is not None or second.qualified:
        return None
    if first.kind in ("age", "money") and (
        second.kind == "count" or (first.kind == "age" and second.unit == "year")
    ):
        second = replace(second, kind=first.kind, unit=first.unit)  # "aged 35 to 75 years"
    if first.kind not in ("count", second.kind) or (
        first.kind == second.kind and first.unit != second.unit
    ):
        return None
    scale = scale_of(text[second.core.start : second.end])
    if scale > 1 and low < 1000 and scale_of(text[first.core.start : first.end]) == 1:
        low *= scale  # "two or three million"
    lead = text[max(sentence.start, first.start - REACH) : first.start]
    dash = _DASH.fullmatch(gap) is not None
    if low >= high or not (  # "a 3-2 win", "a 404-0 vote": two scores
        dash
        or (gap == " and " and re.search(r"\bbetween $", lead))
        or (
            gap in (" to ", " through ", "-to-", "-to ", "- to ", " up to ")
            and not _CHANGE.search(lead)
        )
        or (gap in (" or ", "-or-") and high <= 3 * low)
    ):
        return None
    opening = re.search(r"\b(?:between|from) $", lead)
    return replace(
        second,
        start=first.start - (len(opening[0]) if opening else 0),
        core=Span(first.core.start, second.core.end),
        value=low,
        high=high,
        comparator=first.comparator if first.qualified else second.comparator,
        qualified=first.qualified,
    )


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("1.000000000000")).normalize()


_SHARING_GAP = re.compile(r"(?: of)?(?: [\w'’-]+){0,4},? (?:and|or|by) (?:another )?| \(")


def _with_shared_qualifier(text: str, before: Sequence[Reading], reading: Reading) -> Reading:
    """The reading, with the qualifier of the one before: "about 22% of girls and 24% of boys"."""
    if (
        before
        and before[-1].qualified
        and not reading.qualified
        and before[-1].kind == reading.kind
        and reading.kind in ("percent", "money", "measure")
        and reading.start - before[-1].end < 48
        and _SHARING_GAP.fullmatch(text, before[-1].end, reading.start)
    ):
        return replace(reading, comparator=before[-1].comparator, qualified=True)
    return reading


# Before a number without a noun of its own, the noun that it belongs to: "the toll rose to 14".
_LINKED = re.compile(
    r"\b(?:to|at|by|of|is|was|were|are|reached|reaching|hit|total(?:s|led|ed|ing)?|number(?:s|ed)"
    r"|worth|cost|costs|paid|from|with|about|for|:) (?:an? |the |just |only )?$"
)
_HYPHENED = re.compile(r"-(?!plus|ish|odd|strong|some|fold)([a-z]{3,})(?![a-z])")
_OWNED = re.compile(r"(?:\b(?:an?|the|his|her|its|their|this|that)|['’]s?) $", re.IGNORECASE)


def _with_subjects(
    text: str, sentence: Sentence, index: int, readings: Sequence[Reading]
) -> list[Quantity]:
    """The quantities with what each counts; an elided noun is that of the count before."""
    found: list[Quantity] = []
    counted = ""
    for k, reading in enumerate(readings):
        following = k + 1
        after = reading.end
        if following < len(readings) and text[after : readings[following].start] == " ":
            after = readings[following].end  # "five 2-year-old children"
            following += 1
        limit = readings[following].start if following < len(readings) else sentence.end
        since = readings[k - 1].end if k else sentence.start
        lead = text[max(since, reading.start - REACH) : reading.start]
        subject = ""
        if reading.kind == "age" and reading.end == reading.core.end:
            subject = subject_before(text, since, reading.start)
        elif reading.kind == "count" and (noun := _HYPHENED.match(text, reading.core.end)):
            subject = noun[1]  # "a 16,000-word ruling" counts words
        elif reading.kind != "duration" or _names_its_noun(text, reading):
            plural = reading.kind == "count" and reading.value != 1
            owned = _OWNED.search(lead) is not None
            subject = subject_after(text, after, limit, plural=plural, owned=owned)
        if reading.kind == "count":
            subject = counted = subject or counted
        if not subject and reading.kind in ("count", "money", "percent") and _LINKED.search(lead):
            subject = subject_before(text, since, reading.start)
        found.append(
            Quantity(
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
        )
    return found


def _names_its_noun(text: str, reading: Reading) -> bool:
    """Whether a duration measures the noun after it: "a three-year sentence", "a week of talks"."""
    return "-" in text[reading.core.end : reading.end] or text.startswith(" of ", reading.end)
