"""Whether stated numbers agree: intervals with the rounding of what was written."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from service.core.quantities import Comparator, Quantity

# Two writings of one number may differ in what is no digit of either: "$972,814", "$972,815".
_TOLERANCE = 1e-4
# The most that a number is off by when all its digits are meant, and when zeros end it: "7 years"
# for 80 months, "46,500" for 46,537, but "100 dead" not for 120.
_MEANT, _ZEROS = 0.1, 0.05
# What "about" allows at least; about 65 and about 70 are one distance, 120 and 130 pounds not.
_ABOUT = 0.05
_FRACTION = 0.1  # a fraction is told of what lies a sixth of this from it


@dataclass(frozen=True, slots=True)
class Claim:
    """A number as stated, in a unit that all claims of its dimension share."""

    value: float
    high: float  # the upper end of a range, else the value
    comparator: Comparator
    grain: float  # of the last digit that is meant; a rounder number has more
    below: float  # how far the true number may lie under a rounded one
    above: float

    @property
    def exact(self) -> bool:
        """Whether one number is named without a qualifier."""
        return self.comparator == "=" and self.high == self.value

    @property
    def bound(self) -> bool:
        """Whether only a least or a most is named."""
        return self.comparator not in ("=", "~")


def claim(quantity: Quantity, factor: float = 1.0) -> Claim:
    """What a quantity claims, times *factor* to bring it to the unit of its dimension.

    >>> from service.core.quantities import Quantity
    >>> toll = Quantity(0, 6, Decimal(46500), None, "=", "count", None, "people", 0)
    >>> claim(toll).grain, claim(toll).above
    (100.0, 50.0)
    """
    value = float(quantity.value)
    high = value if quantity.high is None else float(quantity.high)
    grain, below, above = _rounding(quantity.value)
    if quantity.kind == "age":
        below, above = 0.0, 0.99 * grain  # an age is in full years: two is said of 2.5, three not
    elif quantity.kind == "ratio" and quantity.value < 1:
        grain, below, above = _FRACTION, _FRACTION / 6, _FRACTION / 6  # "a third" of 34 %
    elif quantity.kind == "ordinal":
        below = above = 0.0
    if quantity.comparator == "~":
        trailing = min(0.5 * 10.0 ** _last_place(quantity.value), 0.1 * abs(value))
        below = above = max(_ABOUT * abs(value), above, trailing)
    return Claim(
        value * factor,
        high * factor,
        quantity.comparator,
        grain * factor,
        below * factor,
        above * factor,
    )


def _last_place(value: Decimal) -> int:
    """The power of ten of the last digit that is not zero."""
    exponent = value.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) and value else 0


def _rounding(value: Decimal) -> tuple[float, float, float]:
    """The place of the last digit that is meant, and how far under and over rounding reaches.

    Zeros at the end of three digits or more may stand for any digits; "40 million" is written
    with two, which are meant.
    """
    size = abs(float(value))
    place = _last_place(value)
    word = 3 * (math.floor(math.log10(size)) // 3) if size >= 1e6 else 0  # million, billion
    if size < 100 * 10.0**word:
        place = min(place, word)
    grain = 10.0**place
    reach = min(grain / 2, (_ZEROS if place > word else _MEANT) * size)
    return grain, reach, reach


def satisfiable(claims: Sequence[Claim]) -> bool:
    """Whether some one number satisfies all claims, each read to its rounding.

    A number is read as rounded where a bound or a finer number stands beside it; two equally fine
    numbers must be equal. "Up to 60" and "up to 99" name two most, which are compared as
    numbers; "more than 200" and "more than 260" are true of 300.
    """
    tops = [replace(one, comparator="=") for one in claims if one.comparator in ("<", "<=")]
    return _meet(claims) and (len(tops) < 2 or _meet(tops))


def _meet(claims: Sequence[Claim]) -> bool:
    finest = min((one.grain for one in claims), default=math.inf)
    bounded = any(one.bound for one in claims)
    intervals = [interval(one, rounded=bounded or one.grain > finest) for one in claims]
    floor = max((low for low, _ in intervals), default=-math.inf)
    return floor <= min((high for _, high in intervals), default=math.inf)


def interval(one: Claim, *, rounded: bool) -> tuple[float, float]:
    """The numbers that a claim allows, ends included; *rounded* where it may be a rounding."""
    slack = _TOLERANCE * max(abs(one.value), abs(one.high))
    below, above = (one.below, one.above) if rounded or not one.exact else (0.0, 0.0)
    match one.comparator:
        case "=" | "~":
            return one.value - below - slack, one.high + above + slack
        case ">" | ">=":
            return one.value - slack, math.inf
        case _:
            return -math.inf, one.high + slack


def may_meet(claims: Sequence[Claim]) -> bool:
    """Whether some number may satisfy two of the claims, each read as loosely as can be."""
    highest = -math.inf
    for low, high in sorted(interval(one, rounded=True) for one in claims):
        if low <= highest:
            return True
        highest = high
    return False


def possible(claims: Sequence[Claim]) -> npt.NDArray[np.bool_]:
    """Whether one number satisfies both claims, for every two, shape (n, n)."""
    top = np.array([one.comparator in ("<", "<=") for one in claims], dtype=bool)
    tops = [
        replace(one, comparator="=") if most else one for one, most in zip(claims, top, strict=True)
    ]
    together: npt.NDArray[np.bool_] = np.where(
        top[:, None] & top[None, :], _meeting(tops), _meeting(claims)
    )
    return together


def _meeting(claims: Sequence[Claim]) -> npt.NDArray[np.bool_]:
    size = len(claims)
    loose = np.array([interval(one, rounded=True) for one in claims]).reshape(size, 2)
    tight = np.array([interval(one, rounded=False) for one in claims]).reshape(size, 2)
    grain = np.array([one.grain for one in claims])
    bound = np.array([one.bound for one in claims], dtype=bool)
    # [i, j]: whether i is read as rounded beside j.
    rounded = bound[:, None] | bound[None, :] | (grain[:, None] > grain[None, :])
    low = np.where(rounded, loose[:, :1], tight[:, :1])
    high = np.where(rounded, loose[:, 1:], tight[:, 1:])
    met: npt.NDArray[np.bool_] = (low <= high.T) & (high >= low.T)
    return met
