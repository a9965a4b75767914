"""Names of one article: span, type, and what is no name."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.core.furniture import mark
from service.core.mentions import find_mentions
from service.core.segment import segment

_CASES = json.loads((Path(__file__).parent / "cases" / "mentions.json").read_text("utf-8"))


def _case(case):
    marks = [pytest.mark.xfail(reason=case["note"])] if case["expect"] == "fail" else []
    return pytest.param(case["text"], case["expected"], id=case["label"], marks=marks)


@pytest.mark.parametrize(("text", "expected"), [_case(case) for case in _CASES])
def test_find_mentions_reads_names_and_types(text, expected):
    mentions = find_mentions(segment(text))

    assert [[mention.text, mention.type] for mention in mentions] == expected


def test_find_mentions_takes_the_place_of_a_dateline_for_one_and_leaves_out_its_agency():
    text = (
        "CAMBRIDGE, Mass., Feb. 9 (Alpine Press) -- A fire closed the port on Monday, officials "
        "said. It began in Cambridge at noon."
    )
    mentions = find_mentions(mark(segment(text)))

    assert [(mention.text, mention.type) for mention in mentions] == [
        ("CAMBRIDGE", "LOC"),
        ("Mass.", "LOC"),
        ("Cambridge", "LOC"),
    ]


def test_find_mentions_names_nobody_of_a_byline():
    text = (
        "Port closed by fire\nBy Ann Berg in Leeds\n\nA fire closed the port of Hull on Monday.\n"
    )

    assert [mention.text for mention in find_mentions(mark(segment(text)))] == ["Hull"]


@settings(deadline=None)
@given(st.text())
def test_find_mentions_cuts_out_its_text_in_order_without_overlap(text):
    document = segment(text)
    end = 0
    for mention in find_mentions(document):
        assert document.text[mention.start : mention.end] == mention.text
        assert mention.start >= end
        sentence = document.sentences[mention.sentence]
        assert sentence.start <= mention.start < mention.end <= sentence.end
        assert "\n" not in mention.text
        end = mention.end


_PIECES = (
    "Gen. Nitzan Alon said in Paris that the Bank of England 's U.S. envoy , Maria van der Berg"
    " ( FBI ) \n \n\n . ’ “ ” AFP 's Ministry of and The al-Qaeda O’Neill iPhone 13 É İ ǅ"
)
_NEWS = st.lists(st.sampled_from(_PIECES.split(" "))).map(" ".join)


@settings(deadline=None)
@given(_NEWS)
def test_find_mentions_cuts_out_its_text_in_anything_like_news(text):
    document = segment(text)
    for mention in find_mentions(document):
        assert document.text[mention.start : mention.end] == mention.text
        assert "\n" not in mention.text


class _Given:
    """A tagger that gives the tags it was made with."""

    def __init__(self, *tags):
        self.tags = [row.split() for row in tags]

    def read(self, sentences):
        return self.tags


def test_find_mentions_finds_a_name_where_the_text_ends_before_a_longer_one_could():
    tagger = _Given("B-PER L-PER O O", "U-PER O O", "O O O")
    mentions = find_mentions(segment("Ann Berg sang. Ann sang. She saw Ann"), tagger=tagger)

    assert [mention.text for mention in mentions] == ["Ann Berg", "Ann", "Ann"]


def test_find_mentions_gives_the_same_twice():
    document = segment("Maria Berg met Ban Ki-moon in Geneva. Berg left for the United Nations.")

    assert find_mentions(document) == find_mentions(document)


@pytest.mark.parametrize("piece", ["Aa ", "A", "U.S. ", "Bank of ", "’s ", "Xavier-", "\n A"])
def test_find_mentions_takes_time_in_proportion_to_length(piece):
    document = segment(piece * (20_000 // len(piece)))

    find_mentions(document)
