"""Sentences chosen within a budget, without telling anything twice."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from service.core.errors import Check, unchecked
from service.core.rank import Reason
from service.core.sameness import Candidate, Sameness
from service.core.standing import Standing
from service.core.text import Span
from service.core.vectors import Array, Indices

#: Two sentences of different articles with this chance or a higher one are said to tell the same.
#: In development, where one of them tells a fact, three in four do, and two in seven of all that
#: do are found; at 0.4 it is 69 % and 36 %, at 0.6 80 % and 22 %.
SAME = 0.5

#: Two sentences of one summary must be less likely to tell the same than this.
REPEATS = 0.2

# A sentence that leans on another may follow one with this chance to tell the same as that other.
_HOST = 0.3


@dataclass(frozen=True, slots=True)
class Echo:
    """A sentence of another article that tells the same as a summary sentence."""

    article: int
    span: Span
    similarity: float  # the chance that it does, in [SAME, 1]


@dataclass(frozen=True, slots=True)
class SummarySentence:
    """A sentence of the summary, copied from one article."""

    article: int  # index into the request's articles
    start: int
    end: int
    text: str
    score: float  # in [0, 1]; comparable within one digest
    also_in: tuple[Echo, ...]  # by article, then by position
    reasons: tuple[Reason, ...] | None = None  # for its score; None where nobody asked


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

    def explained(self, reasons: Sequence[tuple[Reason, ...]]) -> "Summary":
        """The same with the reasons for each sentence."""
        pairs = zip(self.sentences, reasons, strict=True)
        return Summary(tuple(replace(sentence, reasons=why) for sentence, why in pairs))


class Budget(NamedTuple):
    """What a summary may cost; None: as many as there are."""

    sentences: int | None = None
    words: int | None = None


class Taste(NamedTuple):
    """How a choice weighs length and repetition against the score."""

    thrift: float = 0.0  # a gain counts by words to this power: 0 a sentence, 1 a word
    cover: float = 0.0  # share of the gain that is what others tell too, the rest its own score
    # What a chance of 1 to tell the same as a chosen sentence takes off, as share of the gain.
    variety: float = 0.0


#: How `auto` weighs, by the kind of request (``rank.kind``) and what its length is counted in: the
#: most facts, and few told twice, in the development clusters; the highest ROUGE for one article
#: and for ledes.
TASTES: Mapping[tuple[str, str], Taste] = {
    ("many", "words"): Taste(thrift=0.3, cover=0.8, variety=1.5),
    ("many", "sentences"): Taste(cover=0.8, variety=1.75),
    ("one", "words"): Taste(thrift=0.3, cover=0.3, variety=0.5),
    ("one", "sentences"): Taste(cover=0.3, variety=0.5),
    ("ledes", "words"): Taste(thrift=0.2, cover=0.5, variety=0.75),
    ("ledes", "sentences"): Taste(cover=0.5, variety=0.75),
}

# So many of the best candidates are weighed against each other; with more of them a summary of 150
# words over 50 articles stays the same, and takes twice the time.
_WEIGHED = 200

# What is left of a budget of words, as share of all of it, for which no more are looked at.
_LEFT_OVER = 0.1


def choose(
    candidates: Sequence[Candidate],
    scores: Array,
    sameness: Sameness,
    *,
    budget: Budget,
    taste: Taste = Taste(),  # noqa: B008  # frozen
    order: Literal["reading", "score"] = "reading",
    check: Check = unchecked,
) -> Summary:
    """The sentences that tell most and repeat little, as many as the budget holds.

    Args:
        candidates: the sentences of every article; only those with a score can be chosen.
        scores: of the first sentences of *candidates*, in [0, 1], shape (m,).
        sameness: of all candidates.
        budget: kept to the word.
        taste: how scores are traded against length and repetition.
        order: "score", the best first; or "reading", by how early in its article each is told, in
            whichever article tells it earliest, and of two equally early the better first.
        check: called before each choice; it stops the work by raising.

    Returns:
        A summary in which no two sentences are likely to tell the same, by ``REPEATS``. A broken
        sentence is in it only where there is no other, and one that leans on another only where
        that one, or one that likely tells the same, is in it too; in reading order it follows
        there. Ties go to the earlier candidate.

    Source:
        Greedy choice by gain and cost, Lin and Bilmes, NAACL 2010; the gain is the expected score
        of all sentences that the summary comes to tell, as in Takamura and Okumura, EACL 2009,
        less what it repeats, as in maximal marginal relevance, Carbonell and Goldstein, SIGIR 1998.
    """
    chosen = _Chosen(candidates, scores, sameness, budget, taste)
    chosen.fill(check)
    found = {k: _sentence(candidates, k, scores, chosen.echoes[k]) for k in chosen.echoes}
    if order == "score":
        return Summary(
            tuple(sorted((one for _, one in found.values()), key=lambda one: -one.score))
        )
    # A sentence that leans on another goes where that one goes.
    hosts = {k: chosen.hosts.get(k, k) for k in found}
    places = sorted(
        found,
        key=lambda k: (found[hosts[k]][0], -found[hosts[k]][1].score, hosts[k], k != hosts[k], k),
    )
    return Summary(tuple(found[k][1] for k in places))


def _leaning(candidates: Sequence[Candidate]) -> Iterator[tuple[int, int]]:
    """Each sentence that leans on one before it, and the last before it that stands alone."""
    head = None
    for k, (article, _, _, stands) in enumerate(candidates):
        if k and candidates[k - 1].article != article:
            head = None
        if stands is Standing.ALONE:
            head = k
        elif stands is Standing.LEANING and head is not None:
            yield k, head


class _Chosen:
    """A choice as it grows: what it repeats, what it misses, what it has left to spend."""

    def __init__(
        self,
        candidates: Sequence[Candidate],
        scores: Array,
        sameness: Sameness,
        budget: Budget,
        taste: Taste,
    ) -> None:
        size = len(scores)
        # By the chosen sentence, all that likely tell the same, and how likely.
        self.echoes: dict[int, list[tuple[int, float]]] = {}
        self._scores = scores
        self._sameness = sameness
        self._taste = taste
        lengths = [candidate.sentence.length for candidate in candidates[:size]]
        self._lengths = np.array(lengths, dtype=np.int64)
        self._words = int(self._lengths.sum()) if budget.words is None else budget.words
        self._left_over = -1.0 if budget.words is None else _LEFT_OVER * budget.words
        self._sentences = size if budget.sentences is None else min(budget.sentences, size)
        stands = [candidate.standing for candidate in candidates[:size]]
        self._ready = np.array([standing is Standing.ALONE for standing in stands], dtype=bool)
        self._leaning: dict[int, list[int]] = {}
        for k, head in _leaning(candidates[:size]):
            self._leaning.setdefault(head, []).append(k)
        self.hosts: dict[int, int] = {}  # the chosen sentence that a leaning one may follow
        self._repeated = np.zeros(size)  # highest chance to tell the same as a chosen sentence
        self._missed = np.ones(size)  # chance that none of the chosen tells it
        # Rounded, since a power may differ between processors; so are all gains before they meet.
        self._price = np.round(np.maximum(self._lengths, 1) ** taste.thrift, 6)

    def fill(self, check: Check) -> None:
        """Take the best sentences, some of the highest scores at a time."""
        if not self._ready.any():  # a text of questions and fragments alone
            self._ready[:] = True
        order = np.argsort(-np.round(self._scores / self._price, 9), kind="stable")
        for first in range(0, len(order), _WEIGHED):
            if not self._sentences or (first and self._words <= self._left_over):
                break
            self._grow(np.sort(order[first : first + _WEIGHED]), check)

    def _grow(self, weighed: Indices, check: Check) -> None:
        """Take the best of some candidates until none of them fits any more."""
        lengths, price = self._lengths[weighed], self._price[weighed]
        chance: Array | None = None
        while self._sentences:
            check()
            fits = self._ready[weighed] & (lengths <= self._words)
            fits &= self._repeated[weighed] < REPEATS
            if not fits.any():
                return
            if chance is None:
                chance = self._sameness.chance(weighed)
            missed = self._scores[weighed] * self._missed[weighed]
            told = (chance[:, weighed] * missed).sum(axis=1)
            gain = (1 - self._taste.cover) * missed + self._taste.cover * told
            gain *= np.maximum(1 - self._taste.variety * self._repeated[weighed], 1e-9) / price
            best = int(np.where(fits, np.round(gain, 9), -1.0).argmax())
            self._take(int(weighed[best]), chance[best])

    def _take(self, best: int, chance: Array) -> None:
        size = len(self._scores)
        alike = np.flatnonzero(chance >= SAME)
        self.echoes[best] = list(zip(alike.tolist(), chance[alike].tolist(), strict=True))
        self._repeated = np.maximum(self._repeated, chance[:size])
        self._missed *= 1 - chance[:size]
        self._words -= int(self._lengths[best])
        for head in np.flatnonzero(chance[:size] >= _HOST).tolist():
            for k in self._leaning.get(head, ()):
                if head == best or k not in self.hosts:
                    self.hosts[k] = best
                self._ready[k] = True
        self._sentences -= 1


def _sentence(
    candidates: Sequence[Candidate],
    chosen: int,
    scores: Array,
    echoes: Sequence[tuple[int, float]],
) -> tuple[float, SummarySentence]:
    """The chosen sentence, after the least depth at which any article tells it."""
    article, depth, sentence, _ = candidates[chosen]
    also_in = []
    for k, chance in echoes:
        other = candidates[k]
        if other.article != article:
            span = Span(other.sentence.start, other.sentence.end)
            also_in.append(Echo(other.article, span, round(chance, 4)))
            depth = min(depth, other.depth)
    also_in.sort(key=lambda echo: (echo.article, echo.span))
    score = round(float(scores[chosen]), 4)
    return depth, SummarySentence(
        article, sentence.start, sentence.end, sentence.text, score, tuple(also_in)
    )
