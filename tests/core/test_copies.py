import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.copies import find_copies
from service.core.segment import segment

SUBJECTS = ["The mayor", "Her deputy", "The engineer", "A driver", "The union", "One witness"]
VERBS = ["closed", "opened", "saw", "praised", "measured", "blamed", "crossed", "bought"]
OBJECTS = ["the old bridge", "a ferry", "two tunnels", "the report", "three trucks", "the harbour"]
STORY = [
    f"{subject} {verb} {thing} on day {day}."
    for day, (subject, verb, thing) in enumerate(
        (s, v, o) for s in SUBJECTS for v in VERBS for o in OBJECTS
    )
][:60]


def copies(*texts):
    return find_copies([segment(text) for text in texts])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(" ".join(STORY), 0, id="the same"),
        pytest.param("\n\n".join(STORY).upper().replace(".", "!"), 0, id="case and marks"),
        pytest.param(" ".join(STORY[:48]), 0, id="the end cut off"),
        pytest.param(" ".join([*STORY[:50], "The inquiry goes on."]), 0, id="a new end"),
        pytest.param(" ".join(STORY[:25]), None, id="a part of less than half"),
        pytest.param(" ".join([*STORY[:30], *[f"No {i} is new here." for i in range(40)]]), None),
        pytest.param("The talks ended in Doha without an agreement.", None, id="another story"),
    ],
)
def test_find_copies_names_what_tells_the_same_in_the_same_words(text, expected):
    assert copies(" ".join(STORY), text) == (None, expected)


def test_find_copies_names_the_earliest_original():
    text = " ".join(STORY)

    assert copies("Another story.", text, text + " More.", text) == (None, None, 1, 1)


def test_find_copies_names_an_original_though_the_copy_drifted():
    chain = [" ".join(STORY[at : at + 50]) for at in (0, 5, 10)]

    assert copies(*chain) == (None, 0, 0)


def test_find_copies_takes_short_stories_word_for_word():
    assert copies("It ended.", "It ended!", "It began.", "...", "...") == (
        None,
        0,
        None,
        None,
        None,
    )


@given(st.lists(st.text(max_size=40), max_size=6))
def test_find_copies_points_back_to_an_original(texts):
    found = copies(*texts)

    assert len(found) == len(texts)
    for i, original in enumerate(found):
        assert original is None or (original < i and found[original] is None)


def test_find_copies_compares_a_hundred_long_articles():
    words = [f"w{i}" for i in range(5000)]
    documents = [
        segment(" ".join(random.Random(seed).choices(words, k=300))) for seed in range(50)
    ] * 2

    assert find_copies(documents) == (*[None] * 50, *range(50))
