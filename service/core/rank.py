"""Salience of sentences: how likely each one tells a fact that the digest must not miss."""

import json
from collections.abc import Sequence
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from service.core.features import FEATURES, features
from service.core.text import Sentence
from service.core.vectors import Array, Vectors


class _Model(NamedTuple):
    mean: Array
    scale: Array
    weights: Array
    bias: float


def _read_model() -> _Model:
    model = json.loads((files("service.core") / "resources" / "ranker.json").read_text("utf-8"))
    if tuple(model["features"]) != FEATURES:
        raise ValueError("ranker.json was trained on other features; run training/train_ranker.py")
    mean, scale, weights = (np.array(model[key]) for key in ("mean", "scale", "weights"))
    return _Model(mean, scale, weights, model["bias"])


_MODEL = _read_model()


def salience(
    stories: Sequence[Sequence[Sentence]], headings: Sequence[str], vectors: Vectors
) -> Array:
    """The chance that each sentence tells a vital fact of the digest, in (0, 1), shape (n,).

    Args:
        stories: the story sentences of each article; a copied article is better left out.
        headings: the titles of the articles.
        vectors: of the sentences of all stories, in order; others may stand behind them.

    Source:
        Logistic regression over surface and centrality features, in the line of Kupiec, Pedersen
        and Chen, SIGIR 1995; weights by training/train_ranker.py.
    """
    table = (features(stories, headings, vectors) - _MODEL.mean) / _MODEL.scale
    chance = 1 / (1 + np.exp(-((table * _MODEL.weights).sum(axis=1) + _MODEL.bias)))
    # Processors differ in the last bits of a logarithm; none may change what is chosen.
    rounded: Array = np.round(chance, 6)
    return rounded


def lead(stories: Sequence[Sequence[Sentence]]) -> Array:
    """Salience by position alone: 1 for first sentences, 1/2 for second ones, and so on."""
    return np.array([1 / (1 + i) for story in stories for i in range(len(story))])
