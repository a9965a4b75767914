"""The names of one article: every mention of a person, organisation, place or other name."""

from dataclasses import dataclass
from typing import Literal

from service.core.text import Document

EntityType = Literal["PER", "ORG", "LOC", "MISC"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A name as it stands in the text, without title, role or possessive."""

    start: int
    end: int
    text: str
    type: EntityType
    sentence: int  # index into Document.sentences


def find_mentions(document: Document) -> tuple[Mention, ...]:
    """The names of a document, in order of appearance, without overlap."""
    raise NotImplementedError
