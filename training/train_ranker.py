"""Train the ranker of sentences: writes service/core/resources/ranker.json.

    python -m training.train_ranker ../shared/digestbench/dev

Reads clusters of articles whose facts are marked (DigestBench's form), takes every story sentence,
and learns by logistic regression which ones tell a vital fact. Prints what cross-validation over
clusters says first. Takes seconds and gives the same file every time.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from service.core.features import FEATURES, features, find_headings
from service.core.furniture import mark
from service.core.segment import segment
from service.core.vectors import Array, Vectors, content_stems

OUT = Path("service/core/resources/ranker.json")

# Ridge of the standardised weights; 3 to 100 score within 0.003 in cross-validation.
RIDGE = 20.0


def cluster(gold: dict[str, Any]) -> tuple[Array, Array]:
    """The features of a cluster's story sentences, and whether each tells a vital fact."""
    texts = {article["id"]: article["text"] for article in gold["articles"]}
    documents = [mark(segment(text)) for text in texts.values()]
    stories = [document.story for document in documents]
    sentences = [sentence for story in stories for sentence in story]
    vectors = Vectors([content_stems(sentence) for sentence in sentences])
    vital = np.array(
        [
            any(
                _told(sentence.start, sentence.end, texts[article], quote["quote"])
                for fact in gold["nuggets"]
                if fact["tier"] == "vital"
                for quote in fact["support"]
                if quote["article"] == article
            )
            for article, story in zip(texts, stories, strict=True)
            for sentence in story
        ]
    )
    headings = find_headings(documents, [None] * len(documents))
    return features(stories, headings, vectors), vital


def _told(start: int, end: int, text: str, quote: str) -> bool:
    """Whether ``text[start:end]`` covers at least 60 % of the quote, as the scorer asks."""
    at = text.find(quote)
    while at >= 0:
        if min(end, at + len(quote)) - max(start, at) >= 0.6 * len(quote):
            return True
        at = text.find(quote, at + 1)
    return False


def fit(table: Array, labels: Array) -> tuple[Array, float]:
    """Weights and bias of ridge logistic regression, by Newton's method to convergence."""
    design = np.column_stack((table, np.ones(len(table))))
    ridge = np.diag([RIDGE] * table.shape[1] + [0.0])
    weights = np.zeros(design.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-design @ weights))
        gradient = design.T @ (chance - labels) + ridge @ weights
        hessian = (design.T * (chance * (1 - chance))) @ design + ridge
        weights -= np.linalg.solve(hessian, gradient)
    return weights[:-1], float(weights[-1])


def main() -> None:
    """Train on every cluster of a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path, help="folder of clusters, one JSON file each")
    clusters = [
        cluster(json.loads(path.read_text("utf-8")))
        for path in sorted(parser.parse_args().gold.glob("*.json"))
    ]
    table = np.vstack([table for table, _ in clusters])
    labels = np.concatenate([vital for _, vital in clusters]).astype(np.float64)
    mean, scale = table.mean(axis=0), table.std(axis=0)
    scale[scale == 0] = 1.0
    fold = np.concatenate([[i % 7] * len(vital) for i, (_, vital) in enumerate(clusters)])
    standard = (table - mean) / scale
    guess = np.zeros(len(labels))
    for k in range(7):
        weights, bias = fit(standard[fold != k], labels[fold != k])
        guess[fold == k] = standard[fold == k] @ weights + bias
    ahead = (guess[labels == 1][:, None] > guess[labels == 0]).mean()
    print(f"{len(labels)} sentences, {labels.mean():.3f} vital; cross-validated AUC {ahead:.3f}")
    weights, bias = fit(standard, labels)
    model = {
        "features": list(FEATURES),
        "mean": mean.round(5).tolist(),
        "scale": scale.round(5).tolist(),
        "weights": weights.round(4).tolist(),
        "bias": round(bias, 4),
    }
    OUT.write_text(json.dumps(model, indent=1) + "\n", "utf-8")
    for name, weight in sorted(zip(FEATURES, weights, strict=True), key=lambda pair: -abs(pair[1])):
        print(f"{name:14}{weight:8.3f}")


if __name__ == "__main__":
    main()
