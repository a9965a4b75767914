"""Articles of one request that tell different stories."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from service.core.text import Document, Role, Sentence
from service.core.vectors import rarity, stem

# Cross-checked on clusters of news mixed two and three at a time: with 0.10 to 0.12 the same half
# of them comes apart without a fault; at 0.14 more clusters lose an article, at 0.08 more join.
_SAME_STORY = 0.11
_HEADLINE = 3  # words
_NAME = 2.0  # how much more a name tells than a word as rare


@dataclass(frozen=True, slots=True)
class Story:
    """What some of the articles tell together."""

    articles: tuple[int, ...]  # in the request's order
    title: str | None  # that of the article most like the others; None where none has a title
    sentences: tuple[int, ...] | None = None  # of the summary, by index; None: there is none


def find_stories(documents: Sequence[Document], titles: Sequence[str | None]) -> tuple[Story, ...]:
    """The stories that the articles tell: first what most articles tell, then the earlier.

    Two articles are compared by their own words alone, so that a further article changes nothing
    between them.

    Args:
        documents: the articles' texts, cut.
        titles: the title of each as sent; where none was, its headline in the text is its title.

    Source:
        Average linkage (UPGMA), Sokal and Michener 1958, on cosines of stems, the rarer the
        heavier, names twice.
    """
    headings = [
        title or _headline(document) for document, title in zip(documents, titles, strict=True)
    ]
    if len(documents) == 1:
        return (Story((0,), headings[0] or None),)
    likeness = _likeness(documents)
    found = []
    for members in _linked(likeness, [document.text for document in documents]):
        titled = [k for k in members if headings[k]]
        central = max(
            titled, key=lambda k: round(float(likeness[k, members].sum()), 4), default=None
        )
        found.append(Story(tuple(members), None if central is None else headings[central]))
    return tuple(sorted(found, key=lambda story: (-len(story.articles), story.articles)))


def _headline(document: Document) -> str:
    """The first line of a title above the story, a word like "Obituary" passed over; "" for none.

    A line is not joined to the next: what stands below is a second deck, or a name.
    """
    lines: dict[int, list[Sentence]] = {}
    for sentence in document.sentences:
        if sentence.role is Role.STORY:
            break
        if sentence.role is Role.TITLE:
            lines.setdefault(sentence.paragraph, []).append(sentence)
    spans = [document.text[line[0].start : line[-1].end] for line in lines.values()]
    return next((line for line in spans if len(line.split()) >= _HEADLINE), "".join(spans[:1]))


def _linked(likeness: npt.NDArray[np.float64], texts: Sequence[str]) -> list[list[int]]:
    """The articles joined while the mean likeness of two groups is high enough."""
    # In an order of their own, so that the request's order decides no tie.
    order = sorted(range(len(texts)), key=texts.__getitem__)
    square = likeness[np.ix_(order, order)].copy()
    np.fill_diagonal(square, -1.0)
    groups = [[k] for k in order]
    sizes = np.ones(len(order))
    while len(order) > 1:
        a, b = sorted(divmod(int(square.argmax()), len(order)))
        if square[a, b] < _SAME_STORY:
            break
        mean = (square[a] * sizes[a] + square[b] * sizes[b]) / (sizes[a] + sizes[b])
        square[a], square[:, a] = mean, mean
        square[a, a] = square[b] = -1.0
        square[:, b] = -1.0
        sizes[a] += sizes[b]
        groups[a] += groups[b]
        groups[b] = []
    return [sorted(members) for members in groups if members]


def _likeness(documents: Sequence[Document]) -> npt.NDArray[np.float64]:
    """The cosine of every two articles, in [0, 1], shape (n, n)."""
    bags = [_bag(document) for document in documents]
    columns: dict[str, int] = {}
    for bag in bags:
        for term in bag:
            columns.setdefault(term, len(columns))
    rows = np.zeros((len(bags), len(columns)))
    for row, bag in zip(rows, bags, strict=True):
        row[[columns[term] for term in bag]] = list(bag.values())
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    rows /= np.maximum(norms, 1e-9)
    return np.round(rows @ rows.T, 6)


def _bag(document: Document) -> dict[str, float]:
    """What each stem of an article weighs: those that are rare in news, names, and the repeated."""
    told = document.story or document.sentences
    words = Counter(token.text for sentence in told for token in sentence.words)
    inside = {token.text for sentence in told for token in sentence.words[1:]}
    counts: Counter[str] = Counter()
    rare: dict[str, float] = {}
    names: set[str] = set()
    for word, count in words.items():
        if word[0].isalpha():
            term = stem(word)
            counts[term] += count
            rare[term] = min(rare.get(term, 1.0), rarity(word))
            if word[0].isupper() and word in inside:
                names.add(term)
    return {
        term: rare[term] ** 2 * (1 + math.log(count)) * (_NAME if term in names else 1.0)
        for term, count in counts.items()
    }
