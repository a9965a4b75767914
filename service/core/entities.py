"""Mentions of all articles, joined into entities: each named thing once, most salient first."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.core.mentions import EntityType, Mention
from service.core.text import Document


@dataclass(frozen=True, slots=True)
class EntityMention:
    """One place where one article names the entity."""

    article: int  # index into the request's articles
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Entity:
    """One named thing of the story, however many articles name it and however they spell it."""

    name: str  # its fullest proper form
    type: EntityType
    salience: float  # in [0, 1]
    aliases: tuple[str, ...]  # the other forms
    mentions: tuple[EntityMention, ...]  # by article, then by position

    @property
    def articles(self) -> tuple[int, ...]:
        """The articles that name it, in the request's order."""
        return tuple(sorted({mention.article for mention in self.mentions}))


def merge_entities(
    documents: Sequence[Document],
    titles: Sequence[str | None],
    mentions: Sequence[Sequence[Mention]],
) -> tuple[Entity, ...]:
    """One entity for each named thing, most salient first; ties go to the earlier mention."""
    raise NotImplementedError
