"""Everything that is found in one article, where the steps of one article meet."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from service.core.errors import Check, unchecked
from service.core.furniture import mark
from service.core.language import detect
from service.core.mentions import Mention, find_mentions
from service.core.quantities import Quantity, find_quantities
from service.core.segment import segment
from service.core.tagger import NameTagger
from service.core.text import Article, Document, Span


@dataclass(frozen=True, slots=True)
class Analysis:
    """One article's document and what was found in it."""

    document: Document  # with the role of every sentence
    language: str | None  # ISO 639-1 code
    mentions: tuple[Mention, ...]
    quantities: tuple[Quantity, ...]


def analyze(
    article: Article,
    *,
    names: bool,
    numbers: bool,
    timed: Callable[[str], AbstractContextManager[object]],
    check: Check = unchecked,
    tagger: NameTagger | None = None,
) -> Analysis:
    """What is found in one article.

    Args:
        article: as sent.
        names: whether mentions are wanted; without them numbers inside names are not told apart,
            so *numbers* finds them as well.
        numbers: whether quantities are wanted.
        timed: entered around each step with the step's name.
        check: called before each step; it stops the work by raising.
        tagger: what finds names; the one that ships where None.
    """
    check()
    with timed("segment"):
        document = segment(article.text)
        check()
        document = mark(document, article.title)
        language = detect(" ".join(one.text for one in document.story) or article.text)
    mentions: tuple[Mention, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    if names or numbers:
        check()
        with timed("mentions"):
            mentions = find_mentions(document, tagger=tagger)
    if numbers:
        check()
        with timed("quantities"):
            spans = [Span(mention.start, mention.end) for mention in mentions]
            quantities = find_quantities(document, spans)
    return Analysis(document, language, mentions, quantities)
