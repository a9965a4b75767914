"""Quantities of all articles, joined into figures that say whether the articles agree."""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from service.core.agreement import satisfiable
from service.core.errors import Check, unchecked
from service.core.grouping import SCORER, Scorer, group
from service.core.quantities import Comparator, Kind, Quantity
from service.core.statements import Statement, dimension_of, statements
from service.core.text import Document, Role, Span
from service.core.times import Time, read_time

Agreement = Literal["single", "agree", "compatible", "conflict"]


@dataclass(frozen=True, slots=True)
class FigureMention:
    """One place where one article states the figure."""

    article: int  # index into the request's articles
    start: int
    end: int
    text: str
    value: Decimal
    high: Decimal | None
    comparator: Comparator
    unit: (
        str | None
    )  # the unit as written here; the figure's own may differ ("84 months", "7 years")
    sentence: Span


@dataclass(frozen=True, slots=True)
class Value:
    """One of the values that the articles disagree about."""

    value: Decimal
    high: Decimal | None
    comparator: Comparator
    articles: tuple[int, ...]
    superseded_by: int | None = None  # index of the value that a later article gives instead


@dataclass(frozen=True, slots=True)
class Figure:
    """One quantity of the story, however many articles state it."""

    # The most exact mention, in a conflict of the first value, with what it counts where that
    # follows: "46,537 people".
    text: str
    subject: str
    kind: Kind
    unit: str | None
    value: Decimal | None  # in *unit*; None in a conflict
    high: Decimal | None
    comparator: Comparator | None  # None in a conflict
    agreement: Agreement
    values: tuple[Value, ...]  # in a conflict, what is said, the latest first; else empty
    mentions: tuple[FigureMention, ...]  # by article, then by position

    @property
    def articles(self) -> tuple[int, ...]:
        """The articles that state it, in the request's order."""
        return tuple(sorted({mention.article for mention in self.mentions}))


def merge_figures(
    documents: Sequence[Document],
    quantities: Sequence[Sequence[Quantity]],
    *,
    copies: Sequence[int | None] = (),
    stories: Sequence[Sequence[int]] = (),
    published: Sequence[str | None] = (),
    scorer: Scorer = SCORER,
    check: Check = unchecked,
) -> tuple[Figure, ...]:
    """One figure for each quantity of each story, most telling first.

    Statements are of one figure where they count or measure the same thing at the same scope,
    as far as their wording tells; what one article says twice counts once, and so does what an
    article and its copy say.

    Args:
        documents: the articles' texts, cut.
        quantities: those of each document, as `find_quantities` gives them.
        copies: for each document the original that it copies, None for an original; empty where
            none is a copy.
        stories: the articles of each story; empty where all tell one. Figures of two stories are
            never compared.
        published: when each article was, an ISO 8601 date or date-time; empty where unknown.
        scorer: what judges whether two statements are of one figure.
        check: called before each article and each figure; it stops the work by raising.

    Returns:
        First what more articles state, then what is told earlier in its article, then what is
        more exact; ties by their words. The order of the articles decides nothing but the order
        inside a figure's lists.
    """
    size = len(documents)
    original = [k if copy is None else copy for k, copy in enumerate(copies or [None] * size)]
    when = [read_time(text) for text in published or [None] * size]
    figures: list[Figure] = []
    most = _COMPARED / math.sqrt(max(1, len(stories)))
    for articles in stories or [range(size)]:
        heard, echoes = _heard(documents, quantities, articles, original, most, check)
        for one in group(heard, scorer, check):
            check()
            members = [heard[k] for k in one.members]
            echoed = [echo for k in one.members for echo in echoes[k]]
            figures.append(
                _figure(documents, members, echoed, original, when, conflict=one.conflict)
            )

    def telling(figure: Figure) -> tuple[Any, ...]:
        texts = {article: documents[article].text for article in figure.articles}
        place = min(m.sentence.start / len(texts[m.article]) for m in figure.mentions)
        return (
            -len({original[article] for article in figure.articles}),
            round(place, 2),
            figure.comparator != "=",
            min(_opening(texts[m.article], m.start) for m in figure.mentions),
        )

    return tuple(sorted(figures, key=telling))


_WORDS_OF = 200  # characters of an article by which two places in articles are told apart


def _opening(text: str, start: int) -> tuple[float, str, str]:
    """Where in its article a number stands, and what tells it from one as far in another."""
    return start / len(text), text[start : start + _WORDS_OF], text[:_WORDS_OF]


# Comparing takes memory and time with the square of what is compared: 1,500 take a second.
# A hundred articles of 700 words have 1,100 quantities. Many stories share the time.
_COMPARED = 1500


_AGAIN = frozenset({Role.REPEAT, Role.POST})  # what is said there of what the article tells


def _limit(counts: Sequence[int], most: float) -> int:
    """How many quantities of each article are compared, so that no more than *most* are."""
    limit = max(counts, default=0)
    while sum(min(count, limit) for count in counts) > most:
        limit = limit * 9 // 10
    return limit


def _heard(
    documents: Sequence[Document],
    quantities: Sequence[Sequence[Quantity]],
    articles: Sequence[int],
    original: Sequence[int],
    most: float,
    check: Check,
) -> tuple[list[Statement], list[list[Statement]]]:
    """The statements of one story, and for each those that only repeat it.

    Of copies the first is heard, and the others where they say something else; so are repeated
    sentences and embedded posts of one article. The articles stand in an order of their own, so
    that the request's order decides nothing.
    """
    limit = _limit([len(quantities[article]) for article in articles], most)
    heard: list[Statement] = []
    echoes: list[list[Statement]] = []
    said: dict[Hashable, list[int]] = defaultdict(list)
    in_order = sorted(articles, key=lambda k: documents[k].text)
    first = {original[article]: article for article in reversed(in_order)}
    for article in sorted(in_order, key=lambda k: first[original[k]] != k):
        check()
        document = documents[article]
        told: dict[Hashable, int] = {}
        for statement in statements(
            article, document, quantities[article], compared=limit, alone=len(articles) == 1
        ):
            what = (_said(statement), statement.subject)
            if statement.sentence.role in _AGAIN and what in told:
                echoes[told[what]].append(statement)
                continue
            key = (original[article], _wording(statement))
            if first[original[article]] != article and said[key]:
                told.setdefault(what, said[key][0])
                echoes[said[key].pop(0)].append(statement)
                continue
            if first[original[article]] == article:
                said[key].append(len(heard))
            told.setdefault(what, len(heard))
            heard.append(statement)
            echoes.append([])
    return heard, echoes


def _wording(statement: Statement) -> Hashable:
    quantity = statement.quantity
    text = statement.sentence.text[:1000]  # a sentence without end costs no more than a long one
    return (_said(statement), quantity.kind, " ".join(text.split()))


# --- the figure ----------------------------------------------------------------------------------

_EXACTNESS: dict[Comparator, int] = {"=": 0, "~": 1, ">=": 2, "<=": 2, ">": 2, "<": 2}
_GAP = 8  # white space between a number and its noun; more is a break of the page
# What a later article does not bring up to date: it corrects it.
_LASTING: frozenset[Kind] = frozenset({"age", "ordinal"})


def _figure(
    documents: Sequence[Document],
    statements: Sequence[Statement],
    echoed: Sequence[Statement],
    original: Sequence[int],
    when: Sequence[Time | None],
    *,
    conflict: bool,
) -> Figure:
    ranked = sorted(statements, key=lambda s: _exactness(s, documents[s.article].text))
    exact = ranked[0] if conflict else _most_exact(ranked)
    quantity = exact.quantity
    everywhere = sorted((*statements, *echoed), key=lambda s: (s.article, s.quantity.start))
    values = _values(everywhere, quantity, when) if conflict else ()
    shown = exact
    if conflict:  # the value that comes first
        said = values[0].value, values[0].high, values[0].comparator
        shown = next(s for s in ranked if _in_unit(s.quantity, quantity) == said)
    return Figure(
        text=_text(documents[shown.article].text, shown.quantity),
        subject=shown.quantity.subject
        or next((s.quantity.subject for s in ranked if s.quantity.subject), ""),
        kind=quantity.kind,
        unit=quantity.unit,
        value=None if conflict else quantity.value,
        high=None if conflict else quantity.high,
        comparator=None if conflict else quantity.comparator,
        agreement="conflict" if conflict else _agreement(statements, original),
        values=values,
        mentions=tuple(
            FigureMention(
                article=s.article,
                start=s.quantity.start,
                end=s.quantity.end,
                text=documents[s.article].text[s.quantity.start : s.quantity.end],
                value=s.quantity.value,
                high=s.quantity.high,
                comparator=s.quantity.comparator,
                unit=s.quantity.unit,
                sentence=Span(s.sentence.start, s.sentence.end),
            )
            for s in everywhere
        ),
    )


def _text(text: str, quantity: Quantity) -> str:
    """The mention; a count with its noun, where that is the next word."""
    end = quantity.end
    if quantity.kind == "count" and quantity.subject:
        noun = text.find(quantity.subject, end, end + _GAP + len(quantity.subject))
        if noun > end and text[end:noun].isspace():
            end = noun + len(quantity.subject)
    return " ".join(text[quantity.start : end].split())


def _exactness(statement: Statement, text: str) -> tuple[Any, ...]:
    """Ranks the most exact statement first; then one that says of what, then the earlier."""
    quantity = statement.quantity
    digits = len(quantity.value.normalize().as_tuple().digits)
    return (
        quantity.high is not None,
        _EXACTNESS[quantity.comparator],
        -digits,
        not quantity.subject,
        _opening(text, quantity.start),
    )


def _most_exact(ranked: Sequence[Statement]) -> Statement:
    """The first of the statements, most exact first, whose number the others allow."""
    if len(ranked) == 1:
        return ranked[0]
    claims = [statement.claim for statement in ranked]
    for statement in ranked:
        exact = replace(statement.claim, comparator="=", grain=0.0)
        if satisfiable([exact, *claims]):
            return statement
    return ranked[0]


def _said(statement: Statement) -> tuple[Decimal, Decimal | None, Comparator, str | None]:
    quantity = statement.quantity
    return quantity.value, quantity.high, quantity.comparator, quantity.unit


def _agreement(statements: Iterable[Statement], original: Sequence[int]) -> Agreement:
    said: dict[int, set[object]] = defaultdict(set)
    for statement in statements:
        said[original[statement.article]].add(_said(statement))
    if len(said) == 1:
        return "single"
    return "agree" if set.intersection(*said.values()) else "compatible"


# --- values in dispute ---------------------------------------------------------------------------


def _values(
    statements: Sequence[Statement],
    exact: Quantity,
    when: Sequence[Time | None],
) -> tuple[Value, ...]:
    """What is said, in the unit of *exact*, each with its articles, the latest first.

    Undated ones come last; of one time, first what more articles say, then the larger.
    A value is superseded where all that say it were published before all that say another.
    """
    articles: dict[tuple[Decimal, Decimal | None, Comparator], set[int]] = {}
    for statement in statements:
        articles.setdefault(_in_unit(statement.quantity, exact), set()).add(statement.article)
    ends = {
        said: max((dated.end for k in stating if (dated := when[k])), default=-math.inf)
        for said, stating in articles.items()
    }

    def latest(said: tuple[Decimal, Decimal | None, Comparator]) -> tuple[Any, ...]:
        value, high, comparator = said
        return -ends[said], -len(articles[said]), -value, -(high or value), comparator

    ranked = sorted(articles, key=latest)

    def begins(said: tuple[Decimal, Decimal | None, Comparator]) -> float:
        return min(-math.inf if (dated := when[k]) is None else dated.start for k in articles[said])

    def newer(said: tuple[Decimal, Decimal | None, Comparator]) -> int | None:
        if exact.kind in _LASTING or any(when[k] is None for k in articles[said]):
            return None
        later = (
            k
            for k, other in enumerate(ranked)
            if ends[said] <= begins(other)
            and begins(said) < ends[other]  # not of one moment
            and articles[said].isdisjoint(articles[other])
        )
        return next(later, None)

    return tuple(Value(*said, tuple(sorted(articles[said])), newer(said)) for said in ranked)


def _in_unit(quantity: Quantity, exact: Quantity) -> tuple[Decimal, Decimal | None, Comparator]:
    """The number in the unit of *exact*; one converted has four digits."""
    if quantity.unit == exact.unit:
        return quantity.value, quantity.high, quantity.comparator
    factor = dimension_of(quantity)[1] / dimension_of(exact)[1]
    high = None if quantity.high is None else _converted(quantity.high, factor)
    return _converted(quantity.value, factor), high, quantity.comparator


def _converted(value: Decimal, factor: float) -> Decimal:
    return Decimal(f"{float(value) * factor:.4g}")
