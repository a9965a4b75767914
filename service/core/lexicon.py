"""The word lists and the table of units that figures are read with."""

import json
import re
from collections.abc import Iterable
from decimal import Decimal
from importlib.resources import files
from typing import Any, Literal

Kind = Literal[
    "count", "money", "percent", "measure", "duration", "age", "ordinal", "ratio", "other"
]
Comparator = Literal["=", "~", ">", ">=", "<", "<="]

_RESOURCES = files("service.core").joinpath("resources")
_LISTS: dict[str, Any] = json.loads(_RESOURCES.joinpath("number_words.json").read_text("utf-8"))

TABLE: dict[str, Any] = json.loads(_RESOURCES.joinpath("units.json").read_text("utf-8"))
UNITS: dict[str, str] = {form: row["unit"] for row in TABLE["units"] for form in row["forms"]}
DIMENSIONS: dict[str, tuple[str, Decimal]] = {
    row["unit"]: (row["dimension"], Decimal(row["factor"])) for row in TABLE["units"]
}
COMPARATORS: dict[str, Comparator] = {
    phrase: comparator
    for comparator, lines in _LISTS["comparators"].items()
    for phrase in " ".join(lines).split("; ")
}


def words(name: str) -> frozenset[str]:
    """The words of one list of number_words.json."""
    return frozenset(" ".join(_LISTS[name]).split())


def any_of(forms: Iterable[str]) -> str:
    """A pattern of all the forms, the longest first."""
    return "|".join(map(re.escape, sorted(forms, key=len, reverse=True)))


MONTH = (
    r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
    r"|JAN|FEB|MAR|APR|JUN|JUL|AUG|SEPT?|OCT|NOV|DEC)\.?"
    r"|January|February|March|April|May|June|July|August|September|October|November|December"
)
