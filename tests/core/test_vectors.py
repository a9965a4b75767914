import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.segment import segment
from service.core.vectors import Meanings, Vectors, content_stems, stem


def likeness(vectors, sentence):
    return vectors.likeness(np.array([sentence]))[0]


STEMS = st.lists(st.lists(st.sampled_from("abcdef"), max_size=6), max_size=8)


def test_stem_joins_forms_of_a_word_and_both_apostrophes():
    assert stem("Negotiations") == stem("negotiation")
    assert stem("Hamas’") == stem("Hamas'")


def test_content_stems_leave_out_function_words_but_keep_the_country():
    [sentence] = segment("The US told us of its envoys.").sentences

    assert content_stems(sentence) == ["us", "envoy"]


def test_likeness_is_one_for_the_same_words_and_nought_for_others():
    vectors = Vectors([["toll", "rose"], ["rose", "toll"], ["rain"], []])

    assert likeness(vectors, 0) == pytest.approx([1, 1, 0, 0], abs=1e-4)
    assert likeness(vectors, 3) == pytest.approx([0, 0, 0, 0])


def test_likeness_weighs_a_rare_word_above_a_common_one():
    vectors = Vectors([["toll", "rescue"], ["toll", "rain"], ["rescue", "rain"], ["toll"]])

    like = likeness(vectors, 0)

    assert like[2] > like[1]


def test_vectors_that_are_not_counted_change_no_others():
    alone = Vectors([["toll", "rescue"], ["toll", "rain"]])
    followed = Vectors([["toll", "rescue"], ["toll", "rain"], ["rain"], ["snow"]], counted=2)

    assert likeness(followed, 0)[:2] == pytest.approx(likeness(alone, 0))


@given(STEMS)
def test_likeness_is_a_symmetric_cosine(stems):
    vectors = Vectors(stems)
    matrix = vectors.likeness(np.arange(len(stems)))

    assert matrix == pytest.approx(matrix.T)
    assert all(0 <= value <= 1 for value in matrix.ravel())
    assert np.diag(matrix) == pytest.approx(
        [1.0 if sentence else 0.0 for sentence in stems], abs=1e-4
    )


def meanings(*texts, **options):
    return Meanings([segment(text).sentences[0] for text in texts], **options)


def test_meanings_find_a_sentence_told_in_other_words():
    like = meanings(
        "The physician was murdered at home.",
        "A doctor had been killed in his house.",
        "Shares of the airline rose on Monday.",
        "Rain is expected in the north.",
    ).likeness(np.array([0]))[0]

    assert like[0] == pytest.approx(1)
    assert like[1] > 0.2 + max(like[2:])


def test_meanings_of_no_known_word_are_like_nothing():
    assert list(meanings("Zzqx!", "…").likeness(np.array([0, 1])).ravel()) == [0, 0, 0, 0]


def test_meanings_that_are_not_counted_change_no_others():
    texts = ["A ferry sank.", "Divers found it.", "The weather was fair."]

    alone = meanings(*texts[:2]).likeness(np.array([0]))
    followed = meanings(*texts, counted=2).likeness(np.array([0]))

    assert list(followed[0, :2]) == list(alone[0])


def test_meanings_are_the_same_in_any_order():
    texts = ["A ferry sank.", "Divers found it at dawn.", "The weather was fair."]

    one = meanings(*texts).likeness(np.arange(3))
    turned = meanings(*texts[::-1]).likeness(np.arange(3))

    assert np.array_equal(one, turned[::-1, ::-1])
