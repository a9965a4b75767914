"""Quantities of all articles, joined into figures that say whether the articles agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from service.core.quantities import Comparator, Kind, Quantity
from service.core.text import Document, Span

Agreement = Literal["single", "agree", "compatible", "conflict"]


@dataclass(frozen=True, slots=True)
class FigureMention:
    """One place where one article states the figure."""

    article: int  # index into the request's articles
    start: int
    end: int
    text: str
    value: Decimal
    high: Decimal | None
    comparator: Comparator
    unit: str | None  # the unit as written here; the figure's own may differ ("84 months", "7 years")
    sentence: Span


@dataclass(frozen=True, slots=True)
class Value:
    """One of the values that the articles disagree about."""

    value: Decimal
    high: Decimal | None
    comparator: Comparator
    articles: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One quantity of the story, however many articles state it."""

    text: str  # the most exact mention with what it counts: "46,537 people"
    subject: str
    kind: Kind
    unit: str | None
    value: Decimal | None  # in *unit*; None in a conflict
    high: Decimal | None
    comparator: Comparator | None  # None in a conflict
    agreement: Agreement
    values: tuple[Value, ...]  # in a conflict, what is said; else empty
    mentions: tuple[FigureMention, ...]  # by article, then by position

    @property
    def articles(self) -> tuple[int, ...]:
        """The articles that state it, in the request's order."""
        return tuple(sorted({mention.article for mention in self.mentions}))


def merge_figures(
    documents: Sequence[Document], quantities: Sequence[Sequence[Quantity]]
) -> tuple[Figure, ...]:
    """One figure for each quantity of the story, most telling first."""
    raise NotImplementedError
