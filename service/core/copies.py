"""Articles that are copies of another."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from service.core.text import Document

# In 404 pairs of articles on one event the true copies lie at 1.0, an article and its first half
# at 0.49, two updates of one agency story at 0.41. An edit of a third of the sentences or of one
# word in twelve leaves 0.6.
_COPY = 0.6
_SHINGLE = 3  # words; longer ones lose copies in which single words were changed


def find_copies(documents: Sequence[Document]) -> tuple[int | None, ...]:
    """For each document the index of the earliest one that it copies, None for an original.

    A copy tells the story in the same words; case, punctuation and the page around the story do
    not matter. The document named is an original itself. An article that is a part of a longer
    one is no copy of it unless it is nearly the whole.

    Source:
        Resemblance of Broder, "On the resemblance and containment of documents", SEQUENCES 1997:
        Jaccard over shingles of words; exact, not sketched, since a request has 100 documents
        at most.
    """
    if len(documents) < 2:
        return (None,) * len(documents)
    likeness = _likeness(documents)
    copies: list[int | None] = []
    for i in range(len(documents)):
        original = next((j for j in range(i) if likeness[i, j] >= _COPY), None)
        copies.append(
            original if original is None or copies[original] is None else copies[original]
        )
    return tuple(copies)


def _likeness(documents: Sequence[Document]) -> npt.NDArray[np.float64]:
    """Jaccard of the shingles of every two documents; 0 where a document has no story."""
    size = len(documents)
    ids: dict[str, int] = {}
    words = [_words(document, ids) for document in documents]
    shingles = [_shingles(own, len(ids) + 1) for own in words]
    sizes = np.array([len(own) for own in shingles], dtype=np.int64)
    rows = np.repeat(np.arange(size), sizes)
    _, columns, seen = np.unique(
        np.concatenate([*shingles, np.empty(0, np.uint64)]), return_inverse=True, return_counts=True
    )
    shared = seen[columns] > 1
    rows, columns = rows[shared], columns[shared]
    common = np.zeros((size, size))
    for i in range(size):
        here = np.zeros(len(seen), dtype=bool)
        here[columns[rows == i]] = True
        common[i] = np.bincount(rows[here[columns]], minlength=size)
    union = sizes[:, None] + sizes[None, :] - common
    return common / np.maximum(union, 1)


def _words(document: Document, ids: dict[str, int]) -> npt.NDArray[np.uint64]:
    """The words of the story as numbers from 1, new ones added to *ids*."""
    return np.array(
        [
            ids.setdefault(word, len(ids) + 1)
            for sentence in document.story
            for word in sentence.lower
        ],
        dtype=np.uint64,
    )


def _shingles(words: npt.NDArray[np.uint64], base: int) -> npt.NDArray[np.uint64]:
    """The different shingles, each one number; a story shorter than a shingle is padded to one."""
    if not len(words):
        return words
    padded = np.pad(words, (0, max(0, _SHINGLE - len(words))))
    size = len(padded) - _SHINGLE + 1
    numbers = np.zeros(size, dtype=np.uint64)
    for k in range(_SHINGLE):
        numbers = numbers * np.uint64(base) + padded[k : k + size]
    return np.unique(numbers)
