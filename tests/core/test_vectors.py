import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.segment import segment
from service.core.vectors import Vectors, content_stems, stem

STEMS = st.lists(st.lists(st.sampled_from("abcdef"), max_size=6), max_size=8)


def test_stem_joins_forms_of_a_word_and_both_apostrophes():
    assert stem("Negotiations") == stem("negotiation")
    assert stem("Hamas’") == stem("Hamas'")


def test_content_stems_leave_out_function_words_but_keep_the_country():
    [sentence] = segment("The US told us of its envoys.").sentences

    assert content_stems(sentence) == ["us", "envoy"]


def test_likeness_is_one_for_the_same_words_and_nought_for_others():
    vectors = Vectors([["toll", "rose"], ["rose", "toll"], ["rain"], []])

    assert vectors.likeness(0) == pytest.approx([1, 1, 0, 0])
    assert vectors.likeness(3) == pytest.approx([0, 0, 0, 0])


def test_likeness_weighs_a_rare_word_above_a_common_one():
    vectors = Vectors([["toll", "rescue"], ["toll", "rain"], ["rescue", "rain"], ["toll"]])

    like = vectors.likeness(0)

    assert like[2] > like[1]


def test_vectors_that_are_not_counted_change_no_others():
    alone = Vectors([["toll", "rescue"], ["toll", "rain"]])
    followed = Vectors([["toll", "rescue"], ["toll", "rain"], ["rain"], ["snow"]], counted=2)

    assert followed.likeness(0)[:2] == pytest.approx(alone.likeness(0))


@given(STEMS)
def test_likeness_is_a_symmetric_cosine(stems):
    vectors = Vectors(stems)
    matrix = np.array([vectors.likeness(i) for i in range(len(stems))]).reshape(
        len(stems), len(stems)
    )

    assert matrix == pytest.approx(matrix.T)
    assert all(0 <= value <= 1 for value in matrix.ravel())
    assert np.diag(matrix) == pytest.approx([1.0 if sentence else 0.0 for sentence in stems])
