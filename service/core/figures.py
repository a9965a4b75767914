"""Quantities of all articles, joined into figures that say whether the articles agree."""

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from typing import Literal

import numpy as np
import numpy.typing as npt

from service.core.quantities import Comparator, Kind, Quantity
from service.core.text import Document, Sentence, Span

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


@dataclass(frozen=True, slots=True)
class Figure:
    """One quantity of the story, however many articles state it."""

    text: str  # the most exact mention with what it counts: "46,537 people"
    subject: str
    kind: Kind
    unit: str | None
    value: Decimal | None  # in *unit*; None in a conflict
    high: Decimal | None
    comparator: Comparator | None  # None in a conflict
    agreement: Agreement
    values: tuple[Value, ...]  # in a conflict, what is said; else empty
    mentions: tuple[FigureMention, ...]  # by article, then by position

    @property
    def articles(self) -> tuple[int, ...]:
        """The articles that state it, in the request's order."""
        return tuple(sorted({mention.article for mention in self.mentions}))


def merge_figures(
    documents: Sequence[Document], quantities: Sequence[Sequence[Quantity]]
) -> tuple[Figure, ...]:
    """One figure for each quantity of the story, most telling first.

    Args:
        documents: the articles' texts, cut.
        quantities: those of each document, as `find_quantities` gives them.

    Returns:
        First what more articles state, then what stands earlier in its article; ties by article.
    """
    stated = _stated(documents, quantities)
    figures = [_figure(documents, [stated[k] for k in group]) for group in _groups(stated)]
    figures.sort(
        key=lambda figure: (
            -len(figure.articles),
            figure.mentions[0].sentence.start
            / (len(documents[figure.mentions[0].article].text) + 1),
            figure.mentions[0].article,
            figure.mentions[0].start,
        )
    )
    return tuple(figures)


# --- what is stated ------------------------------------------------------------------------------

_RESOURCES = files("service.core").joinpath("resources")
_TABLE = json.loads(_RESOURCES.joinpath("units.json").read_text("utf-8"))
_LISTS = json.loads(_RESOURCES.joinpath("number_words.json").read_text("utf-8"))
_BASE: dict[str, tuple[str, float]] = {
    row["unit"]: (row["dimension"], float(row["factor"])) for row in _TABLE["units"]
}
_HASHED = 512  # dimensions of a bag of words
_WINDOW = 8  # words on each side of the number

# Nouns that news uses for one another when it counts; the first stands for all.
_SYNONYMS: dict[str, str] = {
    word: group.split()[0] for group in _LISTS["synonyms"] for word in group.split()
}
_SUFFIXES = re.compile(r"(?:ations?|ingly|ings?|edly|ed|ers?|ies|es|s|ly|['’]s)$")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_COMMON = frozenset(" ".join(_LISTS["common"]).split())


def _stem(word: str) -> str:
    lower = word.lower()
    same = _SYNONYMS.get(lower)
    if same:
        return same
    short = _SUFFIXES.sub("", lower)
    return short if len(short) >= 3 else lower


def _stems(text: str) -> list[str]:
    return [_stem(word) for word in _WORD.findall(text) if word.lower() not in _COMMON]


@dataclass(frozen=True, slots=True)
class _Statement:
    """A quantity with what it takes to compare it."""

    article: int
    quantity: Quantity
    sentence: Sentence
    dimension: str  # only quantities of one dimension are compared
    factor: float  # of its unit, to the dimension's own
    subject: frozenset[str]
    words: frozenset[str]  # stems of the sentence
    near: frozenset[str]  # stems around the number


def _stated(
    documents: Sequence[Document], quantities: Sequence[Sequence[Quantity]]
) -> list[_Statement]:
    found = []
    for article, document in enumerate(documents):
        stems: dict[int, frozenset[str]] = {}
        for quantity in quantities[article]:
            sentence = document.sentences[quantity.sentence]
            if quantity.sentence not in stems:
                stems[quantity.sentence] = frozenset(_stems(sentence.text))
            before = document.text[max(sentence.start, quantity.start - 70) : quantity.start]
            after = document.text[quantity.end : min(sentence.end, quantity.end + 70)]
            near = _stems(before)[-_WINDOW:] + _stems(after)[:_WINDOW]
            dimension, factor = _BASE.get(quantity.unit or "", (quantity.unit or "", 1.0))
            if quantity.kind in ("age", "ordinal", "percent", "ratio"):
                dimension = f"{quantity.kind} {dimension}"
            found.append(
                _Statement(
                    article,
                    quantity,
                    sentence,
                    dimension,
                    factor,
                    frozenset(_stems(quantity.subject)),
                    stems[quantity.sentence],
                    frozenset(near),
                )
            )
    return found


# --- what states the same ------------------------------------------------------------------------


def _bags(bags: Sequence[frozenset[str]], weight: dict[str, float]) -> npt.NDArray[np.float32]:
    """Unit vectors of bags of stems; row k is that of the k-th bag."""
    places: dict[str, int] = {}
    rows = np.zeros((len(bags), _HASHED), dtype=np.float32)
    for k, bag in enumerate(bags):
        for stem in bag:
            place = places.setdefault(stem, len(places)) % _HASHED
            rows[k, place] += weight[stem]
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: npt.NDArray[np.float32] = rows / np.maximum(norms, 1e-6)
    return unit


def _groups(stated: Sequence[_Statement]) -> list[list[int]]:
    """Indices of the statements of each figure, in order of their first."""
    seen: Counter[str] = Counter()
    for statement in stated:
        seen.update(statement.words | statement.near | statement.subject)
    weight = {stem: math.log(1 + len(stated) / (1 + n)) + 0.1 for stem, n in seen.items()}
    blocks: dict[str, list[int]] = defaultdict(list)
    for k, statement in enumerate(stated):
        blocks[statement.dimension].append(k)
    parent = list(range(len(stated)))

    def root(k: int) -> int:
        while parent[k] != k:
            parent[k] = parent[parent[k]]
            k = parent[k]
        return k

    for block in blocks.values():
        score = _likeness([stated[k] for k in block], weight)
        firsts, seconds = np.nonzero(np.triu(score > _SAME, 1))
        order = np.argsort(-score[firsts, seconds], kind="stable")
        for i, j in zip(firsts[order].tolist(), seconds[order].tolist(), strict=True):
            a, b = root(block[i]), root(block[j])
            if a != b:
                parent[max(a, b)] = min(a, b)
    groups: dict[int, list[int]] = defaultdict(list)
    for k in range(len(stated)):
        groups[root(k)].append(k)
    return list(groups.values())


_SAME = 1.0


def _likeness(block: Sequence[_Statement], weight: dict[str, float]) -> npt.NDArray[np.float32]:
    """How alike every two statements are, 0 where no one number can satisfy both."""
    sentences = _bags([statement.words for statement in block], weight)
    near = _bags([statement.near for statement in block], weight)
    subjects = _bags([statement.subject for statement in block], weight)
    low = np.array([_bounds(statement)[0] for statement in block])
    high = np.array([_bounds(statement)[1] for statement in block])
    digits = np.array([min(3, _significant(s.quantity.value)) for s in block], dtype=np.float32)
    possible = (low[:, None] <= high[None, :]) & (low[None, :] <= high[:, None])
    value = np.array([float(s.quantity.value) * s.factor for s in block])
    equal = np.isclose(value[:, None], value[None, :], rtol=0.002)
    rare = np.minimum(digits[:, None], digits[None, :]) - 1
    score = (
        0.8 * sentences @ sentences.T
        + 0.7 * near @ near.T
        + 0.5 * subjects @ subjects.T
        + 0.3 * rare
        + np.where(equal, 0.2, -0.2)
    )
    likeness: npt.NDArray[np.float32] = np.where(possible, score, 0).astype(np.float32)
    return likeness


def _significant(value: Decimal) -> int:
    """How many digits of the value are not zeros at its end."""
    return len(value.normalize().as_tuple().digits)


def _grain(value: Decimal) -> float:
    """Half the place of the last digit that is not zero: "46,500" is read to the hundred."""
    exponent = value.normalize().as_tuple().exponent
    return 0.5 * 10.0 ** (exponent if isinstance(exponent, int) and value else 0)


def _bounds(statement: _Statement) -> tuple[float, float]:
    """The numbers that the statement allows, in the dimension's own unit."""
    quantity = statement.quantity
    value = float(quantity.value)
    top = float(quantity.high) if quantity.high is not None else value
    slack = {"=": 0.0, "~": 0.1}
    match quantity.comparator:
        case "=":
            grain = _grain(quantity.value)
            low, high = value - (grain if grain > 0.5 else 0), top + (grain if grain > 0.5 else 0)
        case "~":
            margin = max(abs(value) * slack["~"], _grain(quantity.value) if abs(value) > 10 else 0)
            low, high = value - margin, top + margin
        case ">" | ">=":
            low, high = value, value * 1.35 + 0.1
        case _:
            low, high = value * 0.7, top
    return low * statement.factor * 0.999, high * statement.factor * 1.001


# --- the figure ----------------------------------------------------------------------------------

_EXACTNESS: dict[Comparator, int] = {"=": 0, "~": 1, ">=": 2, "<=": 2, ">": 2, "<": 2}


def _figure(documents: Sequence[Document], group: Sequence[_Statement]) -> Figure:
    ranked = sorted(
        range(len(group)),
        key=lambda k: (
            group[k].quantity.high is not None,
            _EXACTNESS[group[k].quantity.comparator],
            -_significant(group[k].quantity.value),
            k,
        ),
    )
    best = group[ranked[0]]
    exact = best.quantity
    text = documents[best.article].text[exact.start : exact.end]
    subject = next((group[k].quantity.subject for k in ranked if group[k].quantity.subject), "")
    if subject and not text.endswith(subject) and exact.kind not in ("age", "percent"):
        text = f"{text} {subject}"
    return Figure(
        text=text,
        subject=subject,
        kind=exact.kind,
        unit=exact.unit,
        value=exact.value,
        high=exact.high,
        comparator=exact.comparator,
        agreement=_agreement(group),
        values=(),
        mentions=tuple(
            FigureMention(
                statement.article,
                statement.quantity.start,
                statement.quantity.end,
                documents[statement.article].text[
                    statement.quantity.start : statement.quantity.end
                ],
                statement.quantity.value,
                statement.quantity.high,
                statement.quantity.comparator,
                statement.quantity.unit,
                Span(statement.sentence.start, statement.sentence.end),
            )
            for statement in group
        ),
    )


def _agreement(group: Sequence[_Statement]) -> Agreement:
    said: dict[int, set[tuple[Decimal, Decimal | None, Comparator, str | None]]] = defaultdict(set)
    for statement in group:
        quantity = statement.quantity
        said[statement.article].add(
            (quantity.value, quantity.high, quantity.comparator, quantity.unit)
        )
    if len(said) == 1:
        return "single"
    common = set.intersection(*said.values())
    return "agree" if common else "compatible"
