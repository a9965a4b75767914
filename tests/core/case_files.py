"""The files of cases, for tests that take a case at a time."""

import json
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "cases"


def cases(name):
    """A parameter for each case of a file; one that is known to fail must fail."""
    return [
        pytest.param(
            case,
            id=case["label"],
            marks=[pytest.mark.xfail(reason=case["note"])] if case["expect"] == "fail" else [],
        )
        for case in json.loads((FOLDER / name).read_text("utf-8"))
    ]
