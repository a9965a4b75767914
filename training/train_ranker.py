"""Train what chooses sentences: writes service/core/resources/ranker.npz.

    python -m training.train_ranker ../shared

Three models of sentences and one of pairs. Clusters of articles whose facts are marked
(digestbench/dev) teach which sentences of several articles tell a vital fact, and which two
sentences tell a fact in common. CNN's highlights teach it for one article, the half that
``held_out`` leaves; the roundups of AllSides' editors for the first lines of several. Each is a
logistic regression, and for sentences there are boosted trees beside it. Prints what
cross-validation over clusters says first, down to the facts told by summaries that no cluster's
own facts had a part in. Takes two minutes, and gives the same file every time.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import average_precision_score

from service.core.features import FEATURES, features, find_headings
from service.core.furniture import mark
from service.core.sameness import PAIR_FEATURES, Candidate, Sameness
from service.core.segment import segment
from service.core.standing import standing
from service.core.summary import TASTES, Budget, Summary, choose, find_candidates
from service.core.trees import Model
from service.core.updates import find_updates
from service.core.vectors import Array, Meanings, Vectors, content_stems, stem
from training.splits import held_out

OUT = Path("service/core/resources/ranker.npz")
FOLDS = 7
WORDS = 150

# Ridges of the standardised weights, for sentences and for pairs.
RIDGE = 50.0
PAIR_RIDGE = 1.0

# Roundups are short and say a little of everything: a sentence near to one is as good a choice as
# one of the best set together. With both taught AllSides' ROUGE is 0.3 higher than with one.
NEAR = 0.7

# Trees weigh as much as the regression. Alone either tells 0.01 to 0.02 fewer of the vital facts.
SEEDS = 2
TREES = 100
DEPTH = 3


class Cluster(NamedTuple):
    """One cluster and what is known of its sentences."""

    candidates: list[Candidate]
    vectors: Vectors
    meanings: Meanings
    table: Array  # features of every sentence
    facts: list[frozenset[int]]  # that each sentence tells
    weights: list[int]  # of each fact: 2 vital, 1 not
    pairs: Array  # features of pairs of which one at least tells a fact
    same: npt.NDArray[np.bool_]  # whether each pair tells one in common

    @property
    def vital(self) -> Array:
        """Whether each sentence tells a vital fact."""
        return np.array([any(self.weights[k] == 2 for k in told) for told in self.facts], float)


def nothing(size: int) -> Model:
    """A model of so many features that tells nothing apart."""
    return Model(
        np.zeros(size),
        np.ones(size),
        np.zeros(size),
        0.0,
        np.zeros((0, 0), int),
        *[np.zeros((0, 0))] * 2,
    )


def read(gold: dict[str, Any]) -> Cluster:
    """A cluster as DigestBench writes it, with its features and facts."""
    texts = {article["id"]: article["text"] for article in gold["articles"]}
    documents = [mark(segment(text)) for text in texts.values()]
    stories = [document.story for document in documents]
    candidates = list(find_candidates(stories, standing))
    sentences = [candidate.sentence for candidate in candidates]
    vectors = Vectors([content_stems(sentence) for sentence in sentences])
    meanings = Meanings(sentences)
    headings = find_headings(documents, [None] * len(documents))
    ids = list(texts)
    facts = [
        frozenset(
            k
            for k, fact in enumerate(gold["nuggets"])
            if any(
                quote["article"] == ids[article]
                and _told(sentence.start, sentence.end, texts[ids[article]], quote["quote"])
                for quote in fact["support"]
            )
        )
        for article, _, sentence, _ in candidates
    ]
    sameness = Sameness(candidates, vectors, meanings, model=nothing(len(PAIR_FEATURES)))
    one, other, pairs = sameness.features(np.arange(len(candidates)))
    kept = [
        k for k, (i, j) in enumerate(zip(one, other, strict=True)) if i < j and facts[i] | facts[j]
    ]
    return Cluster(
        candidates,
        vectors,
        meanings,
        features(stories, headings, vectors, meanings),
        facts,
        [2 if fact["tier"] == "vital" else 1 for fact in gold["nuggets"]],
        pairs[kept],
        np.array([bool(facts[one[k]] & facts[other[k]]) for k in kept], dtype=bool),
    )


def _told(start: int, end: int, text: str, quote: str) -> bool:
    """Whether ``text[start:end]`` covers at least 60 % of the quote, as the scorer asks."""
    at = text.find(quote)
    while at >= 0:
        if min(end, at + len(quote)) - max(start, at) >= 0.6 * len(quote):
            return True
        at = text.find(quote, at + 1)
    return False


def fit(table: Array, labels: Array, ridge: float, *, seeds: int = 0) -> Model:
    """A model of the labels: ridge logistic regression by Newton's method, and trees beside it.

    With trees, the log-odds are the mean of the regression's and of the trees', which are
    themselves the mean over *seeds* runs of gradient boosting.
    """
    table = np.round(table, 4)
    mean, scale = table.mean(axis=0), table.std(axis=0)
    scale[scale == 0] = 1.0
    design = np.column_stack(((table - mean) / scale, np.ones(len(table))))
    penalty = np.diag([ridge] * table.shape[1] + [0.0])
    weights = np.zeros(design.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-design @ weights))
        gradient = design.T @ (chance - labels) + penalty @ weights
        hessian = (design.T * (chance * (1 - chance))) @ design + penalty
        weights -= np.linalg.solve(hessian, gradient)
    if not seeds:
        return nothing(table.shape[1])._replace(
            mean=mean.round(6),
            scale=scale.round(6),
            weights=weights[:-1].round(5),
            bias=round(weights[-1], 5),
        )
    trees: list[tuple[Array, Array, Array]] = []
    for seed in range(seeds):
        boosted = GradientBoostingClassifier(
            n_estimators=TREES,
            max_depth=DEPTH,
            learning_rate=0.05,
            subsample=0.5,
            max_features=0.3,
            min_samples_leaf=20,
            random_state=seed,
        ).fit(table, labels)
        trees += [
            _whole(tree[0].tree_, boosted.learning_rate / seeds / 2) for tree in boosted.estimators_
        ]
    share = labels.mean()
    bias = (weights[-1] + np.log(share / (1 - share))) / 2
    feature, threshold, value = (np.array(part) for part in zip(*trees, strict=True))
    return Model(
        mean.round(6),
        scale.round(6),
        (weights[:-1] / 2).round(5),
        round(bias, 5),
        feature,
        threshold.round(6),
        value.round(5),
    )


def _whole(tree: Any, rate: float) -> tuple[Array, Array, Array]:
    """A tree as ``Model`` has it, each leaf above the last level drawn out to the bottom."""
    nodes = 2**DEPTH - 1
    feature = np.zeros(nodes, dtype=np.int64)
    threshold = np.full(nodes, 1e6)
    value = np.zeros(2 * nodes + 1)

    def draw(node: int, place: int) -> None:
        value[place] = tree.value[node, 0, 0] * rate
        if place >= nodes:
            return
        left, right = tree.children_left[node], tree.children_right[node]
        if left >= 0:
            feature[place], threshold[place] = tree.feature[node], tree.threshold[node]
        draw(left if left >= 0 else node, 2 * place + 1)
        draw(right if right >= 0 else node, 2 * place + 2)

    draw(0, 0)
    return feature, threshold, value


def fit_both(clusters: Sequence[Cluster]) -> tuple[Model, Model]:
    """The models of sentences and of pairs that some clusters teach."""
    sentences = np.vstack([cluster.table for cluster in clusters])
    vital = np.concatenate([cluster.vital for cluster in clusters])
    pairs = np.vstack([cluster.pairs for cluster in clusters])
    same = np.concatenate([cluster.same for cluster in clusters]).astype(float)
    return fit(sentences, vital, RIDGE, seeds=SEEDS), fit(pairs, same, PAIR_RIDGE)


class Guess(NamedTuple):
    """What models that have not seen a cluster make of it."""

    cluster: Cluster
    salience: Array
    sentences: Model
    pairs: Model

    def summary(self, words: int = WORDS) -> Summary:
        """The summary of so many words."""
        cluster = self.cluster
        candidates = cluster.candidates
        alike = Sameness(candidates, cluster.vectors, cluster.meanings, model=self.pairs)
        one_story = [0] * len(candidates)
        return choose(
            candidates,
            self.salience,
            alike,
            budget=Budget(words=words),
            taste=TASTES["many", "words"],
            updates=find_updates(candidates, self.salience, alike, (), {}, one_story),
        )


def out_of_fold(clusters: Sequence[Cluster], split: int = 0) -> Iterator[Guess]:
    """Every cluster as models see it that the clusters of the other folds have taught, in order.

    Split 0 deals the clusters out to the folds in turn, any other in an order drawn by it.
    """
    folds = np.arange(len(clusters)) % FOLDS
    if split:
        folds = np.random.default_rng(split).permutation(folds)
    taught = [
        fit_both([one for one, fold in zip(clusters, folds, strict=True) if fold != k])
        for k in range(FOLDS)
    ]
    for cluster, fold in zip(clusters, folds, strict=True):
        sentences, pairs = taught[fold]
        yield Guess(cluster, sentences.chance(cluster.table), sentences, pairs)


def score(cluster: Cluster, summary: Summary) -> Array:
    """The share of facts and of vital facts that the summary tells, and of those told twice."""
    places = {(c.article, c.sentence.start): k for k, c in enumerate(cluster.candidates)}
    told = Counter(
        fact
        for sentence in summary.sentences
        for fact in cluster.facts[places[sentence.article, sentence.start]]
    )
    weights = cluster.weights
    return np.array(
        [
            sum(weights[k] for k in told) / sum(weights),
            sum(weights[k] == 2 for k in told) / weights.count(2),
            sum(count > 1 for count in told.values()) / max(1, len(told)),
        ]
    )


def read_summaries(path: Path) -> Iterator[dict[str, Any]]:
    """The requests of a file of articles and references, but those kept for evaluation."""
    for line in path.read_text("utf-8").splitlines():
        request = json.loads(line)
        if len(request["articles"]) > 1 or not held_out(request["id"]):
            yield request


def teach(request: dict[str, Any], budget: Budget) -> tuple[Array, Array, Array]:
    """Features of the sentences, whether each is in the best set, and how near it is alone."""
    documents = [mark(segment(article["text"])) for article in request["articles"]]
    stories = [document.story for document in documents]
    sentences = [sentence for story in stories for sentence in story]
    titles = [article.get("title") for article in request["articles"]]
    table = features(
        stories,
        find_headings(documents, titles),
        Vectors([content_stems(sentence) for sentence in sentences]),
        Meanings(sentences),
    )
    grams = [_grams(sentence.text) for sentence in sentences]
    references = [_grams(reference) for reference in request["references"]]
    alone = np.array([_likeness(own, references) for own in grams])
    best = np.zeros(len(sentences))
    told: Counter[tuple[str, ...]] = Counter()
    words, highest = 0, 0.0
    while budget.sentences is None or best.sum() < budget.sentences:
        reached = [
            _likeness(told + own, references)
            if not best[k] and (budget.words is None or words + sentence.length <= budget.words)
            else 0.0
            for k, (own, sentence) in enumerate(zip(grams, sentences, strict=True))
        ]
        if not reached or max(reached) <= highest:
            break
        k = int(np.argmax(reached))
        highest = reached[k]
        best[k] = 1.0
        told += grams[k]
        words += sentences[k].length
    return table, best, alone


def _grams(text: str) -> Counter[tuple[str, ...]]:
    stems = [stem(word) for word in re.findall(r"[a-z0-9]+", text.lower())]
    return Counter([*zip(stems, strict=True), *pairwise(stems)])


def _likeness(
    told: Counter[tuple[str, ...]], references: Sequence[Counter[tuple[str, ...]]]
) -> float:
    """The mean F1 over single stems and pairs of them."""
    scores = []
    for reference in references:
        for size in (1, 2):
            ours = Counter({gram: n for gram, n in told.items() if len(gram) == size})
            theirs = Counter({gram: n for gram, n in reference.items() if len(gram) == size})
            total = ours.total() + theirs.total()
            scores.append(2 * (ours & theirs).total() / max(1, total))
    return float(np.mean(scores))


def fit_summaries(path: Path, budget: Budget, *, near: float | None = None) -> Model:
    """The model of sentences that the references of a file teach."""
    taught = [teach(request, budget) for request in read_summaries(path)]
    tables, best, alone = zip(*(each for each in taught if len(each[0])), strict=True)
    table, labels = np.vstack(tables), np.concatenate(best)
    if near is not None:
        close = np.concatenate([(own >= np.quantile(own, near)).astype(float) for own in alone])
        table, labels = np.vstack((table, table)), np.concatenate((labels, close))
    return fit(table, labels, RIDGE, seeds=SEEDS)


def main() -> None:
    """Train on the shared data."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path, help="folder with digestbench and data")
    shared = parser.parse_args().shared
    paths = sorted((shared / "digestbench" / "dev").glob("*.json"))
    clusters = [read(json.loads(path.read_text("utf-8"))) for path in paths]
    found, guessed, ranked = [], [], []
    for guess in out_of_fold(clusters):
        found.append(score(guess.cluster, guess.summary()))
        ranked.append((guess.cluster.vital, guess.salience))
        guessed.append((guess.cluster.same, guess.pairs.chance(guess.cluster.pairs)))
    for name, guesses in (("vital sentences", ranked), ("same pairs", guessed)):
        labels, chances = (np.concatenate(part) for part in zip(*guesses, strict=True))
        precision = average_precision_score(labels, chances)
        print(f"{name}: {labels.mean():.3f} of {len(labels)}; average precision {precision:.3f}")
        for low in np.arange(0, 1, 0.2):
            here = (chances >= low) & (chances < low + 0.2)
            if here.any():
                print(f"  said {chances[here].mean():.2f}, is {labels[here].mean():.2f}")
    facts, vital, repeats = np.mean(found, axis=0)
    print(f"{WORDS} words: facts {facts:.3f}, vital {vital:.3f}, repeats {repeats:.3f}")
    models = dict(zip(("many", "pair"), fit_both(clusters), strict=True))
    summaries = shared / "data" / "summary"
    models["one"] = fit_summaries(summaries / "cnndm_val.jsonl", Budget(sentences=3))
    models["ledes"] = fit_summaries(summaries / "allsides_train.jsonl", Budget(words=66), near=NEAR)
    np.savez_compressed(
        OUT,
        features=np.array(FEATURES),
        pair_features=np.array(PAIR_FEATURES),
        **{
            f"{name}_{field}": np.asarray(value, np.float32 if field == "value" else None)
            for name, model in models.items()
            for field, value in model._asdict().items()
        },
    )
    print(f"{OUT}: {OUT.stat().st_size / 1e3:.0f} KB")


if __name__ == "__main__":
    main()
