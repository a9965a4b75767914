"""Quantities of several articles, joined into figures that say whether the articles agree."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from service.core.figures import merge_figures
from service.core.quantities import find_quantities
from service.core.segment import segment
from service.core.text import Role

from .case_files import cases

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"


def figures_of(*texts, **known):
    documents = [segment(text) for text in texts]
    quantities = [find_quantities(document) for document in documents]
    return merge_figures(documents, quantities, **known)


def stated(figure):
    return sorted([mention.article, mention.text] for mention in figure.mentions)


@pytest.mark.parametrize("case", cases("figures.json"))
def test_merge_figures_joins_what_states_one_quantity(case):
    figures = figures_of(*case["articles"])

    found = [
        (sorted(stated(figure)), figure.agreement, figure.value, figure.comparator)
        for figure in figures
    ]
    expected = [
        (
            sorted(figure["mentions"]),
            figure["agreement"],
            Decimal(figure["value"]) if "value" in figure else None,
            figure.get("comparator"),
        )
        for figure in case["expected"]
    ]
    assert sorted(found, key=str) == sorted(expected, key=str)


def test_merge_figures_gives_the_most_exact_mention_with_what_it_counts():
    [figure] = figures_of(
        "The war has claimed over 46,500 lives, the ministry said.",
        "The war has killed 46,537 people, the ministry said.",
    )

    assert figure.text == "46,537 people"
    assert figure.subject == "people"
    assert [mention.comparator for mention in figure.mentions] == [">", "="]


def test_merge_figures_lists_each_value_of_a_conflict_with_its_articles():
    [figure] = figures_of(
        "A blast at the Norden mill killed 12 workers on Tuesday.",
        "A blast at the Norden mill killed 19 workers on Tuesday.",
        "A blast at the Norden mill killed 19 workers on Tuesday.",
    )

    assert figure.value is None
    assert figure.comparator is None
    assert [(value.value, value.articles) for value in figure.values] == [(19, (1, 2)), (12, (0,))]


TOLLS = (
    "The fire in Lorn left 14 dead, officials said.",
    "The death toll from the fire in Lorn rose to 19, officials said.",
    "The fire in Lorn: 19 people killed, officials said.",
)


def test_merge_figures_says_which_value_a_later_article_brings_up_to_date():
    [figure] = figures_of(*TOLLS, published=["2025-01-01", "2025-01-02T08:00Z", "2025-01-02"])

    assert figure.agreement == "conflict"
    assert [(v.value, v.articles, v.superseded_by) for v in figure.values] == [
        (19, (1, 2), None),
        (14, (0,), 0),
    ]


@pytest.mark.parametrize(
    "published",
    [
        pytest.param([], id="no dates"),
        pytest.param(["2025-01-01", None, "2025-01-02"], id="one undated"),
        pytest.param(["2025-01-02T09:00", "2025-01-02", "2025-01-03"], id="one day"),
        pytest.param(["2025-01-03", "2025-01-02", "2025-01-04"], id="between the others"),
        pytest.param(["2025-01-02T09:00"] * 3, id="one moment"),
    ],
)
def test_merge_figures_supersedes_nothing_where_the_dates_do_not_tell(published):
    [figure] = figures_of(*TOLLS, published=published)

    assert [value.superseded_by for value in figure.values] == [None, None]


def test_merge_figures_lists_the_latest_value_first():
    [figure] = figures_of(*TOLLS, published=["2025-01-05", "2025-01-02", "2025-01-02"])

    assert [value.value for value in figure.values] == [14, 19]
    assert [value.superseded_by for value in figure.values] == [None, 0]


def test_merge_figures_gives_the_values_of_a_conflict_in_one_unit():
    [figure] = figures_of(
        "The minister was jailed for nine years over the bribes.",
        "The minister was jailed for 84 months over the bribes.",
    )

    assert figure.unit in ("year", "month")
    assert sorted(value.value for value in figure.values) in ([7, 9], [84, 108])


def test_merge_figures_counts_a_copy_once_with_its_original():
    text, other = "The blaze killed 14 people in Lorn.", "In Lorn the blaze killed 14 people."

    [copied] = figures_of(text, text, copies=[None, 0])
    [told] = figures_of(text, text, other, copies=[None, 0, None])

    assert (copied.agreement, copied.articles) == ("single", (0, 1))
    assert (told.agreement, told.articles) == ("agree", (0, 1, 2))


def test_merge_figures_hears_a_copy_that_tells_another_number():
    text = "A blast at the Norden mill killed {} workers on Tuesday."

    [figure] = figures_of(text.format(12), text.format(19), copies=[None, 0])

    assert figure.agreement == "conflict"


def test_merge_figures_hears_a_repeated_sentence_once():
    text = "The blaze killed 14 people in Lorn. A crowd of 300 people watched."
    document = segment(f"{text} {text}")
    repeated = replace(document.sentences[2], role=Role.REPEAT)
    marked = replace(
        document, sentences=(*document.sentences[:2], repeated, *document.sentences[3:])
    )

    figures = merge_figures([marked], [find_quantities(marked)])

    assert [(figure.value, len(figure.mentions)) for figure in figures] == [(14, 2), (300, 2)]


def test_merge_figures_gives_what_one_article_says_again_once():
    [figure] = figures_of("Some 300 homes burned. The town of Lorn lost some 300 homes in all.")

    assert len(figure.mentions) == 2


@pytest.mark.parametrize("counts", [(4, 7, 9), (4, 7, 9, 12), (3, 5, 8, 12, 20)])
def test_merge_figures_makes_one_figure_of_a_conflict_of_many(counts):
    [figure] = figures_of(
        *(f"A gas blast at the Varna bakery hurt {n} people, police said." for n in counts)
    )

    assert sorted(value.value for value in figure.values) == list(counts)


def test_merge_figures_compares_nothing_across_stories():
    text = "The blaze killed 14 people in Lorn."

    figures = figures_of(text, text, text, stories=[(0, 2), (1,)])

    assert [figure.articles for figure in figures] == [(0, 2), (1,)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Some 312  homes burned.", "Some 312 homes"),
        ("A jury found her guilty; she faces up to five years.", "up to five years"),
        ("Police found $86,000 in cash in her office.", "$86,000"),
        ("Turnout was 61 percent of voters.", "61 percent"),
        ("The toll rose to 14 on Friday.", "14"),
    ],
)
def test_merge_figures_adds_no_noun_but_the_one_that_follows_a_count(text, expected):
    [figure] = figures_of(text)

    assert figure.text == expected


def test_merge_figures_puts_first_what_more_articles_state():
    figures = figures_of(
        "The mayor owns 30 cats. The blaze at the mill killed 14 people on Friday.",
        "The blaze at the mill killed 14 people on Friday.",
    )

    assert [figure.value for figure in figures] == [14, 30]


def test_merge_figures_finds_nothing_in_nothing():
    assert merge_figures([], []) == ()
    assert figures_of("", "No number here.") == ()


SENTENCES = st.sampled_from(
    [
        "The blaze killed 14 people in Lorn.",
        "The blaze in Lorn killed at least 12 people.",
        "Over 300 homes burned.",
        "Some 312 homes burned, at a cost of $40 million.",
        "It cost about $41m.",
        "Anna Kovac, 41, led 9 crews for three days.",
        "Crews worked for 72 hours.",
        "Half of the town, 2,000 to 3,000 people, fled 20 miles (32 km).",
    ]
)
ARTICLES = st.lists(st.lists(SENTENCES, min_size=1, max_size=5).map(" ".join), max_size=4)


@given(ARTICLES)
@settings(max_examples=60, deadline=None)
def test_merge_figures_gives_each_quantity_to_one_figure(texts):
    documents = [segment(text) for text in texts]
    quantities = [find_quantities(document) for document in documents]

    figures = merge_figures(documents, quantities)

    mentions = [mention for figure in figures for mention in figure.mentions]
    places = sorted((mention.article, mention.start, mention.end) for mention in mentions)
    assert places == sorted(
        (article, quantity.start, quantity.end)
        for article, found in enumerate(quantities)
        for quantity in found
    )
    for mention in mentions:
        assert texts[mention.article][mention.start : mention.end] == mention.text
    for figure in figures:
        assert (figure.agreement == "single") == (len(figure.articles) == 1)
        assert (figure.agreement == "conflict") == (figure.value is None) == bool(figure.values)


def told(texts):
    """All that figures say, in their order, the articles by their texts instead of their places."""
    return [
        (
            (figure.text, figure.subject, figure.kind, figure.unit, figure.agreement),
            (figure.value, figure.high, figure.comparator),
            [(v.value, v.comparator, sorted(texts[k] for k in v.articles)) for v in figure.values],
            sorted((texts[m.article], m.start, m.text) for m in figure.mentions),
        )
        for figure in figures_of(*texts)
    ]


@given(ARTICLES.flatmap(lambda texts: st.tuples(st.just(texts), st.permutations(texts))))
@settings(max_examples=60, deadline=None)
def test_merge_figures_says_the_same_in_any_order_of_articles(pair):
    texts, permuted = pair
    assume(len(set(texts)) == len(texts))

    assert told(texts) == told(permuted)


def meant(figures, keep):
    """What figures say of the articles to keep, wherever these stand in the request."""
    return sorted(
        (
            figure.agreement,
            str(figure.value),
            tuple(sorted(str(value.value) for value in figure.values)),
            tuple((keep[m.article], m.start) for m in figure.mentions if m.article in keep),
        )
        for figure in figures
        if keep.keys() & set(figure.articles)
    )


@given(ARTICLES.filter(bool), st.data())
@settings(max_examples=40, deadline=None)
def test_merge_figures_is_not_changed_by_an_article_given_twice(texts, data):
    again = data.draw(st.integers(0, len(texts) - 1))
    keep = {k: k for k in range(len(texts))}

    once = figures_of(*texts)
    twice = figures_of(*texts, texts[again], copies=[None] * len(texts) + [again])

    assert meant(twice, keep) == meant(once, keep)


@given(ARTICLES, st.integers(0, 4))
@settings(max_examples=40, deadline=None)
def test_merge_figures_is_not_changed_by_another_story(texts, place):
    place = min(place, len(texts))
    keep = {k + (k >= place): k for k in range(len(texts))}
    mixed = [*texts[:place], "The blaze killed 12 people. It cost $40 million.", *texts[place:]]

    together = figures_of(*mixed, stories=[tuple(keep), (place,)])

    assert meant(together, keep) == meant(figures_of(*texts), {k: k for k in range(len(texts))})


def test_merge_figures_compares_no_more_than_it_has_time_for():
    text = "The blaze killed 14 people in Lorn. " * 2500

    figures = figures_of(text, text)

    assert sum(len(figure.mentions) for figure in figures) == 5000


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the sample articles are not at ../shared/seeds")
def test_merge_figures_reads_the_sample_articles():
    texts = [path.read_text("utf-8") for path in sorted(SEEDS.glob("*.txt"))]

    figures = {figure.value: figure for figure in figures_of(*texts)}

    assert {value: figure.agreement for value, figure in figures.items()} == {
        46537: "compatible",
        94: "agree",
        34: "agree",
        1208: "single",
        251: "single",
        1: "single",
    }
    assert figures[46537].text == "46,537 people"
    assert figures[94].text == "94 captives"
    assert figures[1208].text == "1,208 people"
    assert figures[251].text == "251 people"
    assert figures[1].text == "more than a year"


@pytest.mark.parametrize("times", [40, 400])
def test_merge_figures_takes_one_endless_sentence_of_quantities(times):
    document = segment("12 dead, 13 hurt; " * times)

    figures = merge_figures([document], [find_quantities(document)])

    assert sum(len(figure.mentions) for figure in figures) == 2 * times
