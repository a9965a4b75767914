"""How likely two sentences tell the same."""

import re
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from service.core.standing import Standing
from service.core.text import Sentence
from service.core.trees import Model
from service.core.vectors import Array, Bags, Indices, Meanings, Vectors, stem

PAIR_FEATURES = (
    "stems",  # cosine of stems
    "root_stems",
    "meaning",  # cosine of meanings
    "stems_by_meaning",  # their product
    "shared_least",  # share of one's weight that the other has, the lower
    "shared_most",  # and the higher
    "numbers",  # that both have
    "other_numbers",  # both have some, and none in common
    "names",  # weight of the names that both have
    "phrases",  # pairs of stems that both have
    "both_lead",  # both are the first of their article
    "one_leads",
    "apart",  # difference of their depths
    "earlier",  # the lesser depth
    "later",
    "shorter",  # log of the stems of the shorter one
    "longer",
    "one_article",
)

# Pairs less alike than this are not weighed: 1 in 80 of those tells the same.
_STEMS = 0.02
_MEANING = 0.2

# From here on a cosine of stems is enough, whatever the model makes of it: of the pairs at this
# cosine in development 96 in 100 tell the same.
_SURE = 0.6

# Rows are weighed so many pairs at a time, which bounds the memory of the largest request.
_PAIRS = 400_000


# Two sentences of different articles that state one exact value, and share a word besides, are at
# least as likely to tell the same, which is enough to keep them out of one summary. 8 in 10 of such
# pairs do; but with a higher chance here the summaries told fewer facts in development.
_ONE_VALUE = 0.25

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
# A value that two articles hardly state by chance: of three characters or more, and no year, round
# number, emergency call or number of a thing's name, as in "Flight 370".
_VALUE = re.compile(
    r"(?<![\w.,])([$€£]?)(\d{1,12}(?:[.,]\d{1,6}){0,4})"
    r"(?: ?(?:(m|mn|million)|(bn?|billion)|(tn|trillion)|(%|per ?cent)))?"
    r"(?!\w|[.,]\w| ?[ap]\.?m\b)"
)
_UNITS = ("million", "billion", "trillion", "%")
_EXACT = 3
_NO_VALUE = re.compile(r"[1-9]0*|(?:1[89]|20)\d\d|911|999|112")
_NAMED = re.compile(r"[A-Z][\w.]{0,20} \Z")


class Candidate(NamedTuple):
    """A sentence that a summary may take, or hear an echo in."""

    article: int
    depth: float  # in the article's story, 0 the first sentence, 1 the last
    sentence: Sentence
    standing: Standing = Standing.ALONE


class Sameness:
    """What is known of every two of a request's sentences."""

    def __init__(
        self,
        candidates: Sequence[Candidate],
        vectors: Vectors,
        meanings: Meanings,
        *,
        model: Model,
    ) -> None:
        """Of all candidates, with their vectors, by a model of ``PAIR_FEATURES``."""
        self.size = len(candidates)
        self._vectors = vectors
        self._meanings = meanings
        self._model = model
        sentences = [candidate.sentence for candidate in candidates]
        self._phrases = Bags([set(pairwise(stems)) for stems in vectors.stems])
        numbers = [_numbers(sentence) for sentence in sentences]
        self._numbers = Bags(numbers)
        self._names = Bags([_names(sentence) for sentence in sentences])
        rarity: Array = np.log1p(vectors.counted / self._names.frequency(vectors.counted))
        self._name_weights: Array = rarity.round(4)
        self._article = np.array([candidate.article for candidate in candidates], dtype=np.int64)
        self._values = None
        if len(set(self._article.tolist())) > 1:  # only what two articles state is compared
            self._values = Bags(
                [
                    _values(sentence) if any(len(number) >= _EXACT for number in found) else set()
                    for sentence, found in zip(sentences, numbers, strict=True)
                ]
            )
        self._depth = np.array([candidate.depth for candidate in candidates], dtype=np.float64)
        self._numbered = self._numbers.by_sentence(self._numbers.counts) > 0
        distinct = np.ones(len(vectors.weights))
        self._length = np.log1p(vectors.bags.by_sentence(distinct))

    @cached_property
    def _worded(self) -> Bags:
        """The stems of each sentence that are no numbers."""
        return Bags([{s for s in stems if s.isalpha()} for stems in self._vectors.stems])

    def chance(self, sentences: Indices) -> Array:
        """The chance that some sentences tell a fact in common with every sentence.

        Returns:
            Shape (sentences, n), in [0, 1]; 0 for pairs with next to nothing in common, 1 of a
            sentence with itself.
        """
        chance = np.zeros((len(sentences), self.size))
        step = max(1, _PAIRS // max(1, self.size))
        for first in range(0, len(sentences), step):
            rows = sentences[first : first + step]
            place, other, table = self.features(rows)
            told = self._model.chance(table)
            stems = table[:, 0]
            chance[first + place, other] = np.where(stems >= _SURE, np.maximum(told, stems), told)
            if self._values is None:
                continue
            one_value = self._values.matches(rows).total() > 0
            one_value &= self._article[rows, None] != self._article
            if one_value.any():
                one_value &= self._worded.matches(rows).total() > 0
                part = chance[first : first + step]
                part[one_value] = np.maximum(part[one_value], _ONE_VALUE)
        chance[np.arange(len(sentences)), sentences] = 1.0
        return chance

    def features(
        self, sentences: Indices
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Array]:
        """The pairs worth weighing and their features, in the order of ``PAIR_FEATURES``.

        Returns:
            Which of *sentences*, which sentence of all, and the table, shape (pairs, features).
        """
        matches = self._vectors.bags.matches(sentences)
        weights = self._vectors.weights
        ours, theirs = weights[matches.row_entries], weights[matches.entries]
        stems = np.minimum(matches.total(ours * theirs), 1.0)
        meaning = self._meanings.likeness(sentences)
        leads = self._depth == 0
        both_lead = leads[sentences, None] & leads
        row, other = np.nonzero((stems > _STEMS) | (meaning > _MEANING) | both_lead)
        one = sentences[row]
        shared = matches.total(ours**2)[row, other]
        shared_theirs = matches.total(theirs**2)[row, other]
        numbers = self._numbers.matches(sentences).total()[row, other]
        names = self._names.matches(sentences)
        stems, meaning = stems[row, other], meaning[row, other]
        depth = self._depth[one], self._depth[other]
        length = self._length[one], self._length[other]
        return (
            row,
            other,
            np.column_stack(
                (
                    stems,
                    np.sqrt(stems),
                    meaning,
                    stems * meaning,
                    np.minimum(shared, shared_theirs),
                    np.maximum(shared, shared_theirs),
                    numbers,
                    self._numbered[one] & self._numbered[other] & (numbers == 0),
                    names.total(self._name_weights[names.entries])[row, other],
                    self._phrases.matches(sentences).total()[row, other],
                    both_lead[row, other],
                    leads[one] | leads[other],
                    np.abs(depth[0] - depth[1]),
                    np.minimum(*depth),
                    np.maximum(*depth),
                    np.minimum(*length),
                    np.maximum(*length),
                    self._article[one] == self._article[other],
                )
            ),
        )


def _numbers(sentence: Sentence) -> set[str]:
    return set(_NUMBER.findall(sentence.text))


def _values(sentence: Sentence) -> set[tuple[str, str]]:
    """The values that are exact enough to be known by, with their units.

    >>> from service.core.segment import segment
    >>> [sentence] = segment("In 2024 Flight 370 cost $8.1bn for 239 people on 14 runs.").sentences
    >>> sorted(_values(sentence))
    [('239', ''), ('8.1', '$billion')]
    """
    found = set()
    for match in _VALUE.finditer(sentence.text):
        sign, digits, *units = match.groups()
        unit = next((name for name, hit in zip(_UNITS, units, strict=True) if hit), "")
        number = digits.replace(",", "")
        if len(number) < _EXACT:
            continue
        before = sentence.text[max(0, match.start() - 22) : match.start()]
        if not (sign or unit) and (_NO_VALUE.fullmatch(number) or _NAMED.search(before)):
            continue
        found.add((number, sign + unit))
    return found


def _names(sentence: Sentence) -> set[str]:
    return {stem(token.text) for token in sentence.words[1:] if token.text[:1].isupper()}
