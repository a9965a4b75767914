"""Learn which statements are of one figure: writes service/core/resources/figures.json.

    python -m training.train_figures ../shared/digestbench

Reads annotated clusters (DigestBench's form) and learns three logistic regressions, each on what
the one before it says: whether two statements of different articles are of one figure, their
numbers unseen; whether two that one number satisfies are; and whether two groups that none
satisfies are, which takes disagreements planted as the bench plants them. Takes half a minute and
gives the same file every time. evaluation/merge.py says what cross-validation over clusters gives.
"""

import argparse
import importlib.util
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from service.core.agreement import possible
from service.core.furniture import mark
from service.core.grouping import (
    Comparison,
    Linear,
    Scorer,
    agreeing_clusters,
    compare,
    dispute_candidates,
    pair_features,
)
from service.core.mentions import find_mentions
from service.core.quantities import Quantity, find_quantities
from service.core.segment import segment
from service.core.statements import (
    Square,
    Statement,
    statements,
    wording_features,
)
from service.core.text import Document, Span
from service.core.trees import Model
from training.boosting import boosted

OUT = Path("service/core/resources/figures.json")

# Ridge of the standardised weights. There are 390 pairs of articles' statements in 77 clusters: of
# 1, 3, 10 the middle one is best by 0.002 of the likelihood; disputes have 140 and like 20 better.
RIDGE_PAIRS, RIDGE_DISPUTES = 3.0, 20.0
TREES, RATE, SEEDS = 120, 0.05, 3
Read = Callable[[str], tuple[Document, tuple[Quantity, ...]]]


@dataclass(frozen=True)
class Block:
    """The statements of one dimension in one cluster."""

    cluster: int
    statements: list[Statement]
    owners: list[int | None]  # the annotated figure of each
    wording: dict[str, Square]
    planted: int | None  # the figure whose number was changed in one article


def bench_module(bench: Path) -> ModuleType:
    """The bench's scorer, read where it lies."""
    spec = importlib.util.spec_from_file_location("digestbench", bench / "digestbench.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"no DigestBench at {bench}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_clusters(bench: Path) -> list[dict[str, Any]]:
    """The annotated clusters, by name of their file."""
    return [json.loads(path.read_text("utf-8")) for path in sorted((bench / "dev").glob("*.json"))]


def reader() -> Read:
    """What finds the quantities of a text, each text read once."""
    found: dict[str, tuple[Document, tuple[Quantity, ...]]] = {}

    def read(text: str) -> tuple[Document, tuple[Quantity, ...]]:
        if text not in found:
            document = mark(segment(text), None)
            names = [Span(mention.start, mention.end) for mention in find_mentions(document)]
            found[text] = document, find_quantities(document, names)
        return found[text]

    return read


# --- examples ------------------------------------------------------------------------------------


def blocks(bench: ModuleType, golds: Sequence[dict[str, Any]], read: Read) -> list[Block]:
    """The blocks of every cluster as it is, then those with a planted disagreement."""
    found: list[Block] = []
    for number, gold in enumerate(golds):
        texts = {article["id"]: article["text"] for article in gold["articles"]}
        mentions = [
            (figure, mention)
            for figure, annotated in enumerate(gold["figures"])
            for mention in annotated["mentions"]
        ]
        found += _blocks(bench, read, number, texts, mentions)
        for changed in _planted(bench, gold, texts):
            found += _blocks(bench, read, number, *changed)
    return found


def _planted(
    bench: ModuleType, gold: dict[str, Any], texts: dict[str, str]
) -> Iterator[tuple[dict[str, str], list[tuple[int, dict[str, Any]]], int]]:
    """The texts, the annotation after it, and the figure whose number one article changes.

    The bench changes the number in the last article that states it; here each has its turn.
    """
    for number, figure in enumerate(gold["figures"]):
        if figure["agreement"] == "single" or figure["kind"] == "ordinal":
            continue
        for victim in sorted({mention["article"] for mention in figure["mentions"]}):
            planted = _changed(bench, figure, texts[victim], victim)
            if planted is None:
                continue
            text, mentions = planted
            others = [
                (other, mention)
                for other, annotated in enumerate(gold["figures"])
                if other != number
                for mention in annotated["mentions"]
            ]
            mentioned = [*others, *((number, mention) for mention in mentions)]
            yield texts | {victim: text}, mentioned, number


def _changed(
    bench: ModuleType, figure: dict[str, Any], text: str, victim: str
) -> tuple[str, list[dict[str, Any]]] | None:
    """A text with the figure's number changed, and all mentions after it; None where it cannot."""
    changed = []
    for mention in figure["mentions"]:
        if mention["article"] != victim:
            changed.append(mention)
            continue
        new = bench.changed(mention["quote"], mention["value"])
        once = text.count(mention["sentence"]) == 1 == mention["sentence"].count(mention["quote"])
        if new is None or new[1] is None or not once:
            return None
        sentence = mention["sentence"].replace(mention["quote"], new[0])
        text = text.replace(mention["sentence"], sentence)
        changed.append({**mention, "quote": new[0], "value": new[1], "sentence": sentence})
    return text, changed


def _blocks(
    bench: ModuleType,
    read: Read,
    cluster: int,
    texts: dict[str, str],
    mentions: Sequence[tuple[int, dict[str, Any]]],
    planted: int | None = None,
) -> Iterator[Block]:
    ids = list(texts)
    stated = [
        statement
        for article, text in enumerate(texts.values())
        for statement in statements(article, *read(text), compared=10_000)
    ]
    owners = _owners(bench, ids, texts, mentions, stated)
    for dimension in dict.fromkeys(statement.dimension for statement in stated):
        places = [k for k, statement in enumerate(stated) if statement.dimension == dimension]
        block = [stated[k] for k in places]
        own = [owners[k] for k in places]
        if len(block) > 1 and (planted is None or planted in own):
            wording = dict(wording_features(block))
            yield Block(cluster, block, own, wording, planted)


def _owners(
    bench: ModuleType,
    ids: Sequence[str],
    texts: dict[str, str],
    mentions: Sequence[tuple[int, dict[str, Any]]],
    stated: Sequence[Statement],
) -> list[int | None]:
    """For each statement the annotated figure that it states, None where there is none."""
    owners: list[int | None] = [None] * len(stated)
    for figure, mention in mentions:
        start = texts[mention["article"]].find(mention["sentence"])
        if start < 0:
            continue  # the change of another number cut through its sentence
        start += mention["sentence"].find(mention["quote"])
        for k, statement in enumerate(stated):
            quantity = statement.quantity
            if (
                owners[k] is None
                and ids[statement.article] == mention["article"]
                and quantity.start < start + len(mention["quote"])
                and start < quantity.end
                and bench.close(float(quantity.value), mention["value"])
            ):
                owners[k] = figure
                break
    return owners


# --- learning ------------------------------------------------------------------------------------

_Rows = tuple[list[npt.NDArray[np.float64]], list[npt.NDArray[np.bool_]]]


def fit(found: Sequence[Block], clusters: Collection[int]) -> Scorer:
    """The scorer learned from the blocks of some clusters."""
    chosen = [block for block in found if block.cluster in clusters]
    plain = [block for block in chosen if block.planted is None]
    wording = _pairs(plain, [block.wording for block in plain], _apart, RIDGE_PAIRS)
    compared = [compare(block.statements, block.wording.items(), wording) for block in chosen]
    squares = [
        pair_features(block.statements, comparison)
        for block, comparison in zip(chosen, compared, strict=True)
        if block.planted is None
    ]
    agreeing = _pairs(plain, squares, _possible, RIDGE_PAIRS)
    return Scorer(wording, agreeing, _disputes(chosen, compared, agreeing))


def _apart(block: Block) -> npt.NDArray[np.bool_]:
    articles = np.array([statement.article for statement in block.statements])
    apart: npt.NDArray[np.bool_] = articles[:, None] != articles[None, :]
    return apart


def _possible(block: Block) -> npt.NDArray[np.bool_]:
    return possible([statement.claim for statement in block.statements])


def _pairs(
    plain: Sequence[Block],
    squares: Sequence[dict[str, Square]],
    wanted: Callable[[Block], npt.NDArray[np.bool_]],
    ridge: float,
) -> Linear:
    """Whether two statements are of one annotated figure, by their squares."""
    names = list(squares[0])
    rows, right = [], []
    for block, known in zip(plain, squares, strict=True):
        owners = np.array([-1 if owner is None else owner for owner in block.owners])
        firsts, seconds = np.tril_indices(len(owners), -1)
        told = (owners[firsts] >= 0) | (owners[seconds] >= 0)
        told &= wanted(block)[firsts, seconds]
        firsts, seconds = firsts[told], seconds[told]
        rows.append(np.stack([known[name][firsts, seconds] for name in names], axis=-1))
        right.append(owners[firsts] == owners[seconds])
    return logistic(names, np.concatenate(rows), np.concatenate(right), ridge)


def _disputes(chosen: Sequence[Block], compared: Sequence[Comparison], agreeing: Linear) -> Model:
    rows: list[list[float]] = []
    right: list[bool] = []
    for block, comparison in zip(chosen, compared, strict=True):
        clusters = agreeing_clusters(block.statements, comparison, agreeing)
        for a, b, known in dispute_candidates(block.statements, comparison, clusters):
            one, other = ({block.owners[k] for k in clusters[c]} for c in (a, b))
            if block.planted is None or block.planted in one | other:
                rows.append(list(known.values()))
                right.append(bool((one & other) - {None}))
    table = np.array(rows)
    return boosted(
        table, np.array(right), ridge=RIDGE_DISPUTES, trees=TREES, rate=RATE, seeds=SEEDS
    )


def logistic(
    names: Sequence[str],
    table: npt.NDArray[Any],
    right: npt.NDArray[np.bool_],
    ridge: float,
) -> Linear:
    """A logistic regression, by Newton's method on standardised columns."""
    table = table.astype(np.float64)
    mean, spread = table.mean(axis=0), table.std(axis=0) + 1e-9
    scaled = np.column_stack([np.ones(len(table)), (table - mean) / spread])
    penalty = ridge * np.eye(scaled.shape[1])
    penalty[0, 0] = 1e-9
    found = np.zeros(scaled.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-np.clip(scaled @ found, -30, 30)))
        gradient = scaled.T @ (chance - right) + penalty @ found
        curve = (scaled.T * (chance * (1 - chance))) @ scaled + penalty
        found -= np.linalg.solve(curve, gradient)
    slopes = found[1:] / spread
    return Linear(
        round(float(found[0] - slopes @ mean), 3),
        {name: round(float(slope), 3) for name, slope in zip(names, slopes, strict=True)},
    )


def main() -> None:
    """Learn from every cluster."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bench", type=Path, help="the bench's folder")
    bench = parser.parse_args().bench
    golds = read_clusters(bench)
    found = blocks(bench_module(bench), golds, reader())
    scorer = fit(found, range(len(golds)))
    OUT.write_text(scorer.dumps() + "\n", "utf-8")
    print(f"{len(golds)} clusters, {len(found)} blocks")


if __name__ == "__main__":
    main()
