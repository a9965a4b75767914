"""Prints how well names are found, typed, joined and ranked, and at what speed.

    .venv/bin/python -m evaluation.entities [--data ../shared] [--verbose]

ent_* are the figures of the scorer beside the annotated clusters, over the same clusters; span_*
hold every mention of the story against the annotators' surfaces laid onto the text.
"""

import argparse
import importlib.util
import time
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

from service.core.entities import Entity, merge_entities
from service.core.furniture import mark
from service.core.mentions import Mention, find_mentions
from service.core.segment import segment
from service.core.tagger import NAMING_ROLES, load
from service.core.text import Document
from training.annotations import DATA, clusters, fold_of, project

MOST_ENTITIES = 100  # what the scorer asks the service for


def scorer(data: Path) -> ModuleType:
    """The clusters' own scorer, loaded from where they lie."""
    spec = importlib.util.spec_from_file_location(
        "digestbench", data / "digestbench/digestbench.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def answer(entities: tuple[Entity, ...]) -> dict[str, Any]:
    """The entities as the service would send them, as far as the scorer reads them."""
    return {
        "entities": [
            {
                "name": entity.name,
                "type": entity.type,
                "aliases": entity.aliases,
                "mentions": [{"text": mention.text} for mention in entity.mentions],
            }
            for entity in entities[:MOST_ENTITIES]
        ]
    }


def span_tally(
    document: Document, mentions: tuple[Mention, ...], gold: tuple[tuple[int, int, str], ...]
) -> Counter[str]:
    """Right, found and annotated spans, typed and not, where names belong to the story."""
    open_spans = [(s.start, s.end) for s in document.sentences if s.role in NAMING_ROLES]
    inside = {
        (start, end, kind)
        for start, end, kind in gold
        if any(first <= start and end <= last for first, last in open_spans)
    }
    found = {(mention.start, mention.end, mention.type) for mention in mentions}
    return Counter(
        right=len(found & inside),
        right_untyped=len({f[:2] for f in found} & {g[:2] for g in inside}),
        found=len(found),
        annotated=len(inside),
    )


def f1(right: int, found: int, annotated: int) -> float:
    """Harmonic mean of precision and recall; 0 where nothing is right."""
    return 2 * right / (found + annotated) if right else 0.0


def main() -> None:
    """Score the clusters and print the means."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--verbose", action="store_true", help="print what each cluster misses")
    parser.add_argument(
        "--folds",
        type=Path,
        help="folder of fold0.npz, ...: tag each cluster by a tagger not trained on it",
    )
    options = parser.parse_args()
    taggers = (
        [load(path) for path in sorted(options.folds.glob("fold*.npz"))]
        if options.folds
        else [load()]
    )
    bench = scorer(options.data)
    rows: list[dict[str, float]] = []
    tally: Counter[str] = Counter()
    tokens, seconds_mentions, seconds_merge = 0, 0.0, 0.0
    for cluster in clusters(options.data / "digestbench" / "dev"):
        titles = [article.get("title") for article in cluster["articles"]]
        documents = [
            mark(segment(article["text"]), title)
            for article, title in zip(cluster["articles"], titles, strict=True)
        ]
        start = time.perf_counter()
        tagger = taggers[fold_of(cluster["id"], len(taggers))]
        mentions = [find_mentions(document, tagger=tagger) for document in documents]
        middle = time.perf_counter()
        entities = merge_entities(documents, titles, mentions)
        end = time.perf_counter()
        seconds_mentions += middle - start
        seconds_merge += end - middle
        for document, found in zip(documents, mentions, strict=True):
            tokens += sum(len(sentence.tokens) for sentence in document.sentences)
            tally += span_tally(document, found, project(document.text, cluster["entities"]))
        row, missed = bench.entity_scores(cluster, answer(entities))
        rows.append(row)
        if options.verbose:
            names = {
                bench.norm(s) for e in cluster["entities"] for s in [e["name"], *e["surfaces"]]
            }
            extra = [
                f"{entity.name} ({entity.type})"
                for entity in entities[:MOST_ENTITIES]
                if not {bench.norm(x) for x in [entity.name, *entity.aliases]} & names
            ]
            print(f"== {cluster['id']} {row['ent_f1']:.2f}\n   missed {missed}\n   extra {extra}")
    for name in rows[0]:
        print(f"{name:14} {sum(row[name] for row in rows) / len(rows):8.3f}")
    print(f"{'span_f1':14} {f1(tally['right'], tally['found'], tally['annotated']):8.3f}")
    untyped = f1(tally["right_untyped"], tally["found"], tally["annotated"])
    print(f"{'span_untyped':14} {untyped:8.3f}")
    print(f"{'tokens/s':14} {tokens / seconds_mentions:8.0f}  (find_mentions)")
    print(f"{'tokens/s':14} {tokens / seconds_merge:8.0f}  (merge_entities)")


if __name__ == "__main__":
    main()
