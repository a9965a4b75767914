"""Intervals of stated numbers: what one number can satisfy."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.agreement import claim, possible, satisfiable
from service.core.quantities import Quantity

LENGTHS = {"foot": 0.3048, "meter": 1.0, "month": 2629746.0, "year": 31556952.0}


def stated(text):
    """The claim of a line such as ``>= 14``, ``~ 3 foot`` or ``= 15-25 age``."""
    comparator, number, *rest = text.split()
    low, _, high = number.partition("-")
    unit = rest[0] if rest else None
    kind = "age" if unit == "age" else "measure" if unit else "count"
    value = Decimal(low.replace(",", ""))
    top = Decimal(high) if high else None
    quantity = Quantity(0, 1, value, top, comparator, kind, unit, "", 0)
    return claim(quantity, LENGTHS.get(unit, 1.0))


@pytest.mark.parametrize(
    "texts",
    [
        ("= 14", "= 14"),
        (">= 14", "= 19", "= 19"),
        ("> 1,200", "= 1,243"),
        ("> 46,500", "= 46,537"),
        ("> 200", "> 260"),
        ("~ 1,000,000", "= 972,814"),
        ("= 46,500", "= 46,537"),
        ("= 6,900,000", "= 7,000,000"),
        ("= 972,814", "= 972,815"),
        ("= 30 foot", "= 9 meter"),
        ("= 7 year", "= 84 month"),
        ("= 5 year", "= 4.7 year"),
        ("~ 65", "~ 70"),
        ("<= 7,000", "= 7,000"),
        ("= 10-12", "= 11"),
        ("= 2 age", "= 2.5 age"),
        ("> 1,000,000,000", "= 156,000,000,000"),
    ],
)
def test_satisfiable_where_one_number_satisfies_all(texts):
    assert satisfiable([stated(text) for text in texts])


@pytest.mark.parametrize(
    "texts",
    [
        ("= 12", "= 14"),
        ("= 30", "= 34"),
        ("= 100", "= 120"),
        (">= 9", "= 8"),
        ("~ 20", "<= 15"),
        ("~ 120", "= 130"),
        ("= 3", "= 5", ">= 2"),
        ("<= 60", "<= 99"),
        ("= 75", "= 70"),
        ("= 2.5 age", "= 3 age"),
        ("= 10-12", "= 19"),
        ("= 9 year", "= 84 month"),
        ("= 40,000,000", "= 46,000,000"),
    ],
)
def test_satisfiable_is_false_where_no_number_is(texts):
    assert not satisfiable([stated(text) for text in texts])


CLAIMS = st.builds(
    "{} {}".format, st.sampled_from(["=", "~", ">", ">=", "<", "<="]), st.integers(0, 5000)
).map(stated)


@given(st.lists(CLAIMS, min_size=1, max_size=5))
def test_possible_says_of_two_what_satisfiable_says(claims):
    expected = [[satisfiable([one, other]) for other in claims] for one in claims]

    assert np.array_equal(possible(claims), np.array(expected))


@given(st.lists(CLAIMS, max_size=5), st.randoms())
def test_satisfiable_knows_no_order(claims, random):
    shuffled = random.sample(claims, len(claims))

    assert satisfiable(claims) == satisfiable(shuffled)


@given(CLAIMS, st.lists(CLAIMS, max_size=3))
def test_satisfiable_takes_a_claim_said_twice_for_one(one, others):
    assert satisfiable([one, *others]) == satisfiable([one, one, *others])
