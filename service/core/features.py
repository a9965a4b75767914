"""What is known of every sentence before its salience is judged."""

from collections.abc import Sequence, Set
from math import log

import numpy as np
import numpy.typing as npt

from service.core.text import Document, Role, Sentence
from service.core.vectors import Array, Vectors, stem

#: Words of a sentence that leans on the one before it.
_LEANING = frozenset("he she it they his her its their this these that those him them".split())
_CONNECTIVES = frozenset("but and so yet however meanwhile also then or nor because though".split())
#: Someone speaks to the reader: opinion, service, interview.
_FIRST_PERSON = frozenset("i me my mine myself we us our ours you your yours".split())
_QUOTES = "\"'“”‘’„«»"

# Support costs each sentence a product with all sentences: beyond this many, the most central ones
# alone are looked up in other articles, so that the cost of a request grows with its length only.
_LOOKED_UP = 500

FEATURES = (
    "first",  # 1 / (1 + position in the article)
    "position",  # sentences before it, at most 20, of 20
    "depth",  # position in the article, 0 the first sentence, 1 the last
    "length",  # log of its words
    "short",  # fewer than 8 words
    "long",  # more than 45 words
    "title",  # share of the headings' stems in it
    "quotation",  # opens with a quotation mark
    "leaning",  # opens with a pronoun
    "connective",  # opens with a connective
    "first_person",
    "question",
    "names",  # share of words with a capital, the first not counted
    "numbers",  # has a digit
    "centrality",  # mean cosine with all sentences, by the highest
    "lead",  # mean cosine with the first three sentences of each article, by the highest
    "support",  # mean over the other articles of the highest cosine with one of its sentences
)


def find_headings(documents: Sequence[Document], titles: Sequence[str | None]) -> list[str]:
    """The title of each article, as sent or else as it stands in the text; "" for none."""
    return [
        title or " ".join(line.text for line in document.sentences if line.role is Role.TITLE)
        for document, title in zip(documents, titles, strict=True)
    ]


def features(
    stories: Sequence[Sequence[Sentence]], headings: Sequence[str], vectors: Vectors
) -> Array:
    """The features of every sentence, in the order of ``FEATURES``, shape (n, len(FEATURES)).

    Args:
        stories: the story sentences of each article.
        headings: the titles of the articles.
        vectors: of the sentences of all stories, in order; others may stand behind them.
    """
    title = {stem(word) for heading in headings for word in heading.split()}
    surface = [
        (*_place(position, len(story)), *_wording(sentence, title))
        for story in stories
        for position, sentence in enumerate(story)
    ]
    if not surface:
        return np.zeros((0, len(FEATURES)))
    article = np.repeat(np.arange(len(stories)), [len(story) for story in stories])
    position = np.array([i for story in stories for i in range(len(story))])
    size = len(surface)
    centrality = vectors.dot(vectors.sum(range(size)))[:size]
    lead_likeness = vectors.dot(vectors.sum(np.flatnonzero(position < 3)))[:size]
    likeness = np.column_stack(
        (
            centrality / (centrality.max() or 1.0),
            lead_likeness / (lead_likeness.max() or 1.0),
            _support(article, centrality, vectors),
        )
    )
    return np.hstack((np.array(surface, dtype=np.float64), likeness))


def _place(position: int, size: int) -> tuple[float, ...]:
    return (
        1 / (1 + position),
        min(position, 20) / 20,
        position / max(1, size - 1),
    )


def _wording(sentence: Sentence, title: Set[str]) -> tuple[float, ...]:
    words = [token.text for token in sentence.words] or [""]
    lower = [word.lower() for word in words]
    length = sentence.length
    stems = {stem(word) for word in words} if title else title
    return (
        log(length),
        length < 8,
        length > 45,
        len(title & stems) / max(1, len(title)),
        sentence.text[0] in _QUOTES,
        lower[0] in _LEANING,
        lower[0] in _CONNECTIVES,
        not _FIRST_PERSON.isdisjoint(lower),
        sentence.text.rstrip(_QUOTES).endswith("?"),
        sum(word[:1].isupper() for word in words[1:]) / len(words),
        any(word[:1].isdigit() for word in words),
    )


def _support(article: npt.NDArray[np.int64], centrality: Array, vectors: Vectors) -> Array:
    support = np.zeros(len(article))
    others = len(np.unique(article)) - 1
    if not others:
        return support
    for k in np.argsort(-centrality, kind="stable")[:_LOOKED_UP]:
        highest = np.zeros(article[-1] + 1)
        np.maximum.at(highest, article, vectors.likeness(k)[: len(article)])
        highest[article[k]] = 0.0
        support[k] = highest.sum() / others
    return support
