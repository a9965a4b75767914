"""Which statements are of one figure: those that agree, and those that dispute one quantity."""

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from service.core.agreement import possible, satisfiable
from service.core.errors import Check, unchecked
from service.core.statements import (
    Square,
    Statement,
    is_generic,
    is_vague,
    number_features,
    one_toll,
    other_changed,
    parted,
    said_again,
    same,
    wording_features,
)
from service.core.text import Role
from service.core.trees import Model


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear model: log odds of a yes."""

    bias: float
    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Scorer:
    """What training/train_figures.py learns from annotated clusters."""

    wording: Linear  # two statements of different articles are of one figure, numbers unseen
    agreeing: Linear  # two statements that one number satisfies are of one figure
    disputing: Model  # two groups that no number satisfies are of one figure

    @classmethod
    def parse(cls, text: str) -> "Scorer":
        """The scorer of a JSON text, as `dumps` writes it."""
        models = json.loads(text)
        arrays = {f"disputing_{name}": np.array(x) for name, x in models["disputing"].items()}
        return cls(
            Linear(**models["wording"]),
            Linear(**models["agreeing"]),
            Model.read(arrays, "disputing"),
        )

    def dumps(self) -> str:
        """The scorer as JSON."""
        pairs = {
            name: {"bias": model.bias, "weights": dict(model.weights)}
            for name, model in (("wording", self.wording), ("agreeing", self.agreeing))
        }
        disputing = {name: np.asarray(x).tolist() for name, x in self.disputing._asdict().items()}
        return json.dumps({**pairs, "disputing": disputing})


SCORER = Scorer.parse(files("service.core").joinpath("resources/figures.json").read_text("utf-8"))

# Cross-validated over clusters: of the figures that two articles state 0.84 are found whole, of all
# 0.057 are mixed; at 1.6 0.833 and 0.055, at 2 below 0.8. Run evaluation/merge.py before a change.
_JOIN = 1.5  # log odds over which statements are joined
_ONE_ARTICLE = 1.0  # more for two statements of one article: it rarely repeats a figure
_APART = 3.0  # log odds against those of two people
_OWN_TOLL = 6.0  # log odds of a toll that one article tells again; before those of others
_SAID_AGAIN = 0.5  # log odds of what one article says again
# Cross-validated: 0.763 of planted disputes are caught, 0.003 of all figures falsely disputed; at
# 0.68 0.766 with 0.003 more of the figures mixed, at 0.7 fewer real conflicts are found.
_DISPUTE = 0.69
_HOPELESS = -2.5  # log odds by wording below which two groups are not looked at
# The likeliest of them: a hundred articles of one story have 1,300, and each takes 0.1 ms.
_LOOKED_AT = 3000
_ALIKE = 0.4  # likeness of "sales" and "revenue" 0.50, of "profit" and "shares" 0.25


@dataclass(frozen=True, slots=True)
class Group:
    """Statements of one quantity, by index; *conflict* where no one number satisfies them."""

    members: tuple[int, ...]
    conflict: bool = False


def group(
    stated: Sequence[Statement], scorer: Scorer = SCORER, check: Check = unchecked
) -> list[Group]:
    """The statements of each figure of one story, in order of their first.

    *check* is called before each kind of quantity; it stops the work by raising.
    """
    blocks: dict[str, list[int]] = defaultdict(list)
    for k, statement in enumerate(stated):
        blocks[statement.dimension].append(k)
    groups = [Group((k,)) for k in blocks.pop("", [])]
    for places in blocks.values():
        check()
        if len(places) == 1:
            groups.append(Group((places[0],)))
            continue
        block = [stated[k] for k in places]
        comparison = compare(block, wording_features(block), scorer.wording)
        clusters = agreeing_clusters(block, comparison, scorer.agreeing)
        for members, conflict in _disputed(block, comparison, clusters, scorer.disputing):
            groups.append(Group(tuple(places[k] for k in members), conflict))
    return sorted(groups, key=lambda one: one.members)


# --- pairs ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Comparison:
    """How every two statements of a block compare, shape (n, n) each."""

    wording: Square  # log odds of one figure by their wording
    margin: Square  # how far the likeliest rival in either's article stays behind
    margin_far: Square  # the same in the other's
    kept: Mapping[str, Square]  # features that disputes are judged by
    tolls: npt.NDArray[np.bool_]  # whether they tell one toll


KEPT = (
    "around", "meaning", "company", "other gender", "subject", "meaning subject", "other head",
    "sentence", "unit", "order", "word before", "word after", "distance", "other fate", "scope",
    "age", "one is more", "other role", "other person", "other bearer",
)  # fmt: skip


def compare(
    block: Sequence[Statement], features: Iterable[tuple[str, Square]], model: Linear
) -> Comparison:
    """How every two statements of one dimension compare, by the features of their wording."""
    wording = np.full((len(block), len(block)), model.bias, dtype=np.float32)
    kept: dict[str, Square] = {}
    for name, square in features:
        if name in model.weights:
            wording += np.float32(model.weights[name]) * square
        if name in KEPT:
            kept[name] = square
    wording = wording.round(4)
    margin = _margin(wording, np.array([s.article for s in block]))
    return Comparison(
        wording, np.minimum(margin, margin.T), np.maximum(margin, margin.T), kept, one_toll(block)
    )


def _margin(score: Square, articles: npt.NDArray[np.int_]) -> Square:
    """How far the likeliest other statement of the second's article stays behind, in [-3, 3]."""
    margin = np.full_like(score, 3.0)
    for article in np.unique(articles):
        columns = np.flatnonzero(articles == article)
        if len(columns) > 1:
            part = score[:, columns]
            two = np.partition(part, len(columns) - 2, axis=1)[:, -2:]
            second, best = two[:, :1], two[:, 1:]
            margin[:, columns] = np.clip(part - np.where(part >= best, second, best), -3, 3)
    return margin


def pair_features(block: Sequence[Statement], comparison: Comparison) -> dict[str, Square]:
    """What speaks for and against two statements that agree being of one figure."""
    return {
        "wording": comparison.wording,
        "margin": comparison.margin,
        "margin far": comparison.margin_far,
        **dict(number_features(block)),
    }


# --- statements that agree -----------------------------------------------------------------------


def agreeing_clusters(
    block: Sequence[Statement], comparison: Comparison, model: Linear
) -> list[list[int]]:
    """Statements of one quantity: the likeliest pairs first, joined while one number fits all."""
    score = np.full(comparison.wording.shape, model.bias - _JOIN, dtype=np.float32)
    for name, square in pair_features(block, comparison).items():
        score += np.float32(model.weights[name]) * square
    articles = np.array([s.article for s in block])
    inside = articles[:, None] == articles[None, :]
    titled = np.array([s.sentence.role is Role.TITLE for s in block])
    apart = inside & (titled[:, None] == titled[None, :])  # a title tells what its article tells
    score = (score - np.float32(_ONE_ARTICLE) * apart).round(4)
    again = said_again(block)
    score = np.where(again, np.maximum(score, np.float32(_SAID_AGAIN)), score)
    score = np.where(_other_people(comparison), -np.float32(_APART), score)
    sure = np.where(inside, np.float32(_OWN_TOLL), np.float32(_SAID_AGAIN))
    score = np.where(comparison.tolls, np.maximum(score, sure), score)
    score = np.where(_unlike([s.fate.kind // 10 for s in block]), -np.float32(_APART), score)
    likely = possible([s.claim for s in block]) & (score > 0)
    firsts, seconds = np.nonzero(np.triu(likely, 1))
    order = np.lexsort((seconds, firsts, -score[firsts, seconds]))
    home = list(range(len(block)))
    clusters = {k: [k] for k in home}
    for i, j in zip(firsts[order].tolist(), seconds[order].tolist(), strict=True):
        a, b = sorted((home[i], home[j]))
        if a == b:
            continue
        both = np.ix_(clusters[a], clusters[b])
        if not again[i, j] and score[both][inside[both]].min(initial=np.inf) <= 0:
            continue
        if _between(score[both], articles[clusters[a]], articles[clusters[b]]) <= 0:
            continue
        if not satisfiable([block[k].claim for k in clusters[a] + clusters[b]]):
            continue
        for k in clusters[b]:
            home[k] = a
        clusters[a] += clusters.pop(b)
    return [sorted(cluster) for cluster in clusters.values()]


def _unlike(fates: Sequence[int]) -> npt.NDArray[np.bool_]:
    """Whether two kinds of fate are told, shape (n, n)."""
    kind = np.array(fates)
    unlike: npt.NDArray[np.bool_] = kind[:, None] != kind[None, :]
    return unlike & (kind[:, None] > 0) & (kind[None, :] > 0)


def _other_people(comparison: Comparison) -> npt.NDArray[np.bool_]:
    """Whether the ages or years of two people are told, by their names or by pronouns."""
    other: npt.NDArray[np.bool_] = (
        comparison.kept["other bearer"] + comparison.kept["other person"] > 0
    )
    return other


def _between(score: Square, firsts: npt.NDArray[np.int_], seconds: npt.NDArray[np.int_]) -> float:
    """The mean over every two articles of two clusters of their likeliest statements."""
    best: dict[tuple[int, int], float] = {}
    for first, row in zip(firsts.tolist(), score.tolist(), strict=True):
        for second, value in zip(seconds.tolist(), row, strict=True):
            best[first, second] = max(value, best.get((first, second), -math.inf))
    return sum(best.values()) / len(best)


# --- statements that dispute ---------------------------------------------------------------------


def dispute_candidates(
    block: Sequence[Statement], comparison: Comparison, clusters: Sequence[Sequence[int]]
) -> list[tuple[int, int, dict[str, float]]]:
    """Every two clusters that may dispute one quantity, and what speaks for it.

    No number satisfies both, no article states both, since one that gives two numbers means two
    things, and what is told does not part them: two people whose age or years it may be, two ways
    in which a duration lies in time, two things that happen to those who are counted, or one that
    is told of some "people" only, the number of one in the other's article. Tolls of one event are
    always candidates.
    """
    size = len(clusters)
    articles = np.array([s.article for s in block])
    home = np.empty(len(block), dtype=np.int64)
    for c, cluster in enumerate(clusters):
        home[list(cluster)] = c
    present, column = np.unique(articles, return_inverse=True)
    stating = np.zeros((size, len(present)), dtype=bool)
    stating[home, column] = True
    comparable = np.array(
        [
            not any(is_vague(block[k]) for k in cluster)
            and block[cluster[0]].quantity.kind not in ("ordinal", "ratio")
            for cluster in clusters
        ],
        dtype=bool,
    )
    order = np.argsort(home, kind="stable")
    starts = np.searchsorted(home[order], np.arange(size))

    def over(square: npt.NDArray[np.float32], reduce: np.ufunc) -> npt.NDArray[np.float32]:
        sorted_ = square[np.ix_(order, order)]
        across: npt.NDArray[np.float32] = reduce.reduceat(sorted_, starts, axis=0)
        reduced: npt.NDArray[np.float32] = reduce.reduceat(across, starts, axis=1)
        return reduced

    impossible = ~possible([s.claim for s in block])
    disputed = over(impossible.astype(np.float32), np.maximum) > 0
    best = over(comparison.wording, np.maximum)
    total = over(comparison.wording, np.add)
    shared = stating.astype(np.int64) @ stating.T.astype(np.int64) > 0
    fates = [_fate(block, cluster) // 10 for cluster in clusters]
    known = np.array(fates) > 0
    generic = np.array([any(is_generic(block[k]) for k in cluster) for cluster in clusters])
    apart = _unlike(fates)
    apart |= (known[:, None] != known[None, :]) & generic[:, None] & generic[None, :]
    parting = parted(block) | _taken(block, comparison, column)
    apart |= over(parting.astype(np.float32), np.maximum) > 0
    forced = over(comparison.tolls.astype(np.float32), np.maximum) > 0
    eligible = disputed & ~shared & ((~apart & (best > _HOPELESS)) | forced)
    eligible &= comparable[:, None] & comparable[None, :]
    found: list[tuple[int, int, dict[str, float]]] = []
    people = _other_people(comparison)
    firsts, seconds = np.nonzero(np.triu(eligible, 1))
    likeliest = np.lexsort((seconds, firsts, -best[firsts, seconds]))[:_LOOKED_AT]
    for a, b in zip(firsts[likeliest].tolist(), seconds[likeliest].tolist(), strict=True):
        one, other = clusters[a], clusters[b]
        between = comparison.wording[np.ix_(one, other)]
        at, against = np.unravel_index(between.argmax(), between.shape)
        i, j = one[at], other[against]
        if other_changed(block[i], block[j]) and comparison.kept["meaning subject"][i, j] < _ALIKE:
            continue
        if (people[i, j] or comparison.kept["other role"][i, j]) and not forced[a, b]:
            continue
        rivals: list[float] = []
        free: list[float] = []
        for x, y in ((i, j), (j, i)):
            rival = (column == column[y]) & (home != home[y])
            rivals += comparison.wording[x, rival].tolist()
            free += comparison.wording[x, rival & ~stating[home, column[x]]].tolist()
        score = float(between.max())
        first, second = (max(abs(block[k].claim.value), 1e-9) for k in (i, j))
        kind = block[i].quantity.kind
        found.append(
            (
                a,
                b,
                {
                    "best": score,
                    "mean": float(total[a, b]) / (len(one) * len(other)),
                    "margin": min(4.0, max(-3.0, score - max(rivals, default=-7.0))),
                    "free margin": min(4.0, max(-3.0, score - max(free, default=-7.0))),
                    "ratio": min(3.0, abs(float(np.log(first / second)))),
                    "statements": float(np.log(len(one) * len(other))),
                    "small": float(min(block[i].quantity.value, block[j].quantity.value) <= 3),
                    "duration": float(kind == "duration"),
                    "percent": float(kind == "percent"),
                    **{name: float(comparison.kept[name][i, j]) for name in KEPT},
                },
            )
        )
    return found


_TAKEN = 1.5  # log odds by which a counterpart of the same number may be less likely


def _taken(
    block: Sequence[Statement], comparison: Comparison, article: npt.NDArray[np.int_]
) -> npt.NDArray[np.bool_]:
    """Whether an article gives the number of the one in words nearly as like as the other's.

    What is equal goes together first: 23 % and 14 % in two articles are two figures in each.
    """
    said = same([(s.claim.value, s.claim.high) for s in block]) > 0
    small = np.array([s.quantity.kind in ("count", "age") and s.claim.value <= 12 for s in block])
    other = article[:, None] != article[None, :]

    def counterpart(equal: npt.NDArray[np.bool_]) -> Square:
        likely = np.where(equal, comparison.wording, -np.inf)
        best = [likely[:, article == k].max(axis=1) for k in range(article.max() + 1)]
        found: Square = np.stack(best, axis=1)[:, article]
        return found

    crosswise = counterpart(said) > _HOPELESS
    near = counterpart(said & ~small) > comparison.wording - _TAKEN
    taken: npt.NDArray[np.bool_] = other & ((crosswise & crosswise.T) | near | near.T)
    return taken


def _fate(block: Sequence[Statement], cluster: Sequence[int]) -> int:
    return max(block[k].fate.kind for k in cluster)


def _disputed(
    block: Sequence[Statement],
    comparison: Comparison,
    clusters: Sequence[list[int]],
    model: Model,
) -> list[tuple[list[int], bool]]:
    """The clusters, those that dispute one quantity joined; with whether they do."""
    if len({one.article for one in block}) == 1:
        return [(list(cluster), False) for cluster in clusters]
    candidates = dispute_candidates(block, comparison, clusters)
    table = np.array([list(known.values()) for _, _, known in candidates])
    chances = model.chance(table).tolist() if candidates else []
    sure = {
        (a, b) for a, b, _ in candidates if comparison.tolls[np.ix_(clusters[a], clusters[b])].any()
    }
    scored = [
        (1.0 + chance if (a, b) in sure else chance, a, b)
        for chance, (a, b, _) in zip(chances, candidates, strict=True)
    ]
    home = list(range(len(clusters)))
    members = {c: list(cluster) for c, cluster in enumerate(clusters)}
    stating = {c: {block[k].article for k in cluster} for c, cluster in enumerate(clusters)}
    fate = [_fate(block, cluster) for cluster in clusters]
    disputed: set[int] = set()
    for score, a, b in sorted(scored, key=lambda pair: (-pair[0], pair[1:])):
        if fate[a] and fate[b] and fate[a] != fate[b]:
            continue  # the arrested and the charged
        a, b = sorted((home[a], home[b]))
        if score <= _DISPUTE or a == b or stating[a] & stating[b]:
            continue
        home = [a if h == b else h for h in home]
        members[a] += members.pop(b)
        stating[a] |= stating[b]
        disputed.add(a)
    return [(sorted(found), c in disputed) for c, found in members.items()]
