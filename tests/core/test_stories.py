"""Articles of one request, parted by the stories they tell."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.core.furniture import mark
from service.core.segment import segment
from service.core.stories import find_stories

FERRY = (
    "A ferry with 40 people aboard sank off Varna in a storm on Monday. Captain Ivan Petrov had"
    " asked the harbour for help. Divers from Burgas found the wreck of the ferry at dawn.",
    "Rescuers saved most of the people aboard a ferry that sank in a storm off Varna. Petrov, the"
    " captain, is missing. The ferry belonged to Black Sea Lines.",
    "The harbour master of Varna defended himself on Tuesday. The ferry's captain, Ivan Petrov, had"
    " been warned of the storm, he said.",
)
BANK = (
    "Helvan Bank cut its interest rate for the third time this year, as inflation in Marland fell"
    " below its target. Governor Lena Brandt said growth had slowed.",
    "Marland's central bank lowered its interest rate on Thursday. Inflation is under control, its"
    " governor, Lena Brandt, told reporters, and the economy needs cheaper credit.",
)
COURT = (
    "A jury cleared the former mayor of Oakdale, Ruth Okafor, of bribery after nine days of"
    " deliberation. Prosecutors had accused Okafor of taking cash from a builder.",
)


def told(*texts, headings=None):
    stories = find_stories([segment(text) for text in texts], headings or [""] * len(texts))
    return [story.articles for story in stories]


def test_find_stories_keeps_the_articles_of_one_event_together():
    assert told(*FERRY) == [(0, 1, 2)]
    assert told(*BANK) == [(0, 1)]


def test_find_stories_parts_events_and_puts_first_what_most_tell():
    assert told(BANK[0], FERRY[0], COURT[0], FERRY[1], BANK[1], FERRY[2]) == [
        (1, 3, 5),
        (0, 4),
        (2,),
    ]


def test_find_stories_takes_the_title_of_the_article_most_like_the_others():
    documents = [segment(text) for text in (*FERRY, *COURT)]

    stories = find_stories(documents, ["Ferry sinks", "Ferry lost off Varna", "", ""])

    assert [story.title for story in stories] == ["Ferry sinks", None]


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("Ferry lost off Varna\n\nIt sailed into a storm", "Ferry lost off Varna"),
        ("Obituary\n\nIvan Petrov, captain, 1950-2026", "Ivan Petrov, captain, 1950-2026"),
        ("FOR IMMEDIATE RELEASE\n\nLines sells its ferries", "Lines sells its ferries"),
        ("Ferry lost off Varna\n\nInterview by Ana Ruiz", "Ferry lost off Varna"),
        ("Ferries\n\nHarbours", "Ferries"),
        ("", None),
    ],
)
def test_find_stories_takes_one_headline_for_the_title(page, title):
    document = mark(segment("\n\n".join([page, *FERRY, "What comes next", FERRY[0]])))

    [story] = find_stories([document], [None])

    assert story.title == title


def test_find_stories_makes_one_story_of_one_article_and_none_of_none():
    assert told("") == [(0,)]
    assert told() == []


TEXTS = st.lists(st.sampled_from([*FERRY, *BANK, *COURT, "One.", ""]), unique=True, max_size=7)


@given(TEXTS, st.randoms())
@settings(max_examples=40, deadline=None)
def test_find_stories_puts_every_article_in_one_story_whatever_their_order(texts, random):
    def found(order):
        return {frozenset(order[k] for k in articles) for articles in told(*order)}

    shuffled = random.sample(texts, len(texts))

    assert sorted(k for articles in told(*texts) for k in articles) == list(range(len(texts)))
    assert found(texts) == found(shuffled)


@given(st.permutations([*FERRY, *BANK]))
@settings(max_examples=20, deadline=None)
def test_find_stories_is_not_changed_by_an_unrelated_article(texts):
    assert [articles for articles in told(*texts, *COURT) if 5 not in articles] == told(*texts)
