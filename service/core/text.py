"""The ground floor: an article as it was sent, and its text cut into spans.

Every offset in the core counts code points into the article's text exactly as sent, and every
span is half-open: ``text[start:end]`` is the piece it names.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple


class Span(NamedTuple):
    """A half-open range of code points in one article's text."""

    start: int
    end: int


class Token(NamedTuple):
    """A word, number or punctuation mark, and where it stands."""

    text: str
    start: int
    end: int


class Role(StrEnum):
    """What a sentence is on the page; only ``STORY`` is summarised."""

    STORY = "story"
    TITLE = "title"
    DATELINE = "dateline"
    BYLINE = "byline"
    CAPTION = "caption"
    CREDIT = "credit"
    SHARE = "share"  # share, subscribe and navigation lines
    POST = "post"  # an embedded post of a social network
    LINKS = "links"  # a list of links to other stories
    NOTE = "note"  # updates, corrections, editors' notes
    COPYRIGHT = "copyright"
    MARKUP = "markup"  # tags of HTML, scripts and styles
    REPEAT = "repeat"  # a sentence that this article has already told in the same words


@dataclass(frozen=True, slots=True)
class Article:
    """One news article as the caller sent it."""

    id: str
    text: str
    title: str | None = None
    published: str | None = None
    source: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class Sentence:
    """A contiguous piece of a document: a sentence, or a line of the page around the story."""

    text: str  # the document's text[start:end]
    start: int
    end: int
    tokens: tuple[Token, ...]  # in order, without overlap, covering all but white space
    paragraph: int  # counted from 0; a blank line or a line break that ends a block parts two
    role: Role = Role.STORY

    @cached_property  # every step asks for them
    def words(self) -> tuple[Token, ...]:
        """The tokens that begin with a letter or digit."""
        return tuple([token for token in self.tokens if token.text[0].isalnum()])

    @cached_property
    def lower(self) -> tuple[str, ...]:
        """The words in lower case."""
        return tuple([token.text.lower() for token in self.words])

    @cached_property
    def length(self) -> int:
        """Words as a caller counts them: runs of characters between white space."""
        return len(self.text.split())


@dataclass(frozen=True, slots=True)
class Document:
    """An article's text, cut into sentences that cover all of it but white space."""

    text: str
    sentences: tuple[Sentence, ...]  # in order, without overlap

    @property
    def story(self) -> tuple[Sentence, ...]:
        """The sentences that tell the story, without the page around it."""
        return tuple(sentence for sentence in self.sentences if sentence.role is Role.STORY)
