"""Tags of names: paths that decoding allows, the best of them, the same every time."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from service.core import tagger
from service.core.tagger import TAGS, allowed, is_capital, load, viterbi

_TAGGER, _FRESH = load(), load()
_WORDS = st.sampled_from(
    "Gen. Ann Berg said in Paris that U.S. Bank of the WALL STREET , ( ) 32 iPhone É ǅ ß".split()
)
_SENTENCES = st.lists(st.lists(_WORDS | st.text(min_size=1, max_size=6), max_size=12), max_size=6)


@settings(deadline=None)
@given(_SENTENCES)
def test_tag_gives_every_token_a_tag_and_every_sentence_an_allowed_path(sentences):
    table = allowed()
    start, end = len(TAGS), len(TAGS) + 1
    for words, tags in zip(sentences, _TAGGER.tag(sentences), strict=True):
        assert len(tags) == len(words)
        path = [start, *(TAGS.index(tag) for tag in tags), end]
        assert all(table[a, b] for a, b in pairwise(path)) or not words


@settings(deadline=None)
@given(_SENTENCES)
def test_tag_gives_the_same_with_a_fresh_memory(sentences):
    assert _FRESH.tag(sentences[::-1]) == _TAGGER.tag(sentences[::-1])


@settings(deadline=None)
@given(_SENTENCES)
def test_tag_calls_nothing_a_name_that_is_far_from_capitals_and_from_what_may_be_one(sentences):
    may_name = _TAGGER.encoder.lexicon.may_name
    for words, tags in zip(sentences, _TAGGER.tag(sentences), strict=True):
        for i, tag in enumerate(tags):
            near = words[max(0, i - 3) : i + 3]
            assert tag == "O" or any(is_capital(word) or may_name(word) for word in near)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("obama", True, id="usually with a capital"),
        pytest.param("qzxvat", True, id="unknown"),
        pytest.param("table", False, id="common"),
        pytest.param("12", False, id="no letters"),
    ],
)
def test_lexicon_tells_which_lower_case_words_may_be_names(word, expected):
    assert _TAGGER.encoder.lexicon.may_name(word) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("the University of Tavia said", ["University of Tavia"], id="linked"),
        pytest.param("Ann Berg of Tavia", ["Ann Berg", "Tavia"], id="a person has no link"),
        pytest.param("Bank of the North and Tavia", ["Bank of the North", "Tavia"], id="and parts"),
    ],
)
def test_long_names_reach_over_links_after_a_noun_of_names(text, expected):
    words = text.split()
    capitals = [i for i, word in enumerate(words) if is_capital(word)]

    names = tagger._long_names(words, capitals)

    assert [" ".join(words[name.start : name.end]) for name in names] == expected


_SCORES = arrays(np.int64, (3, len(TAGS)), elements=st.integers(-50, 50))


@settings(deadline=None)
@given(_SCORES)
def test_viterbi_finds_the_best_allowed_path(scores):
    n = len(TAGS)
    steps = np.where(allowed(), 0, tagger._FORBIDDEN)
    first = (steps[n, :n] + scores[0])[:, None, None]
    second = (steps[:n, :n] + scores[1])[:, :, None]
    third = (steps[:n, :n] + scores[2] + steps[:n, n + 1])[None]
    worth = first + second + third  # of every path of three tags

    a, b, c = viterbi(scores, steps, [(0, 3)])

    assert worth[a, b, c] == worth.max()


def test_viterbi_decodes_each_run_by_itself():
    scores = np.random.default_rng(0).integers(-50, 50, (9, len(TAGS)))
    steps = np.where(allowed(), 0, tagger._FORBIDDEN)

    together = viterbi(scores, steps, [(0, 2), (2, 7), (7, 9)])

    for start, end in [(0, 2), (2, 7), (7, 9)]:
        alone = viterbi(scores[start:end], steps, [(0, end - start)])
        assert together[start:end].tolist() == alone.tolist()


@pytest.mark.parametrize("sentences", [[], [[]], [["no", "capitals"]]])
def test_tag_finds_nothing_without_capitals(sentences):
    assert _TAGGER.tag(sentences) == [["O"] * len(words) for words in sentences]


def test_the_tagger_that_ships_is_no_larger_than_4_megabytes():
    path = Path(tagger.__file__).parent / "resources" / "tagger.npz"

    assert path.stat().st_size <= 4_000_000
