"""Sentences chosen within a budget, without telling anything twice."""

from dataclasses import dataclass

from service.core.text import Span


@dataclass(frozen=True, slots=True)
class Echo:
    """A sentence of another article that tells the same as a summary sentence."""

    article: int
    span: Span
    similarity: float  # in [0, 1]


@dataclass(frozen=True, slots=True)
class SummarySentence:
    """A sentence of the summary, copied from one article."""

    article: int  # index into the request's articles
    start: int
    end: int
    text: str
    score: float  # in [0, 1]; comparable within one digest
    also_in: tuple[Echo, ...]


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
