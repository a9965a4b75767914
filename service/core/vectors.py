"""Sentences as vectors, of their stems and of what their words mean, and their likeness."""

from collections.abc import Collection, Hashable, Iterable, Sequence
from functools import lru_cache
from importlib.resources import as_file, files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import Stemmer

from service.core.text import Sentence

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

# Words that tie sentences of any story together; without them a cosine is about content.
_FUNCTION_WORDS = frozenset(
    """
    a about above after again against all also although am among an and another any are around as
    at away back be because been before being below between both but by came can cannot come could
    did do does doing done down during each either else even ever every few for from further get
    give go going got had has have having he her here hers herself him himself his how however i if
    in into is it its itself just know last less let like made make many may me might more most much
    must my myself near never next no nor not now of off often on once one only onto or other our
    ours out over own per put quite rather really said same saw say saying says see seem several
    shall she should since so some still such take than that the their theirs them themselves then
    there these they thing this those though through thus to told too took toward towards under
    until up upon us use very was way we well went were what when where whether which while who whom
    whose why will with within without would yet you your yours yourself mr mrs ms dr
    """.split()
)

_FINE = 2.0**19

# No cache of its own: lru_cache keeps the words, and a call that only reads needs no lock.
_SNOWBALL = Stemmer.Stemmer("english", 0)


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The stem of a word in lower case, with straight apostrophes.

    Source:
        Porter's second English stemmer, "Snowball", 2001.

    >>> stem("Hostages"), stem("Doha’s")
    ('hostag', 'doha')
    """
    return str(_SNOWBALL.stemWord(word.lower().replace("’", "'")))


def content_stems(sentence: Sentence) -> list[str]:
    """The stems of a sentence's words without its function words ("US" is none), in order."""
    return [found for word in _words(sentence) if (found := _content_stem(word))]


@lru_cache(maxsize=65536)
def _content_stem(word: str) -> str:
    """The stem of a word, "" for a function word."""
    return "" if word != "US" and word.lower() in _FUNCTION_WORDS else stem(word)


def _words(sentence: Sentence) -> list[str]:
    """The words, of a compound each: one article's "6.4-magnitude" is another's "magnitude 6.4"."""
    words = [token.text for token in sentence.words]
    if "-" not in sentence.text:
        return words
    return [part for word in words for part in word.split("-") if part]


class Matches(NamedTuple):
    """Every term that one of some rows has in common with any sentence."""

    shape: tuple[int, int]  # rows, sentences
    places: Indices  # into the flat table of that shape
    row_entries: Indices  # the term as the row has it
    entries: Indices  # the term as the sentence has it

    def total(self, values: Array | None = None) -> Array:
        """The sum of a value of each match, or their number, for every row and sentence."""
        size = self.shape[0] * self.shape[1]
        return np.bincount(self.places, values, minlength=size).reshape(self.shape).astype(float)


class Bags:
    """Which sentence has which terms, and how often."""

    def __init__(self, bags: Sequence[Collection[Hashable]]) -> None:
        """The terms of each sentence, numbered as they come."""
        self.size = len(bags)
        vocabulary: dict[Hashable, int] = {}
        found = [vocabulary.setdefault(term, len(vocabulary)) for bag in bags for term in bag]
        self.terms = len(vocabulary)
        sentences = np.repeat(np.arange(self.size), [len(bag) for bag in bags])
        entries, counts = np.unique(
            sentences * max(1, self.terms) + np.array(found, dtype=np.int64), return_counts=True
        )
        self.rows, self.columns = np.divmod(entries, max(1, self.terms))
        self.counts: Array = counts.astype(np.float64)
        self.first = np.searchsorted(self.rows, np.arange(self.size + 1))
        self._by_term = np.argsort(self.columns, kind="stable")
        self._first_of_term = np.searchsorted(
            self.columns[self._by_term], np.arange(self.terms + 1)
        )

    def frequency(self, counted: int) -> Array:
        """In how many of the first *counted* sentences each term is, at least 1, by entry."""
        found = np.bincount(self.columns[self.rows < counted], minlength=self.terms)
        return np.maximum(found, 1)[self.columns].astype(float)

    def by_sentence(self, values: Array) -> Array:
        """The sum of a value of each entry, by sentence."""
        return np.bincount(self.rows, values, minlength=self.size).astype(float)

    def matches(self, sentences: Indices) -> Matches:
        """The terms that *sentences* share with every sentence, themselves included.

        Costs as much as there are matches, however many sentences there are.
        """
        entries, local = _ranges(self.first[sentences], self.first[sentences + 1])
        terms = self.columns[entries]
        found, origin = _ranges(self._first_of_term[terms], self._first_of_term[terms + 1])
        others = self._by_term[found]
        places = local[origin] * self.size + self.rows[others]
        return Matches((len(sentences), self.size), places, entries[origin], others)


def _ranges(starts: Indices, ends: Indices) -> tuple[Indices, Indices]:
    """All numbers of all ranges in order, and which range each is from."""
    lengths = ends - starts
    origin = np.repeat(np.arange(len(starts)), lengths)
    passed = np.cumsum(lengths) - lengths
    return np.arange(len(origin)) + (starts - passed)[origin], origin


class Vectors:
    """Unit vectors of sentences, sparse: one entry for each sentence and each of its stems.

    The weight of a stem is ``(1 + log tf) * log(1 + n / df)`` over the first *n* sentences, so that
    what every sentence says weighs little; sentences after them are measured by the same weights
    and do not change them. A sentence without content words is the zero vector.

    Source:
        The vector space model, Salton and Buckley, 1988.
    """

    def __init__(self, stems: Sequence[Sequence[str]], *, counted: int | None = None) -> None:
        """The vectors of sentences given as their content stems, the first *counted* counted."""
        self.stems = stems
        self.bags = Bags(stems)
        self.size = self.bags.size
        self.counted = self.size if counted is None else counted
        weights = (1 + np.log(self.bags.counts)) * np.log1p(
            self.counted / self.bags.frequency(self.counted)
        )
        norms = np.sqrt(self.bags.by_sentence(weights**2))
        # Multiples of a power of two: their products add up to the same in any order.
        self.weights: Array = np.round(weights / norms[self.bags.rows] * _FINE) / _FINE

    def sum(self, sentences: Iterable[int]) -> Array:
        """The sum of some sentences' vectors, dense, shape (terms,)."""
        wanted = np.zeros(self.size, dtype=bool)
        wanted[np.fromiter(sentences, dtype=np.int64)] = True
        entries = wanted[self.bags.rows]
        columns = self.bags.columns[entries]
        return np.bincount(columns, self.weights[entries], minlength=self.bags.terms).astype(float)

    def dot(self, dense: Array) -> Array:
        """The product of every sentence with a dense vector of shape (terms,), shape (n,)."""
        return self.bags.by_sentence(self.weights * dense[self.bags.columns])

    def likeness(self, sentences: Indices) -> Array:
        """The cosine of some sentences with every sentence, in [0, 1], shape (sentences, n)."""
        matches = self.bags.matches(sentences)
        products = self.weights[matches.row_entries] * self.weights[matches.entries]
        return np.minimum(matches.total(products), 1.0)


def _read_words() -> tuple[dict[str, int], npt.NDArray[np.int16]]:
    """The row of every known word, and the rows: whole numbers, rare words the longer ones."""
    with as_file(files("service.core") / "resources" / "words.npz") as path, np.load(path) as table:
        words = table["words"].tobytes().decode().split("\n")
        rows = table["weights"][:, None].astype(np.int16) * table["vectors"]
    return {word: row for row, word in enumerate(words)}, rows


_ROW_OF, _WORD_VECTORS = _read_words()

# What all sentences of a request have in common says nothing about two of them; without any of it
# the leads of two articles on one event are no longer alike.
_COMMON_TENTHS = 7
_LONGEST = 2**20


@lru_cache(maxsize=65536)
def _word_row(word: str) -> int:
    word = word.lower().replace("’", "'")
    return _ROW_OF.get(word, _ROW_OF.get(word.removesuffix("s").removesuffix("'"), -1))


class Meanings:
    """Unit vectors of what sentences mean, dense; a sentence of unknown words is the zero vector.

    A sentence is the sum of its words' vectors, most of what the first *counted* sentences have in
    common taken off. All sums are of whole numbers, so that no processor's order of additions can
    change a digit.

    Source:
        Smooth inverse frequency, Arora, Liang and Ma, ICLR 2017, over words distilled from
        all-MiniLM-L6-v2 by training/distil_vectors.py.
    """

    def __init__(self, sentences: Sequence[Sentence], *, counted: int | None = None) -> None:
        """The vectors of sentences, with the first *counted* making up what is common."""
        size = len(sentences)
        counted = size if counted is None else counted
        rows: list[int] = []
        first = [0]
        for sentence in sentences:
            rows += [row for word in _words(sentence) if (row := _word_row(word)) >= 0]
            first.append(len(rows))
        # 32 bits hold the sum of 16 million words.
        sums = np.zeros((size, _WORD_VECTORS.shape[1]), dtype=np.int32)
        filled = np.flatnonzero(np.diff(first))
        if len(filled):
            starts = np.array(first)[filled]
            sums[filled] = np.add.reduceat(_WORD_VECTORS[rows], starts, axis=0, dtype=np.int32)
        common = _COMMON_TENTHS * sums[:counted].sum(axis=0) // (10 * max(1, counted))
        sums[filled] -= common.astype(np.int32)
        longer = np.abs(sums).max(axis=1, initial=0) // _LONGEST
        if longer.any():
            sums //= np.maximum(1, longer)[:, None]
        self._sums = sums.astype(np.float64)  # whole numbers: their products are exact
        self._norms = np.sqrt(np.einsum("ij,ij->i", self._sums, self._sums))

    def likeness(self, sentences: Indices) -> Array:
        """The cosine of some sentences with every sentence, in [-1, 1], shape (sentences, n)."""
        product = self._sums[sentences] @ self._sums.T
        norms = np.maximum(self._norms[sentences, None] * self._norms, 1.0)
        cosine: Array = product / norms
        return cosine


def bag_likeness(bags: Sequence[Sequence[tuple[str, int]]]) -> Array:
    """The cosine of what every two bags of words mean, in [-1, 1], shape (n, n).

    Args:
        bags: words, each with a whole weight; an empty bag is like none.
    """
    rows: list[int] = []
    weights: list[int] = []
    first = [0]
    for bag in bags:
        for word, weight in bag:
            if (row := _word_row(word)) >= 0:
                rows.append(row)
                weights.append(weight)
        first.append(len(rows))
    sums = np.zeros((len(bags), _WORD_VECTORS.shape[1]), dtype=np.int32)
    filled = np.flatnonzero(np.diff(first))
    if len(filled):
        weighed = _WORD_VECTORS[rows] * np.array(weights, dtype=np.int32)[:, None]
        sums[filled] = np.add.reduceat(weighed, np.array(first)[filled], axis=0)
    sums //= np.maximum(1, np.abs(sums).max(axis=1, initial=0) // _LONGEST)[:, None]
    exact = sums.astype(np.float64)
    norms = np.sqrt((exact**2).sum(axis=1))
    cosine: Array = exact @ exact.T / np.maximum(norms[:, None] * norms, 1.0)
    return cosine


_LENGTHS: Array = np.sqrt((_WORD_VECTORS.astype(np.float64) ** 2).sum(axis=1))
_RARE = float(np.quantile(_LENGTHS, 0.95))


def rarity(word: str) -> float:
    """How rare a word is in news, in [0, 1]; an unknown word is the rarest."""
    row = _word_row(word)
    return min(1.0, float(_LENGTHS[row]) / _RARE) if row >= 0 else 1.0
