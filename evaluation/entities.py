"""How well names are found, typed, joined, ranked and described, at what speed, beside peers.

    python -m evaluation.entities [--folds /tmp/folds] [--peers /tmp/peers] [--verbose]

Spans are exact, by type and without. ent_* and role_* are the figures of the scorer beside the
annotated clusters. The tagger that ships learned from those clusters: without --folds, a folder of
taggers that each left a part of them out (training.train_tagger --folds), their figures are in
sample. --peers is a folder of evaluation.perceptron. Exits with 1 below a floor.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from evaluation.digestbench import FLOORS, below, scorer
from service.core.entities import Entity, merge_entities
from service.core.furniture import mark
from service.core.gazetteer import (
    DEMONYMS,
    GIVEN_NAMES,
    LARGE_PLACES,
    NO_NAMES,
    ORGANISATION_WORDS,
    ORGANISATIONS,
    SMALL_PLACES,
    SURNAMES,
    TITLES,
)
from service.core.mentions import find_mentions
from service.core.roles import with_roles
from service.core.segment import segment
from service.core.tagger import KINDS, NAMING_ROLES, Tagger, is_capital, load
from service.core.text import Document, Sentence, Token
from training.annotations import DATA, clusters, fold_of, project
from training.train_tagger import OUT, from_sentences

CORPORA = ("gum_news_dev", "wnut17_test")
MOST_ENTITIES = 100  # what the scorer asks the service for

Span = tuple[int, int, int, str]  # sentence, first, last, type


class Peer(Protocol):
    """What tags words."""

    def tag(self, sentences: Sequence[Sequence[str]]) -> list[list[str]]:
        """BIO or BILOU tags of every word."""
        ...


class Rules:
    """Runs of capitals, typed by lists alone."""

    def tag(self, sentences: Sequence[Sequence[str]]) -> list[list[str]]:
        """BIO tags of every word."""
        return [self._sentence(words) for words in sentences]

    def _sentence(self, words: Sequence[str]) -> list[str]:
        tags, i = ["O"] * len(words), 0
        while i < len(words):
            end = i
            while end < len(words) and is_capital(words[end]) and words[end] not in NO_NAMES:
                end += 1
            while i < end and words[i].rstrip(".") in TITLES:
                i += 1
            kind = self._kind(words[i:end], opening=i == 0) if i < end else None
            if kind:
                tags[i:end] = [f"B-{kind}", *[f"I-{kind}"] * (end - i - 1)]
            i = max(i, end) + 1
        return tags

    def _kind(self, name: Sequence[str], *, opening: bool) -> str | None:
        text = " ".join(name)
        if text in DEMONYMS:
            return "MISC"
        if text in LARGE_PLACES | SMALL_PLACES:
            return "LOC"
        if text in ORGANISATIONS or name[-1] in ORGANISATION_WORDS or (text.isupper()):
            return "ORG"
        if name[0] in GIVEN_NAMES or (len(name) == 1 and text in SURNAMES and not opening):
            return "PER"
        return None if opening and len(name) == 1 else "MISC"


def spans(rows: Sequence[Sequence[str]]) -> Iterator[Span]:
    """The names that tags, BIO or BILOU, put into sentences."""
    for s, tags in enumerate(rows):
        start = -1
        for i, tag in enumerate([*tags, "O"]):
            if start >= 0 and (tag[0] in "OBU" or tag[2:] != tags[start][2:]):
                yield s, start, i, tags[start][2:]
                start = -1
            if tag != "O" and start < 0:
                start = i


class Tally:
    """Right, found and annotated spans, of each type and without."""

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.found: Counter[str] = Counter()
        self.annotated: Counter[str] = Counter()

    def add(self, found: set[Any], gold: set[Any]) -> None:
        """Count spans whose last member is their type."""
        for counter, chosen in (
            (self.right, found & gold),
            (self.found, found),
            (self.annotated, gold),
        ):
            counter.update(span[-1] for span in chosen)
            counter["all"] += len(chosen)
        bare_found, bare_gold = {s[:-1] for s in found}, {s[:-1] for s in gold}
        self.right["untyped"] += len(bare_found & bare_gold)
        self.found["untyped"] += len(bare_found)
        self.annotated["untyped"] += len(bare_gold)

    def f1(self, kind: str = "all") -> float:
        """Harmonic mean of precision and recall."""
        total = self.found[kind] + self.annotated[kind]
        return 2 * self.right[kind] / total if total else 0.0

    def row(self) -> str:
        """The figures of one line of a table."""
        return " ".join(f"{100 * self.f1(kind):7.1f}" for kind in ("all", "untyped", *KINDS))


def on_corpus(path: Path, tagger: Peer) -> Tally:
    """Spans of a corpus of tagged sentences, document by document."""
    tally = Tally()
    for example in from_sentences(path, 1.0):
        tally.add(set(spans(tagger.tag(example.sentences))), set(spans(example.tags)))
    return tally


def as_document(sentences: Sequence[Sequence[str]]) -> Document:
    """A document of these words, a blank between any two and a line for each sentence."""
    text, made = "", []
    for words in sentences:
        start, tokens = len(text), []
        for word in words:
            tokens.append(Token(word, len(text), len(text) + len(word)))
            text += f"{word} "
        made.append(Sentence(text[start:-1], start, len(text) - 1, tuple(tokens), len(made)))
        text = f"{text[:-1]}\n"
    return Document(text, tuple(made))


def names_on_corpus(path: Path, tagger: Tagger) -> Tally:
    """Spans of a corpus as the service names them: tags, and then what each document votes."""
    tally = Tally()
    for example in from_sentences(path, 1.0):
        document = as_document(example.sentences)
        found = {(m.start, m.end, m.type) for m in find_mentions(document, tagger=tagger)}
        gold = {
            (
                document.sentences[s].tokens[first].start,
                document.sentences[s].tokens[last - 1].end,
                kind,
            )
            for s, first, last, kind in spans(example.tags)
        }
        tally.add(found, gold)
    return tally


def documents_of(cluster: dict[str, Any]) -> list[Document]:
    """The articles of a cluster, cut and marked."""
    return [mark(segment(a["text"]), a.get("title")) for a in cluster["articles"]]


def annotated(document: Document, cluster: dict[str, Any]) -> set[tuple[int, int, str]]:
    """The cluster's names where names belong to the story."""
    places = [(s.start, s.end) for s in document.sentences if s.role in NAMING_ROLES]
    return {
        name
        for name in project(document.text, cluster["entities"])
        if any(start <= name[0] and name[1] <= end for start, end in places)
    }


def on_clusters(data: Path, taggers: Sequence[Peer]) -> Tally:
    """Spans of the clusters by tags alone, each cluster tagged by the tagger of its fold."""
    tally = Tally()
    for cluster in clusters(data / "digestbench" / "dev"):
        tagger = taggers[fold_of(cluster["id"], len(taggers))]
        for document in documents_of(cluster):
            sentences = [s.tokens for s in document.sentences if s.role in NAMING_ROLES]
            rows = tagger.tag([[token.text for token in tokens] for tokens in sentences])
            found = {
                (sentences[s][first].start, sentences[s][last - 1].end, kind)
                for s, first, last, kind in spans(rows)
            }
            tally.add(found, annotated(document, cluster))
    return tally


def answer(cluster: dict[str, Any], entities: Sequence[Entity]) -> dict[str, Any]:
    """The entities as the service would send them, as far as the scorer reads them."""
    ids = [article["id"] for article in cluster["articles"]]
    return {
        "entities": [
            {
                "name": entity.name,
                "type": entity.type,
                "aliases": entity.aliases,
                "mentions": [{"text": mention.text} for mention in entity.mentions],
                "roles": [
                    {"article": ids[r.article], "start": r.start, "end": r.end, "text": r.text}
                    for r in entity.roles
                ],
            }
            for entity in entities[:MOST_ENTITIES]
        ]
    }


def joined(data: Path, taggers: Sequence[Tagger], *, verbose: bool) -> dict[str, float]:
    """The scorer's figures of entities and roles, spans of all mentions, and the speed."""
    bench = scorer()
    rows: list[dict[str, float]] = []
    tally, roles = Tally(), Counter[str]()
    tokens, seconds = 0, 0.0
    for cluster in clusters(data / "digestbench" / "dev"):
        titles = [article.get("title") for article in cluster["articles"]]
        documents = documents_of(cluster)
        tagger = taggers[fold_of(cluster["id"], len(taggers))]
        clock = time.process_time()
        mentions = [find_mentions(document, tagger=tagger) for document in documents]
        seconds += time.process_time() - clock
        tokens += sum(len(s.tokens) for document in documents for s in document.sentences)
        for document, found in zip(documents, mentions, strict=True):
            tally.add({(m.start, m.end, m.type) for m in found}, annotated(document, cluster))
        entities = with_roles(documents, merge_entities(documents, titles, mentions))
        given = answer(cluster, entities)
        row, missed = bench.entity_scores(cluster, given)
        rows.append(row)
        texts = {article["id"]: article["text"] for article in cluster["articles"]}
        wrong = bench.role_scores(cluster, texts, given, roles) if "roles" in cluster else []
        if verbose:
            print(
                f"== {cluster['id']} {row['ent_f1']:.2f}\n   missed {missed}", *wrong, sep="\n   "
            )
    measured = {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]}
    measured["role_p"] = roles["r_tp"] / max(1, roles["r_pred"])
    measured["role_r"] = roles["r_tp"] / max(1, roles["r_gold"])
    measured["mention_f1"], measured["mention_untyped"] = tally.f1(), tally.f1("untyped")
    measured["tokens_s"] = tokens / seconds
    return measured


def peers(folder: Path) -> Iterator[tuple[str, Peer, list[Peer]]]:
    """Name, tagger for the corpora and taggers for the clusters, of each peer that is there."""
    from evaluation.perceptron import Perceptron, Spacy

    parts: list[Peer] = [Perceptron(path) for path in sorted(folder.glob("fold*.crfsuite"))]
    if parts:
        yield "perceptron", parts[0], parts
    if (folder / "spacy0").exists():
        yield "spaCy", Spacy(folder / "spacy0"), []


def main() -> None:
    """Score, print, and fail below a floor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--verbose", action="store_true", help="print what each cluster misses")
    parser.add_argument("--folds", type=Path)
    parser.add_argument("--peers", type=Path)
    options = parser.parse_args()
    clock = time.process_time()
    shipped = load()
    measured = {"load_s": time.process_time() - clock, "file_mb": OUT.stat().st_size / 1e6}
    taggers = [shipped]
    if options.folds:
        taggers = [load(path) for path in sorted(options.folds.glob("fold*.npz"))]
    systems: list[tuple[str, Peer, list[Peer]]] = [
        ("ours", shipped, list(taggers)),
        ("rules", Rules(), [Rules()]),
    ]
    if options.peers:
        systems += peers(options.peers)
    print(f"{'span F1':26} {'all':>7} {'untyped':>7}", *(f"{kind:>7}" for kind in KINDS))
    for name, tagger, parts in systems:
        for corpus in CORPORA:
            tally = on_corpus(options.data / "data" / "entities" / f"{corpus}.jsonl", tagger)
            print(f"{name:10} {corpus:15} {tally.row()}")
            if name == "ours":
                measured[corpus.split("_")[0]] = tally.f1()
                tally = names_on_corpus(
                    options.data / "data" / "entities" / f"{corpus}.jsonl", shipped
                )
                measured[f"{corpus.split('_')[0]}_names"] = tally.f1()
                print(f"{'names':10} {corpus:15} {tally.row()}")
        if parts:
            print(f"{name:10} {'digestbench':15} {on_clusters(options.data, parts).row()}")
    found = joined(options.data, taggers, verbose=options.verbose)
    measured["tokens_s"] = found.pop("tokens_s")
    print("clusters, cross-validated" if options.folds else "clusters, in sample")
    for figure, value in (found | measured).items():
        print(f"{figure:16} {value:10.3f}")
    floors = json.loads(FLOORS.read_text("utf-8"))
    missed = below(measured, floors["entities"])
    if options.folds:
        missed += below(found, floors["entities_folds"])
    if missed:
        raise SystemExit("\n".join(missed))


if __name__ == "__main__":
    main()
