"""Hand-checked names of news articles, laid onto the text as spans."""

import json
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[2] / "shared"


@dataclass(frozen=True, slots=True)
class Annotated:
    """An article with the spans of its names."""

    group: str  # articles of one group tell of one event and must share a fold
    text: str
    title: str | None
    names: tuple[tuple[int, int, str], ...]  # start, end, type; in order, without overlap


def project(text: str, entities: Iterable[dict[str, Any]]) -> tuple[tuple[int, int, str], ...]:
    """Where the surfaces stand in the text: longest first, whole words, no overlap.

    >>> bank = {"type": "ORG", "surfaces": ["Bank of England"]}
    >>> project("The Bank of England, England", [{"type": "LOC", "surfaces": ["England"]}, bank])
    ((4, 19, 'ORG'), (21, 28, 'LOC'))
    """
    types: dict[str, str] = {}
    elsewhere: list[tuple[int, int, str]] = []
    for entity in entities:
        for surface in entity["surfaces"]:
            types.setdefault(surface, entity["type"])
        for other in entity.get("ambiguous", ()):
            at = text.find(other["context"])
            if at >= 0 and other["surface"] in other["context"]:
                start = at + other["context"].index(other["surface"])
                elsewhere.append((start, start + len(other["surface"]), other["type"]))
    taken = [False] * (len(text) + 1)
    spans: list[tuple[int, int, str]] = []
    for start, end, kind in elsewhere:
        if not any(taken[start:end]):
            taken[start:end] = [True] * (end - start)
            spans.append((start, end, kind))
    for surface in sorted(types, key=lambda s: (-len(s), s)):
        for match in re.finditer(rf"(?<!\w){re.escape(surface)}(?!\w)", text):
            start, end = match.span()
            if surface and not any(taken[start:end]):
                taken[start:end] = [True] * (end - start)
                spans.append((start, end, types[surface]))
    return tuple(sorted(spans))


def clusters(folder: Path) -> Iterator[dict[str, Any]]:
    """The annotated clusters of a folder, by name."""
    for path in sorted(folder.glob("*.json")):
        yield json.loads(path.read_text(encoding="utf-8"))


def cluster_articles(folder: Path) -> list[Annotated]:
    """The articles of the clusters; a cluster's names are looked for in each of its articles."""
    return [
        Annotated(
            group=cluster["id"],
            text=article["text"],
            title=article.get("title"),
            names=project(article["text"], cluster["entities"]),
        )
        for cluster in clusters(folder)
        for article in cluster["articles"]
    ]


def single_articles(path: Path) -> list[Annotated]:
    """The articles of a file of JSON lines, each a group of its own."""
    articles = []
    for line in path.read_text(encoding="utf-8").splitlines():
        article = json.loads(line)
        names = project(article["text"], article["entities"])
        articles.append(Annotated(article["id"], article["text"], article["title"], names))
    return articles


def tagged_sentences(path: Path) -> Iterator[tuple[str | None, Sequence[str], Sequence[str]]]:
    """Document, tokens and BIO tags of each sentence of a file of JSON lines."""
    for line in path.read_text(encoding="utf-8").splitlines():
        sentence = json.loads(line)
        yield sentence.get("doc"), sentence["tokens"], sentence["tags"]


def fold_of(group: str, folds: int) -> int:
    """The fold of a group: by its name alone, so that it stays where it is as data is added."""
    return zlib.crc32(group.encode()) % folds
