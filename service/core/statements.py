"""Quantities as statements that can be compared, and what speaks for two being of one figure."""

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import takewhile
from typing import NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

from service.core.agreement import Claim, claim, may_meet, satisfiable
from service.core.fates import DEAD, LEAD, Fate, fates
from service.core.lexicon import DIMENSIONS, words
from service.core.quantities import Quantity
from service.core.text import Document, Sentence
from service.core.vectors import bag_likeness, stem

Square = npt.NDArray[np.float32]

_FUNCTION_WORDS = words("closed_class") | words("determiners") | {"mr", "mrs", "ms", "dr"}
# Characters over which a piece of text is no sentence: each of its numbers would be read with all
# of it. The longest sentence of the development clusters has 799.
_ENDLESS = 3000
_MARKS = ".,’'\"“”‘()"
_NEAR = 8  # content words on either side of a number

# Nouns that news uses for one another when it counts; the first stands for all.
_WORD_LISTS = files("service.core").joinpath("resources/number_words.json").read_text("utf-8")
_SYNONYMS: dict[str, str] = {
    word: group.split()[0]
    for group in json.loads(_WORD_LISTS)["synonyms"]
    for word in group.split()
}
# What narrows a figure to a part, a rate or another time.
_SCOPES = frozenset(
    stem(word)
    for word in """
    per each every apiece another other others more additional extra further new average median
    total overall combined altogether first second third last previous previously earlier ago later
    since until initially originally expected planned annual annually yearly monthly daily weekly
    year month week day today women men boys girls civilians soldiers police children remaining
    nearly half most rest only alone including among maximum minimum record up down rose fell
    """.split()
)
# What is told beside another number of the same thing.
_MORE = frozenset("another other others more additional further extra".split())


@dataclass(frozen=True, slots=True)
class Statement:
    """A quantity with what it takes to compare it."""

    article: int
    quantity: Quantity
    sentence: Sentence
    dimension: str  # only quantities of one dimension are compared; "" for none
    claim: Claim
    place: float  # how far into its article it stands, in [0, 1]
    subject: tuple[str, ...]  # stems
    words: tuple[str, ...]  # stems of the sentence, without its numbers
    around: tuple[str, ...]  # of the sentence and those beside it
    texts: tuple[tuple[str, ...], tuple[str, ...]]  # all words before and after, nearest first
    fate: Fate  # what happens to those who are counted
    scope: frozenset[str]  # what narrows it
    crowd: int  # statements of its dimension in its sentence
    order: int  # how many of them stand before it
    company: tuple[tuple[str, str], ...]  # the other numbers of its sentence
    role: str = ""  # how a duration lies in time, as far as is said
    person: str = ""  # whose age or years, as far as a pronoun tells
    bearer: frozenset[str] = frozenset()  # how the names begin that stand at an age
    time: int = 0  # -1: told of a time before the story's, 1: of one to come


def statements(
    article: int,
    document: Document,
    quantities: Sequence[Quantity],
    *,
    compared: int,
    alone: bool = False,
) -> list[Statement]:
    """Every quantity of an article with what it takes to compare it, by position.

    Args:
        article: its index.
        document: its text, cut.
        quantities: as `find_quantities` gives them.
        compared: how many, from the first, are compared with others; the rest, and those in a
            sentence without end, get no dimension.
        alone: whether the article is compared with itself only; then a dimension in which no
            number can satisfy two of its statements is none.
    """
    by_sentence: dict[int, list[_Measured]] = {}
    for quantity in quantities[:compared]:
        if len(document.sentences[quantity.sentence].text) <= _ENDLESS:
            dimension, factor = dimension_of(quantity)
            if _is_withdrawn(quantity, document.sentences[quantity.sentence]):
                dimension += _WITHDRAWN
            measured = _Measured(quantity, dimension, factor)
            by_sentence.setdefault(quantity.sentence, []).append(measured)
    claims: dict[str, list[Claim]] = {}
    stated: dict[int, tuple[str, Claim]] = {}
    for quantity, dimension, factor in (one for own in by_sentence.values() for one in own):
        stated[quantity.start] = dimension, claim(quantity, factor)
        claims.setdefault(dimension, []).append(stated[quantity.start][1])
    idle = {name for name, own in claims.items() if alone and not may_meet(own)}
    told = {
        one.quantity.start: fate
        for index, own in by_sentence.items()
        for one, fate in zip(
            own, fates(document.sentences[index], [one.quantity for one in own]), strict=True
        )
    }
    readings: dict[int, _Reading] = {}

    def reading(index: int) -> _Reading:
        if index not in readings:
            readings[index] = (
                _read(document.sentences[index], by_sentence.get(index, ()))
                if 0 <= index < len(document.sentences)
                else _Reading((), ())
            )
        return readings[index]

    found: list[Statement] = []
    for quantity in quantities:
        sentence = document.sentences[quantity.sentence]
        place = sentence.start / len(document.text)
        dimension, claimed = stated.get(quantity.start) or ("", claim(quantity))
        if dimension and dimension not in idle:
            beside = [reading(quantity.sentence + step) for step in (-1, 0, 1)]
            others = by_sentence[quantity.sentence]
            fate = told[quantity.start]
            found.append(
                _statement(
                    article, quantity, dimension, claimed, sentence, place, beside, others, fate
                )
            )
        else:
            found.append(
                Statement(article, quantity, sentence, "", claimed, place, (), (), (),
                          ((), ()), Fate(), frozenset(), 1, 0, ())
            )  # fmt: skip
    return found


class _Measured(NamedTuple):
    """A quantity with what it can be compared in."""

    quantity: Quantity
    dimension: str
    factor: float


class _Reading(NamedTuple):
    """A sentence without its numbers: its content words as stems, and all words in lower case."""

    stems: tuple[tuple[int, str], ...]  # with where each begins
    words: tuple[tuple[int, str], ...]


def _read(sentence: Sentence, quantities: Sequence[_Measured]) -> _Reading:
    stems: list[tuple[int, str]] = []
    plain: list[tuple[int, str]] = []
    spans = (one.quantity for one in quantities)
    span = next(spans, None)
    for text, start, end in sentence.words:
        while span and span.end <= start:
            span = next(spans, None)
        if not text[0].isalpha() or (span and start < span.end and span.start < end):
            continue
        lower = text.lower()
        plain.append((start, lower))
        if lower not in _FUNCTION_WORDS:
            stems.append((start, _canonical(lower)))
    return _Reading(tuple(stems), tuple(plain))


def _canonical(word: str) -> str:
    return stem(_SYNONYMS.get(word, word))


def _stems(text: str) -> tuple[str, ...]:
    """The distinct stems of a phrase's content words, in order."""
    return tuple(
        dict.fromkeys(_canonical(word) for word in _words(text) if word not in _FUNCTION_WORDS)
    )


def _words(phrase: str) -> list[str]:
    """The words of a subject, which is cut at its tokens already, in lower case."""
    return [word for part in phrase.lower().split() if (word := part.strip(_MARKS))]


def _statement(
    article: int,
    quantity: Quantity,
    dimension: str,
    claimed: Claim,
    sentence: Sentence,
    place: float,
    beside: Sequence[_Reading],
    others: Sequence[_Measured],
    fate: Fate,
) -> Statement:
    last, here, following = beside
    before = [word for start, word in here.stems if start < quantity.start][-_NEAR:][::-1]
    after = [word for start, word in here.stems if start >= quantity.end][:_NEAR]
    told = tuple(dict.fromkeys(word for _, word in here.stems))
    around = (word for reading in (last, following) for _, word in reading.stems)
    rivals = [other.quantity.start for other in others if other.dimension == dimension]
    return Statement(
        article=article,
        quantity=quantity,
        sentence=sentence,
        dimension=dimension,
        claim=claimed,
        place=place,
        subject=_counted(quantity, fate),
        words=told,
        around=tuple(dict.fromkeys((*told, *around))),
        texts=(
            tuple(word for start, word in reversed(here.words) if start < quantity.start),
            tuple(word for start, word in here.words if start >= quantity.end),
        ),
        fate=fate,
        scope=frozenset((*before[:4], *after[:4])) & _SCOPES,
        crowd=len(rivals),
        order=rivals.index(quantity.start),
        company=tuple(
            (other.dimension, str(other.quantity.value.normalize()))
            for other in others
            if other.quantity.start != quantity.start
        ),
        role=_role(quantity, here.words),
        person=_person(quantity, here.words),
        bearer=_bearer(quantity, sentence),
        time=_time(quantity, sentence),
    )


_DEAD, _PEOPLE = _canonical("dead"), _canonical("people")


def _counted(quantity: Quantity, fate: Fate) -> tuple[str, ...]:
    """The stems of what is counted; people who are killed, the dead and a toll are one."""
    stems = _stems(quantity.subject)
    dead = fate.kind == DEAD and stems[-1:] in ((), (_PEOPLE,), (_DEAD,))
    if quantity.kind == "count" and (dead or fate == Fate(DEAD, 2)):
        return (_DEAD,)
    return stems


def dimension_of(quantity: Quantity) -> tuple[str, float]:
    """What the quantity can be compared in, and the factor that brings it there."""
    if quantity.kind == "money":
        return quantity.unit or "money", 1.0
    if quantity.kind == "percent":
        return "share", 1.0
    if quantity.kind == "ratio" and quantity.value < 1:
        return "share", 100.0
    dimension, factor = DIMENSIONS.get(quantity.unit or "", ("", 1))
    return f"{quantity.kind} {dimension}", float(factor)


# --- what tells two numbers apart ----------------------------------------------------------------

# A number that its sentence takes back is compared with others taken back, so that it neither
# agrees with an article that still gives it nor keeps the number that stands from disputing it.
_WITHDRAWN = " withdrawn"
_TAKEN_BACK = re.compile(
    r"\b(?:earlier|initially|previously|originally|at first|mistakenly|wrongly|erroneously"
    r"|incorrectly)"
    r" (?:said|reported|announced|stated|estimated|claimed|thought|believed|put|feared)\b"
    r"|\b(?:earlier|initial|previous|preliminary|original|mistaken|erroneous)"
    r" (?:reports?|tolls?|counts?|figures?|estimates?|tally)\b"
    r"|\bden(?:y|ies|ied|ying) (?:that|having|(?:any |the |earlier )?"
    r"(?:reports?|claims?|suggestions?|rumou?rs))\b",
    re.IGNORECASE,
)
_STANDS = re.compile(r"[;:.!?]|\b(?:but|while|whereas|now|saying|instead|and (?:said|put|gave))\b")
_CHANGED_FROM = re.compile(r"\b(?:revis|correct)(?:ed|es|ing)\b[^.;:]*\bfrom $", re.IGNORECASE)
_BEFORE_NUMBER = 100  # characters in which it is said that a number is taken back


def _is_withdrawn(quantity: Quantity, sentence: Sentence) -> bool:
    """Whether the sentence says that the number was said and does not hold."""
    at = quantity.start - sentence.start
    before = sentence.text[max(0, at - _BEFORE_NUMBER) : at]
    if _CHANGED_FROM.search(before):
        return True
    said = list(_TAKEN_BACK.finditer(before))
    return bool(said) and not _STANDS.search(before, said[-1].end())


# Words after a duration, and the nearest word before it, that tell how it lies in time. "For", "in"
# and "after" are said of one duration in turn.
_ROLES_AFTER = {
    **dict.fromkeys("ago earlier before prior previously".split(), "back"),
    "old": "age",
}
_ROLES_BEFORE = {
    **dict.fromkeys(
        "for during lasted lasting lasts spent spend past last throughout over served serving "
        "in within next after since until before".split(),
        "along",
    ),
    **dict.fromkeys("every each".split(), "every"),
}
_PERSONS = {
    **dict.fromkeys("he his him himself".split(), "he"),
    **dict.fromkeys("she her hers herself".split(), "she"),
    **dict.fromkeys("i my me myself".split(), "i"),
    **dict.fromkeys("we our us they their them".split(), "they"),
}
_QUALIFYING = frozenset(
    "up to than more less about nearly almost just the a at least some around another an".split()
)


def _role(quantity: Quantity, told: Sequence[tuple[int, str]]) -> str:
    """How a duration lies in time: back from now, along it, or again and again."""
    if quantity.kind != "duration":
        return ""
    after = next((word for start, word in told if start >= quantity.end), "")
    if after in _ROLES_AFTER:
        return _ROLES_AFTER[after]
    if after in ("later", "after", "afterwards"):
        return "along"
    before = [word for start, word in told if start < quantity.start][-3:][::-1]
    nearest = next(
        (word for word in before if word in _ROLES_BEFORE or word not in _QUALIFYING), ""
    )
    return _ROLES_BEFORE.get(nearest, "")


def _person(quantity: Quantity, told: Sequence[tuple[int, str]]) -> str:
    """The person of the nearest pronoun before an age or a duration."""
    if quantity.kind not in ("age", "duration"):
        return ""
    before = [word for start, word in told if start < quantity.start][-8:][::-1]
    return next((_PERSONS[word] for word in before if word in _PERSONS), "")


_TO_COME = re.compile(
    r"\b(?:will|would|expects?|expecting|forecasts?|projects|projected|targets|aims|plans"
    r"|(?:is|are|was|were) expected|next (?:year|month|quarter)|this year|by 20\d\d)\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:(?:last|previous|prior) (?:fiscal |financial )?(?:year|month|quarter|season)"
    r"|a year (?:ago|earlier|before)|in (?:1[89]|20)\d\d)\b",
    re.IGNORECASE,
)
_TIMED = 50  # characters on either side of a number in which its time is told


def _time(quantity: Quantity, sentence: Sentence) -> int:
    """-1 where a number is told of a past year or quarter, 1 of one to come, else 0."""
    if quantity.kind not in ("money", "percent"):
        return 0
    start, end = quantity.start - sentence.start, quantity.end - sentence.start
    before = re.split(r"[;:]", sentence.text[max(0, start - _TIMED) : start])[-1]
    after = re.split(r"[,;:]", sentence.text[end : end + _TIMED])[0]
    told = [
        (len(before) - found.end() if side is before else found.start(), time)
        for side in (before, after)
        for pattern, time in ((_PAST, -1), (_TO_COME, 1))
        for found in pattern.finditer(side)
    ]
    return min(told, default=(0, 0))[1]


_BEGINNING = 4  # letters of a name: the others are where its spellings differ
_NO_NAMES = _FUNCTION_WORDS | frozenset("authorities police officials investigators".split())
_WHO = [[word] for word in "girl boy man woman teen teenager student resident native".split()]
_AGED = frozenset("aged age is was a the".split())


def _bearer(quantity: Quantity, sentence: Sentence) -> frozenset[str]:
    """How the names that stand at an age begin: "Ann Lee, 39", "39-year-old Ann Lee"."""
    if quantity.kind != "age":
        return frozenset()
    before = [text for text, _, end in sentence.words if end <= quantity.start][-8:]
    after = [text for text, start, _ in sentence.words if start >= quantity.end][:8]
    inside = [
        text for text, start, end in sentence.words if start < quantity.end and end > quantity.start
    ]  # "Lee, 39" is one quantity

    def is_name(text: str) -> bool:
        return text[0].isupper() and text.lower() not in _NO_NAMES

    names = [text for text in inside if is_name(text)]
    while before and before[-1].lower() in _AGED:
        before.pop()
    names += takewhile(is_name, reversed(before))
    named = list(takewhile(is_name, after))
    if after[len(named) : len(named) + 1] not in _WHO:  # "a 3-year-old Hawaii girl"
        names += named
    return frozenset(name.lower()[:_BEGINNING] for name in names if len(name) > 2)


def _other_bearer(block: Sequence[Statement]) -> Square:
    """1 where names stand at both ages and none is of both, else 0."""
    names = {
        name: k for k, name in enumerate(sorted(frozenset().union(*(s.bearer for s in block))))
    }
    table = np.zeros((len(block), len(names)), dtype=np.float32)
    for row, statement in enumerate(block):
        table[row, [names[name] for name in statement.bearer]] = 1
    named = _pairs([bool(s.bearer) for s in block], np.logical_and)
    other: Square = named * (table @ table.T == 0)
    return other


# --- what speaks for one figure ------------------------------------------------------------------


def _weights(block: Sequence[Statement]) -> dict[str, float]:
    """How much each stem tells: rare ones among the sentences with quantities tell most."""
    sentences = {(s.article, s.sentence.start): s for s in block}
    seen: Counter[str] = Counter()
    for statement in sentences.values():
        seen.update(statement.around)
    # A sentence is counted by one statement's surroundings; a long one has words beyond them.
    for statement in block:
        for term in (*statement.subject, *statement.around, *statement.words):
            seen.setdefault(term, 1)
    return {term: math.log1p(len(sentences) / n) for term, n in seen.items()}


def wording_features(block: Sequence[Statement]) -> Iterator[tuple[str, Square]]:
    """What the wording of two statements of one dimension says for one figure, shape (n, n)."""
    weight = _weights(block)

    def plain(bags: Iterable[Iterable[str]]) -> Square:
        rows = _unit_rows([tuple(bag) for bag in bags], weight)
        square: Square = rows @ rows.T
        return square

    def meaning(bags: Iterable[Sequence[str]]) -> Square:
        return bag_likeness([_fading(bag) for bag in bags]).astype(np.float32)

    sentence = plain(s.words for s in block)
    yield "sentence", sentence
    yield "sentence twice", sentence**2
    yield "around", plain(s.around for s in block)
    crowded = _pairs([s.crowd > 1 for s in block], np.logical_or)
    whole = bag_likeness([_fading(s.texts[0]) + _fading(s.texts[1]) for s in block])
    yield "meaning", whole.astype(np.float32)
    yield "meaning crowded", whole.astype(np.float32) * crowded
    following = meaning(s.texts[1][:4] for s in block)
    yield "meaning after", following
    yield "after crowded", following * crowded
    yield "before crowded", meaning(s.texts[0][:4] for s in block) * crowded
    yield "meaning subject", meaning(_words(s.quantity.subject) for s in block)
    alike = same([(s.order, s.crowd) for s in block])
    yield "order", alike * _pairs([s.crowd > 1 for s in block], np.logical_and)
    yield "company", _shared_company(block)
    for side, name in enumerate(("word before", "word after")):
        beside = [s.texts[side][:1] for s in block]
        yield name, same(beside) * _pairs([bool(word) for word in beside], np.logical_and)
    yield "subject", plain(s.subject for s in block)
    head = [s.subject[-1:] for s in block]
    known = _pairs([bool(word) for word in head], np.logical_and)
    yield "head", same(head) * known
    yield "other head", (1 - same(head)) * known
    told = _pairs([s.fate.kind > 0 for s in block], np.logical_and)
    yield "other fate", told * (1 - same([s.fate.kind // 10 for s in block]))
    role = _pairs([bool(s.role) for s in block], np.logical_and)
    yield "other role", role * (1 - same([s.role for s in block]))
    person = _pairs([bool(s.person) for s in block], np.logical_and)
    speaker = _pairs([s.person == "i" for s in block], np.logical_xor)
    yield "other person", np.maximum(speaker, person * (1 - same([s.person for s in block])))
    yield "other bearer", _other_bearer(block)
    scopes = {
        term: k for k, term in enumerate(sorted(frozenset().union(*(s.scope for s in block))))
    }
    table = np.zeros((len(block), len(scopes)), dtype=np.float32)
    for row, s in enumerate(block):
        table[row, [scopes[term] for term in s.scope]] = 1
    yield "scope", table @ table.T
    more = [not _MORE.isdisjoint((*s.texts[0][:2], *s.texts[1][:2])) for s in block]
    yield "one is more", _pairs(more, np.logical_xor)
    gender = [_gender(s) for s in block]
    gendered = _pairs([bool(one) for one in gender], np.logical_and)
    yield "other gender", gendered * (1 - same(gender))
    place = np.array([s.place for s in block], dtype=np.float32)
    yield "distance", np.abs(place[:, None] - place[None, :])
    yield "unit", same([s.quantity.unit for s in block])
    crowd = np.log(np.array([s.crowd for s in block], dtype=np.float32))
    yield "crowd", crowd[:, None] + crowd[None, :]
    for kind in ("duration", "age"):
        yield kind, _pairs([s.quantity.kind == kind for s in block], np.logical_and)


def number_features(block: Sequence[Statement]) -> Iterator[tuple[str, Square]]:
    """What the numbers of two statements say for and against one figure, shape (n, n)."""
    yield "one article", same([s.article for s in block])
    yield "one sentence", same([(s.article, s.sentence.start) for s in block])
    value = np.array([s.claim.value for s in block])
    larger = np.maximum(np.abs(value[:, None]), np.abs(value[None, :]))
    apart = np.abs(value[:, None] - value[None, :])
    inside = _inside(block)
    near = (apart > 0.002 * larger) & (apart <= _NEAR_BY * larger)
    equal = (apart <= 0.002 * larger) | inside
    yield "equal", equal.astype(np.float32)
    often = equal.sum(axis=1, keepdims=True) / len({s.article for s in block})
    yield "common", (np.log1p(often) * equal).astype(np.float32)
    yield "small", equal * _pairs([s.quantity.value <= 3 for s in block], np.logical_and)
    ranged = np.array([s.quantity.high is not None for s in block])
    yield "one range", ((ranged[:, None] != ranged[None, :]) & ~inside).astype(np.float32)
    yield "near", (near & ~(ranged[:, None] | ranged[None, :])).astype(np.float32)
    yield "vague", equal * _pairs([is_vague(s) for s in block], np.logical_and)
    size = np.log(np.maximum(np.abs(value), 1e-9))
    ratio = np.minimum(3.0, np.abs(size[:, None] - size[None, :]))
    yield "ratio", np.where(inside, 0, ratio).astype(np.float32)


_NEAR_BY = 0.1  # share of the larger number by which a bound and what it bounds may differ
# A range that tells much: not "three to five", nor "from 10 to 100".
_NARROW, _LEAST_RANGE = 1.5, 20


def _inside(block: Sequence[Statement]) -> npt.NDArray[np.bool_]:
    """Whether one is a narrow range and the other a number in it, shape (n, n)."""
    low = np.array([s.claim.value for s in block])
    high = np.array([max(s.claim.value, s.claim.high) for s in block])
    ranged = high > low
    telling = ~ranged | ((high <= _NARROW * low) & (low >= _LEAST_RANGE))
    inside: npt.NDArray[np.bool_] = (low[:, None] <= high[None, :]) & (
        low[None, :] <= high[:, None]
    )
    inside &= (ranged[:, None] != ranged[None, :]) & telling[:, None] & telling[None, :]
    return inside


_SMALL = 12  # what an article counts up to here may be two things of one name: "two men"


def said_again(block: Sequence[Statement]) -> npt.NDArray[np.bool_]:
    """Whether one article gives one number of one thing in two sentences, shape (n, n)."""
    said = [
        (s.article, s.quantity.value, s.quantity.high, s.quantity.unit, s.subject[-1:])
        for s in block
    ]
    telling = [
        bool(s.subject) and (s.quantity.kind == "age" or s.quantity.value > _SMALL) for s in block
    ]
    sentence = same([(s.article, s.sentence.start) for s in block])
    again: npt.NDArray[np.bool_] = same(said) * _pairs(telling, np.logical_and) > sentence
    return again


def is_vague(statement: Statement) -> bool:
    """Whether the number is a size only: "dozens", "thousands"."""
    quantity = statement.quantity
    digits = quantity.value.normalize().as_tuple().digits
    return quantity.comparator == ">" and (digits == (1,) or quantity.value == 12)


_WOMEN = frozenset("woman women girl girls daughter mother wife sister female she her".split())
_MEN = frozenset("man men boy boys son father husband brother male he his".split())


def _gender(statement: Statement) -> str:
    """Whether women or men are counted or aged, "" where it is not said."""
    words = {*statement.texts[1][:2], *statement.quantity.subject.lower().split()}
    if statement.quantity.kind == "age" and not words & (_WOMEN | _MEN):
        words = set(statement.texts[0][:6])  # "she was elected at 41"
    women, men = bool(words & _WOMEN), bool(words & _MEN)
    return "" if women == men else "women" if women else "men"


_HASHED = 1024  # columns of a bag of stems; stems that share one are few


def _unit_rows(bags: Sequence[Sequence[str]], weight: dict[str, float]) -> npt.NDArray[np.float32]:
    """Unit vectors of bags of stems; row k is that of the k-th bag."""
    rows = np.zeros((len(bags), _HASHED), dtype=np.float32)
    for k, bag in enumerate(bags):
        for term in bag:
            rows[k, crc32(term.encode()) % _HASHED] += weight[term]
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: npt.NDArray[np.float32] = rows / np.maximum(norms, 1e-6)
    return unit


def same(values: Sequence[object]) -> Square:
    """Shape (n, n), 1 where two values are equal, else 0."""
    codes: dict[object, int] = {}
    column = np.array([codes.setdefault(value, len(codes)) for value in values])
    square: Square = (column[:, None] == column[None, :]).astype(np.float32)
    return square


def _pairs(flags: Sequence[bool], join: Callable[..., npt.NDArray[np.bool_]]) -> Square:
    column = np.array(flags, dtype=bool)
    return join(column[:, None], column[None, :]).astype(np.float32)


def _fading(bag: Sequence[str]) -> list[tuple[str, int]]:
    """The words with a whole weight that falls with the distance from the number."""
    return [(word, 12 // (1 + k // 3)) for k, word in enumerate(bag)]


def _shared_company(block: Sequence[Statement]) -> Square:
    """How many numbers stand beside both statements, at most 2; those of one digit count less."""
    keys: dict[tuple[str, str], int] = {}
    for statement in block:
        for key in statement.company:
            keys.setdefault(key, len(keys))
    table = np.zeros((len(block), len(keys)), dtype=np.float32)
    for row, statement in enumerate(block):
        table[row, [keys[key] for key in statement.company]] = 1
    worth = np.array([0.4 if len(number) == 1 else 1.0 for _, number in keys], dtype=np.float32)
    shared: Square = np.minimum(2, (table * worth) @ table.T)
    return shared


# --- what never is, and what always is one figure ------------------------------------------------

_HOW_FAR = 5  # times that one toll of an event may be of another; small ones may be any
_FEW = 20
_BODY = _canonical("bodies")
_LEAD = 0.4  # of an article, in which its main toll is told
_GENERIC = frozenset(
    _canonical(word) for word in "people worker passenger man woman other dead".split()
) | {""}


def parted(block: Sequence[Statement]) -> npt.NDArray[np.bool_]:
    """Whether two statements whose numbers differ tell two things, shape (n, n).

    They do where one is of a year past and one of a time to come, or the dead of one are those of
    another year, where one is a lead in a match, and where a time "ago" dates something else.
    """
    time = np.array([s.time for s in block])
    apart: npt.NDArray[np.bool_] = time[:, None] * time[None, :] < 0
    apart |= _pairs([s.fate.kind == LEAD for s in block], np.logical_xor) > 0
    toll = np.array([s.fate.toll for s in block])
    telling = {s.article for s in block if s.fate.toll > 0}
    beside = np.array([s.fate.toll < 0 and s.article in telling for s in block])
    size = np.log(np.array([max(s.claim.value, 1.0) for s in block]))
    far = np.abs(size[:, None] - size[None, :]) > math.log(_HOW_FAR)
    apart |= (toll[:, None] * toll[None, :] < 0) & (far | beside[:, None] | beside[None, :])
    dated = [s.role == "back" for s in block]
    event = [{word for word in s.texts[0][:5] if word not in _FUNCTION_WORDS} for s in block]
    for i in np.flatnonzero(dated):
        for j, other in enumerate(event):
            if not event[i] & other:
                apart[i, j] = apart[j, i] = True
    return apart


def one_toll(block: Sequence[Statement]) -> npt.NDArray[np.bool_]:
    """Whether two statements tell how many died, were hurt or are missing in all, shape (n, n).

    An article's toll is the one that it calls so, or that its title or beginning tells, or the
    only one that it has; other numbers of the dead are of a part.
    """
    mains: dict[int, list[int]] = {}
    tolls: dict[tuple[int, int], list[int]] = {}
    for k, s in enumerate(block):
        if s.fate.toll > 0:
            tolls.setdefault((s.fate.kind // 10, s.article), []).append(k)
    one = np.zeros((len(block), len(block)), dtype=bool)
    for (kind, _), places in tolls.items():
        main = min(places, key=lambda k: (-block[k].fate.toll, block[k].place, k))
        own = [k for k in places if satisfiable([block[main].claim, block[k].claim])]
        own += [
            k
            for k, s in enumerate(block)
            if s.article == block[main].article
            and s.fate == Fate(block[main].fate.kind, 0)
            and s.quantity.value == block[main].quantity.value
            and s.subject[-1:] == (_BODY,)
        ]
        leads = block[main].fate.toll == 2 or block[main].place <= _LEAD
        if leads or len(own) == len(places):
            mains.setdefault(kind, []).extend(own)
    for places in mains.values():
        value = np.array([max(block[k].claim.value, 1) for k in places])
        larger = np.maximum(value[:, None], value[None, :])
        near = (larger <= _FEW) | (larger <= _HOW_FAR * np.minimum(value[:, None], value[None, :]))
        one[np.ix_(places, places)] = near
    return one


_CHANGES = frozenset(
    "rose rise rises rising fell fall falls falling climbed climbs dropped drop drops gained gains "
    "lost loses jumped jumps slid slides slipped slumped sank plunged grew grows shrank increased "
    "increases decreased decreases declined declines surged soared tumbled up down added shed "
    "advanced rallied".split()
)


def other_changed(one: Statement, other: Statement) -> bool:
    """Whether two things are said to rise or fall by a share, as far as their words are none alike.

    "Profit rose 12 %" and "shares rose 3 %" do.
    """
    return (
        one.quantity.kind == other.quantity.kind == "percent"
        and bool(one.subject and other.subject)
        and set(one.subject).isdisjoint(other.subject)
        and not _CHANGES.isdisjoint(one.texts[0][:2])
        and not _CHANGES.isdisjoint(other.texts[0][:2])
    )


def is_generic(statement: Statement) -> bool:
    """Whether what is counted tells little by itself: people, workers, or nothing said."""
    head = statement.subject[-1] if statement.subject else ""
    return statement.quantity.kind == "count" and head in _GENERIC
