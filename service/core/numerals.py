"""Number expressions: what "46,537", "two and a half million" and "3 ½" are worth.

Every pattern is bounded: each repetition has a limit, so that reading is linear in the text.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Literal

_ONES = "one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS: dict[str, Decimal] = (
    {"zero": Decimal(0), "nought": Decimal(0), "a": Decimal(1), "an": Decimal(1)}
    | {word: Decimal(n) for n, word in enumerate(_ONES, 1)}
    | {word: Decimal(n) for n, word in enumerate(_TEENS, 10)}
    | {word: Decimal(10 * n) for n, word in enumerate(_TENS, 2)}
)
_MAGNITUDES: dict[str, Decimal] = {
    "dozen": Decimal(12),
    "dozens": Decimal(12),
    "hundred": Decimal(100),
    "thousand": Decimal(1000),
    "lac": Decimal(10**5),
    "lacs": Decimal(10**5),
    "lakh": Decimal(10**5),
    "lakhs": Decimal(10**5),
    "million": Decimal(10**6),
    "crore": Decimal(10**7),
    "crores": Decimal(10**7),
    "billion": Decimal(10**9),
    "trillion": Decimal(10**12),
}
_ABBREVIATED: dict[str, Decimal] = {
    "k": Decimal(1000),
    "m": Decimal(10**6),
    "mn": Decimal(10**6),
    "mln": Decimal(10**6),
    "mil": Decimal(10**6),
    "mm": Decimal(10**6),
    "b": Decimal(10**9),
    "cr": Decimal(10**7),
    "bn": Decimal(10**9),
    "bln": Decimal(10**9),
    "t": Decimal(10**12),
    "tn": Decimal(10**12),
    "tln": Decimal(10**12),
    "trn": Decimal(10**12),
}
# A plural without a number is worth its base and means more: "dozens", "tens of thousands".
_PLURALS: dict[str, Decimal] = {
    "tens": Decimal(10),
    "dozens": Decimal(12),
    "scores": Decimal(20),
    "hundreds": Decimal(100),
    "thousands": Decimal(1000),
    "millions": Decimal(10**6),
    "billions": Decimal(10**9),
    "trillions": Decimal(10**12),
}
_TENTHS = "tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth".split()
_FRACTIONS: dict[str, Decimal] = {
    word: 1 / Decimal(n)
    for word, n in {
        "half": 2,
        "third": 3,
        "quarter": 4,
        **{word: n for n, word in enumerate("fourth fifth sixth seventh eighth ninth".split(), 4)},
        **{word: n for n, word in enumerate(_TENTHS, 10)},
        "twentieth": 20,
        "thirtieth": 30,
        "fortieth": 40,
        "fiftieth": 50,
        "hundredth": 100,
        "thousandth": 1000,
    }.items()
}
#: Fractions of one character.
GLYPHS = {
    "½": Decimal("0.5"),
    "⅓": Decimal("0.3333333333"),
    "⅔": Decimal("0.6666666667"),
    "¼": Decimal("0.25"),
    "¾": Decimal("0.75"),
    "⅕": Decimal("0.2"),
    "⅖": Decimal("0.4"),
    "⅗": Decimal("0.6"),
    "⅘": Decimal("0.8"),
    "⅙": Decimal("0.1666666667"),
    "⅚": Decimal("0.8333333333"),
    "⅛": Decimal("0.125"),
    "⅜": Decimal("0.375"),
    "⅝": Decimal("0.625"),
    "⅞": Decimal("0.875"),
}
_TIMES = {"twice": 2, "thrice": 3}
_GROUPS: dict[str, Decimal] = {
    "single": Decimal(1),
    "couple": Decimal(2),
    "pair": Decimal(2),
    "twin": Decimal(2),
    "trio": Decimal(3),
    "quartet": Decimal(4),
}
#: Verbs and adverbs that multiply, and by what.
MULTIPLIED = {
    form: Decimal(value)
    for value, forms in {
        "2": "double doubled doubles doubling twofold",
        "3": "triple tripled triples tripling treble trebled trebles trebling threefold",
        "4": "quadruple quadrupled quadruples quadrupling fourfold",
        "5": "fivefold",
        "10": "tenfold",
        "0.5": "halve halved halves halving",
    }.items()
    for form in forms.split()
}
_ORDINALS = {
    word: n
    for n, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
        "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth "
        "twentieth".split(),
        1,
    )
} | {"thirtieth": 30, "fortieth": 40, "fiftieth": 50, "hundredth": 100}

_EXACT = Context(prec=60)

Form = Literal[
    "digits", "words", "vague", "fraction", "times", "group", "multiplied", "ordinal", "decade"
]


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number expression without qualifier or unit, and what it is worth."""

    start: int
    end: int
    value: Decimal
    form: Form


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


# Thousands are parted by commas, by no-break or thin spaces, by plain spaces where two or more
# follow, and in India by two digits: 46,537; 1 414 021 100; 12,34,567.
_PARTING = "\u00a0\u202f\u2007\u2009"
_DIGITS = re.compile(
    rf"(?:(?:[0-9]{{1,3}}(?:,[0-9]{{3}}){{1,5}}|[0-9]{{1,3}}(?:[{_PARTING}][0-9]{{3}}){{1,5}}"
    r"|[1-9][0-9]{0,2}(?: [0-9]{3}){2,5}|[0-9]{1,2}(?:,[0-9]{2}){1,4},[0-9]{3})(?![0-9])"
    r"(?:\.[0-9]{1,9})?|[0-9]{1,15}(?:\.[0-9]{1,9})?|\.[0-9]{1,9})(?![0-9])"
)
_GROUPING = re.compile(rf"[, {_PARTING}]")
# White space on one line, and a line break inside a sentence that a program wrapped.
_BLANKS = "\t\n\r\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u200a\u205f\u3000"
_THOUSANDS = re.compile(
    rf"(?<![0-9])[1-9][0-9]{{0,2}}(?:[{_PARTING}][0-9]{{3}}){{1,5}}(?![0-9])|(?P<blank>[{_PARTING}])"
)
_PART = re.compile(
    rf"(?: {{0,2}}|-)(?:(?P<glyph>[{''.join(GLYPHS)}])"
    r"|(?P<above>[1-9])/(?P<below>2|3|4|5|8|16)(?![/0-9]))"
)
_GAP = r"(?: {1,3}|-| - )"
_SMALL = re.compile(
    rf"(?:(?P<tens>{_any(_TENS)})(?:{_GAP}(?P<ones>{_any(_ONES)})(?![a-z]))?"
    rf"|(?P<other>{_any(_WORDS)}))(?![a-z])",
    re.IGNORECASE,
)
_MAGNITUDE = re.compile(rf"{_GAP}?(?P<word>{_any(_MAGNITUDES)})(?![a-z])", re.IGNORECASE)
_LARGE = re.compile(rf"hundred(?={_GAP}(?:thousand|million|billion|trillion)(?![a-z]))", re.I)
# "two and a half", "three and two thirds"; but "two and a third suspect"
_AND_PART = re.compile(
    rf"{_GAP}and{_GAP}(?P<parts>an?|{_any(_ONES)}){_GAP}"
    rf"(?:(?P<plain>half|quarters?)|(?P<fraction>{_any(_FRACTIONS)})"
    rf"(?:s|(?! [a-z])|(?= (?:of|in|to|times|as) )))(?![a-z])",
    re.IGNORECASE,
)
_POINT = re.compile(rf"{_GAP}point((?:{_GAP}(?:{_any([*_WORDS, *_TENS])})(?![a-z])){{1,6}})", re.I)
_JOIN = re.compile(r"(?:,? {1,3}and {1,3}|, | {1,3}|-)")
_FRACTION = re.compile(
    rf"(?:(?P<parts>an?|{_any(_ONES)}|[1-9]){_GAP}|(?P<many>(?:(?:{_any(_TENS)})(?:{_GAP}"
    rf"(?:{_any(_ONES)}))?|{_any(_TEENS)}|[1-9][0-9])[ -])(?=[a-z]+s(?![a-z])))?"
    rf"(?P<fraction>{_any(_FRACTIONS)})s?(?![a-z])"
    rf"(?: {{1,3}}(?:of )?(?:an? {{1,3}})?(?P<of>{_any(_MAGNITUDES)})(?![a-z])"
    rf"|-(?:an?-)?(?P<with>{_any(_MAGNITUDES)})(?![a-z]))?",
    re.IGNORECASE,
)
_FRACTION_AFTER = re.compile(rf"{_GAP}(?:{_any(_FRACTIONS)})s?(?![a-z])", re.IGNORECASE)
_EVEN = re.compile(r"50/50(?![/0-9])")
# "the second half" is no share
_NTH_BEFORE = re.compile(r"(?:first|second|other|this|that|top|bottom|better|half|final)[ -]$")
_ANOTHER_BEFORE = re.compile(
    r"\b(?:for|with|after|before|into|build|building|add|adding|plan|planning) $"
)
_SENTENCE_MARKS = ("", ".", ",", ";", ")")
_PART_OF_WHOLE = re.compile(
    r" (?:of|as|in|to|more|less|the|mile|century|inch|hour)(?![a-z])|[.,;)]"
)
_VAGUE = re.compile(
    rf"(?:(?:{_any(_PLURALS)})(?: of | and )){{0,2}}(?:{_any(_PLURALS)})(?![a-z])"
    rf"|(?:a few|several|many|a couple|a couple of|couple)[ -](?:{_any(_MAGNITUDES)})(?![a-z])"
    r"|multi-?(?:million|billion|trillion)(?![a-z])",
    re.IGNORECASE,
)
_GROUP = re.compile(
    r"(?:a (?P<pair>couple|pair|trio|quartet)(?: of)?|(?P<of>couple|pair|trio|quartet) of"
    r"|(?P<twin>twin)|an? (?P<single>single))(?![a-z])",
    re.IGNORECASE,
)
_ORDINAL = re.compile(
    rf"(?:(?P<nth>[0-9]{{1,3}}(?:,[0-9]{{3}})?)(?:st|nd|rd|th)"
    rf"|(?:(?P<tens>{_any(_TENS)})-)?(?P<word>{_any(_ORDINALS)}))(?![a-z])",
    re.IGNORECASE,
)
_DECADE = re.compile(r"(?P<decade>[1-9]0)['’]?s(?![a-z])")
_LETTERS = re.compile(r"[a-z]+", re.IGNORECASE)

_ONE_SPACE = re.compile(
    r"([1-9][0-9]{0,2} [0-9]{3}) (?:[a-z]+ ){0,2}?(?:[a-z]{3,}s|people|[a-z]*(?:children|men))"
    r"(?![a-z])"
)
_NUMBERED = frozenset("room flight route bus page number no. channel gate day week".split())
_PLAIN = re.compile(r"([0-9]{1,9}) (?P<next>[a-z]{3,})(?![a-z])")
_GO_ON = frozenset(
    {*_MAGNITUDES, *_FRACTIONS, *(f"{word}s" for word in _FRACTIONS), "halves", "and"}
)

#: The words that begin a number expression, in lower case.
OPENERS = frozenset(
    {*_WORDS, *_PLURALS, *_TIMES, *_GROUPS, *MULTIPLIED, *_ORDINALS, "half", "quarter"}
    | {"several", "many", "multimillion", "multibillion", "hundred"}
)

#: What an article must stand before to begin one: "a hundred", "a few thousand", "an eighth".
AFTER_ARTICLE = frozenset({*_MAGNITUDES, *_FRACTIONS, *_GROUPS, "few", "couple"})


def plainly_spaced(text: str) -> str:
    r"""The text with a plain space for each other one, but for those that part thousands.

    >>> plainly_spaced("12\u00a0500 kg of\u00a0it")
    '12\xa0500 kg of it'
    """
    for blank in _BLANKS:
        if blank in text:
            text = text.replace(blank, " ")
    if any(blank in text for blank in _PARTING):
        text = _THOUSANDS.sub(lambda match: " " if match["blank"] else match[0], text)
    return text


def read(text: str, start: int, end: int) -> Numeral | None:
    """The longest number expression that begins at *start* and ends by *end*.

    >>> read("two and a half million people", 0, 29)
    Numeral(start=0, end=22, value=Decimal('2500000'), form='words')
    """
    # Most numbers stand alone before a noun.
    if (plain := _PLAIN.match(text, start, end)) and plain["next"] not in _GO_ON:
        return Numeral(start, plain.end(1), Decimal(plain[1]), "digits")
    if spaced := _spaced(text, start, end):
        return spaced
    for reader in _WORD_READERS if text[start].isalpha() else _DIGIT_READERS:
        if numeral := reader(text, start, end):
            return numeral
    return None


def _spaced(text: str, start: int, end: int) -> Numeral | None:
    """Thousands parted by one plain space: "12 500 people", but not "on June 12 500 people"."""
    match = _ONE_SPACE.match(text, start, end)
    before = text[max(0, start - 16) : start].split()
    if not match or (before and not (before[-1].islower() and before[-1] not in _NUMBERED)):
        return None
    return Numeral(start, match.end(1), Decimal(_GROUPING.sub("", match[1])), "digits")


def _vague(text: str, start: int, end: int) -> Numeral | None:
    match = _VAGUE.match(text, start, end)
    if not match or (match[0].lower() == "scores" and not text.startswith(" of ", match.end())):
        return None  # "her credit scores"
    value = Decimal(1)
    words = [word.lower() for word in _LETTERS.findall(match[0])]
    if "and" in words:  # "billions and billions"
        words = words[-1:]
    for word in words:
        value *= _PLURALS.get(word) or _MAGNITUDES.get(word.removeprefix("multi")) or 1
    return Numeral(start, match.end(), value, "vague")


def _ordinal(text: str, start: int, end: int) -> Numeral | None:
    match = _ORDINAL.match(text, start, end)
    if not match:
        return None
    if match["nth"]:
        value = int(match["nth"].replace(",", ""))
    else:
        value = _ORDINALS[match["word"].lower()]
        if match["tens"]:
            value += int(_WORDS[match["tens"].lower()])
    return Numeral(start, match.end(), Decimal(value), "ordinal")


def _fraction(text: str, start: int, end: int) -> Numeral | None:
    if even := _EVEN.match(text, start, end):
        return Numeral(start, even.end(), Decimal("0.5"), "fraction")
    match = _FRACTION.match(text, start, end)
    if not match:
        return None
    if not match["parts"] and _NTH_BEFORE.search(text, max(0, start - 12), start):
        return None
    name, parts = match["fraction"].lower(), match["parts"]
    scale = match["of"] or match["with"]
    if not (parts or match["many"] or name == "half" or (name == "quarter" and scale)):
        return None  # a lone "third" ranks, a lone "quarter" is a time or a coin
    count = Decimal(1)
    if parts:
        count = _WORDS.get(parts.lower()) or Decimal(parts)
    elif match["many"]:
        many = match["many"][:-1]
        small = _SMALL.fullmatch(many)
        count = _small(small) if small else Decimal(many)
    value = rounded(count * _FRACTIONS[name], places=9)
    if (
        parts
        and parts.lower() in ("a", "an")
        and name != "half"
        and not scale
        and (
            not _PART_OF_WHOLE.match(text, match.end(), end)
            or (
                name != "quarter"
                and _ANOTHER_BEFORE.search(text, max(0, start - 12), start)
                and text[match.end() : match.end() + 1] in _SENTENCE_MARKS
            )
        )
    ):
        return None  # "a third suspect", "it has four lines and money for a fifth"
    if scale:
        return Numeral(start, match.end(), _plain(value * _MAGNITUDES[scale.lower()]), "words")
    return Numeral(start, match.end(), value, "fraction")


def _decade(text: str, start: int, end: int) -> Numeral | None:
    match = _DECADE.match(text, start, end)
    return Numeral(start, match.end(), Decimal(match["decade"]), "decade") if match else None


def _group(text: str, start: int, end: int) -> Numeral | None:
    match = _GROUP.match(text, start, end)
    if not match:
        return None
    return Numeral(start, match.end(), _GROUPS[match[match.lastgroup or 0].lower()], "group")


def _word(text: str, start: int, end: int) -> Numeral | None:
    match = _LETTERS.match(text, start, end)
    word = match[0].lower() if match else ""
    if match and word in _TIMES:
        return Numeral(start, match.end(), Decimal(_TIMES[word]), "times")
    if match and word in MULTIPLIED:
        return Numeral(start, match.end(), MULTIPLIED[word], "multiplied")
    return None


def _small(match: re.Match[str]) -> Decimal:
    if match["other"]:
        return _WORDS[match["other"].lower()]
    return _WORDS[match["tens"].lower()] + (_WORDS[match["ones"].lower()] if match["ones"] else 0)


def _term(text: str, start: int, end: int) -> tuple[int, Decimal, Decimal] | None:
    """Where a term ends, its worth and its magnitude: "two hundred and fifty thousand"."""
    at, value = start, Decimal(0)
    article = False
    digits = _DIGITS.match(text, start, end)
    if digits and not _PART.match(text, start, end):
        at, value = digits.end(), Decimal(_GROUPING.sub("", digits[0]))
    elif not digits and (small := _SMALL.match(text, start, end)):
        at, value = small.end(), _small(small)
        article = small[0].lower() in ("a", "an")
        if not article and (point := _POINT.match(text, at, end)):
            at, value = point.end(), value + _decimals(point[1])
    elif large := _LARGE.match(text, start, end):
        at, value = large.end(), Decimal(100)
    if not article and (part := _PART.match(text, at, end)):
        at = part.end()
        value += (
            GLYPHS[part["glyph"]]
            if part["glyph"]
            else Decimal(part["above"]) / Decimal(part["below"])
        )
    if at == start:
        return None
    at, value = _with_part(text, at, end, value, Decimal(1))
    scale = Decimal(1)
    for _ in range(3):
        magnitude = _MAGNITUDE.match(text, at, end)
        if not magnitude:
            break
        at, scale = magnitude.end(), _MAGNITUDES[magnitude["word"].lower()]
        value *= scale
        if scale == 100 and (join := _JOIN.match(text, at, end)):
            rest = _SMALL.match(text, join.end(), end)
            if (
                rest
                and rest[0].lower() not in ("a", "an")
                and not _FRACTION_AFTER.match(text, rest.end(), end)
            ):
                at, value = rest.end(), value + _small(rest)
        at, value = _with_part(text, at, end, value, scale)
    if scale > 1 and (point := _POINT.match(text, at, end)):
        at, value = point.end(), value + _decimals(point[1])  # "two hundred point zero three"
    return None if article and scale == 1 else (at, value, scale)


def _with_part(text: str, at: int, end: int, value: Decimal, scale: Decimal) -> tuple[int, Decimal]:
    """The same with the fraction that follows: "two and a half", "a million and a half"."""
    part = _AND_PART.match(text, at, end)
    if not part:
        return at, value
    count = _WORDS[part["parts"].lower()]
    name = (part["plain"] or part["fraction"]).lower().removesuffix("s")
    own = _MAGNITUDE.match(text, part.end(), end) if scale > 1 else None
    if own:  # "a billion and a half million"
        return own.end(), value + count * _FRACTIONS[name] * _MAGNITUDES[own["word"].lower()]
    if scale < 1000:
        scale = Decimal(1)  # "a hundred and three quarters", but "a million and a half"
    return part.end(), value + count * _FRACTIONS[name] * scale


def _decimals(words: str) -> Decimal:
    """What number words are worth after the point: "zero three" is 0.03."""
    digits = "".join(str(_small(match)) for match in _SMALL.finditer(words))
    return Decimal(f"0.{digits}")


def _cardinal(text: str, start: int, end: int) -> Numeral | None:
    term = _term(text, start, end)
    if not term:
        return None
    at, total, scale = term
    for _ in range(4):
        join = _JOIN.match(text, at, end) if scale > 100 else None
        term = _term(text, join.end(), end) if join else None
        # "two thousand and five", but "a million, 300" are two numbers
        if not term or term[1] >= scale or (term[2] == 1 and not text[term[0] - 1].isalpha()):
            break
        if _FRACTION_AFTER.match(text, term[0], end):
            break
        at, scale = term[0], term[2]
        total += term[1]
    form: Form = "words" if text[start].isalpha() else "digits"
    return Numeral(start, at, _plain(total), form)


def _plain(value: Decimal) -> Decimal:
    """The value without trailing zeros after the point and without an exponent."""
    whole = value.to_integral_value()
    if whole == value:
        return whole
    return rounded(value, places=9)


def rounded(value: Decimal, *, places: int) -> Decimal:
    """The value to so many places after the point, whatever the thread's context of decimals."""
    return value.quantize(Decimal(1).scaleb(-places), context=_EXACT).normalize(_EXACT)


_DIGIT_READERS = (_decade, _ordinal, _fraction, _cardinal)
_WORD_READERS = (_ordinal, _vague, _fraction, _group, _cardinal, _word)


def abbreviated(letters: str) -> Decimal:
    """What a magnitude's abbreviation multiplies by: "bn" is 10**9."""
    return _ABBREVIATED[letters.lower()]


def scale_of(text: str) -> Decimal:
    """The magnitude that a number expression ends in, 1 where it ends in none."""
    words = _LETTERS.findall(text)
    return _MAGNITUDES.get(words[-1].lower(), Decimal(1)) if words else Decimal(1)
