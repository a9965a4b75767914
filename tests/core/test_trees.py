import numpy as np
import pytest

from service.core.trees import Model

# One tree: is feature 0 over 0.5? If so, is feature 1 over 2?
TREE = Model(
    mean=np.array([1.0, 0.0]),
    scale=np.array([2.0, 1.0]),
    weights=np.array([1.0, 0.0]),
    bias=0.25,
    feature=np.array([[0, 0, 1]]),
    threshold=np.array([[0.5, 9.0, 2.0]]),
    value=np.array([[0.0, -1.0, 1.0, -1.0, -1.0, 0.5, 3.0]]),
)


def logistic(total):
    return 1 / (1 + np.exp(-total))


@pytest.mark.parametrize(
    ("row", "total"), [((0, 9), 0.25 - 0.5 - 1), ((1, 2), 0.25 + 0.5), ((1, 2.1), 0.25 + 3)]
)
def test_chance_adds_weights_and_leaves(row, total):
    assert TREE.chance(np.array([row])) == pytest.approx([logistic(total)], abs=1e-6)


def test_chance_takes_a_value_within_rounding_for_the_same():
    assert (
        list(TREE.chance(np.array([[0.5 + 1e-9, 2], [0.5, 2]])))
        == [TREE.chance(np.array([[0.5, 2]]))[0]] * 2
    )


def test_contributions_and_bias_add_up_to_the_log_odds():
    table = np.array([[0.0, 9.0], [1.0, 2.0], [3.0, 4.0]])

    added = TREE.contributions(table)

    total = added.sum(axis=1) + TREE.bias + TREE.value[0, 0]
    assert logistic(total) == pytest.approx(TREE.chance(table), abs=1e-6)
    assert list(added[1]) == [1.0, -0.5]


def test_chance_without_trees_is_logistic_regression():
    plain = TREE._replace(
        feature=np.zeros((0, 0), int), threshold=np.zeros((0, 0)), value=np.zeros((0, 0))
    )

    assert plain.chance(np.array([[1.0, 5.0]])) == pytest.approx([logistic(0.25)], abs=1e-6)
