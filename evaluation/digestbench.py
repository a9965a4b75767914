"""Score the whole service on DigestBench, in this process, against the pinned floors.

    python -m evaluation.digestbench [GOLD] [--words 150] [--perturb] [--verbose]

Runs the bench's own scorer, read where it lies beside the data, on answers that the application
gives without a socket between. Exits with 1 below a floor of evaluation/floors.json.
"""

import argparse
import importlib.util
import json
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from service.api import create_app

BENCH = Path("../shared/digestbench")
FLOORS = Path(__file__).with_name("floors.json")


def scorer() -> ModuleType:
    """The bench's scorer as a module.

    Raises:
        SystemExit: it is not there.
    """
    path = BENCH / "digestbench.py"
    if not path.exists():
        raise SystemExit(f"no DigestBench at {BENCH}; nothing to score")
    spec = importlib.util.spec_from_file_location("digestbench", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def below(measured: dict[str, float], floors: dict[str, list[Any]]) -> list[str]:
    """A line for each figure on the wrong side of its floor."""
    return [
        f"{name} is {measured[name]:.3f}, {'below' if side == 'min' else 'above'} {bound}"
        for name, (side, bound) in floors.items()
        if (measured[name] < bound if side == "min" else measured[name] > bound)
    ]


def main() -> None:
    """Score, print, and fail below a floor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", nargs="?", type=Path, default=BENCH / "dev")
    parser.add_argument("--words", type=int, default=150)
    parser.add_argument("--perturb", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    client = create_app().test_client()

    def post(_url: str, body: dict[str, Any], _timeout: float) -> Any:
        response = client.post("/v1/digest", json=body)
        if response.status_code != 200:
            raise SystemExit(f"{response.status_code}: {response.text}")
        return response.json

    bench = scorer()
    bench.post = post  # type: ignore[attr-defined]
    flags = [flag for flag in ("perturb", "verbose") if getattr(arguments, flag)]
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        sys.argv = ["digestbench.py", "--url", "in process", "--gold", str(arguments.gold)]
        sys.argv += [
            "--words",
            str(arguments.words),
            "--json",
            out.name,
            *map("--{}".format, flags),
        ]
        bench.main()
        if arguments.perturb:
            return
        measured = json.loads(Path(out.name).read_text("utf-8"))["mean"]
    if missed := below(measured, json.loads(FLOORS.read_text("utf-8"))["digestbench"]):
        raise SystemExit("\n".join(missed))


if __name__ == "__main__":
    main()
