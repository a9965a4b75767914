"""What a number counts or measures: a short noun phrase of its own sentence.

No tagger of parts of speech is at hand: closed-class words, endings and punctuation end a phrase.
Where they leave a doubt there is no subject, rather than a wrong one.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from service.core.lexicon import MONTH, words
from service.core.numerals import MULTIPLIED
from service.core.readings import Reading
from service.core.text import Sentence, Token

_REACH = 110  # characters on each side of a number in which its noun is looked for

_CLOSED = words("closed_class")  # prepositions, conjunctions, auxiliaries, pronouns
_DETERMINERS = words("determiners")
_VERBS = words("verbs")  # frequent in news or irregular, and easily taken for a noun
_IRREGULAR_PLURALS = words("plurals")
_MEASURING = words("measuring_verbs")  # what they say of their subject is the number
_AUXILIARIES = words("auxiliaries")
_PASSED = frozenset("more other different all additional separate further new".split())
_PRONOUNS = frozenset("them us these those which whom it".split())
_DEAD = re.compile(
    r" (?:[a-z]+ed |more |others? )?"
    r"(?P<who>dead|wounded|injured|missing|homeless|unemployed|killed|hurt|arrested|rescued"
    r"|trapped|displaced|hospitali[sz]ed)(?![a-z])"
)
_DIMENSION = frozenset(
    "tall long wide high deep away thick old north south east west northeast northwest southeast "
    "southwest inland offshore upstream".split()
)
_DATES = re.compile(
    rf"(?:{MONTH}|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|[Ss]pring|[Ss]ummer|[Aa]utumn|[Ww]inter)"
)
_POSSESSIVE = ("'s", "’s")
_NOT_PLURAL = re.compile(r"(?:ss|us|is|'s|’s)$")
_PAST = re.compile(r"[a-z]{2,}ed$")


def subjects(text: str, sentence: Sentence, readings: Sequence[Reading]) -> list[str]:
    """What each number counts or measures, "" where the sentence does not say.

    Args:
        text: the article.
        sentence: a sentence of it.
        readings: its numbers, in order.
    """
    if not readings:
        return []
    start, end = sentence.start, sentence.end
    tokens = _Tokens(sentence.tokens)
    found: list[str] = []
    counted = ""
    waiting: list[int] = []  # numbers whose noun is that of the next one: "eight of the nine"
    for k, reading in enumerate(readings):
        since = readings[k - 1].end if k else start
        gap = text[since : reading.start] if k else ""
        following = k + 1
        after = reading.end
        if following < len(readings) and text[after : readings[following].start] == " ":
            after = readings[following].end  # "five 2-year-old children"
            following += 1
        limit = readings[following].start if following < len(readings) else end
        subject = _after(text, tokens, reading, after, limit, since)
        if not subject and k and _CARRIED.fullmatch(gap):
            subject = found[-1]  # "rose from 10 percent to 25 percent"
        if not subject and k and reading.kind == readings[k - 1].kind == "age" and gap in _LISTED:
            subject = found[-1]  # "ages 8 and 11"
        parent = (
            reading.kind == "count"
            and not subject
            and _PARENT_OF.search(text, max(since, reading.start - 24), reading.start)
        )
        if not subject and not parent:
            subject = _before(text, tokens, reading, since)
        if reading.kind == "count" and not parent:
            if not subject and limit < end and _PART_OF.fullmatch(text, after, limit):
                waiting.append(k)
            else:
                subject = counted = subject or counted
        found.append(subject)
        if waiting and waiting[-1] != k:
            for place in waiting:
                found[place] = subject
            waiting = []
    return found


_CARRIED = re.compile(
    r",? (?:\w+ )?(?:to|from|compared with|versus|vs\.?) (?:an? |the |just |about )?"
)
# "A mother of three" has children; the sentence does not name them.
_PARENT_OF = re.compile(r"\b(?:grand)?(?:mother|father|parent|mum|mom|dad)s? of $", re.IGNORECASE)
_LISTED = frozenset({" and ", ", ", ", and ", " or "})
_PART_OF = re.compile(
    r" of(?: (?:the|its|his|her|their|our|these|those|some))?(?: [\w-]{1,30}){0,2}"
    r"(?: [\w-]{1,30}['’]s?)? "
)

# --- tokens --------------------------------------------------------------------------------------

_POSSESSIVES = frozenset({"'s", "’s", "'S", "’S"})
_EDGES = "-‐‑–—'’./&,"


class _Tokens:
    """The tokens of a sentence, an owner's "'s" with its word, by position."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        """The tokens in order."""
        self.tokens: list[Token] = []
        for token in tokens:
            if token.text in _POSSESSIVES and self.tokens and self.tokens[-1].end == token.start:
                word = self.tokens[-1]
                self.tokens[-1] = Token(word.text + token.text, word.start, token.end)
            else:
                self.tokens.append(token)
        self.starts = [token.start for token in self.tokens]

    def between(self, start: int, end: int) -> Iterator[Token]:
        """The tokens from *start* to *end*; of one that reaches over an end, what is inside."""
        first = bisect_left(self.starts, start)
        if first and self.tokens[first - 1].end > start:
            yield from _inside(self.tokens[first - 1], start, end)
        for k in range(first, len(self.tokens)):
            token = self.tokens[k]
            if token.start >= end:
                break
            if token.end > end:
                yield from _inside(token, start, end)
            else:
                yield token


def _inside(token: Token, start: int, end: int) -> Iterator[Token]:
    """The part of a token from *start* to *end*, marks at its edges apart: "mid-" of "mid-20s"."""
    start, end = max(start, token.start), min(end, token.end)
    piece = token.text[start - token.start : end - token.start]
    lead = len(piece) - len(piece.lstrip(_EDGES))
    trail = len(piece.rstrip(_EDGES))
    for k in range(lead):
        yield Token(piece[k], start + k, start + k + 1)
    if lead < trail:
        yield Token(piece[lead:trail], start + lead, start + trail)
        for k in range(trail, len(piece)):
            yield Token(piece[k], start + k, start + k + 1)


# --- after the number ----------------------------------------------------------------------------

_HYPHENED = re.compile(r"-(?!plus|ish|odd|strong|some|fold)([a-z]{3,})(?![a-z])")
_OWNED = frozenset("a an the his her its their this that our my your each every another".split())
_IN = re.compile(r" in (?!(?:cash|stock|shares) (?:and|or) (?:cash|stock|shares|debt)\b)(?=[a-z])")
_OF = re.compile(r" (?:worth )?of ")
_OBJECT = re.compile(r" (?=(?:its|his|her|their|our|my|your|the) )")
_OBJECT_AFTER = re.compile(
    r" (?:[a-z]+s|the|an?|his|her|its|their|to|in|on|at|for|from|with)(?![a-z])"
)
_PRICE = re.compile(r" (?:a|an|per|each|every|apiece) ?")
_PAYING = frozenset("paid pay pays paying spent spend spends spending".split())
_PAID_FOR = re.compile(r" (?:for|on) ")


def _after(text: str, tokens: _Tokens, reading: Reading, start: int, end: int, since: int) -> str:
    """The noun phrase after a number that is its noun."""
    kind = reading.kind
    if kind == "age" and reading.end == reading.core.end:
        return ""
    lead = text[max(since, reading.start - 24) : reading.start].split()
    last = lead[-1].lower() if lead else ""
    article = last in ("a", "an")
    owned = last in _OWNED or last.endswith(("'s", "’s", "s'", "s’"))
    if kind == "count":
        if noun := _HYPHENED.match(text, reading.core.end):
            return noun[1]  # "a 16,000-word ruling" counts words
        return _phrase(
            text, tokens, start, end, plural=reading.value != 1, singular=reading.value == 1
        )
    if kind == "ratio":
        if text[reading.core.start : reading.core.end].lower() in MULTIPLIED:
            return _phrase(text, tokens, start, end) if _OBJECT.match(text, start) else ""
        whole = _OF.match(text, start) or _OBJECT.match(text, start)
        return _phrase(text, tokens, start, end, plural=True) or (
            _phrase(text, tokens, start, end) if whole else ""
        )
    if kind in ("ordinal", "other"):
        if text.startswith("-", start):  # "third-largest city"
            start = next((token.end for token in tokens.between(start + 1, end)), end)
        return _phrase(text, tokens, start, end, singular=True)
    if (of := _OF.match(text, start)) and of.end() < end:
        return _phrase(text, tokens, of.end() - 1, end)
    if kind in ("money", "duration") and (within := _IN.match(text, start)):
        return _phrase(text, tokens, within.end() - 1, end, bare=True)
    attached = "-" in text[reading.core.end : reading.end] or reading.unit == "magnitude"
    if attached or owned:
        if kind == "money" and _PRICE.match(text, start):
            return ""
        return _phrase(text, tokens, start, end, singular=article)
    if kind == "money":
        paid = _PAID_FOR.match(text, start)
        if paid and last in _PAYING:
            return _phrase(text, tokens, paid.end() - 1, end)
    if kind in ("money", "percent"):
        return _phrase(text, tokens, start, min(end, start + 40), plural=True, strict=True)
    return ""


def _plural(word: str) -> bool:
    lower = word.lower()
    if lower in _IRREGULAR_PLURALS or lower.endswith("men"):
        return True
    return lower.endswith("s") and len(lower) > 3 and not _NOT_PLURAL.search(lower)


def _phrase(
    text: str,
    tokens: _Tokens,
    start: int,
    end: int,
    *,
    plural: bool = False,
    singular: bool = False,
    bare: bool = False,
    strict: bool = False,
) -> str:
    """The noun phrase that begins at *start*, "" where none does.

    Args:
        text: the article.
        tokens: of its sentence.
        start: where the number with its unit ends.
        end: where its sentence ends.
        plural: whether its noun is one in the plural, which ends it.
        singular: whether its noun is one in the singular, so that a later word in -s is a verb.
        bare: whether it has no determiner and no name: "in cash", but not "in the city".
        strict: whether its noun must be the word after, or the one after that.
    """
    kept: list[Token] = []
    head = opened = False
    for token in tokens.between(start, min(end, start + _REACH)):
        word = token.text
        lower = word.lower()
        if not word[0].isalnum():
            if word in "-–" and not kept and token.start == start:
                continue
            if word in "“‘\"'" and not kept:
                continue
            if word == "," and kept and not head and _PAST.match(kept[-1].text):
                continue  # "three armed, masked men"
            if word == "." and kept and token.start == kept[-1].end and kept[-1].text[-2:-1] == ".":
                continue  # "a third of U.S. states"
            break
        if not kept and not strict:
            if lower == "of" and not opened:
                opened = True
                continue
            if lower in _PASSED or (lower in _DETERMINERS and not bare and (opened or not plural)):
                opened = True
                continue
        if lower in _CLOSED or lower in _DETERMINERS or lower in _PRONOUNS or word[0].isdigit():
            break
        noun = not kept and (opened or bare or singular or (plural and _plural(word)))
        if (lower in _VERBS or lower in _DIMENSION) and not noun:
            break
        if bare and not word.islower():
            break
        if head and not (_plural(word) and word.islower()):
            break
        if kept and (lower.endswith("ly") or (singular and _plural(word))):
            break
        if kept and not head and _PAST.match(word) and not _plural(kept[-1].text) and not plural:
            break
        if (
            kept
            and not plural
            and lower.endswith("ing")
            and (singular or _OBJECT_AFTER.match(text, token.end))
        ):
            break  # "a 100-year-old law disenfranchising felons"
        kept.append(token)
        head = head or (_plural(word) and (plural or word.islower()))
        if len(kept) == (2 if strict else 4):
            break
    if plural and not head:
        # "34 declared dead" and "six Taliban" count them, "30 black" does not.
        if dead := not strict and _DEAD.match(text, start, end):
            return dead["who"]
        kept = [token for token in kept[:1] if token.text[0].isupper() and not strict]
    if kept and kept[-1].text.endswith(_POSSESSIVE):
        return ""
    owner = max((k for k, token in enumerate(kept) if token.text.endswith(_POSSESSIVE)), default=-1)
    kept = kept[owner + 1 :]  # "two of the mayor's aides" counts aides
    return text[kept[0].start : kept[-1].end] if kept else ""


# --- before the number ---------------------------------------------------------------------------

_STEPPED_OVER = frozenset(
    "to at by from with for about between up down only just an a the as high low now nearly more "
    "than in over under back some worth around almost also still already out on again "
    "preliminary initial".split()
)
_BE = frozenset("is are was were be been being".split())
_BEFORE_VERB = frozenset(
    "to be have expected projected estimated likely set forecast due not".split()
)
_INTO = frozenset("of in for at on among from by with between against near".split())
_FORECASTERS = frozenset("analysts economists experts forecasters strategists".split())
_BELONGING = frozenset("attributable available payable owed".split())
_MEASURE_NOUNS = frozenset("number total amount share percentage proportion count".split())
_PLACES = frozenset("city town village nation country island community region state".split())
_RELATIVE = frozenset({"who", "which", "that"})


def _before(text: str, tokens: _Tokens, reading: Reading, since: int) -> str:
    """The noun that a number is said of: "the toll rose to 14", "a reward of $10,000"."""
    found = list(tokens.between(max(since, reading.start - _REACH), reading.start))
    if not found:
        return ""
    lead = [token.text for token in found]
    places = [(token.start, token.end) for token in found]
    i = len(lead) - 1
    last = lead[i].lower()
    if reading.kind == "age" and reading.end == reading.core.end and lead[i] in (",", "("):
        return _named(text, lead, places, i - 1)
    if last in ("aged", "age", "ages") and i and lead[i - 1] == ",":
        return _named(text, lead, places, i - 2)
    if reading.kind == "age" and reading.start < reading.core.start and _plural(lead[i]):
        return _noun_before(text, lead, places, i)[0]  # "children under 12"
    if reading.kind == "age" and reading.high and (decade := _IN_HIS.search(" ".join(lead))):
        owner = i - len(decade[0].split())
        return _noun_before(text, lead, places, owner - (lead[owner].lower() in _BE))[0]
    if last in ("by", "to", "at") and reading.kind != "duration":
        phrase, first = _noun_before(text, lead, places, i - 1)
        if phrase and first and _CHANGED.search(" ".join(lead[max(0, first - 3) : first])):
            return "" if phrase.lower() in _MEASURING else phrase
    if last == "of":
        phrase, _ = _noun_before(text, lead, places, i - 1)
        head = phrase.rpartition(" ")[2].lower()
        return "" if head in _PLACES or reading.kind == "duration" else phrase
    if last == "," and _OF_WHICH.match(text, reading.end):
        return _noun_before(text, lead, places, i - 1)[0]  # "homes, 85 of which were destroyed"
    if last == ":" and i <= 3:
        return _noun_before(text, lead, places, i - 1)[0]
    multiplied = text[reading.core.start : reading.core.end].lower() in MULTIPLIED
    worth = False
    while i >= 0 and (lead[i].lower() in _STEPPED_OVER or lead[i].lower().endswith("ly")):
        worth = worth or lead[i].lower() == "worth"
        i -= 1
    verb = multiplied or worth or _exceeding(text, reading) or reading.unit == "magnitude"
    while i >= 0:
        lower = lead[i].lower()
        if lower in _MEASURING or lower in _AUXILIARIES:
            verb = verb or lower in _MEASURING
            if lower in _AGENTS and reading.kind not in ("percent", "duration"):
                return ""
        elif (
            i
            and lead[i - 1].lower() in _BE
            and (lower.endswith("ing") or (_PAST.match(lower) and reading.kind != "count"))
        ):
            verb = True  # "was traveling at", "was fined"
        elif not (verb and (lower in _BEFORE_VERB or lower.endswith("ly"))):
            break
        i -= 1
    if not verb:
        return ""
    if worth and i >= 0 and lead[i] == ",":
        i -= 1
    if i >= 0 and lead[i].lower() in _RELATIVE:
        i -= 1
        if i >= 0 and lead[i] == ",":
            i -= 1
    return _clause_subject(text, lead, places, i)


_OF_WHICH = re.compile(r" of (?:which|whom)\b")
# What changes a thing to a number: "raise the minimum wage to $15".
_CHANGED = re.compile(
    r"\b(?:rais|lower|cut|increas|reduc|boost|hik|bring|brought|push|slash|estimat|put|valu|pric)"
    r"[a-z]*\b"
)
_IN_HIS = re.compile(r" in (?:his|her|their)(?: (?:late|early|mid))?(?: -)?$")
# Verbs whose subject is measured by a share or a time, but does a sum: "lost $40 million".
_AGENTS = frozenset("lost lose loses gained gain gains took take takes taken".split())


def _exceeding(text: str, reading: Reading) -> bool:
    """Whether the qualifier is the verb: "sales exceeded $4 billion"."""
    return text[reading.start : reading.core.start].lower().startswith(("exceed", "top", "surpass"))


_DEPTH = 5  # phrases: "the toll in the blast at a plant in the town of Lorn rose to 14"


def _clause_subject(
    text: str, lead: Sequence[str], places: Sequence[tuple[int, int]], i: int
) -> str:
    """The noun phrase that ends at word *i*, or the one that it is only said to belong to."""
    phrase, first = _noun_before(text, lead, places, i)
    for _ in range(_DEPTH):
        j = first - 1
        while j >= 0 and lead[j].lower() in _DETERMINERS:
            j -= 1
        if phrase and j > 1 and lead[j].lower() == "to" and lead[j - 1].lower() in _BELONGING:
            j -= 1  # "net income attributable to shareholders"
        elif not phrase or j < 1 or lead[j].lower() not in _INTO:
            break
        outer, start = _noun_before(text, lead, places, j - 1)
        if lead[j - 1].lower() in _PRONOUNS:
            return ""  # "those in Europe climbed"
        if j > 1 and lead[j].lower() in ("by", "in") and _PAST.match(lead[j - 1].lower()):
            outer, start = _noun_before(text, lead, places, j - 2)  # "people affected by the storm"
            if outer.lower() in _FORECASTERS:
                return ""
        if not outer or outer.lower().rpartition(" ")[2] in _MEASURE_NOUNS:
            break
        phrase, first = outer, start
    return phrase


def _noun_before(
    text: str, lead: Sequence[str], places: Sequence[tuple[int, int]], i: int
) -> tuple[str, int]:
    """The noun phrase whose last word is word *i*, at most three words, and its first word."""
    first = i + 1
    for j in range(i, max(-1, i - 3), -1):
        word, lower = lead[j], lead[j].lower()
        if (
            not word[0].isalpha()
            or lower in _CLOSED
            or lower in _DETERMINERS
            or lower in _PRONOUNS
            or lower.endswith(("'s", "’s", "ly"))
            or _DATES.fullmatch(word)
        ):
            break
        if lower in _VERBS or (
            word.islower() and (_PAST.match(lower) or (j < i and _CHANGED.fullmatch(lower)))
        ):
            determined = j and lead[j - 1].lower() in _DETERMINERS
            if j < i or not determined:
                break
        first = j
    if first > i:
        return "", first
    return text[places[first][0] : places[i][1]], first


def _named(text: str, lead: Sequence[str], places: Sequence[tuple[int, int]], i: int) -> str:
    """The owner of an age in apposition: "Susana D. Gonzalez, 27", "the mayor, 58"."""
    first = i + 1
    for j in range(i, max(-1, i - 5), -1):
        word, lower = lead[j], lead[j].lower()
        if word == "." and j and len(lead[j - 1]) == 1:
            continue  # an initial
        if word in "”\"’'“" and j:
            continue  # a nickname in quotation marks
        if not word[0].isalpha() or lower in _CLOSED or lower in _DETERMINERS or lower in _VERBS:
            break
        if first <= i and word[0].islower() and lead[first][0].isupper():
            break
        first = j
    return text[places[first][0] : places[i][1]] if first <= i else ""
