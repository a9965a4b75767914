"""Sentences, words and page furniture, measured on the gold data in ../shared/data.

    python -m evaluation.text [--misses]

Half of the furniture pages were looked at while the rules were written, by a hash of the page's
id; the other half was held out, and only its figures were ever printed.
"""

import argparse
import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from service.core.furniture import mark
from service.core.segment import segment
from service.core.text import Role

DATA = Path(__file__).parents[2] / "shared" / "data"


def rows(name: str) -> Iterator[dict[str, Any]]:
    """The rows of a file of JSON lines."""
    with (DATA / name).open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def golden_rules(*, misses: bool) -> str:
    """How many of the golden rules are cut as they say."""
    kept = total = 0
    for row in rows("sentences/golden_rules_en.jsonl"):
        found = [sentence.text for sentence in segment(row["text"]).sentences]
        total += 1
        kept += found == row["sentences"]
        if misses and found != row["sentences"]:
            print("missed:", found)
    return f"golden rules {kept} of {total}"


def boundaries(name: str, *, misses: bool) -> str:
    """Precision, recall and F1 of the ends of sentences."""
    hit = found = gold = 0
    for row in rows(f"sentences/{name}.jsonl"):
        text = row["text"]
        ours = {sentence.end for sentence in segment(text).sentences}
        theirs = {end for _, end in row["sentences"]}
        hit, found, gold = hit + len(ours & theirs), found + len(ours), gold + len(theirs)
        for end in sorted(ours ^ theirs) if misses else ():
            kind = "wrong " if end in ours else "missed"
            print(f"{kind} {text[max(0, end - 50) : end]!r} | {text[end : end + 40]!r}")
    return f"{name} {rates(hit, found, gold)}"


def furniture(half: int, *, misses: bool) -> str:
    """Precision and recall of what is no story, by characters and by sentences."""
    letters = [0, 0, 0]  # hit, found, gold
    pieces = [0, 0, 0]
    story = 0
    for row in rows("furniture/furniture_dev.jsonl"):
        if int(hashlib.md5(row["id"].encode()).hexdigest(), 16) % 2 != half:
            continue
        text = row["text"]
        page = {at for piece in row["furniture"] for at in range(piece["start"], piece["end"])}
        for sentence in mark(segment(text), None).sentences:
            places = [at for at in range(sentence.start, sentence.end) if not text[at].isspace()]
            inside = len(page.intersection(places))
            # A repeat is story that was told before: neither a hit nor a loss.
            outside = 0 if sentence.role is Role.REPEAT else len(places) - inside
            dropped = sentence.role is not Role.STORY
            gold = 2 * inside > len(places)
            story += outside
            count(letters, inside * dropped, (inside + outside) * dropped, inside)
            if gold or sentence.role is not Role.REPEAT:
                count(pieces, gold and dropped, dropped, gold)
            if misses and dropped != gold and sentence.role is not Role.REPEAT:
                print("lost  " if dropped else "missed", repr(sentence.text[:110]))
    lost = (letters[1] - letters[0]) / story
    return (
        f"furniture, half {half}: characters {rates(*letters)}, story lost {lost:.2%};"
        f" sentences {rates(*pieces)}"
    )


def count(tally: list[int], *more: int) -> None:
    """Add to hit, found and gold."""
    for i, one in enumerate(more):
        tally[i] += one


def rates(hit: int, found: int, gold: int) -> str:
    """Precision, recall and F1, as printed."""
    return f"P {hit / found:.4f} R {hit / gold:.4f} F1 {2 * hit / (found + gold):.4f}"


def speed(texts: Sequence[str]) -> str:
    """Characters that are cut and marked in a second of one core, the best of five rounds."""
    size = sum(map(len, texts))
    cut = marked = float("inf")
    for _ in range(5):
        begun = time.process_time()
        documents = [segment(text) for text in texts]
        middle = time.process_time()
        for document in documents:
            mark(document, None)
        cut = min(cut, middle - begun)
        marked = min(marked, time.process_time() - middle)
    return f"segment {size / cut / 1e6:.1f}, mark {size / marked / 1e6:.1f} million characters/s"


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true", help="print misses, held-out pages apart")
    misses = parser.parse_args().misses
    print(golden_rules(misses=misses))
    for name in ("gum_news_dev", "gum_other_dev", "ewt_newsgroup_dev"):
        print(boundaries(name, misses=misses))
    print(furniture(0, misses=misses))
    print(furniture(1, misses=False))
    articles = [
        article["text"]
        for row in rows("summary/multinews_dev.jsonl")
        for article in row["articles"]
    ]
    print(speed(articles))


if __name__ == "__main__":
    main()
