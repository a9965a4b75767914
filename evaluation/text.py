"""Sentences, words and page furniture, measured on the gold data in ../shared/data.

    python -m evaluation.text [--misses] [--alone]

Splitters of the dependency group `evaluation` are measured in the same run; one that is not
installed is left out, and the run says so. Exits with 1 below a floor of evaluation/floors.json.

Half of the furniture pages were looked at while the rules were written, by a hash of the page's
id; the other half was held out, and only its figures were ever printed.
"""

import argparse
import gc
import hashlib
import importlib
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from evaluation.digestbench import FLOORS, below
from service.core.copies import find_copies
from service.core.furniture import mark
from service.core.segment import segment
from service.core.text import Role

DATA = Path(__file__).parents[2] / "shared" / "data"
GOLD = {
    "news_f1": "gum_news_dev",
    "other_f1": "gum_other_dev",
    "newsgroup_f1": "ewt_newsgroup_dev",
}

Splitter = Callable[[str], Sequence[str]]


def rows(name: str) -> Iterator[dict[str, Any]]:
    """The rows of a file of JSON lines."""
    with (DATA / name).open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


# --- splitters ---------------------------------------------------------------------------------


def ours(text: str) -> list[str]:
    """The sentences by our own cut, which makes the words as well."""
    return [sentence.text for sentence in segment(text).sentences]


def by_line(split: Splitter) -> Splitter:
    """A splitter that gets one line at a time: some of the peers take no notice of line breaks."""
    return lambda text: [
        piece for line in text.splitlines() if line.strip() for piece in split(line)
    ]


def _pysbd(package: Any) -> Splitter:
    return package.Segmenter(language="en", clean=False).segment


def _sentencex(package: Any) -> Splitter:
    return lambda text: list(package.segment("en", text))


def _syntok(package: Any) -> Splitter:
    return lambda text: [
        text[sentence[0].offset : sentence[-1].offset + len(sentence[-1].value)]
        for paragraph in package.analyze(text)
        for sentence in paragraph
    ]


def _nupunkt(package: Any) -> Splitter:
    return package.sent_tokenize


def _blingfire(package: Any) -> Splitter:
    return lambda text: package.text_to_sentences(text).split("\n")


PEERS: Mapping[str, tuple[str, Callable[[Any], Splitter]]] = {
    "pysbd": ("pysbd", _pysbd),
    "sentencex": ("sentencex", _sentencex),
    "syntok": ("syntok.segmenter", _syntok),
    "nupunkt": ("nupunkt", _nupunkt),
    "blingfire": ("blingfire", _blingfire),
}


def peers() -> dict[str, Splitter]:
    """The peers that are installed; says which are not."""
    found = {}
    for name, (module, wrap) in PEERS.items():
        try:
            found[name] = by_line(wrap(importlib.import_module(module)))
        except ImportError:
            print(f"{name} is not installed and not compared")
    return found


# --- boundaries --------------------------------------------------------------------------------


def ends(pieces: Sequence[str]) -> list[int]:
    """Where each piece ends, counted in characters that are no white space."""
    sizes = [len("".join(piece.split())) for piece in pieces]
    return [end for end, size in zip(accumulate(sizes), sizes, strict=True) if size]


def golden_rules(split: Splitter, *, misses: bool = False) -> int:
    """How many of the 48 golden rules are cut as they say, white space apart."""
    kept = 0
    for row in rows("sentences/golden_rules_en.jsonl"):
        found = split(row["text"])
        right = ends(found) == ends(row["sentences"])
        kept += right
        if misses and not right:
            print("missed:", found)
    return kept


def boundaries(split: Splitter, name: str, *, misses: bool = False) -> tuple[float, float, float]:
    """Precision, recall and F1 of the ends of sentences, white space apart."""
    hit = found = gold = 0
    for row in rows(f"sentences/{name}.jsonl"):
        text = row["text"]
        mine = set(ends(split(text)))
        theirs = set(ends([text[start:end] for start, end in row["sentences"]]))
        hit, found, gold = hit + len(mine & theirs), found + len(mine), gold + len(theirs)
        letters = [at for at, letter in enumerate(text) if not letter.isspace()]
        for end in sorted(mine ^ theirs) if misses else ():
            kind, at = "wrong " if end in mine else "missed", letters[end - 1] + 1
            print(f"{kind} {text[max(0, at - 50) : at]!r} | {text[at : at + 40]!r}")
    return rates(hit, found, gold)


def rates(hit: int, found: int, gold: int) -> tuple[float, float, float]:
    """Precision, recall and F1."""
    return hit / found, hit / gold, 2 * hit / (found + gold)


def seconds(run: Callable[[], object], rounds: int = 5) -> float:
    """Processor time of one call, the best of some, or of as many as two seconds allow."""
    best, begun = float("inf"), time.process_time()
    for _ in range(rounds):
        start = time.process_time()
        run()
        best = min(best, time.process_time() - start)
        if time.process_time() - begun > 2:
            break
    return best


def compare(splitters: Mapping[str, Splitter], texts: Sequence[str]) -> dict[str, dict[str, float]]:
    """What each splitter reaches, printed as a table."""
    size = sum(map(len, texts))
    print(f"{'':12}golden  news F1  other F1  newsgroup F1  million characters/s")
    table = {}
    for name, split in splitters.items():
        row = {"golden": float(golden_rules(split))}
        row |= {key: boundaries(split, gold)[2] for key, gold in GOLD.items()}
        row["speed"] = size / seconds(lambda split=split: list(map(split, texts))) / 1e6  # type: ignore[misc]
        print(
            f"{name:12}{row['golden']:6.0f}{row['news_f1']:9.4f}{row['other_f1']:10.4f}"
            f"{row['newsgroup_f1']:14.4f}{row['speed']:14.3f}"
        )
        table[name] = row
    return table


# --- furniture ---------------------------------------------------------------------------------


def furniture(half: int, *, misses: bool = False) -> dict[str, float]:
    """Precision and recall of what is no story, by characters and by sentences; story lost."""
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
    characters, sentences = rates(*letters), rates(*pieces)
    return {
        "page_characters_p": characters[0],
        "page_characters_r": characters[1],
        "page_sentences_p": sentences[0],
        "page_sentences_r": sentences[1],
        "story_lost": (letters[1] - letters[0]) / story,
    }


def count(tally: list[int], *more: int) -> None:
    """Add to hit, found and gold."""
    for i, one in enumerate(more):
        tally[i] += one


# --- time --------------------------------------------------------------------------------------

# What a pattern may stumble over, repeated: the time must grow with the length alone.
REPEATED = [
    *'a|.|. |a.Aa|U.S. |J. |“|1. |www.|http://|."A|@|a@|A-|’|\u200b| . |?!|• a |a.b'.split("|"),
    *'of In a |" a In b |a In b |a." "|A B/|By A |(AP |A. B. |Share |A, |FILE |- - |?"'.split("|"),
    *["a\n", "\n", "Aa Aa\n\n", "a.\n", "By A\n", "• a\n", "A: "],
    *"<p>|<a |<b>a</b>|<script>|<!--|</|<p|< |10:20 p.m. |(CNN)A|var ".split("|"),
]
LONGEST = 200_000  # code points; the longest article that is taken


def growth() -> tuple[float, float]:
    """Of repeated texts the longest time, and the longest against a quarter of it, times four.

    Linear time is a growth of 1, quadratic of 4; a text that takes under 20 ms tells nothing.
    """
    slowest, steepest = 0.0, 0.0
    gc.disable()  # its rounds over all that is alive are no part of the work
    for piece in REPEATED:
        text = (piece * LONGEST)[:LONGEST]
        whole, part = (
            seconds(lambda piece=piece: mark(segment(piece)), rounds=2)  # type: ignore[misc]
            for piece in (text, text[: LONGEST // 4])
        )
        slowest = max(slowest, whole)
        if whole > 0.02:
            steepest = max(steepest, whole / part / 4)
    gc.enable()
    return slowest, steepest


def copies(articles: int = 100, words: int = 5000) -> float:
    """Seconds in which many long articles are compared with one another."""
    vocabulary = [f"w{i}" for i in range(words)]
    documents = [
        segment(" ".join(random.Random(seed).choices(vocabulary, k=words)))
        for seed in range(articles)
    ]
    return seconds(lambda: find_copies(documents), rounds=1)


def main() -> None:
    """Print all figures, and fail below a floor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true", help="print misses, held-out pages apart")
    parser.add_argument("--alone", action="store_true", help="compare with no other splitter")
    arguments = parser.parse_args()
    articles = [
        article["text"]
        for row in rows("summary/multinews_dev.jsonl")
        for article in row["articles"]
    ]
    others = {} if arguments.alone else peers()
    table = compare({"ours": ours} | others, articles[:100])
    measured = table.pop("ours")
    if table:
        measured["news_lead"] = measured["news_f1"] - max(row["news_f1"] for row in table.values())
    if arguments.misses:
        golden_rules(ours, misses=True)
        for name in GOLD.values():
            boundaries(ours, name, misses=True)
    for half, name in enumerate(("developed on", "held out")):
        figures = furniture(half, misses=arguments.misses and half == 0)
        print(f"furniture, {name}:", *(f"{key} {value:.4f}" for key, value in figures.items()))
    measured |= figures
    documents = [segment(text) for text in articles]
    spent = seconds(lambda: [mark(document) for document in documents])
    print(f"mark: {sum(map(len, articles)) / spent / 1e6:.1f} million characters/s")
    measured["slowest_s"], measured["growth"] = growth()
    print("repeated texts: slowest {slowest_s:.2f} s, growth {growth:.2f}".format(**measured))
    measured["copies_s"] = copies()
    print("copies among 100 articles of 5,000 words: {copies_s:.2f} s".format(**measured))
    floors = json.loads(FLOORS.read_text("utf-8"))["text"]
    if missed := below(measured, {key: floors[key] for key in floors if key in measured}):
        raise SystemExit("\n".join(missed))


if __name__ == "__main__":
    main()
