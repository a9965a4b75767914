"""What a caller may send: a parsed body becomes a Request, or a list of its faults.

The limits here are the contract's. openapi.yaml tells them to callers, and a test holds the two
together.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, get_args

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from service.core.digest import METHODS, Options
from service.core.text import Article

OffsetUnit = Literal["codepoint", "utf16", "utf8"]

MAX_ARTICLES = 100
MAX_TEXT = 200_000  # code points
MAX_ID = 200
MAX_LABEL = 2_000  # title, source and url: longer ones are most likely a text in the wrong field
MAX_SENTENCES = 100
MIN_WORDS, MAX_WORDS = 10, 5_000
MAX_LISTED = 500  # entities, and figures

_PARTS = Options().include
_TYPES = Options().entity_types
_LENGTHS = ("sentences", "words", "ratio")

_Messages = dict[str, str | list[Any] | dict[Any, Any]]
_ANY_FIELD: _Messages = {"null": "must not be null", "required": "is required"}

# White space, control characters, and what has no width: soft hyphens, joiners, marks of direction
# and of byte order. As both Python and ECMA 262 know it, so that openapi.yaml can say the same.
_BLANK = re.compile(r"[\s\0-\x1f\x7f-\xa0\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]*")
_JSON_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(?P<second>:[0-9]{2}(\.[0-9]+)?)?"
    r"(?P<zone>[Zz]|[+-][0-9]{2}:[0-9]{2})?"
)


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for, with every default in place."""

    articles: tuple[Article, ...]
    options: Options
    offset_unit: OffsetUnit


def load(document: object) -> Request:
    """The request that a parsed JSON document makes.

    Raises:
        ValidationError: it breaks the contract; ``messages`` has every fault by its place.
    """
    if not isinstance(document, Mapping):
        raise ValidationError("must be an object with 'articles' or 'text'")
    if "articles" not in document and "text" not in document:
        raise ValidationError("must have 'articles' or 'text'")
    if "articles" in document and "text" in document:
        raise ValidationError("must have 'articles' or 'text', not both")
    if "articles" in document:
        loaded = _MANY.load(document)
        given: Sequence[dict[str, Any]] = loaded["articles"]
        options = loaded.get("options", {})
    else:
        loaded = _ONE.load(document)
        options = loaded.pop("options", {})
        given = [loaded]
    articles = tuple(
        Article(**{"id": f"a{number}"} | article) for number, article in enumerate(given, start=1)
    )
    _refuse_repeated_ids(articles)
    offset_unit = options.pop("offset_unit", "codepoint")
    return Request(articles, Options(**options), offset_unit)


def short_form(text: str, query: Iterable[tuple[str, str]]) -> dict[str, object]:
    """The document that a plain text and its query parameters stand for.

    A number that cannot be read stays a string, so that `load` refuses it by its place.

    >>> short_form("Rain fell.", [("title", "Rain"), ("words", "50"), ("include", "summary")])
    {'title': 'Rain', 'text': 'Rain fell.', 'options': {'words': 50.0, 'include': ['summary']}}

    Raises:
        ValidationError: a parameter is unknown, or given twice.
    """
    article: dict[str, object] = {}
    options: dict[str, object] = {}
    for name, value in query:
        field = _OPTIONS.fields.get(name)
        place = article if field is None else options
        if name in place:
            fault: dict[str, Any] = {name: ["is given more than once"]}
            raise ValidationError(fault if field is None else {"options": fault})
        if field is None and (name == "text" or name not in _ARTICLE.fields):
            raise ValidationError({name: ["is not a query parameter"]})
        if isinstance(field, _List):
            place[name] = value.split(",")
        elif isinstance(field, _Number | _Integer) and _JSON_NUMBER.fullmatch(value):
            place[name] = float(value)
        elif isinstance(field, _Boolean) and value in ("true", "false"):
            place[name] = value == "true"
        else:
            place[name] = value
    return article | {"text": text} | ({"options": options} if options else {})


def _refuse_repeated_ids(articles: Sequence[Article]) -> None:
    first: dict[str, int] = {}
    faults: dict[int, dict[str, list[str]]] = {}
    for index, article in enumerate(articles):
        earlier = first.setdefault(article.id, index)
        if earlier != index:
            faults[index] = {"id": [f"is also the id of article {earlier}, counted from 0"]}
    if faults:
        raise ValidationError({"articles": faults})


class _Number(fields.Field[float]):
    """A JSON number; marshmallow's own takes strings and booleans too."""

    default_error_messages = {"invalid": "must be a number"} | _ANY_FIELD

    def _deserialize(self, value: object, *_: object, **__: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
            raise self.make_error("invalid")
        return value


class _Integer(fields.Field[int]):
    """A JSON number without a fraction: 49 and 49.0 are the same number, as JSON Schema has it."""

    default_error_messages = {"invalid": "must be a whole number"} | _ANY_FIELD

    def _deserialize(self, value: object, *_: object, **__: object) -> int:
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid")
        return value


class _List(fields.List[Any]):
    """A list whose length is looked at before its members are.

    Else a body of a million wrong members would be a million faults to collect.
    """

    default_error_messages = {"invalid": "must be a list"} | _ANY_FIELD

    def __init__(self, member: fields.Field[Any], *, length: validate.Length, **rest: Any) -> None:
        super().__init__(member, **rest)
        self.length = length

    def _deserialize(self, value: Any, attr: Any, data: Any, **rest: Any) -> list[Any]:
        if isinstance(value, list):
            self.length(value)
        return super()._deserialize(value, attr, data, **rest)


class _Boolean(fields.Boolean):
    """True and false alone; marshmallow also takes 1, "yes" and the like."""

    def __init__(self) -> None:
        super().__init__(error_messages={"invalid": "must be true or false"} | _ANY_FIELD)

    def _deserialize(self, value: Any, attr: Any, data: Any, **rest: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return bool(super()._deserialize(value, attr, data, **rest))


class _Choices(_List):
    """Some of a few names, each at most once; loaded in our order, since the caller's says nothing.

    So requests that mean the same are the same.
    """

    def __init__(self, choices: Sequence[str]) -> None:
        length = validate.Length(1, len(choices), error="must name {min} to {max}")
        super().__init__(_choice(choices), length=length)
        self.choices = choices

    def _deserialize(self, value: Any, attr: Any, data: Any, **rest: Any) -> Any:
        named = super()._deserialize(value, attr, data, **rest)
        if len(set(named)) != len(named):
            raise ValidationError("must not name one twice")
        return tuple(choice for choice in self.choices if choice in named)


def _not_blank(text: str) -> None:
    if text and _BLANK.fullmatch(text):  # an empty one is too short already
        raise ValidationError("must not be blank")


def _iso_8601(text: str) -> None:
    try:
        if _DATE.fullmatch(text):
            date.fromisoformat(text)
            return
        if (parts := _DATE_TIME.fullmatch(text)) is not None:
            # datetime reads no more than six places of a second, and no lower-case letters.
            second = (parts["second"] or ":00")[:3]
            datetime.fromisoformat(text[:16].upper() + second + (parts["zone"] or "").upper())
            return
    except ValueError:
        pass
    raise ValidationError("must be an ISO 8601 date, or date and time, such as 2025-01-31")


def _characters(low: int, high: int) -> validate.Length:
    return validate.Length(low, high, error="must have {min} to {max} characters")


def _string(*checks: Callable[[str], object], **rest: Any) -> fields.String:
    messages = {"invalid": "must be a string"} | _ANY_FIELD
    return fields.String(validate=checks, error_messages=messages, **rest)


def _integer(low: int, high: int, **rest: Any) -> _Integer:
    return _Integer(validate=validate.Range(low, high, error="must be from {min} to {max}"), **rest)


def _choice(choices: Iterable[str]) -> fields.String:
    return _string(validate.OneOf(tuple(choices), error="must be one of: {choices}"))


class _Strict(Schema):
    """A schema that refuses what it does not know."""

    error_messages = {  # noqa: RUF012 - as marshmallow declares it
        "unknown": "is not a field of this object",
        "type": "must be an object",
    }


class OptionsSchema(_Strict):
    """What is wanted of the digest."""

    sentences = _integer(1, MAX_SENTENCES, allow_none=True)
    words = _integer(MIN_WORDS, MAX_WORDS, allow_none=True)
    ratio = _Number(
        validate=validate.Range(
            0, 1, min_inclusive=False, max_inclusive=False, error="must be over 0 and under 1"
        ),
        allow_none=True,
    )
    method = _choice(METHODS)
    order = _choice(("reading", "score"))
    explain = _Boolean()
    include = _Choices(_PARTS)
    max_entities = _integer(0, MAX_LISTED)
    max_figures = _integer(0, MAX_LISTED)
    entity_types = _Choices(_TYPES)
    offset_unit = _choice(get_args(OffsetUnit))

    @validates_schema
    def _one_length(self, options: Mapping[str, object], **_: object) -> None:
        given = [name for name in _LENGTHS if options.get(name) is not None]
        if len(given) > 1:
            raise ValidationError(
                f"takes at most one of 'sentences', 'words' and 'ratio', not {len(given)}"
            )


class ArticleSchema(_Strict):
    """One article among several."""

    id = _string(_characters(1, MAX_ID))
    title = _string(_characters(0, MAX_LABEL), allow_none=True)
    text = _string(_characters(1, MAX_TEXT), _not_blank, required=True)
    published = _string(_iso_8601, allow_none=True)
    source = _string(_characters(0, MAX_LABEL), allow_none=True)
    url = _string(_characters(0, MAX_LABEL), allow_none=True)


class OneSchema(ArticleSchema):
    """The short form: one article with the options beside its text."""

    options = fields.Nested(OptionsSchema, error_messages=_ANY_FIELD)


class ManySchema(_Strict):
    """The full form."""

    articles = _List(
        fields.Nested(ArticleSchema, error_messages=_ANY_FIELD),
        length=validate.Length(1, MAX_ARTICLES, error="must have {min} to {max} articles"),
        required=True,
    )
    options = fields.Nested(OptionsSchema, error_messages=_ANY_FIELD)


_ARTICLE = ArticleSchema()
_ONE = OneSchema()
_MANY = ManySchema()
_OPTIONS = OptionsSchema()
