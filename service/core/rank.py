"""Salience of sentences: how likely each one tells a fact that the digest must not miss."""

from collections.abc import Sequence
from importlib.resources import as_file, files
from typing import Literal, NamedTuple

import numpy as np

from service.core.features import FEATURES, features
from service.core.sameness import PAIR_FEATURES, Candidate, Sameness
from service.core.text import Sentence
from service.core.trees import Model
from service.core.vectors import Array, Meanings, Vectors

Kind = Literal["one", "ledes", "many"]


class _Models(NamedTuple):
    one: Model
    ledes: Model
    many: Model
    pair: Model


def _read_models() -> _Models:
    with (
        as_file(files("service.core") / "resources" / "ranker.npz") as path,
        np.load(path) as table,
    ):
        if (*table["features"], *table["pair_features"]) != FEATURES + PAIR_FEATURES:
            raise ValueError("ranker.npz was trained on other features; run training/train_ranker")
        return _Models(*(Model.read(table, name) for name in _Models._fields))


_MODELS = _read_models()

_REASONS = 8  # as many as one reads

# Articles of fewer sentences than this, on average, are ledes: the first lines of the news, where
# next to everything matters.
_LEDE = 5


def kind(stories: Sequence[Sequence[Sentence]]) -> Kind:
    """What the stories are: one article, or ledes of several, or several in full."""
    told = [len(story) for story in stories if story]
    if len(told) < 2:
        return "one"
    return "ledes" if sum(told) < _LEDE * len(told) else "many"


def salience(
    stories: Sequence[Sequence[Sentence]],
    headings: Sequence[str],
    vectors: Vectors,
    meanings: Meanings,
) -> Array:
    """The chance that each sentence tells what the digest must not miss, in (0, 1), shape (n,).

    For several articles that is a vital fact; for one article, and for ledes, a sentence is taken
    to tell it that comes closest to a summary written by hand.

    Args:
        stories: the story sentences of each article; a copied article is better left out.
        headings: the titles of the articles.
        vectors: of the sentences of all stories, in order; others may stand behind them.
        meanings: of the same sentences.

    Source:
        Logistic regression over surface and centrality features, in the line of Kupiec, Pedersen
        and Chen, SIGIR 1995, with gradient boosted trees, Friedman 2001; both by
        training/train_ranker.py.
    """
    model: Model = getattr(_MODELS, kind(stories))
    return model.chance(features(stories, headings, vectors, meanings))


class Reason(NamedTuple):
    """Something known of a sentence, and what it does to the sentence's salience."""

    feature: str  # of ``FEATURES``
    value: float
    contribution: float  # to the log-odds


def explain(
    stories: Sequence[Sequence[Sentence]],
    headings: Sequence[str],
    vectors: Vectors,
    meanings: Meanings,
    wanted: Sequence[int],
) -> list[tuple[Reason, ...]]:
    """What moved the salience of the wanted sentences most, the strongest first."""
    model: Model = getattr(_MODELS, kind(stories))
    table = features(stories, headings, vectors, meanings)[list(wanted)]
    added = np.round(model.contributions(table), 4)
    return [
        tuple(
            Reason(FEATURES[k], float(values[k]), float(row[k]))
            for k in np.argsort(-np.abs(row), kind="stable")[:_REASONS].tolist()
            if row[k]
        )
        for values, row in zip(table, added, strict=True)
    ]


def sameness(candidates: Sequence[Candidate], vectors: Vectors, meanings: Meanings) -> Sameness:
    """How likely every two of the candidates tell the same."""
    return Sameness(candidates, vectors, meanings, model=_MODELS.pair)


def lead(stories: Sequence[Sequence[Sentence]]) -> Array:
    """Salience by position alone: 1 for first sentences, 1/2 for second ones, and so on."""
    return np.array([1 / (1 + i) for story in stories for i in range(len(story))])
