"""Quantities of several articles, joined into figures that say whether the articles agree."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.core.figures import merge_figures
from service.core.quantities import find_quantities
from service.core.segment import segment

CASES = json.loads((Path(__file__).parent / "cases" / "figures.json").read_text("utf-8"))
SEEDS = Path(__file__).parents[3] / "shared" / "seeds"


def figures_of(*texts):
    documents = [segment(text) for text in texts]
    return merge_figures(documents, [find_quantities(document) for document in documents])


def stated(figure):
    return sorted([mention.article, mention.text] for mention in figure.mentions)


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            case,
            id=f"{case['phenomenon']}: {case['label']}",
            marks=[pytest.mark.xfail(strict=True, reason=case["note"])]
            if case["expect"] == "fail"
            else [],
        )
        for case in CASES
    ],
)
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


@given(ARTICLES.flatmap(lambda texts: st.tuples(st.just(texts), st.permutations(texts))))
@settings(max_examples=60, deadline=None)
def test_merge_figures_finds_the_same_in_any_order_of_articles(pair):
    def found(texts):
        return sorted(
            sorted((texts[m.article], m.start) for m in figure.mentions)
            for figure in figures_of(*texts)
        )

    texts, permuted = pair
    if len(set(texts)) == len(texts):
        assert found(texts) == found(permuted)


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
