"""Score summaries by the facts they tell and by ROUGE, beside every peer, and time them.

    python -m evaluation.summary [SET ...] [--method METHOD ...] [--all]

"facts" are the annotated clusters: the share of the facts that 150 words tell, of the vital ones,
and of those told that are told twice; ours by models that have not seen the cluster, the mean over
three splits into folds. The other sets are "cnn" (one article, three sentences; the half of the
validation articles that the ranker never saw), "allsides" (ledes of several outlets, 66 words) and
"multinews" (several long pages, 220 words; most of them are annotated clusters, so ours are by the
same models as "facts"). Their score is the mean of ROUGE-1, -2 and -Lsum F1 by Google's rouge-score
with its stemmer. The peers of sumy get our sentences, without the page around the story, and the
budget is filled by their ratings; summa gets the text as it is. A difference has a 95 % interval
from a paired bootstrap over the items. Exits with 1 below a floor of evaluation/floors.json.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from rouge_score import rouge_scorer

from evaluation.digestbench import FLOORS, below
from service.core import rank
from service.core.classic import LIMITS
from service.core.digest import Article, Options, digest
from service.core.errors import CoreError
from service.core.segment import segment
from service.core.summary import Summary
from training.splits import held_out
from training.train_ranker import WORDS, Cluster, Guess, out_of_fold
from training.train_ranker import read as read_cluster
from training.train_ranker import score as tell

DATA = Path("../shared/data/summary")
BENCH = Path("../shared/digestbench/dev")
SETS = {
    "cnn": ("cnndm_val.jsonl", {"sentences": 3}),
    "allsides": ("allsides_val.jsonl", {"words": 66}),
    "multinews": ("multinews_dev.jsonl", {"words": 220}),
}
OURS = ("auto", "lead")
PEERS = (*LIMITS, "summa")
SAMPLES = 2000
SPLITS = range(3)
MEASURES = ("rouge1", "rouge2", "rougeLsum")

Score = np.ndarray[tuple[int], np.dtype[np.float64]]


def read(name: str) -> list[dict[str, Any]]:
    """The items of a set that nothing was trained on."""
    lines = (DATA / SETS[name][0]).read_text("utf-8").splitlines()
    requests = [json.loads(line) for line in lines]
    return [one for one in requests if name != "cnn" or held_out(one["id"])]


def summarize(request: dict[str, Any], method: str, length: dict[str, int]) -> list[str]:
    """The sentences of a method's summary; of the first sentences where it takes no such input."""
    if method == "summa":
        return _summa("\n".join(article["text"] for article in request["articles"]), length)
    return [sentence.text for sentence in _digest(request, method, length).sentences]


def _digest(request: dict[str, Any], method: str, length: dict[str, int]) -> Summary:
    articles = [
        Article(str(k), article["text"], article.get("title"))
        for k, article in enumerate(request["articles"])
    ]
    options = Options(include=("summary",), method=method, **length)  # type: ignore[arg-type]
    try:
        found = digest(articles, options)
    except CoreError:
        found = digest(articles, Options(include=("summary",), method="lead", **length))  # type: ignore[arg-type]
    assert found.summary is not None
    return found.summary


def _summa(text: str, length: dict[str, int]) -> list[str]:
    from summa.summarizer import summarize as summa

    count = length.get("sentences")
    if count is not None:
        size = max(1, len(segment(text).sentences))
        return list(summa(text, ratio=min(1.0, count / size + 0.02), split=True))[:count]
    chosen, left = [], length["words"]
    for sentence in summa(text, words=2 * left, split=True):
        if len(sentence.split()) <= left:
            chosen.append(sentence)
            left -= len(sentence.split())
    return chosen


def score(
    requests: list[dict[str, Any]],
    method: str,
    length: dict[str, int],
    unseen: Callable[[dict[str, Any]], Guess | None] = lambda _request: None,
) -> Score:
    """The score of each item, in [0, 100]; by the models of *unseen* where it knows the item."""
    scorer = rouge_scorer.RougeScorer(MEASURES, use_stemmer=True)
    scores = []
    for request in requests:
        with _models(unseen(request)):
            text = "\n".join(summarize(request, method, length))
        each = [
            scorer.score("\n".join(part.text for part in segment(reference).sentences), text)
            for reference in request["references"]
        ]
        scores.append(np.mean([[one[name].fmeasure for name in MEASURES] for one in each]))
    return 100 * np.array(scores)


@contextmanager
def _models(guess: Guess | None) -> Iterator[None]:
    """The models of several articles are a guess's inside."""
    shipped = rank._MODELS
    if guess is not None:
        rank._MODELS = shipped._replace(many=guess.sentences, pair=guess.pairs)
    try:
        yield
    finally:
        rank._MODELS = shipped


@cache
def annotated() -> tuple[list[dict[str, Any]], list[Cluster]]:
    """The annotated clusters, as written and as read."""
    golds = [json.loads(path.read_text("utf-8")) for path in sorted(BENCH.glob("*.json"))]
    return golds, [read_cluster(gold) for gold in golds]


@cache
def guesses(split: int) -> list[Guess]:
    """Every annotated cluster as models see it that have not seen it."""
    return list(out_of_fold(annotated()[1], split))


def ours(requests: list[dict[str, Any]], length: dict[str, int]) -> Score:
    """Our score of each item; of one that is annotated by models that have not seen it."""
    texts = {
        article["text"]: k for k, gold in enumerate(annotated()[0]) for article in gold["articles"]
    }

    def unseen(request: dict[str, Any], split: int) -> Guess | None:
        shared = [texts.get(article["text"]) for article in request["articles"]]
        most = Counter(k for k in shared if k is not None).most_common(1)
        return guesses(split)[most[0][0]] if most else None

    if not any(unseen(request, 0) is not None for request in requests):
        return score(requests, "auto", length)
    return np.mean(
        [score(requests, "auto", length, lambda one, k=k: unseen(one, k)) for k in SPLITS], axis=0
    )


def ours_told() -> Score:
    """What our summary of each cluster tells: facts, vital facts, facts told twice, by split."""
    return np.array(
        [[tell(guess.cluster, guess.summary()) for guess in guesses(split)] for split in SPLITS]
    )


def told(golds: list[dict[str, Any]], clusters: list[Cluster], method: str) -> Score:
    """What a peer's summary of each cluster tells."""
    return np.array(
        [
            tell(cluster, _digest(gold, method, {"words": WORDS}))
            for gold, cluster in zip(golds, clusters, strict=True)
        ]
    )


def compare_facts(methods: list[str]) -> dict[str, float]:
    """Print what every method tells of the annotated clusters, and return what ours does."""
    golds, clusters = annotated()
    splits = ours_told()
    found = {"auto": splits.mean(axis=0)}
    for method in methods:
        if method not in ("auto", "summa"):
            found[method] = told(golds, clusters, method)
    print(f"facts: {len(golds)} clusters, {WORDS} words; facts, vital facts, told twice")
    for method in sorted(found, key=lambda method: -found[method][:, 0].mean()):
        facts, vital, twice = found[method].mean(axis=0)
        line = f"  {method:10} {facts:6.3f} {vital:6.3f} {twice:6.3f}"
        if method != "auto":
            low, high = interval(found["auto"][:, 0] - found[method][:, 0])
            line += f"   auto {found['auto'][:, 0].mean() - facts:+.3f} [{low:+.3f}, {high:+.3f}]"
        else:
            line += f"   by split {splits.mean(axis=1).round(3).tolist()}"
        print(line)
    return dict(zip(("facts", "vital", "repeats"), found["auto"].mean(axis=0), strict=True))


def interval(difference: Score) -> tuple[float, float]:
    """The 95 % interval of a mean, by the bootstrap."""
    rows = np.random.default_rng(0).integers(0, len(difference), (SAMPLES, len(difference)))
    low, high = np.quantile(difference[rows].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def milliseconds(texts: list[list[str]], method: str) -> float:
    """The median time of the summary step over some requests, of one core."""
    spent: list[float] = []

    @contextmanager
    def timed(step: str) -> Iterator[None]:
        start = time.process_time()
        yield
        if step == "summary":
            spent.append(1000 * (time.process_time() - start))

    medians = []
    options = Options(include=("summary",), words=150, method=method)  # type: ignore[arg-type]
    for request in texts:
        articles = [Article(str(k), text) for k, text in enumerate(request)]
        spent.clear()
        for _ in range(6):
            digest(articles, options, timed=timed)
        medians.append(float(np.median(spent[1:])))
    return float(np.median(medians))


def measure_speed() -> dict[str, float]:
    """Print and return what a summary takes of one core, beside LexRank's."""
    texts = [
        article["text"]
        for path in sorted(BENCH.glob("*.json"))
        for article in json.loads(path.read_text("utf-8"))["articles"]
    ]
    near = sorted(texts, key=lambda text: abs(len(text.split()) - 700))
    requests = {
        "ms_one": [[text] for text in near[:10]],
        "ms_three": [near[k : k + 3] for k in range(0, 30, 3)],
        "ms_fifty": [texts[:50]],
    }
    measured = {}
    for name, each in requests.items():
        measured[name] = milliseconds(each, "auto")
        peer = f"{milliseconds(each, 'lexrank'):8.1f}" if name != "ms_fifty" else "       -"
        print(f"  {name:10} auto {measured[name]:8.1f}   lexrank {peer}")
    return measured


def compare(name: str, methods: list[str], show: Callable[[str], None] = print) -> dict[str, float]:
    """Print the scores of every method on a set, and return how far ahead ours is."""
    requests, length = read(name), SETS[name][1]
    scores = {
        method: ours(requests, length) if method == "auto" else score(requests, method, length)
        for method in methods
    }
    show(f"{name}: {len(requests)} items, {length}")
    auto = scores["auto"]
    for method in sorted(scores, key=lambda method: -scores[method].mean()):
        line = f"  {method:10} {scores[method].mean():6.2f}"
        if method != "auto":
            low, high = interval(auto - scores[method])
            line += f"   auto {(auto - scores[method]).mean():+5.2f} [{low:+.2f}, {high:+.2f}]"
        show(line)
    peers = [scores[method].mean() for method in methods if method not in OURS]
    ahead = {f"{name}_over_lead": float(auto.mean() - scores["lead"].mean())}
    if peers:
        ahead[f"{name}_over_peers"] = float(auto.mean() - max(peers))
    return ahead


def main() -> None:
    """Score, print, and fail below a floor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", default=["facts", *SETS], metavar="SET")
    parser.add_argument("--method", nargs="*", choices=PEERS, default=["lexrank", "reduction"])
    parser.add_argument("--all", action="store_true", help="every peer; takes ten minutes")
    arguments = parser.parse_args()
    if not DATA.exists():
        raise SystemExit(f"no summaries at {DATA}; nothing to score")
    methods = [*OURS, *(PEERS if arguments.all else arguments.method)]
    measured: dict[str, float] = {}
    for name in arguments.sets:
        measured |= compare_facts(methods) if name == "facts" else compare(name, methods)
    measured |= measure_speed()
    floors = json.loads(FLOORS.read_text("utf-8"))["summary"]
    if missed := below(measured, {key: floors[key] for key in floors if key in measured}):
        raise SystemExit("\n".join(missed))


if __name__ == "__main__":
    main()
