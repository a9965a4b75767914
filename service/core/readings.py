"""One number expression read in its context: unit, kind and qualifier, or that it is no quantity.

Every pattern looks at a bounded stretch of text beside the number.
"""

import re
from decimal import Decimal
from typing import NamedTuple

from service.core.lexicon import COMPARATORS, MONTH, Comparator, Kind, any_of, words
from service.core.numerals import Numeral
from service.core.refusals import (
    PLURAL_AFTER,
    Context,
    before_month,
    coded,
    context_of,
    counts_one,
    groups,
    half_of_a_word,
    refused,
)
from service.core.text import Span
from service.core.units import scale_after, sign_before, unit_after


class Reading(NamedTuple):
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


def read_in_context(text: str, numeral: Numeral, *, start: int, end: int) -> Reading | None:
    """What a number expression says, None where it is no quantity.

    Args:
        text: the article.
        numeral: a number expression in it.
        start: where its sentence starts.
        end: where its sentence ends.
    """
    context = context_of(text, numeral, start=start, end=end)
    if coded(context):
        return None
    form = numeral.form
    if form == "ordinal":
        return _rank(context)
    if form == "decade":
        return _ten_years(context)
    if form in ("multiplied", "times"):
        return _multiple(context)
    if numeral.value <= 10 and (placed := _placed(context)):
        return placed
    return _amount(context)


# --- amounts -------------------------------------------------------------------------------------

_MAGNITUDE_AFTER = re.compile(r"[ -]magnitude(?![a-z])")
_RICHTER_AFTER = re.compile(r" on the Richter scale")
_TIMES_AS = re.compile(
    r" times (?:more|less|higher|lower|greater|larger|bigger|faster|as|the|that|its|their|his|her)"
    r"(?![a-z])"
)
_INCHES = re.compile(
    r"[ -]?(?:and )?(?P<n>[0-9]{1,2})(?:[ -]?(?:inch(?:es)?|in)(?![a-z])|[\"”″]|'')?(?![0-9A-Za-z])"
)
_OLD = re.compile(r"[ -]?(?:olds?(?![a-z])|of age(?![a-z]))")
_YEARS_OLD = re.compile(r"[ -]?y/?o(?![a-z])")
_AND_PART = re.compile(r" and (?:a (?P<half>half)|a quarter)(?![a-z])")
_LONG = "-long"
_STAGE_AFTER = re.compile(r"[.,;)]|$|\s*$| (?!of|at|in|on|to)[a-z]")
_ODD = re.compile(r"[ -]odd (?=[a-z])")
# "35C" is a temperature after these, else a form, a seat, a model.
_HEATED = frozenset(
    "of to at around about above below over under reached hit hits nearly almost was is and minus "
    "between from touched topped exceeded saw highs lows forecast".split()
)
_MINUS = frozenset({"minus", "negative"})
_PLUS_OR_MINUS = re.compile(r"\bplus(?: or |/| and |-or-)minus $", re.IGNORECASE)


def _amount(context: Context) -> Reading | None:
    """What digits or number words say, with unit, sign and qualifier."""
    numeral, word, before, after, *_ = context
    digits, one = numeral.form == "digits", word.lower() == "one"
    value, scaled, start = numeral.value, 0, numeral.start
    kind: Kind = "count"
    unit: str | None = None
    if sign := sign_before(before):
        kind, unit = "money", sign[0]
        start -= sign[1]
    minus = not sign and before[-1:] in ("-", "−", "–") and before[-2:-1] in ("", " ", "(")
    if digits and len(context.following) < 4 and (scale := scale_after(after, money=bool(sign))):
        value, scaled = value * scale[0], scale[1]
    measured, length = None, scaled
    if not sign and (not scaled or after[scaled : scaled + 1] in (" ", "-")):
        measured = unit_after(
            after[scaled:], numeral, signed=minus, heated=context.lower in _HEATED and value < 200
        )
    if measured:
        kind, unit, length, factor = measured
        value, length = value * factor, length + scaled
        if unit == "pound" and value >= 10**6 and not after.startswith(" of ", length):
            kind, unit = "money", "GBP"  # "96 billion pounds"
        if one and unit == "day" and not counts_one(context):
            return None
        if part := _AND_PART.match(after, length):
            value += Decimal("0.5") if part["half"] else Decimal("0.25")  # "an hour and a half"
            length = part.end()
        if kind == "duration" and (old := _OLD.match(after, length)):
            kind, length = "age", old.end()
        elif unit == "foot" and (inches := _INCHES.match(after, length)):
            value, unit = value * 12 + Decimal(inches["n"]), "inch"
            length = inches.end()
        elif kind == "duration" and after.startswith(_LONG, length):
            length += len(_LONG)
        elif minus and unit.startswith(("degree", "%")):
            value, start = -value, start - 1
    elif not sign:
        if magnitude := _magnitude(context):
            return magnitude
        if context.lower == "stage" and value <= 4 and _STAGE_AFTER.match(after):
            return Reading(start, numeral.end, Span(start, numeral.end), value, "other")
        if digits and after[1:2] in ("y", "o", "/") and (old := _YEARS_OLD.match(after)):
            core = Span(start, numeral.end)
            return Reading(start, numeral.end + old.end(), core, value, "age", "year")
        if refused(context) or (one and context.lower not in _MINUS and not counts_one(context)):
            return None
        if numeral.form == "fraction" and word[-4:].lower() == "half" and half_of_a_word(after):
            return None
        if numeral.form == "group" and not length and not groups(context):
            return None
        if numeral.form == "fraction":
            kind = "ratio"
        elif numeral.form in ("digits", "words") and _is_age(context):
            kind, unit = "age", "year"
        elif context.following == "times" and _TIMES_AS.match(after):
            kind = "ratio"
    if context.lower in _MINUS and kind != "money" and not _PLUS_OR_MINUS.search(before):
        value, start = (
            -value,
            start - len(before) + before.rindex(context.last[-len(context.lower) :]),
        )
    odd = (after[:1] == "-" or context.following == "odd") and _ODD.match(after)
    comparator: Comparator = "~" if odd else "="
    led = len(before) - (numeral.start - start)
    lasting = kind == "duration" or context.following.rstrip(".,;:") in _ROUNDS
    elapsed = kind == "duration" and _ELAPSED.match(after, length) is not None
    qualifier = _qualifier(before[:led], value, lasting=lasting, elapsed=elapsed)
    if qualifier:
        comparator, start = qualifier[0], start - qualifier[1]
    if numeral.form == "vague" and comparator in "=~":
        comparator = ">"
    if "couple" in word.lower():
        comparator = "~"
    plain = not length and context.following not in _AFTERTHOUGHTS
    afterthought = None if plain else _AFTERTHOUGHT.match(after, length)
    if afterthought:
        length = afterthought.end()
        comparator = (
            ">="
            if afterthought["more"] or afterthought["plus"]
            else "<="
            if afterthought["less"]
            else "~"
        )
    return Reading(
        start,
        numeral.end + length,
        Span(numeral.start, numeral.end),
        value,
        kind,
        unit,
        None,
        comparator,
        bool(qualifier or afterthought),
    )


def _magnitude(context: Context) -> Reading | None:
    """The strength of an earthquake: "magnitude 6.4", "6.4 on the Richter scale"."""
    numeral, _, before, after, *_ = context
    if not 0 < numeral.value < 11:
        return None
    core = Span(numeral.start, numeral.end)
    if match := _MAGNITUDE_AFTER.match(after):
        end = numeral.end + match.end()
        start = numeral.start
    elif context.lower.startswith("magnitude") or (
        context.lower == "of" and context.previous == "magnitude"
    ):
        end = numeral.end
        start = numeral.start - len(before) + before.lower().rindex("magnitude")
    elif _RICHTER_AFTER.match(after):
        start, end = core
    else:
        return None
    led = before[: len(before) - (numeral.start - start)]
    qualifier = _qualifier(led, numeral.value) or _qualifier(before, numeral.value)
    if not qualifier:
        return Reading(start, end, core, numeral.value, "measure", "magnitude")
    start = min(start, numeral.start - qualifier[1])
    return Reading(
        start, end, core, numeral.value, "measure", "magnitude", None, qualifier[0], True
    )


# --- ages ----------------------------------------------------------------------------------------

_OLDEST = 150  # over what anybody is said to be, so that a slip is still read as an age
_PERSONS = words("persons")
_NAME_BEFORE = re.compile(r"(?P<name>[^\W\d_][\w'’.-]*[\"”’)]?)(?:,(?: now)? ?| ?\()$")
_NAME_AFTER = re.compile(
    r"[,.;:)\n]|$|\s*$"
    r"| (?:of|at the time|who|was|is|and|told|said|from|has|had|years|whose)(?![a-z])"
)
_NOT_A_NAME = re.compile(
    rf"(?:{MONTH}|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Street|Avenue|Road|St|Ave|Rd)\.?"
)
_AGED = frozenset({"age", "aged", "ages"})
_AGED_BETWEEN = frozenset("of between from to about around just only".split())
# "the pension age will rise to 67"
_AGE_MOVED = re.compile(
    r"\bage (?:[a-z]+ ){0,3}(?:r[aio]s[a-z]*|lower[a-z]*|increas[a-z]*|cut|moved?|goes|going|went) "
    r"(?:from|to) $"
)
_TURNED = frozenset({"turn", "turns", "turned", "turning"})
# "He died in a crash at 26", but "the dead stood at 26", "the death toll stands at 26"
_DIED_AT = re.compile(
    r"\b(?:died|dies|dead|retired|married|death|passed away|passes away)"
    r"(?: (?!toll|number|count|rate|st[ao]|put|remain|r[io]se|reach|was|were|is)[a-z]+){0,2} at $",
    re.IGNORECASE,
)
# "who won a scholarship at 14", but "who left at 6"
_LIVED_AT = re.compile(
    r"\b(?:[Hh]e|[Ss]he|who) (?:had |first |was )?(?:won|joined|left|became|started|began|moved"
    r"|quit|enlisted|emigrated|graduated|enrolled|debuted|learn(?:ed|t)|dropped out|gave up|took up"
    r"|orphaned|widowed|diagnosed|elected|ordained|drafted|adopted|signed)(?: [A-Za-z]+){0,5} at $"
)
_YOUNGEST = 4  # fewer after "I am" are seldom years
_I_AM = frozenset({"i'm", "i’m"})
_HE = frozenset({"he", "she", "who"})
_BE = frozenset({"is", "are", "was", "were"})
_THEN_AGED = re.compile(r"[a-z], (?:now|then) $")  # "her husband, then 50, fell"
_YOUNG_OR_OLD = frozenset("boy girl man woman child youth".split())  # a "father of 12" has twelve
_THOSE = frozenset(
    "people those anyone children adults men women boys girls kids patients persons teenagers "
    "americans youths everyone".split()
)
_THOSE_ARE = re.compile(rf"\b(?:{any_of(_THOSE)}) \w+ \w+ $", re.IGNORECASE)
_PHRASE_ENDS = re.compile(
    r"[.,;)”\"]|$|\s*$| (?:on|in|this|last|next|when|at|and|or|years|after|following)(?![a-z])"
)
# "the mayor, 58, resigned"
_SOMEBODY_BEFORE = re.compile(r"\b(?:the|an?|his|her|their|my)(?: [a-z]+){1,3}, $", re.IGNORECASE)
# "his daughters, Juno and Wren, four"
_CHILD_BEFORE = re.compile(
    r"\b(?:(?:grand|step)?(?:son|daughter|child|children)|twin|boy|girl|baby|toddler|sister|brother|kid"
    r"|niece|nephew|sibling)s?\b[^.;]{0,48} ?[A-Z][\w'’-]{1,24}, $"
)
_CHILD_AFTER = re.compile(r"[,.;)]|$| and (?:[A-Z]|(?:his|her|their|a)(?![a-z]))")
_AND_ANOTHER = re.compile(r" and [0-9]{1,2}[,.]")  # "her sons, 4 and 6, were at school"
_AGE_RANGE = re.compile(r" (?:and|or) (?:under|younger|older|over)(?![a-z])")


def _is_age(context: Context) -> bool:
    """Whether a number without unit is someone's age: "Lizandra Cosme, 32, said", "aged 7"."""
    numeral, _, before, after, _, lower, previous, following = context
    if numeral.value > _OLDEST:
        return False
    if lower in _AGED or (lower in _AGED_BETWEEN and previous in _AGED):
        return True
    if lower in ("under", "over") and (
        previous in _THOSE or (previous in _BE and _THOSE_ARE.search(before))
    ):
        return True
    if lower in ("from", "to") and numeral.value > 9 and _AGE_MOVED.search(before):
        return not PLURAL_AFTER.match(after)
    if lower == "of" and previous in _YOUNG_OR_OLD and not PLURAL_AFTER.match(after):
        return True
    turned = (
        lower in _TURNED
        or (lower in ("was", "is") and previous in _HE)
        or (lower in ("only", "just", "now", "then") and previous in ("was", "is"))
        or (lower in ("now", "then") and after[:1] == "," and _THEN_AGED.search(before))
        or (lower == "both" and previous == "were" and numeral.value >= _YOUNGEST)
        or (lower == "at" and _DIED_AT.search(before[-48:]) is not None)
        or (
            numeral.value >= _YOUNGEST
            and (
                (lower in ("am", "was") and previous == "i")
                or lower in _I_AM
                or (lower == "at" and numeral.value > 12 and _LIVED_AT.search(before) is not None)
            )
        )
    )
    if turned and numeral.value >= 1 and _PHRASE_ENDS.match(after):
        return True
    if following in ("and", "or") and _AGE_RANGE.match(after):
        return True
    if before[-1:] not in (" ", ",", "("):
        return False
    if numeral.form != "digits":
        return (
            numeral.value < 20
            and _CHILD_BEFORE.search(before) is not None
            and _CHILD_AFTER.match(after) is not None
        )
    apart = after[:1] == "," or _AND_ANOTHER.match(after)
    if apart and numeral.value >= 1 and _SOMEBODY_BEFORE.search(before[-40:]):
        return True
    name = _NAME_BEFORE.search(before[-24:])
    if not name or not _NAME_AFTER.match(after) or _NOT_A_NAME.fullmatch(name["name"]):
        return False
    word = name["name"].rstrip('"”’)')
    return word[:1].isupper() or word.lower() in _PERSONS or word != name["name"]


def is_age_of_another(after: str) -> bool:
    """Whether a number after an age and "and" is an age too: "ages 8 and 11"."""
    return _PHRASE_ENDS.match(after) is not None


_TEN_YEARS_BEFORE = re.compile(r"\b(?:his|her|their|my|your|our|late|early|mid|or|and)[ -]$")
_THE_DECADE = re.compile(r"\bthe (?:late |early |mid-)?$")


def _ten_years(context: Context) -> Reading | None:
    """An age by its decade, "in his late 20s"; other decades are times."""
    before = context.before
    if not _TEN_YEARS_BEFORE.search(before) or _THE_DECADE.search(before):
        return None
    value = context.numeral.value
    span = Span(context.numeral.start, context.numeral.end)
    return Reading(*span, span, value, "age", "year", value + 9, "~")


# --- ranks and multiples -------------------------------------------------------------------------

_RANK_AFTER = re.compile(
    r"[- ](?:most|least|[a-z]{2,}est|place|slot|in line|spot|straight|consecutive)(?![a-z])"
)
_RANK_IN = re.compile(
    r" (?:in|out of|of|on|behind|at) |[.,;)]|$|\s*$| (?:nationally|overall|worldwide|globally)"
)
_RANKED = frozenset("rank ranks ranked ranking placed places finished finish finishes came".split())
_BE_BEFORE = re.compile(
    r"\b(?:bec[ao]mes?|becoming|is|was|be|as|marks|marked) (?:apparently |only )?"
    r"(?:the|its|his|her|their) $"
)
_BIRTHDAY = re.compile(r" birthday(?![a-z])")
_ANNIVERSARY = re.compile(r" (?:wedding )?anniversary(?![a-z])")
_FIRST_AFTER = re.compile(
    r" (?!person|chance|time|meeting)(?:[A-Za-z.]+ ){1,4}?"
    r"(?:to|in|since|of \w+|ever|killed)(?![a-z])"
)
# "a seventh title", "his fourth test": a count of achievements.
_ACHIEVED_BEFORE = frozenset("a an his her its their my our".split())
_ACHIEVEMENT = re.compile(
    r" (?:[A-Za-z-]+ ){0,3}?(?:titles?|wins?|victory|defeat|loss|medal|gold|silver|bronze|crown"
    r"|term|trophy|test|launch|goal|championship|globe|triumph|record|appearance|attempt|child"
    r"|marriage|arrest|conviction|strike|attack)(?![a-z])"
)
_NTH_AFTER = re.compile(r" [A-Za-z]")
_NO_RANK_AFTER = re.compile(
    r" (?:of|century|time|day|step|thing|place to|year of|floor|round)(?![a-z])"
)
# "Number two is", "the No. 1 song"
_NUMBER_BEFORE = re.compile(r"(?:\b[Nn]umber|\b(?:the|a|at|is|was|ranked|world) [Nn]o\.) $")


def _placed(context: Context) -> Reading | None:
    """A rank written as a number: "the No. 1 song"."""
    if context.lower not in ("no.", "number") or not _NUMBER_BEFORE.search(context.before):
        return None
    numeral = context.numeral
    if numeral.value <= 0 or "." in context.word:
        return None
    span = Span(numeral.start, numeral.end)
    return Reading(*span, span, numeral.value, "ordinal")


def _rank(context: Context) -> Reading | None:
    """A rank that is news: "third-largest", "in third place", "became the third state to"."""
    numeral, _, before, after, *_ = context
    if before_month(after):
        return None
    span = Span(numeral.start, numeral.end)
    rank = Reading(*span, span, numeral.value, "ordinal")
    if _BIRTHDAY.match(after) and numeral.value <= 120:
        return rank._replace(kind="age", unit="year")
    if _ANNIVERSARY.match(after):
        return rank
    if context.lower in _RANKED and _RANK_IN.match(after):
        return rank
    if _NO_RANK_AFTER.match(after) or (numeral.value == 1 and after.startswith(" place")):
        return None
    news = _BE_BEFORE.search(before[-40:]) and (
        (_FIRST_AFTER if numeral.value <= 2 else _NTH_AFTER).match(after)
    )
    achieved = numeral.value > 2 and context.lower in _ACHIEVED_BEFORE and _ACHIEVEMENT.match(after)
    return rank if news or achieved or _RANK_AFTER.match(after) else None


_TO_DOUBLE_BEFORE = frozenset(
    "to will would could can may might should must did does not effectively and or".split()
)
# "twice as many", "almost double what it was"
_COMPARED = re.compile(r" (?:as|the|that|its|his|her|their|what|those)(?![a-z])")
_DOUBLE_AFTER = re.compile(
    r" (?:its|his|her|their|our|my|your|the|in|to|by|from|over)(?![a-z])|[.,;]"
)


def _multiple(context: Context) -> Reading | None:
    """A multiplication, "doubled", or how often: "twice"."""
    numeral, word, _, after, *_ = context
    span = Span(numeral.start, numeral.end)
    if numeral.form == "times":
        reading = Reading(
            *span, span, numeral.value, "ratio" if _COMPARED.match(after) else "count"
        )
    else:
        reading = Reading(*span, span, numeral.value, "ratio")
    qualifier = _qualifier(context.before, numeral.value)
    if numeral.form == "multiplied" and not (qualifier and _COMPARED.match(after)):
        # "to double its fleet", but "a double murder", "the doubles title"
        if word[-1] in "es" and not _DOUBLE_AFTER.match(after):
            return None
        if word[-1] == "e" and context.lower not in _TO_DOUBLE_BEFORE:
            return None
    if not qualifier:
        return reading
    return reading._replace(
        start=span.start - qualifier[1], comparator=qualifier[0], qualified=True
    )


# --- qualifiers ----------------------------------------------------------------------------------

_PREFIX_ENDS = frozenset(phrase.rpartition(" ")[2] for phrase in COMPARATORS)
_AFTERTHOUGHT = re.compile(
    r"(?:[ ,-]{0,2}(?:or|and|&) (?:(?P<more>more|older|over|higher|greater|above|longer|up|better"
    r"|larger)|(?P<less>less|fewer|under|younger|below|lower|shorter)|(?P<so>so|thereabouts))"
    r"(?! than| or | ?[0-9$£€]| an? | one )"
    r"|(?P<plus>-plus|\+| plus)|(?P<odd>-ish|-odd| odd))(?![A-Za-z])"
)
_AFTERTHOUGHTS = frozenset({"", "and", "or", "plus", "odd"})
_INTENSIFIERS = frozenset("just well only now still slightly barely little far".split())
_OPENING = "(“\"'‘—–["
_PLACES = frozenset({"over", "above", "under", "below", "beyond", "near", "within"})
# What happens "over" a few of these lasts them.
_ROUNDS = frozenset("legs rounds games matches sets seasons innings laps stages quarters".split())
_OVER_IS_MORE = frozenset("for well just of is was lasted took spent after little now a".split())
_ELAPSED = re.compile(r" (?:ago|earlier|later|before|after|previously|afterwards?)(?![a-z])")
# Verbs that make one word with "over".
_GONE_OVER = frozenset(
    "take takes taking took taken hand hands handing handed turn turning turned sign signed start "
    "started cross crossed move moved pull pulled fall fell blow blew boil boiled knock knocked "
    "win won".split()
)
# "The fare went up to 310" tells what it is now.
_GONE_UP = frozenset("went gone crept shot jumped climbed moved inched".split())
_WORD = re.compile(r"\S+")


def _qualifier(
    before: str, value: Decimal, *, lasting: bool = False, elapsed: bool = False
) -> tuple[Comparator, int] | None:
    """The comparator that stands at the end of *before*, and how far from its end it begins.

    *lasting* where the number says how long: "over two days", "over two legs". *elapsed* where it
    says how long ago or how much later: "she took over two years ago".
    """
    tail = before.rsplit(None, 2)
    if not tail:
        return None
    last = tail[-1].lstrip(_OPENING).lower()
    article = last in ("a", "an")  # "about a 4-hour flight"
    if article and len(tail) > 1:
        last = tail[-2].rpartition(" ")[2].lstrip(_OPENING).lower()
    if last not in _PREFIX_ENDS and not (article and tail[-1].lower() in _PREFIX_ENDS):
        return None
    spans = list(_WORD.finditer(before[-48:]))
    lead = len(before) - len(before[-48:])
    plain = [word[0].lstrip(_OPENING).lower() for word in spans]
    for drop in range(1 + article):
        stop = len(spans) - drop
        for length in range(min(5, stop), 0, -1):
            phrase = " ".join(plain[stop - length : stop])
            comparator = COMPARATORS.get(phrase)
            if not comparator or (drop and phrase in _PLACES):
                continue
            first = stop - length
            previous = plain[first - 1] if first else ""
            if phrase == "over" and lasting and 1 < value <= 20 and previous not in _OVER_IS_MORE:
                return None  # "over two days" lasts them
            if elapsed and phrase == "over" and previous in _GONE_OVER:
                return None
            if phrase == "up to" and previous in _GONE_UP:
                return None
            opening = spans[first]
            begin = opening.end() - len(plain[first])
            if previous in _INTENSIFIERS:
                begin = spans[first - 1].end() - len(previous)
            return comparator, len(before) - begin - lead
    return None
