import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.segment import segment
from service.core.text import Document, Role, Sentence, Span, Token


def sentence(text, role=Role.STORY):
    return Sentence(text, 0, len(text), (Token(text, 0, len(text)),), 0, role)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("Trump’s $3.2bn!", ["Trump", "3.2bn"], id="marks and possessive are no words"),
        pytest.param("94 of 12-year-olds", ["94", "of", "12-year-olds"], id="numbers are words"),
        pytest.param("…", [], id="marks alone"),
    ],
)
def test_sentence_words_begin_with_a_letter_or_digit(text, words):
    [found] = segment(text).sentences

    assert [token.text for token in found.words] == words


@given(st.text(min_size=1, max_size=50))
def test_sentence_length_counts_what_stands_between_white_space(text):
    assert sentence(text).length == len(text.split())


def test_document_story_leaves_the_page_out():
    pieces = [sentence(role.value, role) for role in Role]

    assert Document("", tuple(pieces)).story == (pieces[0],)


def test_span_is_half_open():
    start, end = Span(0, 3)

    assert "Gaza talks"[start:end] == "Gaz"
