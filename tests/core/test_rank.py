import numpy as np
import pytest

from service.core.features import FEATURES, features
from service.core.rank import explain, kind, lead, salience
from service.core.segment import segment
from service.core.vectors import Meanings, Vectors, content_stems

FIRST = """A ferry with 40 people aboard sank off Varna in a storm on Monday, officials said.

Divers found the wreck of the ferry at dawn. “Why?” He wept.

We ask our readers for patience."""
SECOND = "Officials said a ferry sank in a storm off Varna with 40 people aboard.\n\nIt rained."


def stories(*articles):
    return [segment(text).sentences for text in articles]


def spaces(given):
    sentences = [sentence for story in given for sentence in story]
    return Vectors([content_stems(sentence) for sentence in sentences]), Meanings(sentences)


def column(given, name, headings=()):
    return list(features(given, headings, *spaces(given))[:, FEATURES.index(name)])


def test_features_know_the_place_in_the_article():
    given = stories(FIRST, SECOND)

    assert column(given, "depth") == [0, 0.25, 0.5, 0.75, 1, 0, 1]
    assert column(given, "first")[5] == 1


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("quotation", 2), ("question", 2), ("leaning", 3), ("first_person", 4), ("figures", 0)],
)
def test_features_know_the_wording(name, sentence):
    assert column(stories(FIRST), name) == [float(i == sentence) for i in range(5)]


def test_features_know_what_the_other_article_tells_too():
    support = column(stories(FIRST, SECOND), "support")

    assert support[0] > 0.5
    assert support[0] > max(support[1:5])
    assert column(stories(FIRST), "support") == [0] * 5


def test_features_know_the_title():
    assert column(stories(SECOND), "title", ["Ferry sinks off Varna"]) == [0.75, 0]


def test_features_of_no_sentence_are_an_empty_table():
    assert features([(), ()], [], Vectors([]), Meanings([])).shape == (0, len(FEATURES))


def test_salience_puts_the_news_above_a_word_to_the_reader():
    given = stories(FIRST, SECOND)

    chance = salience(given, [], *spaces(given))

    assert np.all((chance > 0) & (chance < 1))
    assert chance[0] > max(chance[2:5])


def test_salience_is_not_moved_by_sentences_behind_the_stories():
    given = stories(FIRST, SECOND)
    stems = [content_stems(sentence) for story in given for sentence in story]
    sentences = [sentence for story in given for sentence in story]
    followed = (
        Vectors([*stems, ["ferri"], ["rain"]], counted=len(stems)),
        Meanings([*sentences, *sentences[:2]], counted=len(stems)),
    )

    assert list(salience(given, [], *followed)) == list(salience(given, [], *spaces(given)))


def test_lead_counts_down_in_every_article():
    assert list(lead(stories(SECOND, SECOND))) == [1, 0.5, 1, 0.5]


def test_explain_tells_what_moved_a_score_most_strongest_first():
    given = stories(FIRST, SECOND)

    [lead_reasons, last_reasons] = explain(given, [], *spaces(given), [0, 4])

    strengths = [abs(reason.contribution) for reason in lead_reasons]
    assert strengths == sorted(strengths, reverse=True)
    assert 0 < len(lead_reasons) <= 8
    assert sum(reason.contribution for reason in lead_reasons) > sum(
        reason.contribution for reason in last_reasons
    )
    assert {reason.feature for reason in lead_reasons} <= set(FEATURES)


@pytest.mark.parametrize(
    ("articles", "is_kind"),
    [
        ((FIRST,), "one"),
        ((FIRST, ""), "one"),
        ((SECOND, SECOND), "ledes"),
        ((FIRST, FIRST), "many"),
    ],
)
def test_kind_knows_one_article_from_ledes_and_from_several(articles, is_kind):
    assert kind(stories(*articles)) == is_kind
