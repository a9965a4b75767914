"""What is known of every sentence before its salience is judged."""

import math
from collections import Counter
from collections.abc import Sequence, Set
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from service.core.segment import segment
from service.core.text import Document, Role, Sentence
from service.core.vectors import Array, Indices, Meanings, Vectors, stem

#: Words of a sentence that leans on the one before it.
_LEANING = frozenset("he she it they his her its their this these that those him them".split())
_CONNECTIVES = frozenset("but and so yet however meanwhile also then or nor because though".split())
#: Someone speaks to the reader: opinion, service, interview.
_FIRST_PERSON = frozenset("i me my mine myself we us our ours you your yours".split())
_SPEECH = frozenset("said says say saying told tells added according".split())
_QUOTES = "\"'“”‘’„«»"
_QUOTATION = '"“”'

# Likeness costs each sentence a comparison with all: beyond this many, the most central ones alone
# are compared, so that the cost of a request grows with its length only.
_COMPARED = 300

# They are compared so many pairs at a time, which bounds the memory of the largest request.
_PAIRS = 400_000

_SURFACE = (
    "first",  # 1 / (1 + position in the article)
    "position",  # sentences before it, at most 20, of 20
    "log_position",
    "depth",  # position in the article, 0 the first sentence, 1 the last
    "paragraph",  # opens one
    "length",  # words
    "log_length",
    "short",  # fewer than 8 words
    "long",  # more than 45 words
    "title",  # share of the headings' stems in it
    "quotation",  # opens with a quotation mark
    "one_quote",  # has one quotation mark
    "quotes",  # has more
    "leaning",  # opens with a pronoun
    "pronouns",  # share of words
    "connective",  # opens with a connective
    "first_person",
    "question",
    "speech",  # someone says something
    "past",  # log of the words that end as the past does
    "commas",  # log of their number
    "names",  # share of words with a capital, the first not counted
    "different_names",  # log of the number of such words
    "figures",  # has a digit
    "numbers",  # log of the words that begin with a digit
)
_WHOLE = (
    "known_names",  # log of how often its names are named in the request
    "top_name",  # share of the sentences that have its most frequent name
    "frequent",  # mean log frequency of its stems
    "frequency",  # log of the sum of them
    "centrality",  # mean cosine with all sentences, by the highest
    "lead",  # mean cosine with the first three sentences of each article, by the highest
    "articles",  # log of their number
    "article_words",  # log of the words of its article
    "words",  # log of the words of all
)
_LIKENESS = (
    "support",  # mean over the other articles of the highest cosine with one of its sentences
    "nearest",  # highest cosine with a sentence of another article
    "nearest_three",  # sum of the three highest
    "nearest_meaning",  # highest cosine of meanings with a sentence of another article
    "retold",  # share of the other articles with a like sentence
    "hinted",  # share of the other articles with a somewhat like sentence
    "middle",  # mean cosine with all sentences
    "middle_meaning",
    "leads",  # highest cosine with the first sentence of an article
    "leads_meaning",
    "own_lead",  # cosine with the first sentence of its article
    "own_lead_meaning",
)
FEATURES = _SURFACE + _WHOLE + _LIKENESS


def find_headings(documents: Sequence[Document], titles: Sequence[str | None]) -> list[str]:
    """The title of each article, as sent or else as it stands in the text; "" for none."""
    return [
        title or " ".join(line.text for line in document.sentences if line.role is Role.TITLE)
        for document, title in zip(documents, titles, strict=True)
    ]


def features(
    stories: Sequence[Sequence[Sentence]],
    headings: Sequence[str],
    vectors: Vectors,
    meanings: Meanings,
) -> Array:
    """The features of every sentence, in the order of ``FEATURES``, shape (n, len(FEATURES)).

    Args:
        stories: the story sentences of each article.
        headings: the titles of the articles.
        vectors: of the sentences of all stories, in order; others may stand behind them.
        meanings: of the same sentences.
    """
    sentences = [sentence for story in stories for sentence in story]
    size = len(sentences)
    if not size:
        return np.zeros((0, len(FEATURES)))
    article = np.repeat(np.arange(len(stories)), [len(story) for story in stories])
    position = np.concatenate([np.arange(len(story)) for story in stories])
    words = [[token.text for token in sentence.words] or [""] for sentence in sentences]
    names = [{word for word in own[1:] if word[:1].isupper()} for own in words]
    surface = np.column_stack(
        (
            *_places(sentences, article, position),
            *_wordings(sentences, words, names, _title(headings)),
        )
    )
    centrality = vectors.dot(vectors.sum(range(size)))[:size]
    lead = vectors.dot(vectors.sum(np.flatnonzero(position < 3)))[:size]
    lengths = surface[:, _SURFACE.index("length")]
    whole = np.column_stack(
        (
            *_known_names(names),
            *_frequencies(vectors, size),
            centrality / (centrality.max() or 1.0),
            lead / (lead.max() or 1.0),
            np.full(size, np.log(len(np.unique(article)))),
            np.log1p(np.bincount(article, lengths))[article],
            np.full(size, np.log1p(lengths.sum())),
        )
    )
    # Rounded, since sums of the same sentences in another order are the same only nearly.
    compared = np.sort(np.argsort(-np.round(centrality, 6), kind="stable")[:_COMPARED])
    likeness = np.zeros((size, len(_LIKENESS)))
    step = max(1, _PAIRS // size)
    for at in range(0, len(compared), step):
        some = compared[at : at + step]
        likeness[some] = _likeness(some, article, position == 0, vectors, meanings)
    return np.hstack((surface, whole, likeness))


def _title(headings: Sequence[str]) -> frozenset[str]:
    """The stems of the titles."""
    return frozenset(
        stem(token.text)
        for heading in headings
        for sentence in segment(heading).sentences
        for token in sentence.words
    )


def _places(
    sentences: Sequence[Sentence], article: Indices, position: Indices
) -> tuple[npt.ArrayLike, ...]:
    paragraph = np.array([sentence.paragraph for sentence in sentences])
    opens = (position == 0) | (np.diff(paragraph, prepend=-1) != 0)
    last = np.bincount(article)[article] - 1
    return (
        1 / (1 + position),
        np.minimum(position, 20) / 20,
        np.log1p(position),
        position / np.maximum(1, last),
        opens,
    )


def _wordings(
    sentences: Sequence[Sentence],
    words: Sequence[Sequence[str]],
    names: Sequence[Set[str]],
    title: frozenset[str],
) -> tuple[npt.ArrayLike, ...]:
    texts = [sentence.text for sentence in sentences]
    length = np.array([sentence.length for sentence in sentences])
    quotes = np.array([sum(map(text.count, _QUOTATION)) for text in texts])
    first = [own[0].lower() for own in words]
    number = np.array([len(own) for own in words])
    starts = np.cumsum(number) - number
    marks = np.array([_marks(word) for own in words for word in own])
    leaning, first_person, speech, past, capital, digit = (
        np.add.reduceat((marks >> bit) & 1, starts) for bit in range(6)
    )
    capitals = capital - ((marks[starts] >> 4) & 1)
    shared = (
        [len(title.intersection(map(stem, own))) for own in words] if title else [0] * len(words)
    )
    return (
        length,
        np.log(np.maximum(1, length)),
        length < 8,
        length > 45,
        np.array(shared) / max(1, len(title)),
        [text[0] in _QUOTES for text in texts],
        quotes == 1,
        quotes > 1,
        [word in _LEANING for word in first],
        leaning / number,
        [word in _CONNECTIVES for word in first],
        first_person > 0,
        [text.rstrip(_QUOTES).endswith("?") for text in texts],
        speech > 0,
        np.log1p(past),
        np.log1p([text.count(",") for text in texts]),
        capitals / number,
        np.log1p([len(own) for own in names]),
        digit > 0,
        np.log1p(digit),
    )


@lru_cache(maxsize=65536)
def _marks(word: str) -> int:
    """What is so of a word, a bit each."""
    lower = word.lower()
    return (
        (lower in _LEANING)
        | (lower in _FIRST_PERSON) << 1
        | (lower in _SPEECH) << 2
        | lower.endswith("ed") << 3
        | word[:1].isupper() << 4
        | word[:1].isdigit() << 5
    )


def _known_names(names: Sequence[Set[str]]) -> tuple[Array, Array]:
    known = Counter(name for own in names for name in own)
    logs = {name: math.log1p(count) for name, count in known.items()}
    return (
        np.log1p([sum(sorted(logs[name] for name in own)) for own in names]),
        np.array([max((known[name] for name in own), default=0) for own in names]) / len(names),
    )


def _frequencies(vectors: Vectors, size: int) -> tuple[Array, Array]:
    """The mean and the log of the sum of the log frequencies of each sentence's stems."""
    bags = vectors.bags
    counts = np.where(bags.rows < size, bags.counts, 0)
    total = np.bincount(bags.columns, counts, minlength=bags.terms)
    log_frequency = np.log(np.maximum(total, 1))[bags.columns]
    stems = np.maximum(bags.by_sentence(bags.counts), 1)
    mean = bags.by_sentence(bags.counts * log_frequency) / stems
    return mean[:size], np.log1p(bags.by_sentence(log_frequency))[:size]


def _likeness(
    compared: Indices,
    article: Indices,
    first: npt.NDArray[np.bool_],
    vectors: Vectors,
    meanings: Meanings,
) -> Array:
    size = len(article)
    stems = vectors.likeness(compared)[:, :size]
    meaning = meanings.likeness(compared)[:, :size]
    rows = np.arange(len(compared))
    foreign = article[compared, None] != article
    starts = np.flatnonzero(np.diff(article, prepend=-1))
    others = max(1, len(starts) - 1)
    foreign_stems = np.where(foreign, stems, 0.0)
    foreign_meaning = np.where(foreign, meaning, 0.0)
    by_article = np.maximum.reduceat(foreign_stems, starts, axis=1)
    mixed = np.maximum.reduceat(0.7 * foreign_stems + 0.3 * foreign_meaning, starts, axis=1)
    leads = first & (compared[:, None] != np.arange(size))
    own = starts[np.searchsorted(starts, compared, side="right") - 1]
    is_first = first[compared]
    return np.column_stack(
        (
            by_article.sum(axis=1) / others,
            foreign_stems.max(axis=1),
            np.sort(foreign_stems, axis=1)[:, -3:].sum(axis=1),
            foreign_meaning.max(axis=1),
            (mixed > 0.25).sum(axis=1) / others,
            (mixed > 0.15).sum(axis=1) / others,
            stems.mean(axis=1),
            meaning.mean(axis=1),
            np.where(leads, stems, 0.0).max(axis=1),
            np.where(leads, meaning, 0.0).max(axis=1),
            np.where(is_first, 0.0, stems[rows, own]),
            np.where(is_first, 0.0, meaning[rows, own]),
        )
    )
