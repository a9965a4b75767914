"""The quantities of one article: every number that counts or measures something."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from service.core.text import Document, Span

Kind = Literal[
    "count", "money", "percent", "measure", "duration", "age", "ordinal", "ratio", "other"
]
Comparator = Literal["=", "~", ">", ">=", "<", "<="]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure as an article states it."""

    start: int  # the number expression with its qualifier and unit, in Document.text
    end: int
    value: Decimal  # scaled: "1.5 million" is Decimal("1500000"), never a float
    high: Decimal | None  # the upper end of a range
    comparator: Comparator
    kind: Kind
    unit: str | None  # ISO 4217 code, "%", or a unit's name in the singular; None for a bare count
    subject: str  # what is counted or measured, in the sentence's words; "" where it says nothing
    sentence: int  # index into Document.sentences


def find_quantities(document: Document, names: Sequence[Span] = ()) -> tuple[Quantity, ...]:
    """The quantities of a document's story, in order of appearance, without overlap."""
    raise NotImplementedError
