"""Sentences as vectors of word stems, and their likeness."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import Stemmer

from service.core.text import Sentence

Array = npt.NDArray[np.float64]

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
    return [
        stem(token.text)
        for token in sentence.words
        if token.text == "US" or token.text.lower() not in _FUNCTION_WORDS
    ]


class Vectors:
    """Unit vectors of sentences, sparse: one entry for each sentence and each of its stems.

    The weight of a stem is ``(1 + log tf) * log(1 + n / df)`` over the first *n* sentences, so that
    what every sentence says weighs little; sentences after them are measured by the same weights
    and do not change them. A sentence without content words is the zero vector.

    Source:
        The vector space model, Salton and Buckley, 1988.
    """

    def __init__(self, stems: Sequence[Iterable[str]], *, counted: int | None = None) -> None:
        """The vectors of sentences given as their content stems, the first *counted* counted."""
        self.size = len(stems)
        if counted is None:
            counted = self.size
        vocabulary: dict[str, int] = {}
        rows: list[int] = []
        columns: list[int] = []
        counts: list[int] = []
        for row, sentence in enumerate(stems):
            for term, count in Counter(sentence).items():
                rows.append(row)
                columns.append(vocabulary.setdefault(term, len(vocabulary)))
                counts.append(count)
        self._rows = np.array(rows, dtype=np.int64)
        self._columns = np.array(columns, dtype=np.int64)
        self._terms = len(vocabulary)
        frequency = np.bincount(self._columns[self._rows < counted], minlength=self._terms)
        weights = (1 + np.log(np.array(counts, dtype=np.float64))) * np.log1p(
            counted / np.maximum(frequency, 1)[self._columns]
        )
        norms = np.sqrt(np.bincount(self._rows, weights**2, minlength=self.size))
        self._weights: Array = weights / norms[self._rows]
        self._first = np.searchsorted(self._rows, np.arange(self.size + 1))

    def sum(self, sentences: Iterable[int]) -> Array:
        """The sum of some sentences' vectors, dense, shape (terms,)."""
        dense = np.zeros(self._terms)
        for sentence in sentences:
            entries = slice(self._first[sentence], self._first[sentence + 1])
            dense[self._columns[entries]] += self._weights[entries]
        return dense

    def dot(self, dense: Array) -> Array:
        """The product of every sentence with a dense vector of shape (terms,), shape (n,)."""
        return np.bincount(
            self._rows, self._weights * dense[self._columns], minlength=self.size
        ).astype(np.float64, copy=False)

    def likeness(self, sentence: int) -> Array:
        """The cosine of one sentence with every sentence, in [0, 1], shape (n,)."""
        return np.clip(self.dot(self.sum([sentence])), 0.0, 1.0)
