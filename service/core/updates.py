"""Which sentences are overtaken by those of other articles."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from service.core.sameness import Candidate, Sameness
from service.core.standing import Standing
from service.core.text import Span
from service.core.times import Time
from service.core.vectors import Array

# A sentence is overtaken by one of a later article that is so likely to tell the same.
_TOLD_AGAIN = 0.3
# And by one that is so likely, where it told no more than how things stood or might come.
_SETTLED = 0.15

# What a sentence is worth of one whose value its own value supersedes.
_STATED = 0.8

# The first sentence of an article is told by a detail of another only from here on.
_LEAD_TOLD = 0.5

# What a market makes of the news is told by the news itself where it is so likely to be the same.
_SAME_NEWS = 0.5

# So many of the best sentences are compared with all.
_COMPARED = 200

_PROVISIONAL = re.compile(
    r"\b(?:exit polls?|(?:the|a) polls?|if confirmed|project(?:ed|ions?)|preliminary|provisional"
    r"|(?:partial|early) (?:results?|returns)|on course to|so far|at (?:half[- ]?time|the break)"
    r"|(?:is|are|was|were) (?:still )?(?:missing|questioning|searching|expected|considering)"
    r"|would (?:give|have|consider|decide)|could not yet|(?:were|was|are|is) being questioned)\b",
    re.IGNORECASE,
)

_REACTION = re.compile(
    r"(?:shares?|stocks?)\b(?: (?:in|of)\b)?|the (?:stock|shares)\b"
    r"|[^,.;]{1,60}(?:['’]s?) (?:shares?|stock)\b",
    re.IGNORECASE,
)


class Update(NamedTuple):
    """Two candidates, of which one had better be told in place of the other."""

    old: int
    new: int
    share: float  # of what the old one is worth that the new one is worth too, in [0, 1]


def is_reaction(text: str) -> bool:
    """Whether a sentence begins with what a market makes of the news.

    >>> is_reaction("Shares in Kern fell by 7 percent."), is_reaction("Kern will buy Rollo.")
    (True, False)
    """
    return _REACTION.match(text) is not None


def find_updates(
    candidates: Sequence[Candidate],
    scores: Array,
    sameness: Sameness,
    times: Sequence[Time | None],
    superseded: Mapping[tuple[int, Span], Iterable[tuple[int, Span]]],
    stories: Sequence[int],
) -> list[Update]:
    """The sentences that another article overtakes, each with those that do.

    A later article overtakes what it likely tells too, and the value that its own supersedes.
    What a market makes of the news is overtaken by the news, whenever that was told, and overtakes
    nothing else.

    Args:
        candidates: the sentences of every article.
        scores: of the first of them; the others neither overtake nor are overtaken.
        sameness: of all candidates.
        times: when each article was published; empty where all at one time.
        superseded: sentences that state a superseded value, as article and span, each with those
            that state the value that supersedes it.
        stories: the story of each candidate.

    Returns:
        In order; the new one of each can be read alone, and one leads back to itself never.
    """
    size = len(scores)
    places = {
        (c.article, Span(c.sentence.start, c.sentence.end)): k
        for k, c in enumerate(candidates[:size])
    }
    found = {
        (places[old], places[new]): _STATED
        for old, newer in superseded.items()
        for new in newer
        if old in places and new in places
    }
    told = sorted({candidate.article for candidate in candidates[:size]})
    later = np.zeros((max(told, default=0) + 1,) * 2, dtype=bool)
    for i, j in combinations(told if times else (), 2):
        one, other = times[i], times[j]
        if one and other:
            later[i, j], later[j, i] = one.before(other), other.before(one)
    article = np.array([c.article for c in candidates], dtype=np.int64)
    story = np.array(stories, dtype=np.int64)
    texts = [candidate.sentence.text for candidate in candidates[:size]]
    reaction = np.array([is_reaction(text) for text in texts], dtype=bool)
    lead = np.array([c.depth == 0 for c in candidates[:size]], dtype=bool) & ~reaction
    best = np.sort(np.argsort(-np.round(scores, 9), kind="stable")[:_COMPARED])
    best = best[later[article[best]].any(axis=1) | reaction[best]]
    if len(best):
        least = [_SETTLED if _PROVISIONAL.search(texts[k]) else _TOLD_AGAIN for k in best.tolist()]
        chance = sameness.chance(best)[:, :size]
        one_story = story[best, None] == story[:size]
        newer = later[article[best, None], article[:size]] & (chance >= np.array(least)[:, None])
        newer &= reaction[best, None] | ~reaction
        newer &= ~lead[best, None] | lead | (chance >= _LEAD_TOLD)
        news = reaction[best, None] & lead & (article[best, None] != article[:size])
        newer |= news & (chance >= _SAME_NEWS)
        for i, j in np.argwhere(newer & one_story).tolist():
            pair = int(best[i]), j
            found[pair] = max(found.get(pair, 0.0), float(chance[i, j]))
    return sorted(
        Update(*pair, round(share, 9))
        for pair, share in found.items()
        if candidates[pair[1]].standing is Standing.ALONE
    )
