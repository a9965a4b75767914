import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.segment import segment

NEWS = st.text(
    alphabet=st.sampled_from("aAbZ.Ss ’'\"“”!?…0123,-\n\r\t\u00a0\u200b\u00ad@#$%:/()U•😀—é\u0301"),
    max_size=200,
)


def cut(text):
    return [sentence.text for sentence in segment(text).sentences]


def words(text):
    return [token.text for sentence in segment(text).sentences for token in sentence.tokens]


@given(st.one_of(st.text(max_size=300), NEWS))
def test_segment_covers_all_but_white_space(text):
    document = segment(text)

    at = 0
    for sentence in document.sentences:
        assert text[sentence.start : sentence.end] == sentence.text
        assert at <= sentence.start < sentence.end
        assert not text[at : sentence.start].strip()
        at = sentence.end
    assert not text[at:].strip()


@given(st.one_of(st.text(max_size=300), NEWS))
def test_segment_nests_tokens_in_their_sentence_covering_all_but_white_space(text):
    for sentence in segment(text).sentences:
        at = sentence.start
        for token in sentence.tokens:
            assert text[token.start : token.end] == token.text
            assert at <= token.start < token.end
            assert not text[at : token.start].strip()
            at = token.end
        assert at == sentence.end


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        ".",
        ". ",
        "a.Aa",
        "U.S. ",
        "\n",
        "“",
        "1. ",
        "www.",
        "http://",
        '."A',
        "@",
        "a@",
        "A-",
        "’",
        "\u200b",
        " . ",
        "?!",
        "a\n",
        "• a ",
    ],
)
def test_segment_takes_time_linear_in_a_repeated_text(piece):
    def seconds(size):
        text = (piece * size)[:size]
        begun = time.process_time()
        segment(text)
        return time.process_time() - begun

    assert seconds(200_000) < 2.0
