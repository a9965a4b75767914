"""What a number counts or measures, in the words of its sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.quantities import find_quantities
from service.core.segment import segment

from .case_files import cases

NOUNS = st.sampled_from("workers houses miners dogs votes soldiers children people".split())


@pytest.mark.parametrize("case", cases("subjects.json"))
def test_find_quantities_names_what_is_counted_or_measured(case):
    text = case["text"]

    [quantity] = [
        quantity
        for quantity in find_quantities(segment(text))
        if case["number"] in text[quantity.start : quantity.end]
        or text[quantity.start : quantity.end] in case["number"]
    ]

    right = case["subject"]
    assert quantity.subject in (right if isinstance(right, list) else [right])


@given(st.integers(min_value=2, max_value=10**9), NOUNS)
def test_find_quantities_names_the_plural_noun_after_a_count(number, noun):
    [quantity] = find_quantities(segment(f"Yesterday {number:,} {noun} were found."))

    assert quantity.subject == noun


@given(st.integers(min_value=2, max_value=10**9), NOUNS)
def test_find_quantities_names_the_noun_that_a_part_is_of(number, noun):
    first, second = find_quantities(segment(f"Some {number:,} of the 2,000,000,000 {noun} left."))

    assert first.subject == second.subject == noun
