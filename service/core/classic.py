"""The classic methods, sumy's, over our own sentences and words."""

from collections.abc import Sequence
from itertools import groupby
from math import isfinite
from operator import attrgetter
from typing import Any, Literal

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

from service.core.errors import TooManySentences
from service.core.text import Sentence
from service.core.vectors import stem

ClassicMethod = Literal[
    "lexrank", "textrank", "lsa", "luhn", "sum-basic", "kl", "reduction", "edmundson"
]

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
    limit: int,
) -> list[float]:
    """The rating that a classic method gives to every sentence; higher is better.

    Args:
        articles: the story sentences of each article.
        titles: title words count in "edmundson" alone.
        method: the method's name in the contract.
        limit: the most sentences of all articles together; every method is super-linear.

    Returns:
        Ratings in the order of the sentences, rounded to 9 digits so that the same request rates
        the same everywhere. A sentence that the method cannot rate has 0.

    Raises:
        TooManySentences: there are more than *limit*.

    Source:
        LexRank, Erkan and Radev 2004; TextRank, Mihalcea and Tarau 2004; LSA, Steinberger and
        Jezek 2004; Luhn 1958; SumBasic, Nenkova and Vanderwende 2005; KL, Haghighi and Vanderwende
        2009; Edmundson 1969; Reduction is sumy's own.
    """
    found = sum(map(len, articles))
    if found > limit:
        raise TooManySentences(method=method, found=found, limit=limit)
    paragraphs = [
        [_Rated([token.text for token in sentence.words]) for sentence in paragraph]
        for sentences in articles
        for _, paragraph in groupby(sentences, key=attrgetter("paragraph"))
    ]
    headings = [_Rated(title.split(), is_heading=True) for title in titles]
    ratings = [0.0] * found

    def keep(rated: Sequence[Any]) -> Sequence[Any]:
        for sentence in rated:
            rating = float(sentence.rating)
            ratings[sentence.order] = round(rating, 9) if isfinite(rating) else 0.0
        return rated

    if any(sentence.words for paragraph in paragraphs for sentence in paragraph):
        paragraphs[0] = headings + paragraphs[0]  # one more paragraph would count as first or last
        _summarizer(method)(ObjectDocumentModel(map(Paragraph, paragraphs)), keep)
    return ratings
