import json
from dataclasses import replace
from decimal import Decimal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.api.answer import answer, in_unit, meaning, number
from service.api.schemas import Request, load
from service.core.digest import (
    Article,
    ArticleNote,
    ArticleWarning,
    Digest,
    Echo,
    Entity,
    EntityMention,
    EntityRole,
    Figure,
    FigureMention,
    Options,
    Reason,
    Story,
    Summary,
    SummarySentence,
    Value,
)
from service.core.text import Span

ENCODINGS = {"codepoint": ("utf-32-le", 4), "utf16": ("utf-16-le", 2), "utf8": ("utf-8", 1)}

ARTICLES = (
    Article("x", "🙂 Zoë saw 12 cats.", title="Cats", published="2025-01-31", url="u"),
    Article("y", "Some 14 cats, Zoë said.", source="S"),
)
REQUEST = Request(ARTICLES, Options(), "codepoint")
TWELVE = FigureMention(0, 10, 12, "12", Decimal("12"), None, "=", None, Span(2, 18))
FOURTEEN = FigureMention(1, 0, 7, "Some 14", Decimal("14.0"), None, "~", None, Span(0, 23))
DIGEST = Digest(
    Summary(
        (
            SummarySentence(
                0,
                2,
                18,
                "Zoë saw 12 cats.",
                0.98765,
                (Echo(1, Span(0, 23), 0.5),),
                (Reason("first", 1.0, 0.66666),),
            ),
        )
    ),
    (
        Entity(
            "Zoë",
            "PER",
            1.0,
            ("Z.",),
            (EntityMention(0, 2, 5, "Zoë"), EntityMention(1, 14, 17, "Zoë")),
            (EntityRole(1, 5, 12, "14 cats"),),
        ),
    ),
    (
        Figure(
            "12 cats",
            "cats",
            "count",
            None,
            None,
            None,
            None,
            "conflict",
            (
                Value(Decimal(12), None, "=", (0,), 1),
                Value(Decimal(14), Decimal("15.5"), "~", (1,)),
            ),
            (TWELVE, FOURTEEN),
        ),
    ),
    (
        ArticleNote("en", 4, 1, None, ()),
        ArticleNote(None, 5, 1, 0, (ArticleWarning("no-story", "Short."),)),
    ),
    (Story((1,), "Cats", (0,)), Story((0,), None, None)),
)


def plain(request: Request, digest: Digest) -> dict:
    return json.loads(orjson.dumps(answer(request, digest)))


def test_answer_names_articles_by_their_ids():
    found = plain(REQUEST, DIGEST)

    assert found["summary"]["sentences"] == [
        {
            "text": "Zoë saw 12 cats.",
            "article": "x",
            "start": 2,
            "end": 18,
            "score": 0.9877,
            "also_in": [{"article": "y", "start": 0, "end": 23, "similarity": 0.5}],
            "reasons": [{"feature": "first", "value": 1.0, "contribution": 0.6667}],
        }
    ]
    assert found["entities"] == [
        {
            "name": "Zoë",
            "type": "PER",
            "salience": 1.0,
            "aliases": ["Z."],
            "articles": ["x", "y"],
            "mentions": [
                {"article": "x", "start": 2, "end": 5, "text": "Zoë"},
                {"article": "y", "start": 14, "end": 17, "text": "Zoë"},
            ],
            "roles": [{"article": "y", "start": 5, "end": 12, "text": "14 cats"}],
        }
    ]


def test_answer_names_the_articles_of_a_story():
    assert plain(REQUEST, DIGEST)["stories"] == [
        {"articles": ["y"], "title": "Cats", "sentences": [0]},
        {"articles": ["x"], "title": None, "sentences": None},
    ]


def test_answer_lists_the_values_of_a_conflict():
    [figure] = plain(REQUEST, DIGEST)["figures"]

    assert (figure["value"], figure["high"], figure["comparator"]) == (None, None, None)
    assert figure["values"] == [
        {"value": 12, "high": None, "comparator": "=", "articles": ["x"], "superseded_by": 1},
        {
            "value": 14,
            "high": 15.5,
            "comparator": "~",
            "articles": ["y"],
            "superseded_by": None,
        },
    ]
    assert figure["mentions"][1] == {
        "article": "y",
        "start": 0,
        "end": 7,
        "text": "Some 14",
        "value": 14,
        "high": None,
        "comparator": "~",
        "unit": None,
        "sentence": {"start": 0, "end": 23},
    }


def test_answer_echoes_the_articles_beside_what_was_seen_of_them():
    assert plain(REQUEST, DIGEST)["articles"] == [
        {
            "id": "x",
            "title": "Cats",
            "published": "2025-01-31",
            "source": None,
            "url": "u",
            "language": "en",
            "words": 4,
            "sentences": 1,
            "duplicate_of": None,
            "warnings": [],
        },
        {
            "id": "y",
            "title": None,
            "published": None,
            "source": "S",
            "url": None,
            "language": None,
            "words": 5,
            "sentences": 1,
            "duplicate_of": "x",
            "warnings": [{"code": "no-story", "detail": "Short."}],
        },
    ]


def test_answer_gives_null_for_a_part_left_out_and_a_list_for_nothing_found():
    left_out = plain(REQUEST, replace(DIGEST, summary=None, entities=None, figures=None))
    nothing = plain(REQUEST, replace(DIGEST, summary=Summary(()), entities=(), figures=()))

    assert [left_out[part] for part in ("summary", "entities", "figures")] == [None] * 3
    assert nothing["summary"] == {"text": "", "words": 0, "sentences": []}
    assert (nothing["entities"], nothing["figures"]) == ([], [])


@pytest.mark.parametrize("unit", ENCODINGS)
def test_answer_counts_every_offset_in_the_unit_asked_for(unit):
    encoding, width = ENCODINGS[unit]
    sent = {article.id: article.text.encode(encoding) for article in ARTICLES}

    found = plain(replace(REQUEST, offset_unit=unit), DIGEST)

    mentions = [
        mention
        for part in ("entities", "figures")
        for each in found[part]
        for mention in each["mentions"]
    ]
    spans = [*found["summary"]["sentences"], *mentions]
    for span in spans:
        piece = sent[span["article"]][span["start"] * width : span["end"] * width]
        assert piece.decode(encoding) == span["text"]
    [sentence] = found["summary"]["sentences"]
    assert mentions[2]["sentence"] == {"start": sentence["start"], "end": sentence["end"]}
    assert found["offset_unit"] == unit


@given(st.text(st.characters(exclude_categories=["Cs"])), st.data())
@pytest.mark.parametrize("unit", ENCODINGS)
def test_in_unit_counts_what_the_encoding_has_before_the_offset(unit, text, data):
    encoding, width = ENCODINGS[unit]
    offset = data.draw(st.integers(0, len(text)))

    assert in_unit(text, unit)(offset) * width == len(text[:offset].encode(encoding))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("46500", "46500"),
        ("4.65E+4", "46500"),
        ("12.0", "12"),
        ("-0", "0"),
        ("3.70", "3.7"),
        ("0.1", "0.1"),
        ("1E-7", "1e-7"),
        ("999999999999999999", "999999999999999999"),
        ("12345678901234567890123", "12345678901234567890123"),
        ("3.14159265358979323846", "3.14159265358979323846"),
        ("1E+30", "1" + "0" * 30),
        ("1E+999999", "1E+999999"),
    ],
)
def test_number_is_exact_and_whole_where_it_can_be(value, written):
    assert orjson.dumps(number(Decimal(value))).decode() == written


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_number_reads_back_as_the_same_value(value):
    written = orjson.dumps(number(value))

    assert json.loads(written, parse_float=Decimal, parse_int=Decimal) == value


def test_meaning_is_the_same_for_requests_that_mean_the_same():
    short = {"text": "a", "options": {"include": ["figures", "summary"], "method": "auto"}}
    full = {
        "options": {"include": ["summary", "figures"], "offset_unit": "codepoint"},
        "articles": [{"text": "a", "title": None}],
    }

    assert meaning(load(short)) == meaning(load(full))


@pytest.mark.parametrize(
    "other",
    [
        {"text": "b"},
        {"text": "a "},
        {"text": "a", "id": "a2"},
        {"text": "a", "title": ""},
        {"text": "a", "options": {"sentences": 3}},
        {"text": "a", "options": {"offset_unit": "utf8"}},
    ],
)
def test_meaning_differs_for_requests_that_differ(other):
    assert meaning(load({"text": "a"})) != meaning(load(other))
