import random
from contextlib import contextmanager
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.core.digest import METHODS, Article, Options, digest
from service.core.errors import CoreError, TooManySentences

from .case_files import cases

MORNING = """Ferry sinks off Varna

A ferry with 40 people aboard sank off Varna in a storm on Monday, officials said. At least 30 people were rescued.

Captain Ivan Petrov had asked the harbour for help twice. Divers from Burgas found the wreck at dawn.
"""
AGENCY = """VARNA, Bulgaria (Wire) - Rescuers saved 31 of the 40 people aboard a ferry that sank in a storm off Varna on Monday.

Petrov, the captain, is missing. The ferry was built in 1974 and belonged to Black Sea Lines.
"""
ARTICLES = (Article("morning", MORNING), Article("agency", AGENCY))


def spans(found):
    """Every (article, start, end, text) that a digest holds."""
    for sentence in found.summary.sentences if found.summary else ():
        yield sentence.article, sentence.start, sentence.end, sentence.text
    for entity in found.entities or ():
        for mention in entity.mentions:
            yield mention.article, mention.start, mention.end, mention.text
    for figure in found.figures or ():
        for mention in figure.mentions:
            yield mention.article, mention.start, mention.end, mention.text


def test_digest_joins_what_two_articles_tell():
    found = digest(ARTICLES)

    assert [figure.agreement for figure in found.figures if figure.value == 40] == ["agree"]
    [captain] = [entity for entity in found.entities if "Petrov" in entity.name]
    assert (captain.name, captain.type, captain.articles) == ("Ivan Petrov", "PER", (0, 1))


def test_digest_summarises_the_story_and_not_the_page():
    found = digest(ARTICLES, Options(sentences=9))

    assert "Ferry sinks off Varna" not in found.summary.text
    assert "(Wire)" not in found.summary.text
    assert found.summary.text.startswith(("A ferry with 40 people aboard", "Rescuers saved 31"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>The council closed the old bridge.</p><script>alert(1)</script>", ["html"]),
        ("The council <b>closed</b> the old bridge.", ["html"]),
        ("The share of those with p < 0.05 is <10 % and rises.", []),
    ],
)
def test_digest_warns_of_tags_and_summarises_none(text, expected):
    found = digest([Article("a1", text)])

    assert found.summary is not None
    assert found.summary.text.startswith("The ")
    assert "alert" not in found.summary.text
    assert [warning.code for warning in found.articles[0].warnings] == expected


def test_digest_begins_after_a_byte_order_mark():
    found = digest([Article("a1", "\ufeffThe council closed the old bridge.")])

    assert found.summary is not None
    [sentence] = found.summary.sentences
    assert (sentence.start, sentence.text) == (1, "The council closed the old bridge.")


def test_digest_of_signs_without_width_has_no_story():
    [note] = digest([Article("a1", "\u200b\ufeff\u2060")]).articles

    assert (note.sentences, len(note.warnings)) == (0, 1)


def test_digest_leaves_out_the_parts_that_were_not_asked_for():
    found = digest(ARTICLES, Options(include=("figures",)))

    assert found.summary is None
    assert found.entities is None
    assert found.figures


def test_digest_takes_no_more_than_was_asked_for():
    found = digest(ARTICLES, Options(max_entities=1, max_figures=2, entity_types=("LOC",)))

    assert [entity.type for entity in found.entities] == ["LOC"]
    assert len(found.figures) == 2


@pytest.mark.parametrize(
    ("options", "sentences"), [(Options(), 5), (Options(sentences=2), 2), (Options(words=10), 1)]
)
def test_digest_keeps_to_the_length(options, sentences):
    found = digest(ARTICLES, options)

    assert len(found.summary.sentences) <= sentences
    assert options.words is None or found.summary.words <= options.words


def test_digest_takes_three_sentences_of_one_article_and_a_ratio_of_the_story():
    assert len(digest(ARTICLES[:1]).summary.sentences) == 3

    found = digest(ARTICLES, Options(ratio=0.5))
    assert 0 < found.summary.words <= sum(note.words for note in found.articles) / 2


def test_digest_says_which_article_copies_another_and_lets_it_change_nothing():
    alone = digest(ARTICLES)
    doubled = digest((*ARTICLES, replace(ARTICLES[0], id="again")))

    assert [note.duplicate_of for note in doubled.articles] == [None, None, 0]
    assert doubled.summary.text == alone.summary.text


@pytest.mark.parametrize("method", METHODS)
def test_digest_takes_every_method(method):
    assert len(digest(ARTICLES, Options(method=method, sentences=2)).summary.sentences) == 2


def test_digest_refuses_more_sentences_than_a_method_takes():
    text = "\n\n".join(f"Ship {i} came to port." for i in range(METHODS["kl"] + 1))

    with pytest.raises(TooManySentences):
        digest((Article("a1", text),), Options(method="kl"))


def test_digest_tells_its_steps_to_whoever_times_them():
    steps = []

    @contextmanager
    def timed(step):
        steps.append(step)
        yield

    digest(ARTICLES[:1], timed=timed)

    assert steps == [
        *("segment", "mentions", "quantities"),
        *("copies", "stories", "figures", "summary", "entities"),
    ]


# Pieces that news is made of and that the steps look at, shuffled into texts that nobody wrote.
PIECES = [
    *(
        "\n\n",
        "\n",
        "\r\n",
        " ",
        "\u00a0",
        "\u200b",
        ". ",
        "? ",
        "… ",
        "“",
        "”",
        '"',
        "’s ",
        "(",
        ")",
    ),
    *(
        "U.S. ",
        "Gen. ",
        "John ",
        "Petrov",
        "VARNA ",
        "(Reuters) - ",
        "Photo: ",
        "the ",
        "of ",
        "a ",
    ),
    *("46,537 ", "$3.2 billion ", "over ", "12-year-old ", "½", "three ", "hundred ", "and ", "% "),
    *(
        "killed ",
        "people ",
        "May ",
        "2023 ",
        "é",
        "🏔️",
        "\u0301",
        "中文",
        "\x00",
        "\u2028",
        "•",
        "—",
    ),
]
TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(PIECES), max_size=120).map("".join),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=3), st.sampled_from(sorted(METHODS)))
def test_digest_of_any_text_cuts_out_its_spans_and_says_the_same_twice(texts, method):
    articles = [Article(f"a{i}", text) for i, text in enumerate(texts)]
    try:
        found = digest(articles, Options(method=method))
    except CoreError:
        return

    for article, start, end, text in spans(found):
        assert texts[article][start:end] == text != ""
    for figure in found.figures:
        for mention in figure.mentions:
            assert mention.sentence.start <= mention.start < mention.end <= mention.sentence.end
    assert digest(articles, Options(method=method)) == found


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(3)))
def test_digest_finds_the_same_in_any_order_of_the_articles(order):
    articles = [*ARTICLES, Article("third", "Black Sea Lines mourned nine sailors on Tuesday.")]

    def found(given):
        result = digest(given, Options(sentences=4))
        return (
            {sentence.text for sentence in result.summary.sentences},
            {(entity.name, entity.type) for entity in result.entities},
            {(figure.value, figure.unit, figure.agreement) for figure in result.figures},
        )

    assert found([articles[i] for i in order]) == found(articles)


@pytest.mark.parametrize("case", cases("developing.json"))
def test_digest_tells_the_latest_of_a_story(case):
    articles = [Article(f"a{k}", **article) for k, article in enumerate(case["articles"])]

    text = digest(articles, Options(include=("summary",))).summary.text

    assert [piece for piece in case["told"] if piece not in text] == []
    assert [piece for piece in case["stale"] if piece in text] == []
    assert text.startswith(case["opens"])


@pytest.mark.parametrize("case", [case.values[0] for case in cases("developing.json")])
def test_digest_of_a_dated_story_is_the_same_in_any_order_and_with_any_parts(case):
    articles = [Article(f"a{k}", **article) for k, article in enumerate(case["articles"])]

    found = digest(articles).summary

    assert digest(articles[::-1]).summary.text == found.text
    assert digest(articles, Options(include=("summary",))).summary == found


@pytest.mark.parametrize("published", ["2024-05-02", None])
def test_digest_takes_articles_of_one_day_for_undated(published):
    given = [replace(article, published=published) for article in ARTICLES]

    assert digest(given).summary == digest(ARTICLES).summary


def test_digest_renames_when_the_articles_are_renamed():
    named = [replace(article, id=str(random.random())) for article in ARTICLES]

    assert digest(named) == digest(ARTICLES)


class _Stop(Exception):
    pass


@pytest.mark.parametrize("include", [("summary",), ("entities",), ("figures",), Options().include])
def test_digest_can_be_stopped_at_every_check(include):
    calls = 0

    def count() -> None:
        nonlocal calls
        calls += 1

    digest(ARTICLES, Options(include=include), check=count)

    assert calls > 2 * len(ARTICLES)
    for allowed in range(calls):
        left = iter([None] * allowed)

        def stop(left=left) -> None:
            if next(left, "none") == "none":
                raise _Stop

        with pytest.raises(_Stop):
            digest(ARTICLES, Options(include=include), check=stop)


@pytest.mark.parametrize("method", ["auto", "lexrank"])
def test_digest_explains_its_sentences_only_when_asked(method):
    asked = digest(ARTICLES, Options(method=method, explain=True)).summary
    silent = digest(ARTICLES, Options(method=method)).summary

    assert asked.text == silent.text
    assert all(sentence.reasons is None for sentence in silent.sentences)
    assert all(bool(sentence.reasons) == (method == "auto") for sentence in asked.sentences)
