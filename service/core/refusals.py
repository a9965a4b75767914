"""Numbers that are no quantities: dates, codes, addresses, labels, "one" as a pronoun.

Each rule looks at a bounded stretch of text beside the number.
"""

import re
from typing import NamedTuple

from service.core.lexicon import MONTH, TABLE, UNITS, any_of, words
from service.core.numerals import Numeral

_REACH = 60  # characters that are read with a number, on each side
_OPENING = "(“\"'‘—–[-"


class Context(NamedTuple):
    """A number expression and what stands beside it in its sentence."""

    numeral: Numeral
    word: str  # the number expression itself
    before: str  # up to 60 characters before it
    after: str  # up to 60 characters after it
    last: str  # the word before it as written, "" where none is
    lower: str  # the same in lower case, without opening marks
    previous: str  # the word before that one, likewise
    following: str  # the word after it, "" unless a space and a small letter follow


def context_of(text: str, numeral: Numeral, *, start: int, end: int) -> Context:
    """A number expression of the sentence from *start* to *end* with what stands beside it."""
    at, stop = numeral.start, numeral.end
    before = text[max(start, at - _REACH) : at]
    tail = before.rsplit(None, 2)
    last = tail[-1] if tail else ""
    after = text[stop : min(end, stop + _REACH)]
    lowered = after[:1] == " " and after[1:2].islower()
    return Context(
        numeral,
        text[at:stop],
        before,
        after,
        last,
        last.lstrip(_OPENING).lower(),
        tail[-2].rpartition(" ")[2].lstrip(_OPENING).lower() if len(tail) > 1 else "",
        after[1:].partition(" ")[0] if lowered else "",
    )


def refused(context: Context) -> bool:
    """Whether a number without unit is a part of a date, a time, an address or a name."""
    form = context.numeral.form
    if form == "digits":
        return (
            _dated(context)
            or (
                context.following in ("", "block")
                and "," not in context.word
                and _STREET.match(context.after) is not None
            )
            or _labelled(context)
        )
    return form == "words" and _labelled(context)


# --- codes ---------------------------------------------------------------------------------------

# The run of characters without a space that a number stands in: telephone numbers, dates in
# figures, versions, forms ("10-K"), addresses of the internet.
_CODE = re.compile(
    r"(?:\+?[0-9]{1,3}[-.])?(?:\(?[0-9]{3}\)?[-–.])?[0-9]{3}[-–.](?:[0-9]{4}|[A-Z]{4,8})"
    r"|(?:1-)?[0-9]{3}-(?:[0-9A-Z]+-){0,2}[A-Z]{2,8}"
    r"|[0-9]{1,4}[-–/.][0-9]{1,2}[-–/.][0-9]{1,4}(?:\.[0-9]{1,3})?|[0-9]+(?:\.[0-9]+){2,}"
    r"|\+?[0-9]+(?:[-/][0-9]+){3,}|[0-9]{1,3}-[A-Z][a-z]?|0[0-9]+|(?:24/7|9/11|7/7)"
)
_CODES = [row["unit"] for row in TABLE["currencies"]]
_SIGNS = frozenset(sign for row in TABLE["currencies"] for sign in row["symbols"])
_NET = re.compile(
    r"%[0-9A-F]{2}[A-Za-z%]|https?:|www\.|[@_#=\\]|\.(?:com|org|net|co|uk|gov)\b|/[0-9A-Za-z]{1,4}/"
)
_AREA_CODE = re.compile(r"\)[- ]?[0-9]{3}[- .][0-9A-Z]{4}|[ .][0-9]{3}[- .][0-9]{4}(?![0-9])")
# "1 of 4 Close", "1 / 4": the counter of a gallery; but "3 of 4 patients"
_GALLERY_AFTER = re.compile(r"\s(?:of|/)\s[0-9]{1,3}(?=\s*$|\s[A-Z])")
_CURRENCY_CODE = re.compile(rf"(?<![A-Za-z])(?:{any_of(_CODES)})$")
_VANITY = re.compile(r"[A-Z]{3,} \($")  # "222-TIPS (8477)"
_ORDINAL_NAME = re.compile(r"-[0-9]{1,3}(?:st|nd|rd|th)")  # "the 1-244th Battalion"
_PREFIXABLE = re.compile(r"(?:[0-9%]|\b[Mm]id|\b[Ee]arly|\b[Ll]ate|[a-z]{3,})-$")
# What may stand after digits without a space: a unit, a magnitude, "s" of decades.
_ATTACHABLE = frozenset(
    "k m mn mln mil bn bln b tn tln trn mm cm km kg kgs g mg lb lbs oz ft in mph kph hr hrs h "
    "min mins sec secs ml s st kw mw gw hp db gb mb tb khz mhz ghz yd yds yr yrs c f ha pc p "
    "am pm yo".split()
)
_ATTACHED = re.compile(r"(?P<letters>[A-Za-z]+)(?:[23²³])?(?![A-Za-z0-9])")
_EMERGENCY = frozenset({"911", "999", "112"})
_DIALLED = frozenset(
    "call called calls calling dial dialed dialled phone phoned rang ring text".split()
)
_DIALLED_AFTER = re.compile(
    r"[.,;:)”\"]|$|\s*$| (?:or|and|if|to|for|quoting|immediately|now)(?![a-z])"
)
_RELATIONS = "<>=≤≥"
# "(p<0.001)", "n = 12"
_STATISTIC = re.compile(r"(?<![A-Za-z0-9])[A-Za-z] ?[<>=≤≥]=? ?$")
_STATE = re.compile(r"[A-Z]{2}")


def coded(context: Context) -> bool:
    """Whether the number is a part of a longer token: a code, an address, a name."""
    numeral, word, before, after = context[:4]
    glued = before[-1:]
    if numeral.form not in ("digits", "decade"):
        return glued.isalnum() or (glued == "-" and before[-2:-1].isalpha())
    follows = after[:1]
    if word in _EMERGENCY and (word == "911" or context.lower in _DIALLED):
        return not PLURAL_AFTER.match(after)
    if context.lower in _DIALLED and 3 <= len(word) <= 6 and _DIALLED_AFTER.match(after):
        return True
    if context.last[-1:] in _RELATIONS and context.last and _STATISTIC.search(before[-6:]):
        return True
    if follows.isspace() and (glued.isspace() or not glued):
        # The number stands alone: most do, and few codes have a space.
        if len(word) == 3 and word.isdigit():
            return _AREA_CODE.match(after) is not None
        if word[0] == "0" and len(word) > 1 and word[1] != ".":
            return True
        if len(word) <= 3 and _GALLERY_AFTER.match(after):
            return True
        return len(word) == 5 and word.isdigit() and _STATE.fullmatch(context.last) is not None
    if glued.isalpha() and _CURRENCY_CODE.search(before):
        return False  # "USD115"
    if glued.isalnum() or (glued and glued in "_#@&=/\\~^"):
        return True
    if glued == "-" and before[-2:-1].isalnum() and not _PREFIXABLE.search(before[-12:]):
        return True
    if glued and glued in ".:,/" and before[-2:-1].isdigit():
        return True
    if follows.isalpha() and not _attachable(after):
        return True
    left = before.rpartition(" ")[2]
    right = after.partition(" ")[0]
    run = f"{left}{word}{right}"
    if _NET.search(run):
        return True
    if glued == "(" and follows == ")" and (_AREA_CODE.match(after) or _VANITY.search(before[-9:])):
        return True
    if (glued == "[" and follows == "]") or (follows == "-" and _ORDINAL_NAME.match(after)):
        return True
    if _CODE.fullmatch(run.strip(".,;:!?()'\"“”‘’—")) or _CODE.fullmatch(run):
        return True
    return len(word) == 5 and word.isdigit() and _STATE.fullmatch(context.last) is not None


def _attachable(after: str) -> bool:
    """Whether letters right after digits are a unit, a magnitude or a currency."""
    match = _ATTACHED.match(after)
    if not match:
        return after[0] in _SIGNS
    letters = match["letters"]
    lower = letters.lower()
    return (lower in _ATTACHABLE and letters != "P") or lower in UNITS or letters in _CODES


# --- dates and times -----------------------------------------------------------------------------

_MONTHS = re.compile(rf"(?:{MONTH}),?")
_MONTH_AFTER = re.compile(rf"(?:st|nd|rd|th)?(?: of)?[ -](?:{MONTH})(?![a-z])")
_CLOCK = re.compile(
    r"(?:[:.][0-9]{2})?(?::[0-9]{2})? ?(?:[ap]\.m\b|o['’]clock"
    r"|(?:[ap]m|gmt|est|edt|pst|pdt|bst|et|hrs)(?![a-z]))"
    r"|:[0-9]{1,3}",
    re.IGNORECASE,
)
_CLOCK_STARTS = frozenset("am pm a. p. o' o’ gm es ed ps pd bs et hr".split())
_DECADE = re.compile(r"['’]?s(?![a-z])")
#: A noun in the plural within three words.
PLURAL_AFTER = re.compile(
    r" (?:[a-z]+ ){0,2}?(?:[a-z]{3,}s|people|[a-z]*children|[a-z]*men)(?![a-z])"
)
_NOT_YEAR_BEFORE = frozenset(
    "than over some nearly almost roughly approximately exceeding estimated total".split()
)
_YEAR_BEFORE = frozenset(
    "in since by of until from to during before after the early late mid".split()
)
_OLD_YEAR_BEFORE = frozenset("in since by until from between and to around circa year".split())


def before_month(after: str) -> bool:
    """Whether a month follows: "5 May", "the 4th of July"."""
    return _MONTH_AFTER.match(after) is not None


def _dated(context: Context) -> bool:
    """Whether a number in digits belongs to a date, a year, a decade or a clock time."""
    numeral, word, before, after = context[:4]
    value = numeral.value
    if _MONTHS.fullmatch(context.last.lstrip(_OPENING)):
        return True
    following = context.following
    if following in ("", "of") and value <= 31 and _MONTH_AFTER.match(after):
        return True
    if (not following or following[:2] in _CLOCK_STARTS) and (
        (value < 200 and _CLOCK.match(after)) or _DECADE.match(after)  # a chapter and verse too
    ):
        return True
    if before[-1:] in ("'", "’") and value < 100:
        return True
    if len(word) == 4 and word.isdigit() and 1500 <= value <= 2100:
        if not PLURAL_AFTER.match(after):
            return True
        last = context.last.lower()
        return last not in _NOT_YEAR_BEFORE and (value % 100 != 0 or last in _YEAR_BEFORE)
    if len(word) == 4 and word.isdigit() and 1000 <= value < 1500:
        return context.lower in _OLD_YEAR_BEFORE and not re.match(r"[ -][a-z]{2}", after)
    return False


_TELEPHONE = re.compile(r"(?<![0-9A-Za-z.,])0[0-9]{1,4}(?: [0-9]{1,4})?$")
_DATE_GAP = re.compile(r"[-–—/:]| ?[-–—] ?| (?:and|to|or|through|until|till|&) |, ?(?:and |or )?")
_PLURAL_NOUN = re.compile(r" [a-z]{3,}s(?![a-z])")


def continues(text: str, refusal: Numeral, numeral: Numeral) -> bool:
    """Whether a number goes on with one that is no quantity: "Dec. 5 and 6", "photo 1 of 4"."""
    if not numeral.form == refusal.form == "digits" or numeral.start - refusal.end > 9:
        return False
    gap = text[refusal.end : numeral.start]
    if gap.strip() in ("-", "–", "/", "of"):
        return True
    if gap == " " and _TELEPHONE.search(text, max(0, refusal.start - 9), refusal.end):
        return True  # "020 7946 0018"
    return (
        _DATE_GAP.fullmatch(gap) is not None
        and (numeral.value <= 31 or 1500 <= numeral.value <= 2100)
        and not _PLURAL_NOUN.match(text, numeral.end, numeral.end + 24)
    )


# --- addresses and labels ------------------------------------------------------------------------

_STREET = re.compile(
    r"(?:-?[A-Z])?[ -](?:block of |(?:[NSEW]\.? |North |South |East |West )?"
    r"(?:[A-Z][\w.]* |[0-9]+(?:st|nd|rd|th) ){1,3}?"
    r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Drive|Lane|Way|Court|Place|Plaza|Square"
    r"|Highway|Parkway|Terrace)(?![a-z]))"
)
_DESIGNATORS = words("designators")  # "flight 93", "Channel 4": a number after one is a name's
_LOOSE_DESIGNATORS = words("loose_designators")  # unless a noun follows: "last week 30 people"
_LISTED_AFTER = re.compile(r"[.)](?: |$)")
_SENTENCE_OPENERS = tuple('.:“"?!—–-(‘•·●▪■‣*')
_NOUN_AFTER = re.compile(r"[ -][a-z]{3,}")
_SCORE_AFTER = re.compile(r"[-–][0-9]{1,3}(?![0-9]|[-–,][0-9]|[-–]?[a-z])")
# "The two said" speaks of two who were named.
# "They start work at six": a time of day; but "start school at six".
_AT_HOUR_BEFORE = re.compile(
    r"\b(?:start|beg[aiu]n|open|clos|shut|finish|leav|left|depart|arriv|m[eo]et|met|w[ao]ke|up|r[io]se"
    r"|gather|work|dinner|lunch|breakfast|supper|kick)[a-z]*(?: (?!school)[a-z]+){0,3} at $",
)
_AT_HOUR_AFTER = re.compile(
    r"[.,;)]|$| (?:and (?:clos|end|finish|stop)[a-z]*|in the|on|this|that|every|each|sharp|tonight"
    r"|today|tomorrow|when|while|to)(?![a-z])"
)
_THE_TWO_DID = re.compile(r" (?:said|agreed|met|talked|spoke|discussed|told|argued)(?![a-z])")
_NO_NAME = frozenset("the about only a an and".split())


def _labelled(context: Context) -> bool:
    """Whether the number is a label: "Boeing 747", "the Big Three", "Day 3", "2. Open the box"."""
    numeral, word, _, after, last, lower, previous, _ = context
    if not last:
        return numeral.form == "digits" and (
            _LISTED_AFTER.match(after) is not None or not after.strip(" .)")
        )
    noun = _NOUN_AFTER.match(after) is not None
    if lower in _DESIGNATORS and (not lower.isalpha() or last.strip(_OPENING)[:1].isupper()):
        return True  # "Title 42 restrictions", "Flight 93 passengers"
    if lower in _DESIGNATORS and not _PLURAL_NOUN.match(after):
        return True  # "page 12", but "on the page 12 photos"
    if lower in _LOOSE_DESIGNATORS and not noun:
        return True
    if (
        lower == "at"
        and numeral.form == "words"
        and 1 <= numeral.value <= 12
        and _AT_HOUR_AFTER.match(after)
        and _AT_HOUR_BEFORE.search(context.before[-48:])
    ):
        return True
    if lower == "the" and numeral.form == "words" and _THE_TWO_DID.match(after):
        return True
    if lower == "of" and previous == "group" and "Group of" in context.before:
        return not PLURAL_AFTER.match(after)
    if numeral.form == "words":
        # "(CNN)Two charities": a dateline without a space
        inside = not last.endswith(_SENTENCE_OPENERS) and context.before[-1:] != ")"
        return word[0].isupper() and not word.isupper() and inside and numeral.value != 1
    last = last.removesuffix("'s").removesuffix("’s")  # "Boeing's 737"
    return (
        last[:1].isupper()
        and last.isalpha()
        and (not last.isupper() or (len(last) <= 4 and not context.before.isupper()))
        and previous != ""
        and "," not in word
        and not noun
        and lower not in _NO_NAME
        and not _SCORE_AFTER.match(after)
    )


# --- words that only look like numbers -----------------------------------------------------------

# "half-empty", "half sister"; but "half the price", "half were women"
_HALF_OF_A_WORD = re.compile(
    r"-[a-z]| (?!of|the|an?|as|that|those|these|his|her|its|their|our|my|what|were|was|are|is"
    r"|have|had|has|will|would|said|say|to|in|over|again|more|made|all|and|or|but|people|who|by"
    r"|on|for|from|live|do|did|think|believe)[a-z]"
)
_DIGIT_NEXT = re.compile(
    r" (?:in|out of)[ -](?:every )?(?:[0-9]"
    r"|(?:two|three|four|five|six|seven|eight|nine|ten|twelve|twenty"
    r"|a (?:hundred|thousand|million|billion))(?![a-z]))"
)
_OR_TWO = re.compile(r" or two(?![a-z])")
_ONE_DAY = re.compile(r" day (?:before|after|later|earlier)(?![a-z])")
# "One supposes", "like one thought to be": no singular noun ends so.
_ONE_VERB = re.compile(
    r" (?:[a-z]+[^su\W]s(?<!series)(?<!species)(?<!news)"
    r"|[a-z]+ed(?: (?:to|by|in|on|at|as|last|from|for|with)|[,.]))(?![a-z])"
)
_ONE_NOUN = re.compile(r" (?P<noun>[A-Za-z]+)")
# "One bullet hit the wall" counts, "One witness said" tells of somebody.
_ONE_HAPPENED = re.compile(
    r" [a-z-]+(?: [a-z-]+)? (?:was|died|dies|remains?|survived|escaped|hit|struck|pierced|shattered"
    r"|landed|crashed|fell|collapsed|exploded|burned|went|killed|wounded|injured"
    r"|(?:is|has been)(?: (?:still|also|now|feared|believed|reported)){0,2} (?:missing|dead|injured"
    r"|hurt|unaccounted|trapped|wounded|hospitali[sz]ed|in (?:hospital|custody|critical)))(?![a-z])"
)
_AFTER_PRONOUN_ONE = words("after_pronoun_one")
_BEFORE_PRONOUN_ONE = words("before_pronoun_one")


def half_of_a_word(after: str) -> bool:
    """Whether "half" before this is a part of a word: "half-empty", "half sister"."""
    return _HALF_OF_A_WORD.match(after) is not None


def counts_one(context: Context) -> bool:
    """Whether "one" counts a thing and is no pronoun."""
    after, lower = context.after, context.lower
    if _DIGIT_NEXT.match(after.replace("-", " ", 1)):
        return True  # "one in 100,000"
    if lower in _BEFORE_PRONOUN_ONE:
        return False
    noun = _ONE_NOUN.match(after)
    if not noun:
        return False
    head = noun["noun"].lower()
    if head == "of":
        return lower == "least"
    if head == "day":
        return _ONE_DAY.match(after) is not None
    if _OR_TWO.match(after):
        return True
    if head in _AFTER_PRONOUN_ONE or _ONE_VERB.match(after):
        return False
    if not context.last or context.last.endswith((".", "?", "!", "”", '"')):
        return _ONE_HAPPENED.match(after) is not None
    return True


_SINGLE_AFTER = re.compile(r" (?!most|day|week|mother|father|parent|mom|dad)[a-z]{3,}")
_NEGATIONS = frozenset({"not", "without", "never", "nor"})
# "has not lost a single match" is none
_NOT_A_SINGLE = re.compile(r"(?:\bnot|n['’]t|\bnever|\bwithout)(?: [a-z]+){1,3} $")
_GROUP_AFTER = re.compile(
    r" (?:(?!who|were|was|and|in|from|for|with|to|[a-z]+ing )[A-Za-z-]+ ){0,2}?"
    r"[a-z]{3,}(?:s|ople|ren|men)(?![a-z])"
)


def groups(context: Context) -> bool:
    """Whether "a couple of", "twin", "a single" count what follows."""
    word = context.word.lower()
    if word.endswith("single"):
        none = context.lower in _NEGATIONS or _NOT_A_SINGLE.search(context.before)
        return not none and _SINGLE_AFTER.match(context.after) is not None
    return word == "a pair" or _GROUP_AFTER.match(context.after) is not None
