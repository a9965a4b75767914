import subprocess
import sys

import pytest

from service.core.classic import LIMITS, rate
from service.core.errors import TooManySentences, TooManyWords
from service.core.segment import segment

STORY = """Rescue crews in Varna searched for survivors on Monday after a ferry sank.

The ferry sank in a storm with 40 people aboard, the harbour said. Rescue crews found 31 people.

Divers went down to the ferry at dawn. The storm had passed by then, and the sea was calm.

A harbour pilot said that he had warned the ferry. His warning was not answered."""


def story(text=STORY):
    return [segment(text).sentences]


@pytest.mark.parametrize("method", LIMITS)
def test_rate_spreads_the_scores_of_every_method_from_nought_to_one(method):
    scores = rate(story(), ["Ferry sinks off Varna"], method=method)

    assert len(scores) == 7
    assert (min(scores), max(scores)) == (0, 1)


@pytest.mark.parametrize("method", LIMITS)
def test_rate_gives_equal_sentences_a_score_each(method):
    scores = rate(story("The ferry sank.\n\nThe ferry sank.\n\nDivers came."), [""], method=method)

    assert len(scores) == 3


@pytest.mark.parametrize("method", LIMITS)
@pytest.mark.parametrize(
    "text", ["", "?! ...", "the of and", "Ferry.", "Ferry sank.\n\n" * 9, "…\n\n“—”\n\nOf the."]
)
def test_rate_takes_texts_with_hardly_a_word(method, text):
    sentences = story(text)

    scores = rate(sentences, [""], method=method)

    assert len(scores) == len(sentences[0])
    assert all(0 <= score <= 1 for score in scores)


@pytest.mark.parametrize("method", LIMITS)
def test_rate_refuses_more_sentences_than_the_method_may_compare(method):
    sentences = story("The ferry sank. " * (LIMITS[method] + 1))

    with pytest.raises(TooManySentences, match=f"at most {LIMITS[method]}"):
        rate(sentences, [""], method=method)


def test_rate_refuses_an_endless_sentence():
    with pytest.raises(TooManyWords, match="at most 12000"):
        rate(story("ferry " * 12_001), [""], method="lexrank")


def test_rate_lets_only_edmundson_see_the_title():
    with_title = rate(story(), ["A pilot warned the ferry"], method="edmundson")

    assert list(with_title) != list(rate(story(), [""], method="edmundson"))


@pytest.mark.parametrize("method", ["lexrank", "lsa"])
def test_rate_is_the_same_in_every_process(method):
    script = (
        "from tests.core.test_classic import story; from service.core.classic import rate;"
        f"print(list(rate(story(), [''], method={method!r})))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(outputs) == 1
