"""Fits the weights of entities' salience and prints them for service/core/entities.py.

    .venv/bin/python -m training.fit_salience --folds /tmp/folds

An entity is key where annotators called it so. --folds holds taggers that were not trained on the
clusters they tag here (training.train_tagger --folds), so that names are as imperfect as in use.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from service.core.entities import SALIENCE_WEIGHTS, Entity, Page, merge_entities, salience_features
from service.core.furniture import mark
from service.core.mentions import find_mentions
from service.core.segment import segment
from service.core.tagger import Tagger, load
from training.annotations import DATA, clusters, fold_of

_RIDGE = 1.0
_SHOWN = 10  # entities that a reader is shown first

Floats = npt.NDArray[np.float64]


def _spelling(name: str) -> str:
    return " ".join(name.replace("’", "'").lower().split()).removeprefix("the ")


def described(cluster: dict[str, Any], tagger: Tagger) -> tuple[Floats, list[frozenset[int]]]:
    """Features of each entity found, and which of the cluster's key entities it is."""
    titles = [article.get("title") for article in cluster["articles"]]
    documents = [
        mark(segment(article["text"]), title)
        for article, title in zip(cluster["articles"], titles, strict=True)
    ]
    mentions = [find_mentions(document, tagger=tagger) for document in documents]
    entities = merge_entities(documents, titles, mentions)
    pages = [Page.of(document, title) for document, title in zip(documents, titles, strict=True)]
    owner = {
        _spelling(spelling): index
        for index, entity in enumerate(cluster["entities"])
        if entity["key"]
        for spelling in [entity["name"], *entity["surfaces"]]
    }
    rows = [list(features.values()) for features in salience_features(entities, pages)]
    return np.array(rows), [_owned(entity, owner) for entity in entities]


def _owned(entity: Entity, owner: dict[str, int]) -> frozenset[int]:
    names = {_spelling(name) for name in [entity.name, *entity.aliases]}
    return frozenset(owner[name] for name in names if name in owner)


def fitted(features: Floats, key: Floats) -> Floats:
    """Weights of a logistic regression with a ridge, by Newton's method."""
    weights = np.zeros(features.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-features @ weights))
        slope = features.T @ (key - chance) - _RIDGE * weights
        bend = (features.T * (chance * (1 - chance))) @ features + _RIDGE * np.eye(len(weights))
        weights += np.linalg.solve(bend, slope)
    return weights


def shown(features: Floats, key: list[frozenset[int]], weights: Floats) -> float:
    """Share of the key entities among the first ones shown."""
    order = np.argsort(-(features @ weights), kind="stable")[:_SHOWN]
    found = frozenset[int]().union(*(key[i] for i in order))
    every = frozenset[int]().union(*key)
    return len(found) / max(1, len(every))


def main() -> None:
    """Print the share shown, cross-validated, and the weights fitted on everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--folds", type=Path, required=True)
    options = parser.parse_args()
    taggers = [load(path) for path in sorted(options.folds.glob("fold*.npz"))]
    data = []
    for cluster in clusters(options.data / "digestbench" / "dev"):
        fold = fold_of(cluster["id"], len(taggers))
        data.append((fold, *described(cluster, taggers[fold])))

    def fit(chosen: list[tuple[int, Floats, list[frozenset[int]]]]) -> Floats:
        features = np.concatenate([rows for _, rows, _ in chosen])
        return fitted(features, np.array([float(bool(k)) for _, _, key in chosen for k in key]))

    shares = []
    for fold in range(len(taggers)):
        weights = fit([row for row in data if row[0] != fold])
        shares += [shown(rows, key, weights) for at, rows, key in data if at == fold]
    now = np.array(list(SALIENCE_WEIGHTS.values()))
    print(f"key entities among the first {_SHOWN}, of those found")
    print(f"cross-validated {np.mean(shares):.3f}")
    print(f"with the weights in use {np.mean([shown(r, k, now) for _, r, k in data]):.3f}")
    for name, weight in zip(SALIENCE_WEIGHTS, fit(data), strict=True):
        print(f'    "{name}": {weight:.2f},')


if __name__ == "__main__":
    main()
