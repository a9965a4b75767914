"""Tags of names for the tokens of a document, by a linear-chain model with hashed features.

A conditional random field (Lafferty, McCallum and Pereira, ICML 2001) over BILOU tags (Ratinov and
Roth, CoNLL 2009), decoded in whole numbers: the same text gives the same tags on every machine.
training/train_tagger.py makes the weights.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from itertools import chain, repeat
from pathlib import Path
from typing import NamedTuple, Protocol
from unicodedata import normalize
from zlib import crc32

import numpy as np
import numpy.typing as npt

from service.core.gazetteer import (
    DEMONYMS,
    EVENT_WORDS,
    GIVEN_NAMES,
    LARGE_PLACES,
    NO_NAMES,
    ORGANISATION_WORDS,
    ORGANISATIONS,
    OTHER_NAMES,
    PLACE_WORDS,
    ROLES,
    SMALL_PLACES,
    SURNAMES,
    TITLES,
    WORKS,
)
from service.core.text import Role, Token

#: Where names belong to the story. Bylines, credits and share lines name who made the page.
NAMING_ROLES = frozenset(
    {Role.STORY, Role.TITLE, Role.DATELINE, Role.CAPTION, Role.REPEAT, Role.POST}
)

KINDS = ("PER", "ORG", "LOC", "MISC")
#: Outside first, then begin, inside, last and unit of each kind.
TAGS = ("O", *(f"{part}-{kind}" for kind in KINDS for part in "BILU"))

Rows = npt.NDArray[np.int64]

HASH_BITS = 22


# -- what is known of a word by itself -------------------------------------------------------


CLUSTER_BITS = 20
_ALWAYS = 4  # Lexicon.casing


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Brown clusters of frequent words, and how those words are usually cased."""

    codes: dict[str, int]  # word -> cluster, with the casing of the lower-case word above it

    def cluster(self, word: str) -> int:
        """Path of the word in the tree of clusters, its first step in the lowest bit; 0: rare."""
        return self.codes.get(word, 0) & ((1 << CLUSTER_BITS) - 1)

    def may_name(self, word: str) -> bool:
        """Whether a lower-case word may be a name: usually with a capital, or unknown."""
        casing = self.casing(word)
        return casing == _ALWAYS or (casing == 0 and word.isalpha())

    def casing(self, word: str) -> int:
        """How a lower-case word is usually cased: 1 never capital to 4 always; 0 unknown."""
        return self.codes.get(word, 0) >> CLUSTER_BITS


def _shape(word: str) -> str:
    return "".join(
        "X" if c.isupper() else "x" if c.isalpha() else "d" if c.isdigit() else c for c in word[:12]
    )


_REPEATED = re.compile(r"(.)\1+")


@lru_cache(maxsize=1 << 14)
def _word_class(word: str) -> str:
    bare = word.rstrip(".")
    for name, words in _CLASSES:
        if word in words or bare in words:
            return name
    return "-"


_CLASSES = (
    ("title", TITLES),
    ("no name", NO_NAMES),
    ("demonym", DEMONYMS),
    ("other", OTHER_NAMES),
    ("organisation", ORGANISATIONS),
    ("work", WORKS),
    ("organisation word", ORGANISATION_WORDS),
    ("place word", PLACE_WORDS),
    ("event word", EVENT_WORDS),
    ("role", ROLES),
)

# Columns of a token, each one categorical value: first what its place decides, then the word by
# itself, then what the document tells of the word.
(PHRASE, INITIAL, HEADING,
 LOWER, WORD, SHAPE, SHORT, PRE2, PRE3, PRE4, SUF2, SUF3, SUF4, C4, C6, C10, CFULL, LOWC, PERSON,
 PLACE, CLASS, CASING, HYPHEN, LISTS,
 SEEN, COUNT, EVIDENCE, PLACEMENT, ACRONYM, NOTHING) = range(30)  # fmt: skip
_COLUMNS = 30


def _unshouted(word: str) -> str:
    """The word as it is listed: what stands in capitals for emphasis alone is put back."""
    if len(word) < 4 or not word.isupper() or word in ORGANISATIONS:
        return word
    return word.capitalize()


def word_values(word: str, lexicon: Lexicon) -> list[str]:
    """The categorical value of each word column."""
    lower = word.lower()
    shape = _shape(word)
    cluster = lexicon.cluster(word) or lexicon.cluster(lower)
    listed = word.capitalize() if word == lower and lexicon.may_name(word) else _unshouted(word)
    person = f"{listed in GIVEN_NAMES:d}{listed in SURNAMES:d}"
    place = "2" if listed in LARGE_PLACES else "1" if listed in SMALL_PLACES else "0"
    kind = _word_class(listed)
    return [
        lower,
        word,
        shape,
        _REPEATED.sub(r"\1", shape),
        lower[:2],
        lower[:3],
        lower[:4],
        lower[-2:],
        lower[-3:],
        lower[-4:],
        str(cluster & 15),
        str(cluster & 63),
        str(cluster & 1023),
        str(cluster),
        str(lexicon.cluster(lower)),
        person,
        place,
        kind,
        str(lexicon.casing(lower)),
        word.rpartition("-")[2] if "-" in word else "",
        f"{person}{place}{kind}",
    ]


# -- what the document tells of a token --------------------------------------------------------

_PLACE_PREPOSITIONS = frozenset("in from near at across outside throughout around".split())
# What stands before the name of a work or a vessel.
_WORK_NOUNS = frozenset(
    "ship vessel yacht ferry tanker trawler submarine frigate destroyer warship cruiser carrier "
    "aboard spacecraft orbiter shuttle probe rover satellite capsule film movie album song novel "
    "book game musical opera single sitcom drama comedy thriller documentary series show".split()
)
_VESSELS = frozenset("USS HMS RMS HMAS MV SS RRS Shuttle".split())
_SPEECH = frozenset("said says told added tweeted wrote testified explained recalled".split())


def is_capital(word: str) -> bool:
    """Whether a word holds a capital letter."""
    return not word.islower() and word.lower() != word


def _bucket(n: int) -> str:
    return str(n) if n < 3 else "3" if n < 6 else "6"


def _heading(words: Sequence[str], capitals: Sequence[int]) -> str:
    """How the sentence is cased: shouted, each word with a capital, or as running text."""
    if len(capitals) * 3 > len(words):
        letters = [word for word in words if word[0].isalpha()]
        if len(letters) > 2 and sum(word.isupper() for word in letters) > 0.7 * len(letters):
            return "shouted"
        long = [word for word in letters if len(word) > 3]
        if len(long) > 3 and sum(word[0].isupper() for word in long) > 0.7 * len(long):
            return "titled"
    return "running" if words and words[-1] in _CLOSINGS else "open"


class _LongName(NamedTuple):
    """Words with a capital and what links them: "University of Southern Indiana"."""

    start: int
    end: int
    head: int  # the word that says what it is


_LINKS = frozenset("of for the & de".split())
_HEADS = frozenset({"organisation word", "place word", "event word"})


def _long_names(words: Sequence[str], capitals: Sequence[int]) -> Iterator[_LongName]:
    """Runs of capitals, joined over "of" and "for" after a noun of organisation, place or event."""
    i = 0
    while i < len(capitals):
        start = last = capitals[i]
        head = -1
        i += 1
        while i < len(capitals):
            at = capitals[i]
            gap = words[last + 1 : min(at, last + 4)]
            if len(gap) > 2 or not _LINKS.issuperset(gap) or not words[at][0].isalnum():
                break
            if gap[:1] in (["of"], ["for"]) and head < 0:
                if _word_class(_unshouted(words[last])) not in _HEADS:
                    break
                head = last
            elif gap == ["the"]:
                break
            last = at
            i += 1
        yield _LongName(start, last + 1, last if head < 0 else head)


_CLOSINGS = frozenset({".", "?", "!", "”", '"'})


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What the running text of a document tells of each word with a capital."""

    #: Every word as it stands, and those with a capital inside a sentence.
    words: Counter[str] = field(default_factory=Counter)
    capital: Counter[str] = field(default_factory=Counter)
    #: After a title, a role or a given name, before speech or an age.
    person: Counter[str] = field(default_factory=Counter)
    #: Before a noun of organisation.
    organisation: Counter[str] = field(default_factory=Counter)
    #: Alone after a preposition of place, before ", Country".
    place: Counter[str] = field(default_factory=Counter)
    #: After a noun of ships, films and the like.
    work: Counter[str] = field(default_factory=Counter)
    #: Where in runs of capitals.
    placement: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    #: Initials of long names -> class of the word that says what they are.
    initials: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        sentences: Sequence[Sequence[str]],
        capitals: Sequence[Sequence[int]],
        headings: Sequence[str],
    ) -> "_Evidence":
        told = [s for s, heading in enumerate(headings) if heading in {"open", "running"}]
        self = cls(Counter(chain.from_iterable(sentences[s] for s in told)))
        for words, at in ((sentences[s], capitals[s]) for s in told):
            i = 0
            while i < len(at):
                k = i + 1
                while k < len(at) and at[k] == at[k - 1] + 1 and words[at[k]][0].isalpha():
                    k += 1
                self._read(words, at[i], at[k - 1] + 1)
                i = k
            for name in _long_names(words, at):
                self._abbreviate(words, name)
        return self

    def _read(self, words: Sequence[str], start: int, end: int) -> None:
        """Take the evidence of one run of capitals."""
        before = words[start - 1] if start else ""
        after = words[end] if end < len(words) else ""
        mid = start > 0 and (before[0].isalnum() or before in ",;")
        noun = _word_class(words[end - 1]) == "organisation word"
        speaks = after in _SPEECH or _is_age(words, end)
        is_work = before.lower() in _WORK_NOUNS
        for i in range(start, end):
            name, previous = words[i], words[i - 1] if i else ""
            if i > start or mid:
                self.capital[name] += 1
            if (
                (i > start and previous in GIVEN_NAMES)
                or (i == end - 1 and speaks)
                or _word_class(previous) in {"title", "role"}
            ):
                self.person[name] += 1
            if is_work or previous in _VESSELS:
                self.work[name] += 1
            if noun and i < end - 1:
                self.organisation[name] += 1
            self.placement[name].add(
                "a" if end - start == 1 else "f" if i == start else "l" if i == end - 1 else "i"
            )
        if end - start == 1 and (
            before.lower() in _PLACE_PREPOSITIONS
            or (after == "," and end + 1 < len(words) and words[end + 1] in LARGE_PLACES)
        ):
            self.place[words[start]] += 1

    def _abbreviate(self, words: Sequence[str], name: _LongName) -> None:
        """Take the initials of what may be abbreviated later on."""
        letters = "".join(word[0] for word in words[name.start : name.end] if is_capital(word))
        kind = _word_class(words[name.head])
        for i in range(len(letters) - 1):
            for end in range(i + 2, min(len(letters), i + 6) + 1):
                self.initials.setdefault(letters[i:end], kind)

    def values(self, word: str) -> tuple[str, ...]:
        """The values of the columns SEEN to ACRONYM, of a word that may be a name."""
        if not is_capital(word):
            word = word.capitalize()
        if word not in self.capital:
            word = _unshouted(word)
        capital = _bucket(self.capital.get(word, 0))  # an index of a missing word calls Python
        return (
            f"{_bucket(self.words.get(word.lower(), 0))}{capital}" if is_capital(word) else "",
            capital,
            _bucket(self.person.get(word, 0))
            + _bucket(self.organisation.get(word, 0))
            + _bucket(self.place.get(word, 0))
            + str(min(self.work.get(word, 0), 2)),
            "".join(sorted(self.placement.get(word, ()))),
            self.initials.get(word.replace(".", ""), "none") if word.isupper() else "",
        )


_NO_EVIDENCE = ("", _bucket(0), 4 * _bucket(0), "", "")  # no other word is in a run of capitals


def _is_age(words: Sequence[str], i: int) -> bool:
    return (
        i + 2 < len(words)
        and words[i] in {",", "("}
        and len(words[i + 1]) <= 2
        and words[i + 1].isdecimal()
        and words[i + 2] in {",", ")"}
    )


_PHRASES: dict[str, str] = {}
for _kind, _names in (
    ("LOC", SMALL_PLACES | LARGE_PLACES),
    ("TITLE", TITLES),
    ("MISC", DEMONYMS | OTHER_NAMES | WORKS),
    ("ORG", ORGANISATIONS),
):
    for _name in _names:
        if " " in _name:
            _PHRASES[_name] = _kind
_OPENINGS: dict[str, set[str]] = defaultdict(set)  # first word -> second words
for _name in _PHRASES:
    _first, _second, *_ = _name.split(" ")
    _OPENINGS[_first].add(_second)
_LONGEST = 5


def _phrases(words: Sequence[str], capitals: Sequence[int]) -> dict[int, str]:
    """Place of each word in the longest listed name of several words that holds it."""
    marks: dict[int, str] = {}
    for i in capitals:
        seconds = _OPENINGS.get(words[i])
        if seconds and i + 1 < len(words) and words[i + 1] in seconds and i not in marks:
            for end in range(min(len(words), i + _LONGEST), i + 1, -1):
                kind = _PHRASES.get(" ".join(words[i:end]))
                if kind:
                    marks.update(dict.fromkeys(range(i, end), f"I-{kind}"))
                    marks[i] = f"B-{kind}"
                    break
    return marks


# -- features ----------------------------------------------------------------------------------

_Part = tuple[int, int]  # offset from the token, column


def _templates() -> list[tuple[_Part, ...]]:
    here = [
        LOWER, WORD, SHAPE, SHORT, PRE2, PRE3, PRE4, SUF2, SUF3, SUF4, C4, C6, C10, CFULL, LOWC,
        PERSON, PLACE, CLASS, CASING, HYPHEN, LISTS, PHRASE, INITIAL, HEADING, SEEN, COUNT,
        EVIDENCE, PLACEMENT, ACRONYM,
    ]  # fmt: skip
    near = [LOWER, SHORT, SUF3, C6, CFULL, LISTS, CLASS, PHRASE, SEEN, EVIDENCE]
    far = [LOWER, SHORT, CFULL, LISTS]
    single = [((0, c),) for c in here]
    single += [((o, c),) for o in (-1, 1) for c in near]
    single += [((o, c),) for o in (-2, 2) for c in far]
    pairs = [
        ((-1, LOWER), (0, LOWER)),
        ((0, LOWER), (1, LOWER)),
        ((-1, LOWER), (0, SHORT)),
        ((0, SHORT), (1, LOWER)),
        ((-1, SHORT), (0, SHORT)),
        ((0, SHORT), (1, SHORT)),
        ((-1, CFULL), (0, CFULL)),
        ((0, CFULL), (1, CFULL)),
        ((-1, LISTS), (0, LISTS)),
        ((0, LISTS), (1, LISTS)),
        ((-1, LOWER), (0, LISTS)),
        ((0, LISTS), (1, LOWER)),
        ((-1, LOWER), (1, LOWER)),
        ((-2, LOWER), (-1, LOWER)),
        ((1, LOWER), (2, LOWER)),
        ((-1, CFULL), (1, CFULL)),
        ((0, INITIAL), (0, CASING)),
        ((0, INITIAL), (0, SEEN)),
        ((0, INITIAL), (0, SHORT)),
        ((0, INITIAL), (0, LOWER)),
        ((0, HEADING), (0, SHORT)),
        ((0, HEADING), (0, SEEN)),
        ((0, HEADING), (0, LISTS)),
        ((0, SEEN), (0, SHORT)),
        ((0, EVIDENCE), (0, LISTS)),
        ((0, EVIDENCE), (0, SHORT)),
        ((0, PLACEMENT), (0, LISTS)),
        ((0, PLACEMENT), (0, SHORT)),
    ]
    triples = [
        ((-1, SHORT), (0, SHORT), (1, SHORT)),
        ((-1, LISTS), (0, LISTS), (1, LISTS)),
        ((-1, C6), (0, C6), (1, C6)),
        ((-1, SHORT), (0, LISTS), (1, SHORT)),
        ((-2, SHORT), (-1, SHORT), (0, SHORT)),
        ((0, SHORT), (1, SHORT), (2, SHORT)),
    ]
    return [*single, *pairs, *triples]


TEMPLATES = _templates()
# Where the first, second and third parts of the templates lie in the flat table of columns, seen
# from the token's first one. Templates with more parts come later, so these are the last ones.
_STEPS = [
    np.array([t[k][0] * _COLUMNS + t[k][1] for t in TEMPLATES if k < len(t)]) for k in range(3)
]
_SALT = (np.arange(1, len(TEMPLATES) + 1, dtype=np.uint64) * 0x9E3779B1 % 2**32).astype(np.uint32)
_MIX = [np.uint32(m) for m in (0x85EBCA6B, 0xC2B2AE35, 0x27D4EB2F)]
_LONGEST_RUN = 200  # tokens decoded as one; beyond it, as in a page of capitals, a cut does no harm
_PAD = 2  # rows of nothing around each sentence


def _hashed(first: int, values: Iterable[str]) -> bytes:
    """The hashes of values, of column *first* and the ones after it."""
    hashes = [
        crc32(f"{k}={v}".encode("utf-8", "surrogatepass")) for k, v in enumerate(values, first)
    ]
    return np.array(hashes, np.uint32).tobytes()


@lru_cache(maxsize=1 << 10)
def _hashed_place(phrase: str, initial: bool, heading: str) -> bytes:
    return _hashed(PHRASE, (phrase, f"{initial:d}", heading))


@lru_cache(maxsize=1 << 12)
def _hashed_evidence(values: tuple[str, ...]) -> bytes:
    return _hashed(SEEN, values) + bytes(4)  # and the column of nothing


@dataclass(frozen=True, slots=True)
class Encoded:
    """The tokens of a document that may belong to names, with the rows of their features."""

    features: Rows  # shape (n, len(TEMPLATES)), each below 2 ** HASH_BITS
    places: tuple[tuple[int, int], ...]  # sentence and token of each row
    runs: tuple[tuple[int, int], ...]  # half-open ranges of rows that are neighbours in the text


def near_capitals(words: Sequence[str], capitals: Sequence[int]) -> list[tuple[int, int]]:
    """Stretches of a sentence where a name may lie: capitals, what links them, and a little after.

    >>> near_capitals("we met the head of Bank of England staff in may".split(), [5, 7])
    [(4, 10)]
    """
    stretches: list[tuple[int, int]] = []
    for i in capitals:
        start, end = max(0, i - 1), min(len(words), i + 3)
        if stretches and start <= stretches[-1][1] + 1 and end - stretches[-1][0] <= _LONGEST_RUN:
            stretches[-1] = (stretches[-1][0], end)
        elif stretches and end <= stretches[-1][1]:
            continue
        else:
            stretches.append((max(start, stretches[-1][1]) if stretches else start, end))
    return stretches


class Encoder:
    """Turns sentences into rows of hashed features; remembers the words that it has seen."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon

        def look_up(word: str) -> tuple[str, bytes]:
            kind = "capital" if is_capital(word) else "name" if lexicon.may_name(word) else ""
            return kind, _hashed(LOWER, word_values(normalize("NFC", word), lexicon))

        self._look_up = lru_cache(maxsize=1 << 16)(look_up)  # how it may name, and its hashes

    def encode(self, sentences: Sequence[Sequence[str]]) -> Encoded:
        """The features of the document's tokens near capitals and near lower-case names."""
        looked_up = {word: self._look_up(word) for word in set().union(*sentences)}
        naming = {word for word, (kind, _) in looked_up.items() if kind}
        capital = {word for word in naming if looked_up[word][0] == "capital"}
        capitals = [[i for i, word in enumerate(words) if word in capital] for words in sentences]
        headings = [_heading(words, at) for words, at in zip(sentences, capitals, strict=True)]
        evidence = _Evidence.of(sentences, capitals, headings)
        known: dict[str, bytes] = {}  # word -> hashes of its own columns, and of its evidence

        def cell(word: str) -> bytes:
            fixed = known.get(word)
            if fixed is None:
                told = evidence.values(word) if word in naming else _NO_EVIDENCE
                known[word] = fixed = looked_up[word][1] + _hashed_evidence(told)
            return fixed

        nothing = bytes(4 * _COLUMNS)
        cells: list[bytes] = []
        rows: list[int] = []
        places: list[tuple[int, int]] = []
        runs: list[tuple[int, int]] = []
        for s, (words, at, heading) in enumerate(zip(sentences, capitals, headings, strict=True)):
            named = [i for i, word in enumerate(words) if word in naming]
            if not named:
                continue
            phrases = _phrases(words, at)
            opening = next((i for i, word in enumerate(words) if word[0].isalnum()), len(words))
            inside = _hashed_place("", False, heading)
            special = {
                i: _hashed_place(phrases.get(i, ""), i <= opening, heading)
                for i in (*range(opening + 1), *phrases)
            }
            for start, end in near_capitals(words, named):
                # The stretch with two tokens of context, rows of nothing beyond the sentence.
                runs.append((len(rows), len(rows) + end - start))
                at_row = len(cells) + _PAD
                rows += range(at_row, at_row + end - start)
                places += zip(repeat(s), range(start, end))
                first, last = max(0, start - _PAD), min(len(words), end + _PAD)
                cells += repeat(nothing, first - start + _PAD)
                cells += [special.get(i, inside) + cell(words[i]) for i in range(first, last)]
                cells += repeat(nothing, end + _PAD - last)
        if not rows:
            return Encoded(np.zeros((0, len(TEMPLATES)), np.int64), (), ())
        flat = np.frombuffer(b"".join(cells), np.uint32)
        where = _COLUMNS * np.array(rows)[:, None]
        mixed = np.tile(_SALT, (len(rows), 1))
        for steps, mix in zip(_STEPS, _MIX, strict=True):
            mixed[:, -len(steps) :] ^= flat.take(where + steps)
            mixed *= mix
            mixed ^= mixed >> np.uint32(15)
        features = (mixed >> np.uint32(32 - HASH_BITS)).astype(np.int64)
        return Encoded(features, tuple(places), tuple(runs))


# -- decoding ------------------------------------------------------------------------------------


def allowed() -> npt.NDArray[np.bool_]:
    """Which tag may follow which, shape (tags + 2, tags + 2); the last two are start and end."""
    n = len(TAGS)
    table = np.zeros((n + 2, n + 2), bool)

    def opens(tag: str) -> bool:
        return tag[0] in "OBU"

    for i, left in enumerate(TAGS):
        for j, right in enumerate(TAGS):
            if left[0] in "BI":
                table[i, j] = right[0] in "IL" and right[2:] == left[2:]
            else:
                table[i, j] = opens(right)
        table[n, i] = opens(left)
        table[i, n + 1] = left[0] in "OLU"
    return table


_FORBIDDEN = -(1 << 28)


def viterbi(
    scores: npt.NDArray[np.int64], steps: npt.NDArray[np.int64], runs: Sequence[tuple[int, int]]
) -> npt.NDArray[np.int64]:
    """The best tag of each row; ties go to the tag that comes first in TAGS.

    Args:
        scores: of each row and tag, shape (n, tags).
        steps: of each tag after each other, with start and end, shape (tags + 2, tags + 2).
        runs: half-open ranges of rows, decoded each by itself.
    """
    n = scores.shape[1]
    best = np.zeros(len(scores), np.int64)
    order = sorted(range(len(runs)), key=lambda r: runs[r][0] - runs[r][1])
    starts = np.array([runs[r][0] for r in order], np.int64)
    lengths = np.array([runs[r][1] - runs[r][0] for r in order], np.int64)
    longest = int(lengths[0]) if len(lengths) else 0
    inner = steps[:n, :n].T  # the tag before in the last axis, along which numpy is fastest
    alpha = np.zeros((len(runs), n), np.int64)
    back: list[npt.NDArray[np.int64]] = []
    lives = np.searchsorted(-lengths, -np.arange(longest)).tolist()  # runs longer than t
    for t, live in enumerate(lives):
        emitted = scores[starts[:live] + t]
        if t == 0:
            alpha[:live] = steps[n, :n] + emitted
            continue
        through = alpha[:live, None, :] + inner
        source = through.argmax(axis=2)
        back.append(source)
        alpha[:live] = through.max(axis=2) + emitted
    if longest:
        tags = (alpha + steps[:n, n + 1]).argmax(axis=1)
        best[starts + lengths - 1] = tags
        for t in range(longest - 1, 0, -1):
            live = lives[t]
            tags[:live] = back[t - 1][np.arange(live), tags[:live]]
            best[starts[:live] + t - 1] = tags[:live]
    return best


_BLOCK = 4096  # tokens scored at once, so that a long text needs no more memory


@dataclass(frozen=True, slots=True)
class Tagger:
    """Weights with the encoder that they were trained on."""

    encoder: Encoder
    slots: npt.NDArray[np.int32]  # feature -> row of weights; 0 for features without any
    weights: npt.NDArray[np.int8]  # shape (rows, tags); row 0 is zero
    steps: npt.NDArray[np.int64]  # shape (tags + 2, tags + 2), forbidden ones far below zero

    def read(self, sentences: Sequence[Sequence[Token]]) -> list[list[str]]:
        """A tag of TAGS for every token."""
        return self.tag([[token.text for token in tokens] for tokens in sentences])

    def tag(self, sentences: Sequence[Sequence[str]]) -> list[list[str]]:
        """A tag of TAGS for every word."""
        encoded = self.encoder.encode(sentences)
        scores = np.empty((len(encoded.features), len(TAGS)), np.int64)
        for at in range(0, len(scores), _BLOCK):
            block = slice(at, at + _BLOCK)
            # Both in a third of the time of an index and a sum; 91 weights fit into 16 bits.
            weights = self.weights.take(self.slots.take(encoded.features[block]), axis=0)
            scores[block] = np.einsum("rft->rt", weights, dtype=np.int16, casting="safe")
        tags = viterbi(scores, self.steps, encoded.runs)
        found = [["O"] * len(words) for words in sentences]
        for (sentence, token), tag in zip(encoded.places, tags.tolist(), strict=True):
            if tag:
                found[sentence][token] = TAGS[tag]
        return found


class NameTagger(Protocol):
    """What finds names; service.core.mentions takes any."""

    def read(self, sentences: Sequence[Sequence[Token]]) -> list[list[str]]:
        """A tag for every token: O, or BILOU and one of KINDS."""
        ...


def load(path: Path | None = None) -> Tagger:
    """The tagger of a file; the one that ships with the package by default."""
    packed = resources.files("service.core").joinpath("resources", "tagger.npz")
    with (packed if path is None else path).open("rb") as file, np.load(file) as arrays:
        words = arrays["words"].tobytes().decode("utf-8").split("\n")
        lexicon = Lexicon(dict(zip(words, arrays["codes"].tolist(), strict=True)))
        slots = np.zeros(1 << HASH_BITS, np.int32)
        gaps = arrays["gaps"]
        slots[np.cumsum(gaps, dtype=np.int64)] = np.arange(1, len(gaps) + 1)
        weights = np.zeros((len(gaps) + 1, len(TAGS)), np.int8)
        weights[1:] = arrays["weights"].T
        steps = np.where(allowed(), arrays["steps"].astype(np.int64), _FORBIDDEN)
    return Tagger(Encoder(lexicon), slots, weights, steps)
