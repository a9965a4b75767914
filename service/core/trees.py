"""Boosted trees over a logistic regression: a chance, and what each feature had to do with it."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from service.core.vectors import Array

# Rows go down the trees so many at a time, which bounds the memory.
_ROWS = 200


class Model(NamedTuple):
    """A chance as the logistic function of a sum: weighed features, and the leaves of trees.

    Trees are whole: node *k* asks whether its feature is over its threshold and goes on to node
    ``2k + 2`` if so, to ``2k + 1`` if not; a tree that ends early asks on for nothing.
    """

    mean: Array  # (features,)
    scale: Array
    weights: Array
    bias: float
    feature: npt.NDArray[np.int64]  # (trees, nodes)
    threshold: Array  # (trees, nodes)
    value: Array  # (trees, nodes + leaves): what is known where a node is reached, the leaves last

    @classmethod
    def read(cls, table: Mapping[str, npt.NDArray[np.generic]], name: str) -> "Model":
        """The model of a name in a file of arrays."""
        return cls(
            mean=np.asarray(table[f"{name}_mean"], dtype=np.float64),
            scale=np.asarray(table[f"{name}_scale"], dtype=np.float64),
            weights=np.asarray(table[f"{name}_weights"], dtype=np.float64),
            bias=float(np.asarray(table[f"{name}_bias"], dtype=np.float64)),
            feature=np.asarray(table[f"{name}_feature"], dtype=np.int64),
            threshold=np.asarray(table[f"{name}_threshold"], dtype=np.float64),
            value=np.asarray(table[f"{name}_value"], dtype=np.float64),
        )

    def chance(self, table: Array) -> Array:
        """The chance of every row of features, in (0, 1), rounded to 6 places, shape (n,).

        Features are rounded to 4 places first. Processors differ in the last bits of a logarithm,
        and none may change the way through a tree.
        """
        table = np.round(table, 4)
        total = ((table - self.mean) / self.scale * self.weights).sum(axis=1) + self.bias
        if len(self.feature):
            for first in range(0, len(table), _ROWS):
                some = slice(first, first + _ROWS)
                total[some] += self._leaves(table[some]).sum(axis=1)
        rounded: Array = np.round(1 / (1 + np.exp(-total)), 6)
        return rounded

    def contributions(self, table: Array) -> Array:
        """What each feature adds to the log-odds of each row, shape (n, features).

        A weighed feature adds its weight times its distance from the mean; a node of a tree adds,
        to the feature it asks about, by how much the answer changes what is known.

        Source:
            Saabas, "Interpreting random forests", 2014.
        """
        table = np.round(table, 4)
        added: Array = (table - self.mean) / self.scale * self.weights
        if not len(self.feature):
            return added
        trees = np.arange(len(self.feature))
        node = np.zeros((len(table), len(trees)), dtype=np.int64)
        rows = np.arange(len(table))[:, None]
        for _ in range(self._depth):
            feature = self.feature[trees, node]
            below = 2 * node + 1 + (table[rows, feature] > self.threshold[trees, node])
            np.add.at(added, (rows, feature), self.value[trees, below] - self.value[trees, node])
            node = below
        return added

    @property
    def _depth(self) -> int:
        return int(self.feature.shape[1] + 1).bit_length() - 1

    def _leaves(self, table: Array) -> Array:
        """The value of the leaf where each row ends in each tree, shape (n, trees)."""
        nodes = self.feature.shape[1]
        # All nodes are asked, most of them for nothing, and the answers followed from the bottom
        # up: it takes a third of the time of going down.
        above = np.ascontiguousarray(table.T)[self.feature.T] > self.threshold.T[:, :, None]
        reached = self.value.T[nodes:, :, None]
        for level in reversed(range(self._depth)):
            asked = above[2**level - 1 : 2 ** (level + 1) - 1]
            reached = np.where(asked, reached[1::2], reached[::2])
        leaves: Array = reached[0].T
        return leaves
