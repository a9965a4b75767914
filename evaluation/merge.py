"""Score how articles are merged: stories, figures, planted disagreements, entities, time.

    python -m evaluation.merge [--misses]

Everything that is learned from the annotated clusters is scored on clusters it was not learned
from: the mean over three splits into seven folds. The clusters and their scorer are looked for at
../shared/digestbench. Exits with 1 below a floor of evaluation/floors.json.
"""

import argparse
import hashlib
import json
import os
import random
import time
from collections.abc import Sequence
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # as the service runs; before numpy is loaded

import numpy as np

from evaluation.digestbench import BENCH, FLOORS, below
from service.core.copies import find_copies
from service.core.digest import Article, Options, digest
from service.core.figures import Figure, merge_figures
from service.core.grouping import SCORER, Scorer
from service.core.stories import find_stories
from training.train_figures import Block, Read, bench_module, blocks, fit, read_clusters, reader

FOLDS, SPLITS = 7, 3  # one split's figures are off by 0.01 to 0.02
TALLIES = "tp pred gold cmp multi grouped agree several mixed c_tp c_pred c_gold".split()
SIZES = (1, 2, 5, 10, 20, 50, 100)  # articles


def figures_of(articles: Sequence[dict[str, Any]], read: Read, scorer: Scorer) -> dict[str, Any]:
    """The figures as the service answers them, as far as the bench's scorer reads."""
    found = [read(article["text"]) for article in articles]
    documents = [document for document, _ in found]
    figures = merge_figures(
        documents,
        [quantities for _, quantities in found],
        copies=find_copies(documents),
        stories=[story.articles for story in find_stories(documents, [""] * len(documents))],
        scorer=scorer,
    )
    return answer(figures, [article["id"] for article in articles])


def answer(figures: Sequence[Figure], ids: Sequence[str]) -> dict[str, Any]:
    """The figures as the service answers them, as far as the bench's scorer reads."""
    return {
        "figures": [
            {
                "agreement": figure.agreement,
                "mentions": [
                    {
                        "article": ids[mention.article],
                        "start": mention.start,
                        "end": mention.end,
                        "text": mention.text,
                        "value": float(mention.value),
                        "high": None if mention.high is None else float(mention.high),
                        "comparator": mention.comparator,
                    }
                    for mention in figure.mentions
                ],
            }
            for figure in figures
        ]
    }


def score_figures(
    bench: Any, golds: Sequence[dict[str, Any]], read: Read, scorers: Sequence[Scorer], misses: bool
) -> dict[str, float]:
    """Grouping, agreement, and disagreements found, each cluster by the scorer given for it."""
    tally = dict.fromkeys(TALLIES, 0)
    caught = planted = false = figures = 0
    for gold, scorer in zip(golds, scorers, strict=True):
        texts = {article["id"]: article["text"] for article in gold["articles"]}
        wrong = bench.figure_scores(gold, texts, figures_of(gold["articles"], read, scorer), tally)
        *counts, missed = bench.perturb(
            gold, lambda articles, scorer=scorer: figures_of(articles, read, scorer)
        )
        caught, planted = caught + counts[0], planted + counts[1]
        false, figures = false + counts[2], figures + counts[3]
        if misses:
            print("==", gold["id"], counts, *wrong, *missed, sep="\n   ")
    return {
        "fig_group": tally["grouped"] / tally["multi"],
        "fig_agree": tally["agree"] / tally["multi"],
        "fig_mixed": tally["mixed"] / tally["several"],
        "conflicts_said": tally["c_pred"],
        "conflicts_right": tally["c_tp"],
        "planted_caught": caught / planted,
        "false_conflict": false / figures,
    }


def cross_validated(found: Sequence[Block], size: int, split: int) -> list[Scorer]:
    """For each cluster the scorer learned from those of the other folds."""
    order = list(range(size))
    if split:
        random.Random(split).shuffle(order)
    fold = {cluster: place % FOLDS for place, cluster in enumerate(order)}
    scorers = [fit(found, {k for k in order if fold[k] != own}) for own in range(FOLDS)]
    return [scorers[fold[k]] for k in range(size)]


def score_stories(golds: Sequence[dict[str, Any]], read: Read) -> dict[str, float]:
    """B-cubed F1 of the articles of clusters mixed; the tuning was done on the other half."""
    scores = {}
    halves = [int(hashlib.sha256(gold["id"].encode()).hexdigest(), 16) % 2 for gold in golds]
    for half, name in ((1, "untuned"), (0, "tuned")):
        chosen = [gold for gold, own in zip(golds, halves, strict=True) if own == half]
        for mixed in (1, 2, 3):
            found = []
            for repeat in range(4):
                random.Random(repeat).shuffle(chosen)
                for first in range(0, len(chosen) - mixed + 1, mixed):
                    found.append(_b_cubed(chosen[first : first + mixed], read))
            scores[f"stories_{mixed}_{name}"] = float(np.mean(found))
    return scores


def _b_cubed(golds: Sequence[dict[str, Any]], read: Read) -> float:
    owners = [k for k, gold in enumerate(golds) for _ in gold["articles"]]
    documents = [read(article["text"])[0] for gold in golds for article in gold["articles"]]
    home = {
        article: number
        for number, story in enumerate(find_stories(documents, [""] * len(documents)))
        for article in story.articles
    }
    precision = recall = 0.0
    for k, owner in enumerate(owners):
        together = {j for j in home if home[j] == home[k]}
        own = {j for j, other in enumerate(owners) if other == owner}
        precision += len(together & own) / len(together) / len(owners)
        recall += len(together & own) / len(own) / len(owners)
    return 2 * precision * recall / (precision + recall)


def score_time(golds: Sequence[dict[str, Any]], read: Read) -> dict[str, float]:
    """Milliseconds of the merging alone and of a whole digest, by the number of articles.

    Articles of 700 words: each is a cluster's articles end to end, one from every 600th word, so
    that there are a hundred. They are merged as the service does, story by story, and once more as
    if all told one story, which has the most to compare.
    """
    words = [" ".join(article["text"] for article in gold["articles"]).split() for gold in golds]
    texts = [" ".join(own[k : k + 700]) for own in words for k in range(0, len(own) - 699, 600)]
    texts = sorted(texts, key=lambda text: hashlib.sha256(text.encode()).hexdigest())
    print(f"\n{'articles':>8}{'stories':>12}{'figures':>12}{'one story':>12}{'digest':>12}  ms")
    measured = {}
    for size in SIZES:
        chosen = texts[:size]
        found = [read(text) for text in chosen]
        documents = [document for document, _ in found]
        quantities = [own for _, own in found]
        stories = _milliseconds(lambda d=documents: find_stories(d, [""] * len(d)))
        parts = [story.articles for story in find_stories(documents, [""] * size)]
        figures = _milliseconds(
            lambda d=documents, q=quantities, s=parts: merge_figures(d, q, stories=s)
        )
        one = _milliseconds(lambda d=documents, q=quantities: merge_figures(d, q))
        articles = [Article(id=str(k), text=text) for k, text in enumerate(chosen)]
        whole = _milliseconds(lambda a=articles: digest(a, Options()), least=1)
        print(f"{size:8}{stories:12.1f}{figures:12.1f}{one:12.1f}{whole:12.1f}")
        measured[f"merge_{size}_ms"] = figures + stories
        measured[f"one_story_{size}_ms"] = one
        measured[f"digest_{size}_ms"] = whole
    # Linear from 10 to 100 articles is 1.
    measured["growth"] = measured["merge_100_ms"] / measured["merge_10_ms"] / 10
    return measured


def _milliseconds(run: Any, least: int = 3) -> float:
    run()
    spent = []
    for _ in range(least):
        begun = time.process_time()
        run()
        spent.append(1000 * (time.process_time() - begun))
    return min(spent)


def main() -> None:
    """Score, print, and fail below a floor."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--misses", action="store_true")
    misses = parser.parse_args().misses
    bench = bench_module(BENCH)
    golds, read = read_clusters(BENCH), reader()
    found = blocks(bench, golds, read)
    rows = []
    for split in range(SPLITS):
        scorers = cross_validated(found, len(golds), split)
        rows.append(score_figures(bench, golds, read, scorers, misses and not split))
    measured = {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
    print("cross-validated")
    for name, value in measured.items():
        print(f"{name:16} {value:8.4f}   ", *(f"{row[name]:.4f}" for row in rows))
    print("as shipped, learned from these clusters")
    for name, value in score_figures(bench, golds, read, [SCORER] * len(golds), False).items():
        print(f"{name:16} {value:8.4f}")
    stories = score_stories(golds, read)
    for name, value in stories.items():
        print(f"{name:16} {value:8.4f}")
    measured |= stories
    measured |= score_time(golds, read)
    if missed := below(measured, json.loads(FLOORS.read_text("utf-8"))["merge"]):
        raise SystemExit("\n".join(missed))


if __name__ == "__main__":
    main()
