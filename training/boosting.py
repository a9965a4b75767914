"""Gradient boosting of small regression trees, in numpy: the same rows give the same trees.

Source:
    Friedman, "Stochastic gradient boosting", 2002, with the binomial deviance.
"""

import numpy as np
import numpy.typing as npt

from service.core.trees import Model

Array = npt.NDArray[np.float64]

DEPTH = 3
_NODES = 2**DEPTH - 1
_LEAST = 10  # rows in a leaf
_SHARE = 0.6  # of the rows that a tree sees


def boosted(
    table: Array,
    right: npt.NDArray[np.bool_],
    *,
    ridge: float,
    trees: int,
    rate: float,
    seeds: int,
) -> Model:
    """A chance whose log odds are the mean of a ridge logistic regression's and of the trees'.

    The trees' are themselves the mean over *seeds* runs, which see other rows.
    """
    table = np.round(table.astype(np.float64), 4)
    mean, scale = table.mean(axis=0), table.std(axis=0)
    scale[scale == 0] = 1.0
    weights, bias = _regression((table - mean) / scale, right, ridge)
    share = right.mean()
    prior = float(np.log(share / (1 - share)))
    grown = []
    for seed in range(seeds):
        generator = np.random.default_rng(seed)
        odds = np.full(len(right), prior)
        for _ in range(trees):
            chance = 1 / (1 + np.exp(-odds))
            seen = np.sort(generator.permutation(len(right))[: int(_SHARE * len(right))])
            feature, threshold, value = _tree(table[seen], (right - chance)[seen], chance[seen])
            value *= rate
            odds += value[_leaf(table, feature, threshold)]
            grown.append((feature, threshold, (value / (2 * seeds)).round(5)))
    features, thresholds, values = (np.array(part) for part in zip(*grown, strict=True))
    return Model(
        mean=mean.round(6),
        scale=scale.round(6),
        weights=(weights / 2).round(5),
        bias=round((bias + prior) / 2, 5),
        feature=features,
        threshold=thresholds,
        value=values,
    )


def _regression(scaled: Array, right: npt.NDArray[np.bool_], ridge: float) -> tuple[Array, float]:
    """Weights and bias, by Newton's method."""
    design = np.column_stack((scaled, np.ones(len(scaled))))
    penalty = np.diag([ridge] * scaled.shape[1] + [1e-9])
    found = np.zeros(design.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-np.clip(design @ found, -30, 30)))
        gradient = design.T @ (chance - right) + penalty @ found
        found -= np.linalg.solve((design.T * (chance * (1 - chance))) @ design + penalty, gradient)
    return found[:-1], float(found[-1])


def _tree(table: Array, rest: Array, chance: Array) -> tuple[npt.NDArray[np.int64], Array, Array]:
    """Feature and threshold of each node, and the value of each node and leaf."""
    feature = np.zeros(_NODES, dtype=np.int64)
    threshold = np.full(_NODES, 1e6)
    value = np.zeros(2 * _NODES + 1)

    def grow(node: int, rows: npt.NDArray[np.int64]) -> None:
        weight = (chance[rows] * (1 - chance[rows])).sum()
        value[node] = rest[rows].sum() / max(weight, 1e-9) if len(rows) else 0.0
        if node >= _NODES:
            return
        best = _split(table[rows], rest[rows])
        if best is None:
            # An early leaf is drawn out to the bottom: no row is over its threshold.
            grow(2 * node + 1, rows)
            value[2 * node + 2] = value[node]
            return
        feature[node], threshold[node] = best
        over = table[rows, feature[node]] > threshold[node]
        grow(2 * node + 1, rows[~over])
        grow(2 * node + 2, rows[over])

    grow(0, np.arange(len(table)))
    return feature, threshold, value


def _split(table: Array, rest: Array) -> tuple[int, float] | None:
    """The feature and threshold that part the residuals best, None where no split is allowed."""
    size = len(rest)
    if size < 2 * _LEAST:
        return None
    order = np.argsort(table, axis=0, kind="stable")
    ranked = np.take_along_axis(table, order, axis=0)
    left = np.cumsum(rest[order], axis=0)[:-1]
    count = np.arange(1, size)[:, None]
    gain = left**2 / count + (rest.sum() - left) ** 2 / (size - count)
    allowed = ranked[1:] > ranked[:-1]
    allowed[: _LEAST - 1] = False
    allowed[size - _LEAST :] = False
    gain = np.where(allowed, gain, -np.inf)
    row, column = np.unravel_index(int(gain.argmax()), gain.shape)
    if not np.isfinite(gain[row, column]):
        return None
    middle = (ranked[row, column] + ranked[row + 1, column]) / 2
    return int(column), float(np.round(middle, 6))


def _leaf(table: Array, feature: npt.NDArray[np.int64], threshold: Array) -> npt.NDArray[np.int64]:
    node = np.zeros(len(table), dtype=np.int64)
    rows = np.arange(len(table))
    for _ in range(DEPTH):
        node = 2 * node + 1 + (table[rows, feature[node]] > threshold[node])
    return node
