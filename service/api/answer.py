"""A digest as the answer's plain values: ids for indices, offsets in the unit asked for."""

import hashlib
import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson

from service import __version__
from service.api.schemas import OffsetUnit, Request
from service.core.digest import Digest, Entity, Figure, FigureMention, Summary, Value

# Scores are sums of floats, whose last digits may differ between builds of numpy.
_PLACES = 4

_INT64_DIGITS = 18  # all that orjson writes by itself
_PLAIN_DIGITS = 100  # beyond, as 1E+100: a few characters of input never are a megabyte of zeros

# The code points that take one more unit than those before: UTF-8 grows by a byte at each of three
# bounds, UTF-16 by a second code unit beyond the basic plane.
_WIDER: dict[OffsetUnit, tuple[re.Pattern[str], ...]] = {
    "codepoint": (),
    "utf16": (re.compile("[\U00010000-\U0010ffff]"),),
    "utf8": (
        re.compile("[\x80-\U0010ffff]"),
        re.compile("[\u0800-\U0010ffff]"),
        re.compile("[\U00010000-\U0010ffff]"),
    ),
}


def answer(request: Request, digest: Digest, *, release: str = __version__) -> dict[str, Any]:
    """The answer to *request* whose digest this is; orjson writes it as it stands.

    *release* is what made the digest.
    """
    sources = [
        _Source(article.id, in_unit(article.text, request.offset_unit))
        for article in request.articles
    ]
    return {
        "id": meaning(request, release=release),
        "summary": None if digest.summary is None else _summary(digest.summary, sources),
        "entities": None
        if digest.entities is None
        else [_entity(entity, sources) for entity in digest.entities],
        "figures": None
        if digest.figures is None
        else [_figure(figure, sources) for figure in digest.figures],
        "stories": [
            {
                "articles": [sources[article].id for article in story.articles],
                "title": story.title,
                "sentences": story.sentences,
            }
            for story in digest.stories
        ],
        "articles": [
            {
                "id": article.id,
                "title": article.title,
                "published": article.published,
                "source": article.source,
                "url": article.url,
                "language": note.language,
                "words": note.words,
                "sentences": note.sentences,
                "duplicate_of": None
                if note.duplicate_of is None
                else request.articles[note.duplicate_of].id,
                "warnings": [
                    {"code": warning.code, "detail": warning.detail} for warning in note.warnings
                ],
            }
            for article, note in zip(request.articles, digest.articles, strict=True)
        ],
        "offset_unit": request.offset_unit,
    }


def meaning(request: Request, *, release: str = __version__) -> str:
    """The hash of what is asked for and of the release that answers it, as ``sha256:…``.

    Requests that mean the same have the same hash: the short form and the full one, a default
    and the same value given, fields in any order.
    """
    canonical = orjson.dumps({"release": release, "request": request})
    return f"sha256:{hashlib.sha256(canonical).hexdigest()}"


def in_unit(text: str, unit: OffsetUnit) -> Callable[[int], int]:
    """What turns an offset in code points of *text* into one in *unit*.

    Reads the text once, and not at all where it is ASCII; an offset then costs a search in the
    places of its wider characters.

    >>> [in_unit("né 🙂!", unit)(4) for unit in ("codepoint", "utf16", "utf8")]
    [4, 5, 8]
    """
    wider = (
        []
        if text.isascii()
        else [[match.start() for match in pattern.finditer(text)] for pattern in _WIDER[unit]]
    )
    if not wider:
        return lambda offset: offset
    return lambda offset: offset + sum(bisect_left(places, offset) for places in wider)


def number(value: Decimal) -> int | float | orjson.Fragment:
    """The JSON number of exactly this value, without a fraction where it is whole.

    >>> number(Decimal("46500")), number(Decimal("4.65E+4")), number(Decimal("3.70"))
    (46500, 46500, 3.7)
    """
    if value == value.to_integral_value():
        if value.adjusted() < _INT64_DIGITS:
            return int(value)
        if value.adjusted() < _PLAIN_DIGITS:
            return orjson.Fragment(format(value, "f"))
    elif Decimal(repr(float(value))) == value:
        return float(value)
    return orjson.Fragment(str(value))


@dataclass(frozen=True, slots=True)
class _Source:
    """An article as spans and indices refer to it."""

    id: str
    offset: Callable[[int], int]

    def span(self, start: int, end: int) -> dict[str, int]:
        return {"start": self.offset(start), "end": self.offset(end)}


def _summary(summary: Summary, sources: Sequence[_Source]) -> dict[str, Any]:
    return {
        "text": summary.text,
        "words": summary.words,
        "sentences": [
            {
                "text": sentence.text,
                "article": sources[sentence.article].id,
                **sources[sentence.article].span(sentence.start, sentence.end),
                "score": round(sentence.score, _PLACES),
                "also_in": [
                    {
                        "article": sources[echo.article].id,
                        **sources[echo.article].span(*echo.span),
                        "similarity": round(echo.similarity, _PLACES),
                    }
                    for echo in sentence.also_in
                ],
                "reasons": None
                if sentence.reasons is None
                else [
                    {
                        "feature": reason.feature,
                        "value": round(reason.value, _PLACES),
                        "contribution": round(reason.contribution, _PLACES),
                    }
                    for reason in sentence.reasons
                ],
            }
            for sentence in summary.sentences
        ],
    }


def _entity(entity: Entity, sources: Sequence[_Source]) -> dict[str, Any]:
    return {
        "name": entity.name,
        "type": entity.type,
        "salience": round(entity.salience, _PLACES),
        "aliases": entity.aliases,
        "articles": [sources[article].id for article in entity.articles],
        "mentions": [
            {
                "article": sources[mention.article].id,
                **sources[mention.article].span(mention.start, mention.end),
                "text": mention.text,
            }
            for mention in entity.mentions
        ],
        "roles": [
            {
                "article": sources[role.article].id,
                **sources[role.article].span(role.start, role.end),
                "text": role.text,
            }
            for role in entity.roles
        ],
    }


def _figure(figure: Figure, sources: Sequence[_Source]) -> dict[str, Any]:
    return {
        "text": figure.text,
        "subject": figure.subject,
        "kind": figure.kind,
        "unit": figure.unit,
        **_quantity(figure),
        "agreement": figure.agreement,
        "values": [
            {
                **_quantity(value),
                "articles": [sources[article].id for article in value.articles],
                "superseded_by": value.superseded_by,
            }
            for value in figure.values
        ],
        "articles": [sources[article].id for article in figure.articles],
        "mentions": [
            {
                "article": sources[mention.article].id,
                **sources[mention.article].span(mention.start, mention.end),
                "text": mention.text,
                **_quantity(mention),
                "unit": mention.unit,
                "sentence": sources[mention.article].span(*mention.sentence),
            }
            for mention in figure.mentions
        ],
    }


def _quantity(stated: Figure | FigureMention | Value) -> dict[str, Any]:
    return {
        "value": None if stated.value is None else number(stated.value),
        "high": None if stated.high is None else number(stated.high),
        "comparator": stated.comparator,
    }
