import numpy as np
import pytest

from service.core.rank import sameness
from service.core.sameness import Candidate
from service.core.segment import segment
from service.core.standing import standing
from service.core.text import Span
from service.core.times import read_time
from service.core.updates import find_updates, is_reaction
from service.core.vectors import Meanings, Vectors, content_stems

FERRY = "A ferry with 40 people aboard sank off Varna in a storm on Monday."
FERRY_AGAIN = "On Monday a storm off Varna sank a ferry that had 43 people aboard."
DIVERS = "Divers from Burgas found the wreck at dawn."
FRIDAY, SATURDAY = "2024-05-03", "2024-05-04"


def updates(*articles, published=(), superseded=None, stories=None):
    candidates = []
    for article, texts in enumerate(articles):
        for i, text in enumerate(texts):
            [sentence] = segment(text).sentences
            depth = i / max(1, len(texts) - 1)
            candidates.append(Candidate(article, depth, sentence, standing(sentence)))
    sentences = [candidate.sentence for candidate in candidates]
    vectors = Vectors([content_stems(sentence) for sentence in sentences])
    found = find_updates(
        candidates,
        np.full(len(candidates), 0.5),
        sameness(candidates, vectors, Meanings(sentences)),
        [read_time(text) for text in published],
        superseded or {},
        stories or [0] * len(candidates),
    )
    return [(update.old, update.new) for update in found]


def test_find_updates_takes_what_a_later_article_tells_again():
    assert updates([FERRY, DIVERS], [FERRY_AGAIN], published=[FRIDAY, SATURDAY]) == [(0, 2)]
    assert updates([FERRY, DIVERS], [FERRY_AGAIN], published=[SATURDAY, FRIDAY]) == [(2, 0)]


@pytest.mark.parametrize("published", [[], [FRIDAY, FRIDAY], [None, SATURDAY]])
def test_find_updates_finds_none_where_the_dates_do_not_tell(published):
    assert updates([FERRY], [FERRY_AGAIN], published=published) == []


def test_find_updates_finds_none_in_another_story():
    assert updates([FERRY], [FERRY_AGAIN], published=[FRIDAY, SATURDAY], stories=[0, 1]) == []


def test_find_updates_takes_the_sentences_of_superseded_values():
    stated = {(0, Span(0, len(FERRY))): [(1, Span(0, len(DIVERS)))]}

    assert updates([FERRY], [DIVERS], published=[FRIDAY, SATURDAY], superseded=stated) == [(0, 1)]


def test_find_updates_lets_nothing_be_overtaken_by_what_cannot_be_read_alone():
    assert updates([FERRY], ["But " + FERRY_AGAIN], published=[FRIDAY, SATURDAY]) == []


def test_find_updates_puts_the_news_before_what_the_market_makes_of_it():
    news = "Kern has agreed to buy the tyremaker Rollo for 900 million euros."
    shares = "Shares in Kern fell after it agreed to buy the tyremaker Rollo for 900 million euros."

    assert updates([news], [shares], published=[FRIDAY, SATURDAY]) == [(1, 0)]
    assert updates([shares], [news]) == [(0, 1)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Shares in Kern fell.", True),
        ("Kern's shares fell.", True),
        ("The stock lost a tenth of its value.", True),
        ("Kern will buy shares in Rollo.", False),
        ("Stockholm was without power.", False),
    ],
)
def test_is_reaction_knows_what_a_market_makes_of_the_news(text, expected):
    assert is_reaction(text) is expected
