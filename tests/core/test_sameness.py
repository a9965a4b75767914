import numpy as np
import pytest

from service.core.rank import sameness
from service.core.sameness import PAIR_FEATURES, Candidate
from service.core.segment import segment
from service.core.vectors import Meanings, Vectors, content_stems

FERRY = "A ferry with 40 people aboard sank off Varna in a storm on Monday."
FERRY_AGAIN = "On Monday a storm off Varna sank a ferry that had 40 people aboard."
DIVERS = "Divers from Burgas found the wreck at dawn."
BUDGET = "Parliament will vote on the budget in March."


def known(*articles):
    candidates = [
        Candidate(article, i / max(1, len(texts) - 1), segment(text).sentences[0])
        for article, texts in enumerate(articles)
        for i, text in enumerate(texts)
    ]
    sentences = [candidate.sentence for candidate in candidates]
    vectors = Vectors([content_stems(sentence) for sentence in sentences])
    return sameness(candidates, vectors, Meanings(sentences))


def test_chance_is_high_for_the_same_told_in_other_words_order_and_low_for_other_things():
    chance = known([FERRY, DIVERS, BUDGET], [FERRY_AGAIN]).chance(np.array([0]))[0]

    assert chance[0] == 1
    assert chance[3] > 0.6
    assert max(chance[1:3]) < 0.3


def test_chance_of_two_sentences_is_the_same_either_way():
    chance = known([FERRY, DIVERS, BUDGET], [FERRY_AGAIN, "Rain fell."]).chance(np.arange(5))

    assert np.array_equal(chance, chance.T)


def test_chance_of_some_sentences_is_that_of_all():
    of = known([FERRY, DIVERS, BUDGET], [FERRY_AGAIN])

    assert np.array_equal(of.chance(np.array([3, 1])), of.chance(np.arange(4))[[3, 1]])


@pytest.mark.parametrize(
    ("name", "value"), [("numbers", 1), ("other_numbers", 0), ("both_lead", 1), ("one_article", 0)]
)
def test_features_know_what_two_sentences_have_in_common(name, value):
    row, other, table = known([FERRY, DIVERS], [FERRY_AGAIN]).features(np.array([0]))

    assert list(row) == [0] * len(row)
    assert table[list(other).index(2), PAIR_FEATURES.index(name)] == value


def test_features_know_that_numbers_differ():
    given = known(["It had 40 aboard off Varna."], ["It had 50 aboard off Varna."])
    _, other, table = given.features(np.array([0]))

    assert table[list(other).index(1), PAIR_FEATURES.index("other_numbers")] == 1


DEAL = "The takeover, which values Varna Lines at $8.1bn with debt, should close in May."
WORTH = "Including debt, it is worth $8.1 billion."


def test_chance_is_never_low_where_two_articles_state_one_exact_value():
    filler = [f"Rain fell on the {day} of the fair." for day in ("first", "second", "third")]
    of = known([FERRY, BUDGET, DIVERS, *filler, DEAL], [BUDGET, DIVERS, FERRY_AGAIN, WORTH])
    other = known(
        [FERRY, BUDGET, DIVERS, *filler, DEAL],
        [BUDGET, DIVERS, FERRY_AGAIN, WORTH.replace("8.1", "8.2")],
    )

    assert of.chance(np.array([6]))[0, -1] == 0.25
    assert of.chance(np.array([10]))[0, 6] == 0.25
    assert other.chance(np.array([6]))[0, -1] < 0.25
