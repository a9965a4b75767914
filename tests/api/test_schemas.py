import pytest
from marshmallow import ValidationError

from service.api.errors import faults
from service.api.schemas import load, short_form
from service.core.digest import Options
from service.core.text import Article


def refusals(document: object) -> dict[str, str]:
    with pytest.raises(ValidationError) as caught:
        load(document)
    return {fault["pointer"]: fault["detail"] for fault in faults(caught.value)}


def test_load_reads_the_full_form():
    request = load(
        {
            "articles": [
                {"text": "Rain fell."},
                {
                    "id": "b",
                    "text": " Snow\r\nfell. ",
                    "title": "",
                    "published": "2025-01-31",
                    "source": "S",
                    "url": "u",
                },
            ],
            "options": {"words": 50, "method": "kl", "offset_unit": "utf8"},
        }
    )

    assert request.articles == (
        Article("a1", "Rain fell."),
        Article("b", " Snow\r\nfell. ", "", "2025-01-31", "S", "u"),
    )
    assert request.options == Options(words=50, method="kl")
    assert request.offset_unit == "utf8"


def test_load_reads_the_short_form_as_one_article():
    short = {"text": "Rain fell.", "title": "Rain", "options": {"ratio": 0.5}}
    full = {
        "articles": [{"id": "a1", "text": "Rain fell.", "title": "Rain"}],
        "options": {"ratio": 0.5},
    }

    assert load(short) == load(full)


def test_load_gives_every_default_of_the_core():
    request = load({"text": "Rain fell."})

    assert (request.options, request.offset_unit) == (Options(), "codepoint")


def test_load_takes_null_for_what_is_not_given():
    article = {"text": "a", "title": None, "published": None, "source": None, "url": None}
    lengths = {"sentences": None, "words": None, "ratio": None}

    assert load({"articles": [article], "options": lengths}) == load({"text": "a"})


def test_load_takes_a_whole_float_for_an_integer():
    assert load({"text": "a", "options": {"words": 49.0}}).options.words == 49


def test_load_gives_choices_in_the_order_of_the_contract():
    options = load({"text": "a", "options": {"include": ["figures", "summary"]}}).options

    assert options.include == ("summary", "figures")


@pytest.mark.parametrize(
    "published",
    [
        "2025-01-31",
        "2024-02-29",
        "2025-01-31T10:20",
        "2025-01-31 10:20:30",
        "2025-01-31T10:20:30.123456789Z",
        "2025-01-31t10:20:30z",
        "2025-01-31T10:20:30+05:30",
    ],
)
def test_load_echoes_a_time_of_publication(published):
    assert load({"text": "a", "published": published}).articles[0].published == published


@pytest.mark.parametrize(
    "published",
    [
        "",
        "yesterday",
        "20250131",
        "2025-02-29",
        "2025-1-31",
        "2025-01-31T25:00",
        "2025-01-31T10:20+25:00",
        "٢٠٢٥-٠١-٣١",
        "2025-01-31T10:20:30.",
        "2025-01-31\n",
    ],
)
def test_load_refuses_what_is_no_time_of_publication(published):
    assert list(refusals({"text": "a", "published": published})) == ["/published"]


@pytest.mark.parametrize("document", [None, True, 3, "text", [], [{"text": "a"}]])
def test_load_refuses_what_is_no_object(document):
    assert refusals(document) == {"": "must be an object with 'articles' or 'text'"}


@pytest.mark.parametrize("document", [{}, {"title": "a"}])
def test_load_wants_articles_or_text(document):
    assert refusals(document) == {"": "must have 'articles' or 'text'"}


def test_load_takes_no_articles_beside_a_text():
    document = {"text": "a", "articles": [{"text": "a"}]}

    assert refusals(document) == {"": "must have 'articles' or 'text', not both"}


@pytest.mark.parametrize(
    "text",
    [
        " ",
        "\n\t\r\x0b\x0c",
        "\u3000\xa0\ufeff\x85",
        "\x1c\x1f",
        "\0\x7f",
        "\u200b",
        " \u200d\u2060\xad",
        "\u202e\u2066\u200f",
    ],
    ids=ascii,
)
def test_load_refuses_a_blank_text(text):
    assert refusals({"text": text}) == {"/text": "must not be blank"}


def test_load_tells_one_fault_of_an_empty_text():
    with pytest.raises(ValidationError) as caught:
        load({"text": ""})

    assert caught.value.messages == {"text": ["must have 1 to 200000 characters"]}


@pytest.mark.parametrize(
    ("document", "pointer", "detail"),
    [
        ({"text": None}, "/text", "must not be null"),
        ({"text": 3}, "/text", "must be a string"),
        ({"text": "a" * 200_001}, "/text", "must have 1 to 200000 characters"),
        ({"text": "a", "size": 3}, "/size", "is not a field of this object"),
        ({"text": "a", "a/b~": 3}, "/a~1b~0", "is not a field of this object"),
        ({"text": "a", "id": ""}, "/id", "must have 1 to 200 characters"),
        ({"text": "a", "id": None}, "/id", "must not be null"),
        ({"text": "a", "title": "a" * 2001}, "/title", "must have 0 to 2000 characters"),
        ({"articles": None}, "/articles", "must not be null"),
        ({"articles": {}}, "/articles", "must be a list"),
        ({"articles": []}, "/articles", "must have 1 to 100 articles"),
        ({"articles": [{"text": "a"}] * 101}, "/articles", "must have 1 to 100 articles"),
        ({"articles": [3]}, "/articles/0", "must be an object"),
        ({"articles": [{"text": "a"}, {}]}, "/articles/1/text", "is required"),
        (
            {"articles": [{"text": "a"}, {"text": "b", "id": "a1"}]},
            "/articles/1/id",
            "is also the id of article 0, counted from 0",
        ),
        ({"text": "a", "options": None}, "/options", "must not be null"),
        ({"text": "a", "options": []}, "/options", "must be an object"),
        ({"text": "a", "options": {"explain": 1}}, "/options/explain", "must be true or false"),
        ({"text": "a", "options": {"explain": "no"}}, "/options/explain", "must be true or false"),
        ({"text": "a", "options": {"x": 1}}, "/options/x", "is not a field of this object"),
        (
            {"text": "a", "options": {"words": 50, "ratio": 0.5}},
            "/options",
            "takes at most one of 'sentences', 'words' and 'ratio', not 2",
        ),
    ],
)
def test_load_names_the_place_of_a_fault(document, pointer, detail):
    assert refusals(document) == {pointer: detail}


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("sentences", 0),
        ("sentences", 101),
        ("sentences", 3.5),
        ("sentences", "3"),
        ("sentences", True),
        ("sentences", [3]),
        ("words", 9),
        ("words", 5001),
        ("words", 1e300),
        ("ratio", 0),
        ("ratio", 1),
        ("ratio", "0.5"),
        ("ratio", False),
        ("method", "best"),
        ("method", None),
        ("order", "random"),
        ("include", []),
        ("include", ["all"]),
        ("include", ["summary", "summary"]),
        ("include", "summary"),
        ("include", [["summary"]]),
        ("max_entities", -1),
        ("max_entities", 501),
        ("max_figures", 501),
        ("max_figures", None),
        ("entity_types", ["DATE"]),
        ("entity_types", ["PER", "PER"]),
        ("offset_unit", "byte"),
    ],
)
def test_load_refuses_what_an_option_cannot_be(option, value):
    pointers = refusals({"text": "a", "options": {option: value}})

    assert all(pointer.startswith(f"/options/{option}") for pointer in pointers)


def test_load_tells_every_fault():
    document = {"articles": [{"text": ""}, {"text": "a", "id": 3}], "options": {"words": 1}}

    assert set(refusals(document)) == {"/articles/0/text", "/articles/1/id", "/options/words"}


def test_load_looks_at_the_length_of_a_list_before_its_members():
    assert refusals({"articles": [0] * 1_000_000}) == {"/articles": "must have 1 to 100 articles"}


def test_short_form_reads_numbers_and_lists():
    query = [
        ("id", "b"),
        ("title", "1"),
        ("sentences", "3"),
        ("max_figures", "5.0"),
        ("include", "figures,summary"),
        ("method", "kl"),
    ]

    assert load(short_form("Rain fell.", query)) == load(
        {
            "text": "Rain fell.",
            "id": "b",
            "title": "1",
            "options": {
                "sentences": 3,
                "max_figures": 5,
                "include": ["summary", "figures"],
                "method": "kl",
            },
        }
    )


@pytest.mark.parametrize(
    "query",
    [
        [("size", "3")],
        [("text", "b")],
        [("options", "{}")],
        [("articles", "[]")],
        [("words", "50"), ("words", "50")],
        [("words", "fifty")],
        [("words", "")],
        [("words", "٥٠")],
        [("words", "9" * 5000)],
        [("words", "1e999")],
        [("ratio", "nan")],
        [("ratio", "Infinity")],
        [("words", "50"), ("ratio", "0.5")],
        [("include", "")],
        [("include", "summary,")],
    ],
)
def test_short_form_leaves_nothing_unread(query):
    with pytest.raises(ValidationError):
        load(short_form("a", query))
