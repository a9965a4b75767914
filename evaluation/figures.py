"""Figures of annotated clusters, measured with the benchmark's own definitions, and their cost.

    python -m evaluation.figures [--half 0|1] [--misses] [--perturb] [--fit]

The annotated clusters and their scorer are looked for at ../shared/digestbench.
"""

import argparse
import hashlib
import importlib.util
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # as the service runs; before numpy is loaded

import numpy as np
import numpy.typing as npt

from service.core.figures import Figure, features, merge_figures, statements, stories, weights
from service.core.furniture import mark
from service.core.mentions import find_mentions
from service.core.quantities import find_quantities
from service.core.segment import segment
from service.core.text import Document, Span

BENCH = Path(__file__).parents[2] / "shared" / "digestbench"
TALLIES = "tp pred gold cmp multi grouped agree several mixed c_tp c_pred c_gold".split()


def scorer() -> ModuleType:
    """The benchmark's scorer, loaded from where the benchmark lies."""
    spec = importlib.util.spec_from_file_location("digestbench", BENCH / "digestbench.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def clusters(half: int | None) -> Iterator[dict[str, Any]]:
    """The annotated clusters, or the half of them whose hashed id is *half* modulo 2."""
    for path in sorted((BENCH / "dev").glob("*.json")):
        gold = json.loads(path.read_text("utf-8"))
        digest = hashlib.sha256(gold["id"].encode()).hexdigest()
        if half is None or int(digest, 16) % 2 == half:
            yield gold


def read(text: str, title: str | None) -> tuple[Document, list[Span]]:
    """A document with its roles, and the spans of its names."""
    document = mark(segment(text), title)
    return document, [Span(mention.start, mention.end) for mention in find_mentions(document)]


def answer(figures: tuple[Figure, ...], ids: list[str]) -> dict[str, Any]:
    """The figures as the service answers them, as far as the scorer reads."""
    return {
        "figures": [
            {
                "agreement": figure.agreement,
                "mentions": [
                    {
                        "article": ids[mention.article],
                        "start": mention.start,
                        "end": mention.end,
                        "text": mention.text,
                        "value": float(mention.value),
                        "high": None if mention.high is None else float(mention.high),
                        "comparator": mention.comparator,
                    }
                    for mention in figure.mentions
                ],
            }
            for figure in figures
        ]
    }


def digest(articles: list[dict[str, Any]]) -> dict[str, Any]:
    """The figures of articles as the service answers them."""
    documents, quantities = [], []
    for article in articles:
        document, names = read(article["text"], article.get("title"))
        documents.append(document)
        quantities.append(find_quantities(document, names))
    return answer(merge_figures(documents, quantities), [article["id"] for article in articles])


def perturb(bench: ModuleType, half: int | None) -> None:
    """Print the share of planted disagreements that are caught, and of false conflicts."""
    caught = planted = false = figures = 0
    for gold in clusters(half):
        one, two, three, four, _ = bench.perturb(gold, digest)
        caught, planted, false, figures = caught + one, planted + two, false + three, figures + four
    print(f"planted_caught {caught / planted:.3f} of {planted}")
    print(f"false_conflict {false / figures:.4f} of {figures}")


def fit(bench: ModuleType) -> None:
    """Print the weights of the pair scorer: where numbers agree, and by wording alone."""
    names: list[str] = []
    rows: list[npt.NDArray[np.float32]] = []
    facts: list[tuple[bool, bool, bool]] = []  # one figure, possible together, two articles
    golds = list(clusters(None))
    # Each with three other stories in one request, whose numbers are of no figure of its own.
    for k, gold in enumerate(golds):
        others = [golds[(k + step) % len(golds)] for step in (1, 7, 19)]
        articles = [article for one in (gold, *others) for article in one["articles"]]
        pairs = [read(article["text"], article.get("title")) for article in articles]
        documents = [document for document, _ in pairs]
        stated = statements(documents, [find_quantities(*pair) for pair in pairs])
        owners = owner_of(bench, gold, documents, stated)
        weight, story = weights(stated), stories(documents)
        for dimension in dict.fromkeys(statement.dimension for statement in stated):
            places = [k for k, s in enumerate(stated) if s.dimension == dimension]
            block = [stated[k] for k in places]
            squares = dict(features(block, weight, story))
            names = list(squares)
            values = np.stack(list(squares.values()), axis=-1)
            for i, one in enumerate(block):
                for j, other in enumerate(block[:i]):
                    mine, theirs = owners[places[i]], owners[places[j]]
                    if mine is None and theirs is None:
                        continue
                    possible = one.low <= other.high and other.low <= one.high
                    rows.append(values[i, j])
                    facts.append((mine == theirs, possible, one.article != other.article))
    table = np.array(rows, dtype=np.float64)
    same, possible, apart = np.array(facts).T
    wording = [name for name in names if name not in ("equal", "common", "one article")]
    for title, chosen, used in (
        ("agreeing", possible, names),
        ("wording", apart, [name for name in wording if name != "one sentence"]),
    ):
        columns = [names.index(name) for name in used]
        found = logistic(table[chosen][:, columns], same[chosen].astype(np.float64))
        print(title, {name: round(w, 2) for name, w in zip(("bias", *used), found, strict=True)})


def owner_of(
    bench: ModuleType,
    gold: dict[str, Any],
    documents: list[Document],
    stated: Sequence[Any],
) -> list[int | None]:
    """For each statement the annotated figure that it states, None where there is none."""
    ids = [article["id"] for article in gold["articles"]]
    owners: list[int | None] = [None] * len(stated)
    for number, figure in enumerate(gold["figures"]):
        for mention in figure["mentions"]:
            article = ids.index(mention["article"])
            start = documents[article].text.find(mention["sentence"])
            start += mention["sentence"].find(mention["quote"])
            for k, statement in enumerate(stated):
                quantity = statement.quantity
                if (
                    owners[k] is None
                    and statement.article == article
                    and quantity.start < start + len(mention["quote"])
                    and start < quantity.end
                    and bench.close(float(quantity.value), mention["value"])
                ):
                    owners[k] = number
                    break
    return owners


def logistic(
    table: npt.NDArray[np.float64], right: npt.NDArray[np.float64], ridge: float = 1.0
) -> list[float]:
    """Bias and weights of a logistic regression, by Newton's method on scaled columns."""
    mean, spread = table.mean(axis=0), table.std(axis=0) + 1e-9
    scaled = np.column_stack([np.ones(len(table)), (table - mean) / spread])
    penalty = ridge * np.eye(scaled.shape[1])
    penalty[0, 0] = 1e-9
    found = np.zeros(scaled.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-scaled @ found))
        gradient = scaled.T @ (chance - right) + penalty @ found
        curve = (scaled.T * (chance * (1 - chance))) @ scaled + penalty
        found -= np.linalg.solve(curve, gradient)
    slopes = found[1:] / spread
    return [float(found[0] - slopes @ mean), *map(float, slopes)]


def main() -> int:
    """Print the scores; 0 where the benchmark is there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--half", type=int, choices=(0, 1))
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--perturb", action="store_true")
    parser.add_argument("--fit", action="store_true")
    arguments = parser.parse_args()
    if not BENCH.is_dir():
        print(f"no benchmark at {BENCH}")
        return 1
    bench = scorer()
    if arguments.fit:
        fit(bench)
        return 0
    if arguments.perturb:
        perturb(bench, arguments.half)
        return 0
    tally = dict.fromkeys(TALLIES, 0)
    seconds_find = seconds_merge = 0.0
    words = 0
    for gold in clusters(arguments.half):
        articles = gold["articles"]
        read_ = [read(article["text"], article.get("title")) for article in articles]
        words += sum(len(article["text"].split()) for article in articles)
        begun = time.perf_counter()
        quantities = [find_quantities(document, names) for document, names in read_]
        found = time.perf_counter()
        figures = merge_figures([document for document, _ in read_], quantities)
        seconds_find += found - begun
        seconds_merge += time.perf_counter() - found
        texts = {article["id"]: article["text"] for article in articles}
        wrong = bench.figure_scores(
            gold, texts, answer(figures, [article["id"] for article in articles]), tally
        )
        if arguments.misses:
            print("==", gold["id"], *wrong, sep="\n   ")
    found = bench.prf(tally["tp"], tally["pred"], tally["gold"])
    scores = dict(zip(("fig_p", "fig_r", "fig_f1"), found, strict=True))
    scores["fig_cmp"] = tally["cmp"] / max(1, tally["tp"])
    scores["fig_group"] = tally["grouped"] / max(1, tally["multi"])
    scores["fig_agree"] = tally["agree"] / max(1, tally["multi"])
    scores["fig_mixed"] = tally["mixed"] / max(1, tally["several"])
    said = bench.prf(tally["c_tp"], tally["c_pred"], tally["c_gold"])
    scores |= zip(("conflict_p", "conflict_r", "conflict_f1"), said, strict=True)
    scores["ms_find"] = 1000 * seconds_find / words * 700
    scores["ms_merge"] = 1000 * seconds_merge / words * 700
    for name, score in scores.items():
        print(f"{name:12} {score:8.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
