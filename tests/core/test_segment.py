import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.segment import segment

from .case_files import cases

NEWS = st.text(
    alphabet=st.sampled_from("aAbZ.Ss ’'\"“”!?…0123,-\n\r\t\u00a0\u200b\u00ad@#$%:/()U•😀—é\u0301"),
    max_size=200,
)
# White space, also the one without width.
SPACE = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\u200b\u200e\u200f\u2060\ufeff"
MARKUP = st.lists(
    st.sampled_from(
        "<p>|</p>|<br/>|<script>|</script>|<!--|-->|<a href='/'>|</a>|<|>|\n| |He left.|She |p<5|<i"
        "|\ufeff".split("|")
    ),
    max_size=20,
).map("".join)
# With lone surrogates, which JSON may bring and no encoding takes.
ANY = st.one_of(st.text(alphabet=st.characters(), max_size=300), NEWS, MARKUP)

SHARED = Path(__file__).parents[3] / "shared" / "data" / "sentences"


def cut(text):
    return [sentence.text for sentence in segment(text).sentences]


def words(text):
    return [token.text for sentence in segment(text).sentences for token in sentence.tokens]


@pytest.mark.parametrize("case", cases("segment.json"))
def test_segment_cuts_sentences(case):
    assert cut(case["text"]) == case["sentences"]


@pytest.mark.parametrize("case", cases("segment_tokens.json"))
def test_segment_cuts_words(case):
    assert words(case["text"]) == case["tokens"]


def test_segment_counts_paragraphs():
    document = segment("Title\nOne. Two.\n\nThree.")

    assert [sentence.paragraph for sentence in document.sentences] == [0, 1, 1, 2]


@pytest.mark.skipif(not SHARED.exists(), reason="no golden rules beside the project")
def test_segment_keeps_all_golden_rules_but_one():
    lines = (SHARED / "golden_rules_en.jsonl").read_text("utf-8").splitlines()
    missed = [row["text"] for row in map(json.loads, lines) if cut(row["text"]) != row["sentences"]]

    assert len(lines) == 48
    assert [text[:20] for text in missed] == ["One further habit wh"]


@given(ANY)
def test_segment_covers_all_but_white_space(text):
    document = segment(text)

    assert document.text == text
    at = 0
    for sentence in document.sentences:
        assert text[sentence.start : sentence.end] == sentence.text
        assert at <= sentence.start < sentence.end
        assert not text[at : sentence.start].strip(SPACE)
        at = sentence.end
    assert not text[at:].strip(SPACE)


@given(ANY)
def test_segment_nests_tokens_in_their_sentence_covering_all_but_white_space(text):
    for sentence in segment(text).sentences:
        at = sentence.start
        for token in sentence.tokens:
            assert text[token.start : token.end] == token.text
            assert at <= token.start < token.end
            assert not text[at : token.start].strip()
            at = token.end
        assert at == sentence.end


@given(ANY)
def test_segment_counts_paragraphs_upwards(text):
    paragraphs = [sentence.paragraph for sentence in segment(text).sentences]

    assert paragraphs == sorted(paragraphs)
    assert set(paragraphs) == set(range(len(set(paragraphs))))
