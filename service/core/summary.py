"""Sentences chosen within a budget, without telling anything twice."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations_with_replacement, groupby
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from service.core.errors import Check, unchecked
from service.core.rank import Reason
from service.core.sameness import Candidate, Sameness
from service.core.standing import Standing
from service.core.text import Sentence, Span
from service.core.times import Time
from service.core.updates import Update, is_reaction
from service.core.vectors import Array, Indices

#: Two sentences of different articles with this chance or a higher one are said to tell the same.
#: In development, where one of them tells a fact, three in four do, and two in seven of all that
#: do are found; at 0.4 it is 69 % and 36 %, at 0.6 80 % and 22 %.
SAME = 0.5


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
    # What two chosen sentences take off each other, as share of what they likely tell in common;
    # None: what is chosen is not exchanged for something better any more.
    toll: float | None = None
    repeats: float = 0.22  # two chosen sentences are less likely than this to tell the same
    few: int = 0  # fewer words than this must open with what opens an article


# With more words than these the most telling sentences open an article anyway, and where not, there
# is room for better.
_FEW = 75

#: How `auto` weighs, by the kind of request (``rank.kind``) and what its length is counted in: the
#: most facts, and few told twice, in the development clusters; the highest ROUGE for one article
#: and for ledes.
TASTES: Mapping[tuple[str, str], Taste] = {
    ("many", "words"): Taste(thrift=0.3, cover=0.9, variety=2.5, toll=1.5, repeats=0.25, few=_FEW),
    ("many", "sentences"): Taste(cover=0.8, variety=1.75),
    ("one", "words"): Taste(thrift=0.3, cover=0.5, variety=0.5, toll=1.0, few=_FEW),
    ("one", "sentences"): Taste(cover=0.5, variety=0.5, toll=0.5),
    ("ledes", "words"): Taste(thrift=0.2, cover=0.8, variety=1.5, toll=0.5, repeats=0.3, few=_FEW),
    ("ledes", "sentences"): Taste(cover=0.5, variety=0.75),
}

# So many of the best candidates are weighed against each other; with more of them a summary of 150
# words over 50 articles stays the same, and takes twice the time.
_WEIGHED = 200

# What is left of a budget of words, as share of all of it, for which no more are looked at.
_LEFT_OVER = 0.1

_QUOTES = tuple("\"'“‘„«")

# Longer choices are left as they are; so is one after this many exchanges.
_EXCHANGED = 40
_ROUNDS = 40

# Of no more than this many two may be given up for one.
_TWO = 4

# Of several stories each gets a sentence while there are so many words for each; it is one of so
# many of the story's best, and scores at least so much of the request's best.
_SHARE = 20
_SHARERS = 50
_OWN = 0.3

# So many sentences open an article.
_OPENS = 2

# A sentence must add this share of what the best one is worth.
_LEAST = 0.02


def find_candidates(
    stories: Sequence[Sequence[Sentence]], stands: Callable[[Sentence], Standing]
) -> Iterator[Candidate]:
    """The sentences of all stories, with how each stands; the first leans on nothing told."""
    for article, story in enumerate(stories):
        for position, sentence in enumerate(story):
            stand = stands(sentence)
            if not position and stand is Standing.LEANING:
                stand = Standing.ALONE
            yield Candidate(article, position / max(1, len(story) - 1), sentence, stand)


def choose(
    candidates: Sequence[Candidate],
    scores: Array,
    sameness: Sameness,
    *,
    budget: Budget,
    taste: Taste = Taste(),  # noqa: B008  # frozen
    order: Literal["reading", "score"] = "reading",
    stories: Sequence[Sequence[int]] = (),
    times: Sequence[Time | None] = (),
    updates: Sequence[Update] = (),
    check: Check = unchecked,
) -> Summary:
    """The sentences that tell most and repeat little, as many as the budget holds.

    Args:
        candidates: the sentences of every article; only those with a score can be chosen.
        scores: of the first sentences of *candidates*, in [0, 1], shape (m,).
        sameness: of all candidates.
        budget: kept to the word.
        taste: how scores are traded against length and repetition.
        order: "score", the best first; or "reading", one story after the other: the best of the
            sentences that each article would open with, and then by how early in its article each
            is told, in whichever article tells it earliest, of two equally early the better first.
        stories: the articles that tell each story, where there are several, in order: a share of
            the budget goes to each, as far as it goes round.
        times: when each article was published; empty where all at one time. A story opens with the
            first sentence of a later article, where that is chosen.
        updates: what had better be told in place of what; the other is then not chosen, unless none
            of what replaces it fits the budget.
        check: called before each choice; it stops the work by raising.

    Returns:
        A summary in which no two sentences are likely to tell the same, by ``Taste.repeats``. A
        broken sentence is in it only where there is no other, and one that leans on another only
        where that one is in it too; in reading order it follows there. Ties go to the earlier
        candidate.

    Source:
        Greedy choice by gain and cost, Lin and Bilmes, NAACL 2010; the gain is the expected score
        of all sentences that the summary comes to tell, as in Takamura and Okumura, EACL 2009,
        less what it repeats, as in maximal marginal relevance, Carbonell and Goldstein, SIGIR 1998.
    """
    told_by = in_stories(candidates, stories)
    overtaken: frozenset[int] = frozenset()
    if updates:
        scores, overtaken = _overtaken(candidates, scores, budget, times, updates)
    chosen = _Chosen(candidates, scores, sameness, budget, taste, told_by[: len(scores)], overtaken)
    chosen.fill(check)
    found = {k: _sentence(candidates, k, scores, chosen.echoes[k]) for k in chosen.echoes}
    if order == "score":
        return Summary(
            tuple(found[k][1] for k in sorted(found, key=lambda k: (-found[k][1].score, k)))
        )
    # A sentence that leans on another goes where that one goes.
    hosts = {k: chosen.heads.get(k, k) for k in found}
    alone = [k for k in found if hosts[k] == k]
    openers = _openers(candidates, found, alone, told_by, times)
    places = sorted(
        found,
        key=lambda k: (
            told_by[k],
            hosts[k] not in openers,
            found[hosts[k]][0],
            -found[hosts[k]][1].score,
            hosts[k],
            k != hosts[k],
            k,
        ),
    )
    return Summary(tuple(found[k][1] for k in places))


def _openers(
    candidates: Sequence[Candidate],
    found: Mapping[int, tuple[float, SummarySentence]],
    alone: Sequence[int],
    stories: Sequence[int],
    times: Sequence[Time | None],
) -> set[int]:
    """Of each story the best and earliest of the first sentences that are chosen of an article.

    Someone's words open nothing where there is another: nobody knows yet who speaks of what. The
    first sentence of an article opens before what was published earlier.
    """
    first: dict[int, int] = {}
    for k in sorted(alone):
        first.setdefault(candidates[k].article, k)
    late = {
        k: time
        for k in first.values()
        if times and not _opens_late(candidates[k]) and (time := times[candidates[k].article])
    }

    def opening(k: int) -> tuple[bool, bool, float]:
        depth, sentence = found[k]
        time = times[candidates[k].article] if times else None
        passed = time is not None and any(
            time.before(other) and stories[j] == stories[k] for j, other in late.items()
        )
        return (
            sentence.text.startswith(_QUOTES) or is_reaction(sentence.text),
            passed,
            round(-sentence.score * (1 - depth), 9),
        )

    best: dict[int, int] = {}
    for k in sorted(first.values(), key=lambda k: (opening(k), k)):
        best.setdefault(stories[k], k)
    return set(best.values())


def _opens_late(candidate: Candidate) -> bool:
    text = candidate.sentence.text
    return candidate.depth > 0 or text.startswith(_QUOTES) or is_reaction(text)


def in_stories(candidates: Sequence[Candidate], stories: Sequence[Sequence[int]]) -> list[int]:
    """Which of the stories each candidate is of; the first where none is said."""
    story_of = {article: k for k, articles in enumerate(stories) for article in articles}
    return [story_of.get(one.article, 0) for one in candidates]


def _overtaken(
    candidates: Sequence[Candidate],
    scores: Array,
    budget: Budget,
    times: Sequence[Time | None],
    updates: Sequence[Update],
) -> tuple[Array, frozenset[int]]:
    """What each candidate is worth by what it overtakes, and those that are overtaken.

    A sentence is overtaken where one that overtakes it could stand in the summary instead.
    """

    def age(update: Update) -> tuple[bool, Time]:
        old = candidates[update.old]
        time = times[old.article] if times else None
        return not is_reaction(old.sentence.text), time or Time(0.0, 0.0)

    oldest_first = sorted(updates, key=lambda update: (age(update), update))
    overtaken: set[int] = set()
    for update in reversed(oldest_first):
        fits = budget.words is None or candidates[update.new].sentence.length <= budget.words
        if fits or update.new in overtaken:
            overtaken.add(update.old)
    worth = scores.copy()
    for update in oldest_first:
        if update.old in overtaken:
            worth[update.new] = max(worth[update.new], round(update.share * worth[update.old], 9))
    return worth, frozenset(overtaken)


def _article(candidate: Candidate) -> int:
    return candidate.article


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
        stories: Sequence[int],
        overtaken: frozenset[int],
    ) -> None:
        size = len(scores)
        self._story = np.array(stories, dtype=np.int64)
        self._scores = scores
        self._sameness = sameness
        self._taste = taste
        lengths = [candidate.sentence.length for candidate in candidates[:size]]
        self._lengths = np.array(lengths, dtype=np.int64)
        self._budget = (
            size if budget.sentences is None else min(budget.sentences, size),
            int(self._lengths.sum()) if budget.words is None else budget.words,
        )
        self._left_over = -1.0 if budget.words is None else _LEFT_OVER * budget.words
        self._few = budget.words is not None and budget.words < taste.few
        self._shares = size if budget.words is None else budget.words // _SHARE
        stands = [candidate.standing for candidate in candidates[:size]]
        self._alone = np.array([standing is Standing.ALONE for standing in stands], dtype=bool)
        if not self._alone.any():  # a text of questions and fragments alone
            self._alone[:] = True
        self._alone[list(overtaken)] = False
        self.heads = {
            k: head for k, head in _leaning(candidates[:size]) if not overtaken & {k, head}
        }
        self._leaning: dict[int, list[int]] = {}
        for k, head in self.heads.items():
            self._leaning.setdefault(head, []).append(k)
        # Rounded, since a power may differ between processors; so are all gains before they meet.
        self._price = np.round(np.maximum(self._lengths, 1) ** taste.thrift, 6)
        places = (range(len(list(own))) for _, own in groupby(candidates[:size], _article))
        place = np.array([k for own in places for k in own], dtype=np.int64)
        self._leads = place == 0
        self._opens = place < _OPENS
        self._clear()

    def _clear(self) -> None:
        """Nothing is chosen."""
        self._opener: int | None = None  # what is not given up any more
        size = len(self._scores)
        self.echoes: dict[int, list[tuple[int, float]]] = {}  # by the chosen sentence
        self._sentences, self._words = self._budget
        self._ready = self._alone.copy()
        self._repeated = np.zeros(size)  # highest chance to tell the same as a chosen sentence
        self._missed = np.ones(size)  # chance that none of the chosen tells it

    def fill(self, check: Check) -> None:
        """Take the best sentences.

        Of few words that may be what is short beside the news: where no article's first
        sentence is among them, the best of those that open an article is taken before all else.
        """
        order = np.argsort(-np.round(self._scores / self._price, 9), kind="stable")
        self._fill(order, check)
        if not self._few or self._leads[[*self.echoes]].any():
            return
        fits = self._opens & self._alone & (self._lengths <= self._budget[1])
        if fits.any():
            self._clear()
            self._opener = int(np.where(fits, np.round(self._scores, 9), -1.0).argmax())
            self._take(self._opener, self._sameness.chance(np.array([self._opener]))[0])
            self._fill(order, check)

    def _fill(self, order: Indices, check: Check) -> None:
        """Take the best sentences, some of the highest scores at a time."""
        self._share_out(order, check)
        for first in range(0, len(order), _WEIGHED):
            if not self._sentences or (first and self._words <= self._left_over):
                break
            weighed = np.sort(order[first : first + _WEIGHED])
            if not first and self.echoes:
                weighed = np.union1d(weighed, np.array([*self.echoes]))
            chance = self._grow(weighed, check)
            toll = self._taste.toll
            if chance is not None and not first and toll is not None:
                done = self._exchange(weighed, chance, toll, check)
                if done:  # what was not worth its words among the best is not so further down
                    break

    def _share_out(self, order: Indices, check: Check) -> None:
        """Take the best sentence of each story, if there are several and it is good enough."""
        stories = 1 + int(self._story.max(initial=0))
        if stories == 1:
            return
        least = _OWN * self._scores.max(initial=0.0)
        for story in range(min(stories, self._shares, self._budget[0])):
            if self._opener is not None and self._story[self._opener] == story:
                continue
            own = order[(self._story[order] == story) & (self._scores[order] >= least)]
            self._grow(np.sort(own[:_SHARERS]), check, most=1)

    def _grow(self, weighed: Indices, check: Check, *, most: int | None = None) -> Array | None:
        """Take the best of some candidates until none of them fits any more, or so many.

        Returns:
            The chance that each of them tells the same as every candidate; None if none fits.
        """
        lengths, price = self._lengths[weighed], self._price[weighed]
        chance: Array | None = None
        until = 0 if most is None else max(0, self._sentences - most)
        while self._sentences > until:
            check()
            fits = self._ready[weighed] & (lengths <= self._words)
            fits &= self._repeated[weighed] < self._taste.repeats
            if not fits.any():
                break
            if chance is None:
                chance = self._sameness.chance(weighed)
            missed = self._scores[weighed] * self._missed[weighed]
            told = (chance[:, weighed] * missed).sum(axis=1)
            gain = (1 - self._taste.cover) * missed + self._taste.cover * told
            gain *= np.maximum(1 - self._taste.variety * self._repeated[weighed], 1e-9) / price
            best = int(np.where(fits, np.round(gain, 9), -1.0).argmax())
            self._take(int(weighed[best]), chance[best])
        return chance

    def _exchange(self, weighed: Indices, chance: Array, toll: float, check: Check) -> bool:
        """Drop, add or swap sentences, step by step, for as long as the choice gains by it.

        Returns:
            Whether the choice was short enough for that.
        """
        place = {k: i for i, k in enumerate(weighed.tolist())}
        chosen = [place[k] for k in self.echoes]
        if not 0 < len(chosen) <= _EXCHANGED:
            return False
        story = self._story.copy()
        if self._opener is not None:
            story[self._opener] = 1 + story.max()
        heads = [place.get(self.heads.get(k, -1), -1) for k in weighed.tolist()]
        trade = _Trade(
            chance[:, weighed],
            self._scores[weighed],
            self._lengths[weighed],
            np.where(self._alone[weighed], np.arange(len(weighed)), heads),
            self._taste.cover,
            toll,
            self._taste.repeats,
            story[weighed],
        )
        before = chosen
        for _ in range(_ROUNDS):
            check()
            found = trade.better(chosen, *self._budget)
            if found is None:
                break
            chosen = found
        if chosen is not before:
            opener = self._opener
            self._clear()
            self._opener = opener
            for i in chosen:
                self._take(int(weighed[i]), chance[i])
        return True

    def _take(self, best: int, chance: Array) -> None:
        size = len(self._scores)
        alike = np.flatnonzero(chance >= SAME)
        self.echoes[best] = list(zip(alike.tolist(), chance[alike].tolist(), strict=True))
        self._repeated = np.maximum(self._repeated, chance[:size])
        self._missed *= 1 - chance[:size]
        self._words -= int(self._lengths[best])
        self._ready[self._leaning.get(best, [])] = True
        self._sentences -= 1


class _Trade(NamedTuple):
    """What some candidates are worth together."""

    alike: Array  # chance to tell the same, shape (n, n)
    scores: Array
    lengths: Indices
    needs: Indices  # the candidate that has to be there too: itself where it stands alone, or -1
    cover: float
    toll: float
    repeats: float
    story: Indices  # none that is told is given up

    def better(self, chosen: list[int], sentences: int, words: int) -> list[int] | None:
        """The choice that is worth most of those one step away; None where none is worth more.

        A choice is worth what it comes to tell, by the expected scores of all candidates, and what
        its own sentences score, weighed as ``Taste.cover`` says; less what two of them likely tell
        in common, times ``Taste.toll``; less a little for each sentence.
        """
        alike, scores, every = self.alike, self.scores, np.arange(len(self.scores))
        # A row of each table is of the choice without one or two of its sentences; the last, whole.
        kept = _without(len(chosen))
        missed = scores * np.where(kept[:, :, None], 1 - alike[chosen], 1.0).prod(axis=1)
        own = (1 - self.cover) * scores
        own -= _LEAST * (own + self.cover * alike @ scores).max()
        common = self.toll * alike[:, chosen] * np.minimum(scores[:, None], scores[chosen])
        common[chosen, np.arange(len(chosen))] = 0.0
        repeated = kept @ common.T
        worth = kept @ own[chosen] - self.cover * missed.sum(axis=1)
        worth -= (kept * repeated[:, chosen]).sum(axis=1) / 2
        grown = worth[:, None] + self.cover * missed @ alike.T + own - repeated
        present = kept @ (np.array(chosen)[:, None] == every)
        nearest = np.where(kept[:, :, None], alike[chosen], 0.0).max(axis=1)
        stands = (self.needs == every) | ((self.needs >= 0) & present[:, self.needs])
        whole = (stands[:, chosen] | ~kept).all(axis=1)
        told = kept @ (self.story[chosen, None] == np.arange(self.story.max() + 1))
        lost = ~told & told[-1]
        fits = (lost.sum(axis=1)[:, None] == lost[:, self.story]) & whole[:, None]
        whole &= ~lost.any(axis=1)
        fits &= stands & ~present & (nearest < self.repeats)
        fits &= self.lengths <= (words - kept @ self.lengths[chosen])[:, None]
        fits &= (kept.sum(axis=1) < sentences)[:, None]
        steps = np.column_stack((np.where(fits, grown, -np.inf), np.where(whole, worth, -np.inf)))
        steps = np.round(steps, 9)
        without, with_ = np.unravel_index(int(steps.argmax()), steps.shape)
        if steps[without, with_] <= steps[-1, -1]:
            return None
        found = [k for k, stays in zip(chosen, kept[without], strict=True) if stays]
        return found if with_ == len(scores) else [*found, int(with_)]


@lru_cache(maxsize=_EXCHANGED)
def _without(size: int) -> npt.NDArray[np.bool_]:
    """Which of so many sentences are left without each one and each two of the first, and all."""
    pairs = combinations_with_replacement(range(size), 2)
    gone = [{i, j} for i, j in pairs if i == j or size <= _TWO]
    return np.array([[k not in both for k in range(size)] for both in [*gone, set()]], dtype=bool)


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
