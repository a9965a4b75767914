"""The classic methods, sumy's, over our own sentences and words."""

import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from operator import attrgetter
from types import ModuleType
from typing import Any, Literal

import numpy as np

from service.core.errors import TooManySentences, TooManyWords
from service.core.text import Sentence
from service.core.vectors import Array, stem

_STEMMERS = "sumy.nlp.stemmers"


@contextmanager
def _without_nltk() -> Iterator[None]:
    """Import sumy inside without its stemmers, of which we use none: we bring our own.

    They import all of NLTK: 0.15 s of the start and 25 MB, or a second and 150 MB where it finds
    SciPy and scikit-learn. Who imports them later gets the real ones.
    """
    if _STEMMERS in sys.modules:
        yield
        return
    empty = ModuleType(_STEMMERS)
    empty.null_stemmer = str  # type: ignore[attr-defined]  # a default that nothing falls back on
    sys.modules[_STEMMERS] = empty
    try:
        yield
    finally:
        del sys.modules[_STEMMERS]


with _without_nltk():
    from sumy.models.dom import ObjectDocumentModel, Paragraph
    from sumy.models.dom import Sentence as SumySentence
    from sumy.summarizers.edmundson import EdmundsonSummarizer
    from sumy.summarizers.kl import KLSummarizer
    from sumy.summarizers.lex_rank import LexRankSummarizer
    from sumy.summarizers.lsa import LsaSummarizer
    from sumy.summarizers.luhn import LuhnSummarizer
    from sumy.summarizers.reduction import ReductionSummarizer
    from sumy.summarizers.sum_basic import SumBasicSummarizer
    from sumy.summarizers.text_rank import TextRankSummarizer
    from sumy.utils import get_stop_words

ClassicMethod = Literal[
    "lexrank", "textrank", "lsa", "luhn", "sum-basic", "kl", "reduction", "edmundson"
]

#: The most sentences of all articles together that each method takes. Every one is super-linear;
#: at its limit each takes half a second or less on one core for news, three at the very worst.
LIMITS: dict[ClassicMethod, int] = {
    "lexrank": 300,
    "textrank": 300,
    "lsa": 200,
    "luhn": 1000,
    "sum-basic": 1000,
    "kl": 80,
    "reduction": 300,
    "edmundson": 2000,
}

# Most compare words with words, so that one endless sentence would cost as much as a thousand. News
# has 21 words a sentence.
_WORDS_A_SENTENCE = 40

# LSA warns of texts with fewer words than sentences; the caller can do nothing about it.
warnings.filterwarnings("ignore", message="Number of words", module="sumy")

_STOP_WORDS = get_stop_words("english")

# Edmundson's cue words, for news: what marks a sentence as telling, and what as aside.
_BONUS_WORDS = frozenset(
    """
    announced arrested attack billion called charged confirmed crisis dead deal decision died
    emergency first found historic important injured investigation killed largest law leader
    major million new officials ordered percent plan police president record report results
    ruled significant study vote warned
    """.split()
)
_STIGMA_WORDS = frozenset(
    """
    actually advertisement anyway click example fun funny guess hardly hi image instance kind
    maybe perhaps photo please probably really share sort thanks video wow yeah
    """.split()
)


class _Rated(SumySentence):  # type: ignore[misc]  # sumy is untyped
    """A sentence that is itself and no other: sumy takes equal texts for one sentence."""

    def __init__(self, words: Sequence[str], *, is_heading: bool = False) -> None:
        super().__init__("", _Words(words), is_heading)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


class _Words:
    """Words already cut, where sumy would cut them again."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = tuple(words)

    def to_words(self, _text: str) -> tuple[str, ...]:
        return self._words


class _Numbered:
    """A number for each stem, counted from 0 in order of appearance.

    LexRank and LSA add up floats in the order of a set of stems, and the order of a set of strings
    differs between processes; that of small integers does not.
    """

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __call__(self, word: str) -> int:
        return self._numbers.setdefault(stem(word), len(self._numbers))


def _summarizer(method: ClassicMethod) -> Any:
    match method:
        case "luhn":  # counts stems as text
            summarizer = LuhnSummarizer(stem)
        case "edmundson":
            summarizer = EdmundsonSummarizer(stem)
            summarizer.bonus_words = _BONUS_WORDS
            summarizer.stigma_words = _STIGMA_WORDS
            summarizer.null_words = _STOP_WORDS
            return summarizer
        case "kl":
            summarizer = KLSummarizer(stem)
        case "lexrank":
            summarizer = LexRankSummarizer(_Numbered())
        case "textrank":
            summarizer = TextRankSummarizer(_Numbered())
        case "lsa":
            summarizer = LsaSummarizer(_Numbered())
        case "sum-basic":
            summarizer = SumBasicSummarizer(_Numbered())
        case "reduction":
            summarizer = ReductionSummarizer(_Numbered())
    summarizer.stop_words = _STOP_WORDS
    return summarizer


def rate(
    articles: Sequence[Sequence[Sentence]],
    titles: Sequence[str],
    *,
    method: ClassicMethod,
) -> Array:
    """The score that a classic method gives to every sentence, shape (n,).

    Args:
        articles: the story sentences of each article.
        titles: title words count in "edmundson" alone.
        method: the method's name in the contract.

    Returns:
        The method's ratings, spread so that the lowest is 0 and the highest 1, and rounded so that
        the same request scores the same everywhere; 1 for all where it tells none apart. What the
        method cannot rate counts as 0.

    Raises:
        TooManySentences: there are more than the method's limit.
        TooManyWords: the sentences are so long that they cost as much.

    Source:
        LexRank, Erkan and Radev 2004; TextRank, Mihalcea and Tarau 2004; LSA, Steinberger and
        Jezek 2004; Luhn 1958; SumBasic, Nenkova and Vanderwende 2005; KL, Haghighi and Vanderwende
        2009; Edmundson 1969; Reduction is sumy's own.
    """
    found = sum(map(len, articles))
    if found > LIMITS[method]:
        raise TooManySentences(method=method, found=found, limit=LIMITS[method])
    words = sum(len(sentence.words) for sentences in articles for sentence in sentences)
    if words > LIMITS[method] * _WORDS_A_SENTENCE:
        raise TooManyWords(method=method, found=words, limit=LIMITS[method] * _WORDS_A_SENTENCE)
    paragraphs = [
        [_Rated([token.text for token in sentence.words]) for sentence in paragraph]
        for sentences in articles
        for _, paragraph in groupby(sentences, key=attrgetter("paragraph"))
    ]
    headings = [_Rated(title.split(), is_heading=True) for title in titles]
    ratings = np.zeros(found)

    def keep(rated: Sequence[Any]) -> Sequence[Any]:
        for sentence in rated:
            ratings[sentence.order] = sentence.rating
        return rated

    if any(sentence.words for paragraph in paragraphs for sentence in paragraph):
        paragraphs[0] = headings + paragraphs[0]  # one more paragraph would count as first or last
        with np.errstate(invalid="ignore"):  # LexRank divides by 0 where only stop words are left
            _summarizer(method)(ObjectDocumentModel(map(Paragraph, paragraphs)), keep)
    ratings = np.nan_to_num(ratings, nan=0.0, posinf=0.0, neginf=0.0)
    spread = np.ptp(ratings) if found else 0.0
    # Below the ninth digit ratings differ between processors and with the order of additions.
    return np.round((ratings - ratings.min()) / spread, 9) if spread > 1e-12 else np.ones(found)
