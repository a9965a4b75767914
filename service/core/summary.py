"""Sentences chosen within a budget, without telling anything twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from service.core.errors import Check, unchecked
from service.core.text import Sentence, Span
from service.core.vectors import Array, Vectors

# Two sentences of different articles at this cosine or above tell the same fact in seven of ten
# pairs of the development clusters, at 0.3 in five; two in one summary must not.
SAME = 0.4


@dataclass(frozen=True, slots=True)
class Echo:
    """A sentence of another article that tells the same as a summary sentence."""

    article: int
    span: Span
    similarity: float  # cosine, in [SAME, 1]


@dataclass(frozen=True, slots=True)
class SummarySentence:
    """A sentence of the summary, copied from one article."""

    article: int  # index into the request's articles
    start: int
    end: int
    text: str
    score: float  # in [0, 1]; comparable within one digest
    also_in: tuple[Echo, ...]  # by article, then by position


@dataclass(frozen=True, slots=True)
class Summary:
    """The sentences that a digest is read by, in the order asked for."""

    sentences: tuple[SummarySentence, ...]

    @property
    def text(self) -> str:
        """The sentences joined by one space."""
        return " ".join(sentence.text for sentence in self.sentences)

    @property
    def words(self) -> int:
        """Runs of characters between white space."""
        return sum(len(sentence.text.split()) for sentence in self.sentences)


class Candidate(NamedTuple):
    """A sentence that a summary may take, or hear an echo in."""

    article: int
    depth: float  # in the article's story, 0 the first sentence, 1 the last
    sentence: Sentence


class Budget(NamedTuple):
    """What a summary may cost; None: as many as there are."""

    sentences: int | None = None
    words: int | None = None


class Taste(NamedTuple):
    """How a choice weighs length and repetition against the score."""

    thrift: float = 0.0  # a score counts by words to this power: 0 a sentence, 1 a word
    variety: float = (
        0.0  # what a cosine of 1 with a chosen sentence takes off, as share of the score
    )


def choose(
    candidates: Sequence[Candidate],
    scores: Array,
    vectors: Vectors,
    *,
    budget: Budget,
    taste: Taste = Taste(),  # noqa: B008  # frozen
    order: Literal["reading", "score"] = "reading",
    check: Check = unchecked,
) -> Summary:
    """The sentences that score high and repeat little, as many as the budget holds.

    Args:
        candidates: the sentences of every article; only those with a score can be chosen.
        scores: of the first sentences of *candidates*, in [0, 1], shape (m,).
        vectors: of all candidates.
        budget: kept to the word.
        taste: how scores are traded against length and repetition.
        order: "score", the best first; or "reading", by how early in its article each is told, in
            whichever article tells it earliest, and of two equally early the better first.
        check: called before each choice; it stops the work by raising.

    Returns:
        A summary in which no two sentences are as alike as ``SAME``. Ties go to the earlier
        candidate.

    Source:
        Greedy choice by gain and cost, Lin and Bilmes, NAACL 2010, with the gain of maximal
        marginal relevance, Carbonell and Goldstein, SIGIR 1998.
    """
    size = len(scores)
    lengths = np.array([candidate.sentence.length for candidate in candidates[:size]], dtype=int)
    worth = scores / np.maximum(lengths, 1) ** taste.thrift
    alike = np.zeros(size)
    left = int(lengths.sum()) if budget.words is None else budget.words
    most = size if budget.sentences is None else min(budget.sentences, size)
    sentences: list[tuple[float, SummarySentence]] = []
    while len(sentences) < most:
        check()
        fits = (lengths <= left) & (alike < SAME)
        if not fits.any():
            break
        gain = worth * np.maximum(1 - taste.variety * alike, 1e-9)
        best = int(np.where(fits, gain, -1.0).argmax())
        likeness = vectors.likeness(best)
        alike = np.maximum(alike, likeness[:size])
        alike[best] = 1.0  # a sentence without content words is like none, itself included
        left -= int(lengths[best])
        sentences.append(_sentence(candidates, best, float(scores[best]), likeness))
    if order == "reading":
        sentences.sort(key=lambda pair: (pair[0], -pair[1].score))
    else:
        sentences.sort(key=lambda pair: -pair[1].score)
    return Summary(tuple(sentence for _, sentence in sentences))


def _sentence(
    candidates: Sequence[Candidate], chosen: int, score: float, likeness: Array
) -> tuple[float, SummarySentence]:
    """The chosen sentence, after the least depth at which any article tells it."""
    article, depth, sentence = candidates[chosen]
    also_in = []
    for k in np.flatnonzero(likeness >= SAME).tolist():
        other = candidates[k]
        if other.article != article:
            span = Span(other.sentence.start, other.sentence.end)
            also_in.append(Echo(other.article, span, round(min(1.0, float(likeness[k])), 4)))
            depth = min(depth, other.depth)
    also_in.sort(key=lambda echo: (echo.article, echo.span))
    return depth, SummarySentence(
        article, sentence.start, sentence.end, sentence.text, round(score, 4), tuple(also_in)
    )
