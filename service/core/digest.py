"""The whole run on one page: articles in, one digest out."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal, NamedTuple

from service.core.analysis import Analysis, analyze
from service.core.classic import LIMITS, ClassicMethod, rate
from service.core.copies import find_copies
from service.core.entities import Entity, EntityMention, EntityRole, merge_entities
from service.core.errors import Check, TooManySentences, unchecked
from service.core.features import find_headings
from service.core.figures import Figure, FigureMention, Value, merge_figures
from service.core.mentions import EntityType
from service.core.pipeline import NoPipeline, SpacyTagger, load_pipeline
from service.core.rank import Reason, explain, kind, lead, salience, sameness
from service.core.roles import with_roles
from service.core.standing import Standing, standing
from service.core.stories import Story, find_stories
from service.core.summary import (
    TASTES,
    Budget,
    Echo,
    Summary,
    SummarySentence,
    Taste,
    choose,
    find_candidates,
    in_stories,
)
from service.core.tagger import NameTagger
from service.core.text import Article, Document, Sentence, Span
from service.core.times import Time, read_time
from service.core.updates import Update, find_updates
from service.core.vectors import Meanings, Vectors, content_stems

__all__ = [
    "METHODS",
    "Article",
    "ArticleNote",
    "Digest",
    "Echo",
    "Entity",
    "EntityMention",
    "EntityRole",
    "Figure",
    "FigureMention",
    "NoPipeline",
    "Options",
    "Reason",
    "SpacyTagger",
    "Story",
    "Summary",
    "SummarySentence",
    "Value",
    "digest",
    "load_pipeline",
]

Place = tuple[int, Span]  # a sentence's article and its span
Method = Literal["auto", "lead"] | ClassicMethod
Part = Literal["summary", "entities", "figures"]

#: Every method, and the most sentences of all articles together that it takes. Our own are linear:
#: a body of 2 MiB of news has 17,000, and at 20,000 they take a second.
METHODS: Mapping[str, int] = dict.fromkeys(("auto", "lead"), 20_000) | LIMITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the caller wants; at most one of *sentences*, *words* and *ratio* is set."""

    sentences: int | None = None
    words: int | None = None  # a hard cap on the summary's words
    ratio: float | None = None  # of the story's words, in (0, 1)
    method: Method = "auto"
    order: Literal["reading", "score"] = "reading"
    explain: bool = False  # whether each sentence comes with reasons
    include: tuple[Part, ...] = ("summary", "entities", "figures")
    max_entities: int = 20
    max_figures: int = 50
    entity_types: tuple[EntityType, ...] = ("PER", "ORG", "LOC", "MISC")


WarningCode = Literal["other-language", "html", "no-story"]


class ArticleWarning(NamedTuple):
    """What makes the digest of one article less sure."""

    code: WarningCode  # for programs
    detail: str  # for people


@dataclass(frozen=True, slots=True)
class ArticleNote:
    """What was seen of one article."""

    language: str | None  # ISO 639-1 code; None where it cannot be told
    words: int  # of the story
    sentences: int  # of the story
    duplicate_of: int | None  # index of the earlier article that this one copies
    warnings: tuple[ArticleWarning, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """The digest of all articles; a part that was not asked for is None."""

    summary: Summary | None
    entities: tuple[Entity, ...] | None
    figures: tuple[Figure, ...] | None
    articles: tuple[ArticleNote, ...]  # one for each article, in the request's order
    stories: tuple[Story, ...] = ()  # every article in one; with their sentences in the summary


def _untimed(_step: str) -> AbstractContextManager[object]:
    return nullcontext()


def digest(
    articles: Sequence[Article],
    options: Options | None = None,
    *,
    timed: Callable[[str], AbstractContextManager[object]] = _untimed,
    check: Check = unchecked,
    tagger: NameTagger | None = None,
) -> Digest:
    """The digest of the articles.

    Args:
        articles: at least one.
        options: the defaults where None.
        timed: entered around each step with the step's name ("segment", "mentions", "quantities",
            "copies", "stories", "summary", "entities", "figures"); the core itself reads no clock.
        check: called between the steps and inside the long ones; it stops the work by raising.
        tagger: what finds names; the one that ships where None.

    Raises:
        TooManySentences: the method takes fewer sentences than the articles have.
    """
    options = options or Options()
    include = options.include
    published = [article.published for article in articles]
    times = [read_time(text) for text in published]
    # What later articles have overtaken is told by the figures, among others.
    told_later = "summary" in include and options.method == "auto" and _differ(times)
    numbers = "figures" in include or told_later
    analyses = [
        analyze(
            article,
            names="entities" in include,
            numbers=numbers,
            timed=timed,
            check=check,
            tagger=tagger,
        )
        for article in articles
    ]
    documents = [analysis.document for analysis in analyses]
    titles = [article.title for article in articles]
    check()
    with timed("copies"):
        copies = find_copies(documents)
    with timed("stories"):
        stories = find_stories(documents, titles)
    summary, entities, figures = None, None, None
    merged: tuple[Figure, ...] = ()
    if numbers:
        check()
        with timed("figures"):
            merged = merge_figures(
                documents,
                [analysis.quantities for analysis in analyses],
                copies=copies,
                stories=[story.articles for story in stories],
                published=published,
                check=check,
            )
        if "figures" in include:
            figures = merged[: options.max_figures]
    if "summary" in include:
        check()
        with timed("summary"):
            summary = _summarize(
                documents,
                titles,
                copies,
                stories,
                times if told_later else (),
                _superseded(merged),
                options,
                check,
            )
    if "entities" in include:
        check()
        with timed("entities"):
            mentions = [analysis.mentions for analysis in analyses]
            found = merge_entities(documents, titles, mentions, copies=copies)
            found = with_roles(documents, found)
            wanted = (entity for entity in found if entity.type in options.entity_types)
            entities = tuple(islice(wanted, options.max_entities))
    notes = tuple(
        ArticleNote(
            language=analysis.language,
            words=sum(sentence.length for sentence in analysis.document.story),
            sentences=len(analysis.document.story),
            duplicate_of=copy,
            warnings=_warnings(analysis),
        )
        for analysis, copy in zip(analyses, copies, strict=True)
    )
    return Digest(summary, entities, figures, notes, _with_sentences(stories, summary))


def _with_sentences(stories: Sequence[Story], summary: Summary | None) -> tuple[Story, ...]:
    """The stories, each with its sentences of the summary, in the summary's order."""
    if summary is None:
        return tuple(stories)
    return tuple(
        replace(
            story,
            sentences=tuple(
                k
                for k, sentence in enumerate(summary.sentences)
                if sentence.article in story.articles
            ),
        )
        for story in stories
    )


def _summarize(
    documents: Sequence[Document],
    titles: Sequence[str | None],
    copies: Sequence[int | None],
    told: Sequence[Story],
    times: Sequence[Time | None],
    superseded: Mapping[Place, Collection[Place]],
    options: Options,
    check: Check,
) -> Summary:
    """The summary by the method asked for; a copied article is heard, but has no say."""
    stories = [document.story for document in documents]
    originals = [story if copy is None else () for story, copy in zip(stories, copies, strict=True)]
    copied = [() if copy is None else story for story, copy in zip(stories, copies, strict=True)]
    found, limit = sum(map(len, stories)), METHODS[options.method]
    if found > limit:
        raise TooManySentences(method=options.method, found=found, limit=limit)
    stands = standing if options.method == "auto" else _by_itself
    candidates = [*find_candidates(originals, stands), *find_candidates(copied, stands)]
    sentences = [candidate.sentence for candidate in candidates]
    counted = sum(map(len, originals))
    vectors = Vectors([content_stems(sentence) for sentence in sentences], counted=counted)
    meanings = Meanings(sentences, counted=counted)
    headings = find_headings(documents, titles)
    check()
    taste = Taste()
    match options.method:
        case "auto":
            scores = salience(originals, headings, vectors, meanings)
            by_word = options.words is not None or options.ratio is not None
            taste = TASTES[kind(originals), "words" if by_word else "sentences"]
        case "lead":
            scores = lead(originals)
        case method:
            scores = rate(originals, headings, method=method)
    check()
    alike = sameness(candidates, vectors, meanings)
    groups = [story.articles for story in told] if options.method == "auto" else ()
    updates: Sequence[Update] = ()
    if options.method == "auto" and len({one.article for one in candidates[:counted]}) > 1:
        told_by = in_stories(candidates, groups)
        updates = find_updates(candidates, scores, alike, times, superseded, told_by)
    summary = choose(
        candidates,
        scores,
        alike,
        budget=_budget(originals, options),
        taste=taste,
        order=options.order,
        stories=groups,
        times=times,
        updates=updates,
        check=check,
    )
    if not options.explain:
        return summary
    places = {(one.article, one.sentence.start): k for k, one in enumerate(candidates)}
    chosen = [places[sentence.article, sentence.start] for sentence in summary.sentences]
    reasons: Sequence[tuple[Reason, ...]] = [()] * len(chosen)
    if options.method == "auto":
        reasons = explain(originals, headings, vectors, meanings, chosen)
    return summary.explained(reasons)


def _differ(times: Sequence[Time | None]) -> bool:
    """Whether one of the articles was published before another."""
    dated = [time for time in times if time]
    return len(dated) > 1 and min(dated, key=lambda time: time.end).before(max(dated))


def _superseded(figures: Sequence[Figure]) -> dict[Place, set[Place]]:
    """The sentences that state a superseded value, each with those that state what supersedes it.

    A sentence that states both is none of them.
    """
    found: dict[Place, set[Place]] = {}
    for figure in figures:
        stated: list[set[Place]] = [set() for _ in figure.values]
        for mention in figure.mentions:
            own = [k for k, one in enumerate(figure.values) if mention.article in one.articles]
            said = [k for k in own if figure.values[k].value == mention.value]
            for k in said or own[:1]:
                stated[k].add((mention.article, mention.sentence))
        for k, one in enumerate(figure.values):
            if one.superseded_by is None:
                continue
            newest = one.superseded_by
            for place in stated[k] - set().union(*stated[:k]):
                found.setdefault(place, set()).update(stated[newest])
    return found


def _by_itself(_sentence: Sentence) -> Standing:
    """What the classic methods take every sentence for."""
    return Standing.ALONE


def _budget(stories: Sequence[Sequence[Sentence]], options: Options) -> Budget:
    if options.words is not None:
        return Budget(words=options.words)
    if options.ratio is not None:
        words = sum(sentence.length for story in stories for sentence in story)
        return Budget(words=round(words * options.ratio))
    return Budget(sentences=options.sentences or (3 if len(stories) == 1 else 5))


def _warnings(analysis: Analysis) -> tuple[ArticleWarning, ...]:
    """What the caller should know about one article's digest."""
    warnings = []
    if analysis.language not in ("en", None):
        detail = (
            f"the article seems to be written in {analysis.language!r}; names are not looked for,"
            " and figures are read by the rules of English"
        )
        warnings.append(ArticleWarning("other-language", detail))
    if _has_tags(analysis.document):
        detail = (
            "the article holds tags of HTML; between sentences they are left out, inside sentences"
            " they stay"
        )
        warnings.append(ArticleWarning("html", detail))
    if not analysis.document.story:
        detail = "no sentence of the article was taken for story"
        warnings.append(ArticleWarning("no-story", detail))
    return tuple(warnings)


def _has_tags(document: Document) -> bool:
    """Whether tags of HTML stand in the text; each is one token, and no other begins like it."""
    return "<" in document.text and any(
        len(token.text) > 1 and token.text[0] == "<"
        for sentence in document.sentences
        for token in sentence.tokens
    )
