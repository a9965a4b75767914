import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.rank import sameness
from service.core.sameness import Candidate
from service.core.segment import segment
from service.core.standing import standing
from service.core.summary import SAME, TASTES, Budget, Taste, choose
from service.core.times import read_time
from service.core.updates import Update
from service.core.vectors import Meanings, Vectors, content_stems

FERRY = "A ferry sank off Varna in a storm."
FERRY_AGAIN = "In a storm, a ferry sank off Varna on Monday."
DIVERS = "Divers found the wreck at dawn."
PILOT = "A pilot had warned the harbour office twice."


def candidates(*articles):
    return [
        Candidate(article, i / max(1, len(texts) - 1), segment(text).sentences[0])
        for article, texts in enumerate(articles)
        for i, text in enumerate(texts)
    ]


def summary(given, scores, **options):
    sentences = [candidate.sentence for candidate in given]
    vectors = Vectors([content_stems(sentence) for sentence in sentences])
    known = sameness(given, vectors, Meanings(sentences))
    return choose(given, np.array(scores), known, **options)


def texts(of):
    return [sentence.text for sentence in of.sentences]


def test_choose_takes_the_best_and_puts_them_in_reading_order():
    chosen = summary(
        candidates([FERRY, DIVERS, PILOT]), [0.5, 0.1, 0.9], budget=Budget(sentences=2)
    )

    assert texts(chosen) == [FERRY, PILOT]
    assert chosen.text == f"{FERRY} {PILOT}"


def test_choose_puts_the_best_first_when_asked_for_score():
    chosen = summary(
        candidates([FERRY, DIVERS, PILOT]),
        [0.5, 0.1, 0.9],
        budget=Budget(sentences=2),
        order="score",
    )

    assert texts(chosen) == [PILOT, FERRY]


def test_choose_tells_nothing_twice_and_says_who_else_tells_it():
    given = candidates([FERRY, PILOT], [FERRY_AGAIN, DIVERS])

    chosen = summary(given, [0.9, 0.3, 0.8, 0.2], budget=Budget(sentences=4))

    assert texts(chosen) == [FERRY, PILOT, DIVERS]
    [echo] = chosen.sentences[0].also_in
    assert (echo.article, echo.span) == (1, (0, len(FERRY_AGAIN)))
    assert SAME <= echo.similarity <= 1


def test_choose_hears_echoes_of_sentences_without_a_score_but_never_takes_them():
    given = candidates([FERRY], [FERRY_AGAIN])

    chosen = summary(given, [0.9], budget=Budget(sentences=5))

    assert texts(chosen) == [FERRY]
    assert [echo.article for echo in chosen.sentences[0].also_in] == [1]


def test_choose_keeps_to_the_words_and_passes_over_what_does_not_fit():
    chosen = summary(candidates([DIVERS, FERRY, PILOT]), [0.4, 0.5, 0.9], budget=Budget(words=14))

    assert texts(chosen) == [DIVERS, PILOT]
    assert chosen.words == 14


def test_choose_may_find_nothing_that_fits():
    assert summary(candidates([FERRY]), [0.9], budget=Budget(words=3)).sentences == ()


def test_choose_prefers_the_short_of_two_equal_sentences_when_thrifty():
    given = candidates([PILOT], [DIVERS])

    assert texts(summary(given, [0.9, 0.8], budget=Budget(words=8), taste=Taste(thrift=1))) == [
        DIVERS
    ]


def test_choose_gives_ties_to_the_earlier_sentence():
    given = candidates([FERRY, DIVERS, PILOT])

    assert texts(summary(given, [0.5, 0.5, 0.5], budget=Budget(sentences=1))) == [FERRY]


def test_choose_reads_on_in_the_order_of_the_article_that_tells_a_thing_first():
    given = candidates([FERRY, DIVERS, PILOT, "It rained."], ["Nobody knew.", FERRY_AGAIN])

    chosen = summary(given, [0.1, 0.8, 0, 0, 0, 0.9], budget=Budget(sentences=2))

    assert texts(chosen) == [FERRY_AGAIN, DIVERS]


def test_choose_opens_with_the_best_of_the_sentences_that_open_an_article():
    given = candidates(["The town lies on a bay.", PILOT], [FERRY, DIVERS])

    chosen = summary(given, [0.3, 0.9, 0.8, 0.5], budget=Budget(sentences=4))

    assert texts(chosen) == [FERRY, "The town lies on a bay.", PILOT, DIVERS]


def test_choose_opens_with_nobodys_words_where_there_is_something_else():
    given = candidates(["“A storm sank the ferry,” Ann Lee said."], [PILOT])

    chosen = summary(given, [0.9, 0.4], budget=Budget(sentences=2))

    assert texts(chosen) == [PILOT, "“A storm sank the ferry,” Ann Lee said."]


WORDS = st.lists(st.sampled_from("ferry storm diver pilot wreck dawn harbour of the".split()))


@given(
    st.lists(st.lists(WORDS.map(" ".join).map(lambda text: f"A {text}."), max_size=5), max_size=4),
    st.integers(1, 6),
    st.integers(1, 40),
    st.sampled_from(["reading", "score"]),
    st.sampled_from([Taste(), *TASTES.values()]),
    st.data(),
)
def test_choose_keeps_its_budget_and_repeats_nothing(
    articles, sentences, words, order, taste, data
):
    given = candidates(*articles)
    scores = data.draw(st.lists(st.floats(0, 1), min_size=len(given), max_size=len(given)))

    chosen = summary(given, scores, budget=Budget(sentences, words), order=order, taste=taste)

    assert len(chosen.sentences) <= sentences
    assert chosen.words <= words
    stems = [set(content_stems(segment(text).sentences[0])) for text in texts(chosen)]
    assert all(not (a and a == b) for i, a in enumerate(stems) for b in stems[i + 1 :])


@pytest.mark.parametrize("score", [0.0, 1e-12])
def test_choose_fills_the_budget_even_where_no_sentence_is_salient(score):
    chosen = summary(candidates([FERRY, PILOT]), [score, score], budget=Budget(sentences=2))

    assert texts(chosen) == [FERRY, PILOT]


def standing_candidates(*texts):
    return [
        candidate._replace(standing=standing(candidate.sentence))
        for candidate in candidates(list(texts))
    ]


def test_choose_takes_a_leaning_sentence_only_with_the_one_it_leans_on_and_right_after_it():
    given = standing_candidates(
        FERRY, DIVERS, "He had warned the office.", "Rain fell on the town."
    )

    alone = summary(given, [0.3, 0.1, 0.9, 0.5], budget=Budget(sentences=2))
    together = summary(given, [0.3, 0.6, 0.9, 0.5], budget=Budget(sentences=3))

    assert texts(alone) == [FERRY, "Rain fell on the town."]
    assert texts(together) == [DIVERS, "He had warned the office.", "Rain fell on the town."]


def test_choose_takes_no_leaning_sentence_behind_what_another_article_tells():
    given = [
        *standing_candidates(FERRY),
        *[one._replace(article=1) for one in standing_candidates(FERRY, "He was glad of it.")],
    ]

    chosen = summary(given, [0.9, 0.8, 0.7], budget=Budget(sentences=3))

    assert texts(chosen) == [FERRY]


def test_choose_gives_each_story_a_share_and_tells_one_after_the_other():
    given = candidates([FERRY, DIVERS], [PILOT], ["Snow fell on Rome and its hills."])
    scores, budget = [0.9, 0.8, 0.7, 0.4], Budget(sentences=3)

    together = summary(given, scores, budget=budget)
    shared = summary(given, scores, budget=budget, stories=[(0, 1), (2,)])
    exchanged = summary(
        given, scores, budget=budget, stories=[(2,), (0, 1)], taste=Taste(cover=0.5, toll=0.5)
    )

    assert texts(together) == [FERRY, PILOT, DIVERS]
    assert texts(shared) == [FERRY, DIVERS, "Snow fell on Rome and its hills."]
    assert texts(exchanged) == ["Snow fell on Rome and its hills.", FERRY, DIVERS]


def test_choose_gives_no_share_to_a_story_with_nothing_to_tell():
    given = candidates([FERRY, DIVERS], ["Snow fell on Rome and its hills."])

    chosen = summary(given, [0.9, 0.8, 0.1], budget=Budget(sentences=2), stories=[(0,), (1,)])

    assert texts(chosen) == [FERRY, DIVERS]


LEAD = "The mayor resigned on Tuesday after losing a vote by 31 to 29."


def test_choose_gives_up_small_things_for_the_news_where_both_do_not_fit():
    given = candidates(["The town is calm.", LEAD, "It rained all of the night."])
    taste = Taste(thrift=1.0)

    greedy = summary(given, [0.5, 0.9, 0.5], budget=Budget(words=14), taste=taste)
    exchanged = summary(
        given, [0.3, 0.9, 0.3], budget=Budget(words=14), taste=taste._replace(toll=0.5)
    )

    assert texts(greedy) == ["The town is calm.", "It rained all of the night."]
    assert texts(exchanged) == [LEAD]


def test_choose_leaves_words_unspent_on_what_is_worth_next_to_nothing():
    given = candidates([LEAD, "The town is calm.", DIVERS])

    chosen = summary(given, [0.9, 0.01, 0.2], budget=Budget(words=50), taste=Taste(toll=0.5))

    assert texts(chosen) == [LEAD, DIVERS]


def test_choose_leaves_words_unspent_however_many_sentences_there_are():
    fillers = [f"The hall at number {number} is calm." for number in range(400)]
    given = candidates([LEAD, *fillers])

    chosen = summary(given, [0.9, *[0.01] * 400], budget=Budget(words=60), taste=Taste(toll=0.5))

    assert texts(chosen) == [LEAD]


def test_choose_keeps_a_leaning_sentence_with_its_own_while_exchanging():
    given = standing_candidates(FERRY, DIVERS, "He had warned the office.", LEAD)
    taste = Taste(thrift=0.5, toll=0.5)

    for words in range(1, 40):
        chosen = texts(
            summary(given, [0.3, 0.4, 0.9, 0.8], budget=Budget(words=words), taste=taste)
        )
        assert "He had warned the office." not in chosen or DIVERS in chosen


def test_choose_takes_a_broken_sentence_only_where_there_is_no_other():
    given = standing_candidates("Why did it sink so fast?", FERRY)

    assert texts(summary(given, [0.9, 0.1], budget=Budget(sentences=2))) == [FERRY]
    assert len(summary(given[:1], [0.9], budget=Budget(sentences=2)).sentences) == 1


def test_choose_opens_with_the_news_where_short_sentences_would_fill_the_words():
    news = "A ferry with forty people aboard sank off Varna in a storm on Monday night."
    given = candidates([news, DIVERS, "Divers looked on.", "Nobody else was hurt.", PILOT])
    scores = [0.7, 0.6, 0.5, 0.5, 0.6]

    found = summary(given, scores, budget=Budget(words=15), taste=Taste(1.0, toll=1.0, few=16))

    assert texts(found) == [news]


def test_choose_fills_the_words_with_something_else_where_nothing_that_opens_fits():
    given = candidates([FERRY_AGAIN, FERRY + " " + FERRY[:-1], DIVERS])

    found = summary(given, [0.9, 0.8, 0.1], budget=Budget(words=6), taste=Taste(few=16))

    assert texts(found) == [DIVERS]


def test_choose_takes_nothing_overtaken_unless_what_overtakes_it_is_too_long():
    given = candidates([FERRY, PILOT], [FERRY_AGAIN])
    times = [read_time("2024-05-02"), read_time("2024-05-03")]

    def told(words):
        return texts(
            summary(
                given,
                [0.9, 0.4, 0.1],
                budget=Budget(words=words),
                times=times,
                updates=[Update(0, 2, 0.8)],
            )
        )

    assert told(18) == [FERRY_AGAIN, PILOT]
    assert told(8) == [FERRY]


def test_choose_opens_with_the_first_sentence_of_a_later_article():
    given = candidates([FERRY, PILOT], [DIVERS, "Nobody else was hurt by it."])
    scores = [0.9, 0.1, 0.5, 0.2]
    times = [read_time("2024-05-02"), read_time("2024-05-03")]

    opened = [
        texts(summary(given, scores, budget=Budget(sentences=2), times=each))
        for each in ((), times, times[::-1])
    ]

    assert opened == [[FERRY, DIVERS], [DIVERS, FERRY], [FERRY, DIVERS]]


def test_choose_opens_with_the_news_before_what_a_market_makes_of_it():
    given = candidates(["Shares in Kern fell by 7 percent."], [DIVERS])

    found = summary(given, [0.9, 0.5], budget=Budget(sentences=2))

    assert texts(found) == [DIVERS, "Shares in Kern fell by 7 percent."]
