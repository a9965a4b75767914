"""The whole run on one page: articles in, one digest out."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Literal

from service.core.entities import Entity, EntityMention
from service.core.figures import Figure, FigureMention, Value
from service.core.mentions import EntityType
from service.core.summary import Echo, Summary, SummarySentence
from service.core.text import Article

__all__ = [
    "METHODS",
    "Article",
    "ArticleNote",
    "Digest",
    "Echo",
    "Entity",
    "EntityMention",
    "Figure",
    "FigureMention",
    "Options",
    "Summary",
    "SummarySentence",
    "Value",
    "digest",
]

Method = Literal[
    "auto",
    "lead",
    "lexrank",
    "textrank",
    "lsa",
    "luhn",
    "sum-basic",
    "kl",
    "reduction",
    "edmundson",
]
Part = Literal["summary", "entities", "figures"]

#: Every method, and the most sentences of all articles together that it takes; None: no cap.
METHODS: dict[Method, int | None] = {
    "auto": None,
    "lead": None,
    "lexrank": 300,
    "textrank": 300,
    "lsa": 200,
    "luhn": 600,
    "sum-basic": 300,
    "kl": 80,
    "reduction": 300,
    "edmundson": 600,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the caller wants; at most one of *sentences*, *words* and *ratio* is set."""

    sentences: int | None = None
    words: int | None = None  # a hard cap on the summary's words
    ratio: float | None = None  # of the story's words, in (0, 1)
    method: Method = "auto"
    order: Literal["reading", "score"] = "reading"
    include: tuple[Part, ...] = ("summary", "entities", "figures")
    max_entities: int = 20
    max_figures: int = 50
    entity_types: tuple[EntityType, ...] = ("PER", "ORG", "LOC", "MISC")


@dataclass(frozen=True, slots=True)
class ArticleNote:
    """What was seen of one article."""

    language: str | None  # ISO 639-1 code; None where it cannot be told
    words: int  # of the story
    sentences: int  # of the story
    duplicate_of: int | None  # index of the earlier article that this one copies
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """The digest of all articles; a part that was not asked for is None."""

    summary: Summary | None
    entities: tuple[Entity, ...] | None
    figures: tuple[Figure, ...] | None
    articles: tuple[ArticleNote, ...]  # one for each article, in the request's order


def _untimed(_step: str) -> AbstractContextManager[object]:
    return nullcontext()


def digest(
    articles: Sequence[Article],
    options: Options | None = None,
    *,
    timed: Callable[[str], AbstractContextManager[object]] = _untimed,
) -> Digest:
    """The digest of the articles.

    Args:
        articles: at least one.
        options: the defaults where None.
        timed: entered around each step with the step's name ("segment", "mentions", "quantities",
            "summary", "entities", "figures"); the core itself reads no clock.

    Raises:
        TooManySentences: the method takes fewer sentences than the articles have.
    """
    raise NotImplementedError
