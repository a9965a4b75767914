"""Laws of one digest of several articles, which hold whatever the articles are."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from service.core.digest import Article, Options, digest

FIRST = (
    "VARNA, Bulgaria (Wire) - A ferry with 40 people aboard sank off Varna in a storm on Monday,"
    " officials said. At least 30 people were rescued. Captain Ivan Petrov had asked the harbour"
    " for help twice.",
    "Rescuers saved 31 of the 40 people aboard a ferry that sank in a storm off Varna on Monday."
    " Petrov, the captain, is missing. The ferry was worth $3 million.",
    "A ferry worth nearly $3.1 million sank in a storm off Varna. Its captain, Ivan Petrov, 52, had"
    " asked for help. Nine people are missing, rescuers said.",
)
UNRELATED = (
    "Helvan Bank cut its interest rate to 3 percent, as inflation in Marland fell below target."
    " Governor Lena Brandt said 40 economists had advised her. She expects 31 more cuts.",
    "A jury cleared the former mayor of Oakdale, Ruth Okafor, 52, of bribery after nine days of"
    " deliberation. Prosecutors had accused her of taking $3 million from a builder.",
)


def articles(texts):
    return [Article(f"a{k}", text) for k, text in enumerate(texts, start=1)]


def figures(found, keep):
    """What the figures say of the articles to keep, by their places there."""
    return sorted(
        (
            figure.text,
            figure.agreement,
            str(figure.value),
            tuple((keep[m.article], m.start, m.end) for m in figure.mentions if m.article in keep),
        )
        for figure in found.figures
        if keep.keys() & set(figure.articles)
    )


def sentences(found):
    return [(sentence.article, sentence.start) for sentence in found.summary.sentences]


STORIES = st.lists(st.sampled_from(FIRST), min_size=1, unique=True)


@given(STORIES, st.randoms())
@settings(max_examples=25, deadline=None)
def test_digest_finds_the_same_figures_in_any_order_of_articles(texts, random):
    order = random.sample(range(len(texts)), len(texts))

    found = digest(articles(texts))
    shuffled = digest(articles(texts[k] for k in order))

    def said(found, keep):
        return [
            (
                f.text,
                f.subject,
                f.value,
                f.agreement,
                sorted((keep[m.article], m.start) for m in f.mentions),
            )
            for f in found.figures
        ]

    assert said(shuffled, dict(enumerate(order))) == said(found, {k: k for k in range(len(texts))})


@given(STORIES, st.data())
@settings(max_examples=25, deadline=None)
def test_digest_is_not_changed_by_an_article_given_twice(texts, data):
    again = data.draw(st.sampled_from(texts))
    keep = {k: k for k in range(len(texts))}
    options = Options(sentences=3)

    once = digest(articles(texts), options)
    twice = digest(articles([*texts, again]), options)

    assert figures(twice, keep) == figures(once, keep)
    assert sentences(twice) == sentences(once)


@given(STORIES, st.lists(st.sampled_from(UNRELATED), min_size=1, unique=True))
@settings(max_examples=25, deadline=None)
def test_digest_keeps_the_figures_of_a_story_beside_another(texts, others):
    keep = {k: k for k in range(len(texts))}

    alone = digest(articles(texts))
    beside = digest(articles([*texts, *others]))

    assert figures(beside, keep) == figures(alone, keep)
    assert tuple(keep) in [story.articles for story in beside.stories]


@given(STORIES)
@settings(max_examples=10, deadline=None)
def test_digest_reads_nothing_into_the_ids_of_articles(texts):
    named = articles(texts)

    renamed = [replace(article, id=f"other {k}") for k, article in enumerate(reversed(named))][::-1]

    assert digest(named) == digest(renamed)


def test_digest_tells_each_story_with_its_sentences_of_the_summary():
    found = digest(articles([FIRST[0], UNRELATED[0], FIRST[1]]), Options(sentences=4))

    assert [story.articles for story in found.stories] == [(0, 2), (1,)]
    for story in found.stories:
        assert {found.summary.sentences[k].article for k in story.sentences} <= set(story.articles)
    assert sorted(k for story in found.stories for k in story.sentences) == list(
        range(len(found.summary.sentences))
    )
