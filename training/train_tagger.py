"""Trains the tagger of names and writes service/core/resources/tagger.npz.

    .venv/bin/python -m training.train_tagger            # on everything
    .venv/bin/python -m training.train_tagger --folds 4 --out /tmp/folds   # for cross-validation

A linear-chain conditional random field, fitted by AdaGrad (Duchi, Hazan and Singer, JMLR 2011) on
batches of stretches of like length; then the rows that weigh least are dropped and the rest is
rounded to a byte. One core, some minutes; the same data give the same bytes.
"""

import argparse
import gzip
import io
import itertools
import json
import time
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from service.core.furniture import mark
from service.core.gazetteer import DEMONYMS
from service.core.segment import segment
from service.core.tagger import (
    CLUSTER_BITS,
    HASH_BITS,
    NAMING_ROLES,
    TAGS,
    Encoder,
    Lexicon,
    allowed,
)
from service.core.text import Role
from training.annotations import (
    DATA,
    Annotated,
    cluster_articles,
    fold_of,
    single_articles,
    tagged_sentences,
)

OUT = Path(__file__).parents[1] / "service" / "core" / "resources" / "tagger.npz"

#: Files whose licences let weights be given away.
OPEN = (
    "wnut17_train",
    "wnut17_dev",
    "uner_ewt_dev",
    "uner_ewt_test",
    "gum_ccby_other",
    "redocred_dev",
    "redocred_test",
    "crossner_politics_train",
    "crossner_politics_dev",
    "crossner_politics_test",
)
OPEN_WEIGHT = 0.3  # how much a sentence of them counts
NEWS_WEIGHT = 2.0

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Example:
    """A document's sentences with the tags that they should have."""

    group: str
    weight: float
    sentences: list[list[str]]
    tags: list[list[str]]


# -- data ----------------------------------------------------------------------------------------


def bilou(bio: Sequence[str]) -> list[str]:
    """BIO tags as BILOU.

    >>> bilou(["B-PER", "I-PER", "O", "B-LOC"])
    ['B-PER', 'L-PER', 'O', 'U-LOC']
    """
    tags: list[str] = []
    for i, tag in enumerate(bio):
        if tag == "O":
            tags.append(tag)
            continue
        begins = tag[0] == "B" or i == 0 or bio[i - 1][2:] != tag[2:]
        goes_on = i + 1 < len(bio) and bio[i + 1] == f"I-{tag[2:]}"
        part = ("B" if goes_on else "U") if begins else ("I" if goes_on else "L")
        tags.append(f"{part}-{tag[2:]}")
    return tags


def from_article(article: Annotated, weight: float, roles: Container[Role]) -> Example:
    """The article's sentences of some roles, with their names as tags."""
    names = iter([*article.names, (len(article.text) + 1, len(article.text) + 1, "O")])
    start, end, kind = next(names)
    sentences, tags = [], []
    for sentence in mark(segment(article.text), article.title).sentences:
        bio, inside = [], False
        for token in sentence.tokens:
            while token.start >= end:
                start, end, kind = next(names)
                inside = False
            if token.start >= start and token.end <= end:
                bio.append(f"{'I' if inside else 'B'}-{kind}")
                inside = True
            else:
                bio.append("O")
        if sentence.role in roles:
            sentences.append([token.text for token in sentence.tokens])
            tags.append(bilou(bio))
    return Example(article.group, weight, sentences, tags)


def from_sentences(path: Path, weight: float) -> Iterator[Example]:
    """The documents of a file of tagged sentences; 20 sentences where it names no documents."""
    name, sentences, tags = None, [], []
    for doc, words, bio in tagged_sentences(path):
        kept = [(word, tag) for word, tag in zip(words, bio, strict=True) if word.strip()]
        if sentences and (doc != name or (doc is None and len(sentences) == 20)):
            yield Example(f"{path.stem}:{name}", weight, sentences, tags)
            sentences, tags = [], []
        name = doc
        sentences.append([word for word, _ in kept])
        tags.append(
            [
                _settled(word, tag)
                for (word, _), tag in zip(kept, bilou([t for _, t in kept]), strict=True)
            ]
        )
    if sentences:
        yield Example(f"{path.stem}:{name}", weight, sentences, tags)


def _settled(word: str, tag: str) -> str:
    """The tag by our convention: a nationality is MISC, where some corpora have its country."""
    return "U-MISC" if word in DEMONYMS and tag == "U-LOC" else tag


def with_headlines(example: Example) -> Example:
    """The example with some of its sentences again, as headlines are cased."""
    sentences, tags = list(example.sentences), list(example.tags)
    for i, (words, row) in enumerate(zip(example.sentences, example.tags, strict=True)):
        if i % _HEADLINES == 0:
            sentences.append([word.upper() for word in words])
            tags.append(row)
        elif i % _HEADLINES == _HEADLINES // 2:
            sentences.append(
                [word if len(word) < 4 else word[0].upper() + word[1:] for word in words]
            )
            tags.append(row)
    return Example(example.group, example.weight, sentences, tags)


_HEADLINES = 24  # one sentence in so many is put in capitals, another is titled


def with_hyphens_apart(example: Example) -> Example:
    """The example with its sentences of hyphenated names again, blanks around the hyphens."""
    sentences, tags = list(example.sentences), list(example.tags)
    for words, row in zip(example.sentences, example.tags, strict=True):
        apart = [_apart(word, tag) for word, tag in zip(words, row, strict=True)]
        if any(len(parts) > 1 and tag != "O" for parts, tag in zip(apart, row, strict=True)):
            sentences.append([word for parts in apart for word, _ in parts])
            tags.append([tag for parts in apart for _, tag in parts])
    return Example(example.group, example.weight, sentences, tags)


def _apart(word: str, tag: str) -> list[tuple[str, str]]:
    """The parts of a word of two with a hyphen, each with its tag; another word by itself."""
    head, hyphen, tail = word.partition("-")
    if not (head.isalpha() and tail.isalpha()):
        return [(word, tag)]
    parts = {"O": "OOO", "B": "BII", "I": "III", "L": "IIL", "U": "BIL"}[tag[0]]
    return [(w, part + tag[1:]) for w, part in zip((head, hyphen, tail), parts, strict=True)]


def lower_cased(example: Example) -> Example:
    """The example as it would be typed without capitals; it counts no more than other corpora."""
    sentences = [[word.lower() for word in words] for words in example.sentences]
    return Example(example.group, OPEN_WEIGHT, sentences, example.tags)


_LOWER = 8  # one article in so many is given in lower case as well


def lexicon() -> Lexicon:
    """Clusters and casing of the words that English prints most."""
    import spacy_lookups_data  # here, since evaluation reads the examples of this module without it

    folder = Path(spacy_lookups_data.__file__).parent / "data"

    def table(name: str) -> dict[str, float]:
        with gzip.open(folder / f"en_lexeme_{name}.json.gz", "rt", encoding="utf-8") as file:
            return json.load(file)

    clusters, chances = table("cluster"), table("prob")
    rare = min(chances.values())
    frequent = [
        word
        for word in sorted(clusters, key=lambda word: (-chances.get(word, rare), word))
        if clusters[word] and chances.get(word, rare) > rare and word.isprintable()
    ][:LEXICON_SIZE]
    codes = {word: int(clusters[word]) for word in frequent}
    for lower in sorted({word.lower() for word in frequent if word.isalpha()}):
        gap = chances.get(lower.capitalize(), rare) - chances.get(lower, rare)
        casing = 1 if gap < -1.5 else 2 if gap < -0.3 else 3 if gap < 0.7 else 4
        codes[lower] = codes.get(lower, 0) + (casing << CLUSTER_BITS)
    return Lexicon(codes)


LEXICON_SIZE = 90_000

# -- fitting -------------------------------------------------------------------------------------


@dataclass(slots=True)
class Batch:
    """Stretches of tokens of like length, all at once."""

    features: sparse.csr_array  # (n, touched): which of the touched features each token has
    touched: Ints  # rows of the weights, sorted
    tags: Ints  # (n,)
    weights: Floats  # (n,)
    grid: Ints  # (runs, longest) -> row, -1 beyond the run's end
    steps: Floats  # (tags + 2, tags + 2): how often one tag follows another, by weight


def batches(
    encoded: Sequence[tuple[Ints, Ints, Sequence[tuple[int, int]], float]], kept: Ints, size: int
) -> list[Batch]:
    """Batches of about *size* tokens, of all documents."""
    features = np.concatenate([kept[rows] for rows, _, _, _ in encoded])
    tags = np.concatenate([tags for _, tags, _, _ in encoded])
    weights = np.concatenate(
        [np.full(len(tags), weight, np.float32) for _, tags, _, weight in encoded]
    )
    base, runs = 0, []
    for rows, _, stretches, _ in encoded:
        runs += [(base + start, base + end) for start, end in stretches]
        base += len(rows)
    rng = np.random.default_rng(0)
    rng.shuffle(runs)
    runs.sort(key=lambda run: min(run[1] - run[0], 40))
    made, at = [], 0
    while at < len(runs):
        upto, count = at, 0
        while upto < len(runs) and count < size:
            count += runs[upto][1] - runs[upto][0]
            upto += 1
        chosen = runs[at:upto]
        at = upto
        grid = np.full((len(chosen), max(end - start for start, end in chosen)), -1, np.int64)
        n = 0
        for r, (start, end) in enumerate(chosen):
            grid[r, : end - start] = np.arange(n, n + end - start)
            n += end - start
        index = np.concatenate([np.arange(start, end) for start, end in chosen])
        made.append(_batch(features[index], tags[index], weights[index], grid))
    return made


def _batch(features: Ints, tags: Ints, weights: Floats, grid: Ints) -> Batch:
    live = features > 0
    touched, places = np.unique(features[live], return_inverse=True)
    ends = np.concatenate([[0], np.cumsum(live.sum(axis=1))])
    ones = np.ones(len(places), np.float32)
    shape = (len(features), len(touched))
    n = len(TAGS)
    gold = np.where(grid >= 0, tags[grid], n + 1)
    gold = np.pad(gold, ((0, 0), (1, 1)), constant_values=n + 1)
    gold[:, 0] = n
    steps = np.zeros((n + 2, n + 2), np.float32)
    followed = gold[:, :-1] != n + 1
    weight = np.broadcast_to(weights[grid[:, :1]], followed.shape)
    np.add.at(steps, (gold[:, :-1][followed], gold[:, 1:][followed]), weight[followed])
    table = sparse.csr_array((ones, places.astype(np.int32), ends.astype(np.int32)), shape=shape)
    return Batch(table, touched, tags, weights, grid, steps)


def gradients(scores: Floats, steps: Floats, batch: Batch) -> tuple[Floats, Floats]:
    """Gradient of the log-likelihood by the scores and by the steps.

    Forward and backward sums are scaled at each token (Rabiner 1989).
    """
    n = len(TAGS)
    grid, (runs, longest) = batch.grid, batch.grid.shape
    on = grid >= 0
    emitted = np.exp(scores - scores.max(axis=1, keepdims=True))[grid]
    follows = np.exp(steps)
    inner = follows[:n, :n]
    alpha = np.empty((longest, runs, n), np.float32)
    for t in range(longest):
        fresh = (alpha[t - 1] @ inner if t else follows[n, :n]) * emitted[:, t]
        fresh /= fresh.sum(axis=1, keepdims=True)
        alpha[t] = fresh if t == 0 else np.where(on[:, t, None], fresh, alpha[t - 1])
    final = on.sum(axis=1) - 1
    ends = np.broadcast_to(follows[:n, n + 1], (runs, n))
    weight = batch.weights[grid[:, 0]][:, None]
    by_step = batch.steps.copy()
    flat = np.empty_like(scores)
    beta = ends
    for t in range(longest - 1, -1, -1):
        live = on[:, t]
        chance = alpha[t] * beta
        total = chance.sum(axis=1, keepdims=True)
        chance *= weight / total
        flat[grid[live, t]] = -chance[live]
        by_step[:n, n + 1] -= chance[final == t].sum(axis=0)
        if t == 0:
            by_step[n, :n] -= chance.sum(axis=0)
            break
        onward = beta * emitted[:, t]
        before = onward @ inner.T
        scale = weight / (alpha[t - 1] * before).sum(axis=1, keepdims=True)
        by_step[:n, :n] -= inner * (alpha[t - 1][live].T @ (onward * scale)[live])
        before /= before.sum(axis=1, keepdims=True)
        beta = np.where(live[:, None], before, ends)
    flat[np.arange(len(flat)), batch.tags] += batch.weights
    return flat, by_step


def fit(
    data: Sequence[Batch],
    rows: int,
    *,
    epochs: int,
    rate: float,
    decay: float,
    dropout: float,
    begun: tuple[Floats, Floats] | None = None,
    seed: int = 1,
) -> tuple[Floats, Floats]:
    """Weights, shape (rows, tags), and steps, averaged over the last half of the epochs."""
    n = len(TAGS)
    weights, steps = (
        (begun[0].copy(), begun[1].copy())
        if begun
        else (
            np.zeros((rows, n), np.float32),
            np.where(allowed(), 0, -1e4).astype(np.float32),
        )
    )
    squares = np.full((rows, n), 1e-2, np.float32)
    step_squares = np.full_like(steps, 1.0)
    mean, mean_steps, seen = np.zeros_like(weights), np.zeros_like(steps), 0
    rng = np.random.default_rng(seed)
    for epoch in range(epochs):
        clock = time.process_time()
        speed = np.float32(rate / (1 + epoch * 0.3))
        for b in rng.permutation(len(data)):
            batch = data[b]
            keep = rng.random(batch.features.nnz, np.float32) >= dropout
            batch.features.data[:] = keep / np.float32(1 - dropout)
            held = weights[batch.touched]
            flat, by_step = gradients(batch.features @ held, steps, batch)
            slope = batch.features.T @ flat
            slope -= np.float32(decay) * held
            added = squares[batch.touched] + slope * slope
            squares[batch.touched] = added
            weights[batch.touched] = held + speed * slope / np.sqrt(added)
            by_step[~allowed()] = 0
            step_squares += by_step * by_step
            steps += speed * by_step / np.sqrt(step_squares)
        if epoch * 2 >= epochs:
            mean += weights
            mean_steps += steps
            seen += 1
        print(f"epoch {epoch} {time.process_time() - clock:.1f} s", flush=True)
    return mean / seen, mean_steps / seen


def packed(
    weights: Floats, steps: Floats, names: Ints, lexicon: Lexicon
) -> dict[str, npt.NDArray[np.generic]]:
    """The arrays of the file: weights rounded to bytes, features by the gaps between them."""
    scale = 127 / np.quantile(np.abs(weights).max(axis=1), 0.999)
    small = np.clip(np.rint(weights * scale), -127, 127).astype(np.int8)
    live = small.any(axis=1)
    words = sorted(lexicon.codes)
    return {
        "gaps": np.diff(names[live], prepend=0).astype(np.uint16),
        "weights": np.ascontiguousarray(small[live].T),
        "steps": np.where(allowed(), np.rint(steps * scale), 0).astype(np.int16),
        "words": np.frombuffer("\n".join(words).encode(), np.uint8),
        "codes": np.array([lexicon.codes[word] for word in words], np.uint32),
    }


def train(
    examples: Iterable[Example],
    words: Lexicon,
    *,
    epochs: int = 8,
    rate: float = 0.1,
    decay: float = 0.03,
    dropout: float = 0.3,
    least: int = 2,
    rows: int = 300_000,
    power: float = 0.5,
    seeds: int = 3,
) -> dict[str, npt.NDArray[np.generic]]:
    """The arrays of a tagger for the examples."""
    encoder = Encoder(words)
    number = {tag: i for i, tag in enumerate(TAGS)}
    encoded = []
    counts = np.zeros(1 << HASH_BITS, np.int64)
    for example in examples:
        rows_of = encoder.encode(example.sentences)
        tags = np.array([number[example.tags[s][t]] for s, t in rows_of.places], np.int64)
        features = rows_of.features.astype(np.int32)
        encoded.append((features, tags, lawful(tags, rows_of.runs), example.weight))
        counts += np.bincount(features.ravel(), minlength=1 << HASH_BITS)
    names = np.concatenate([[0], np.flatnonzero(counts >= least)])
    kept = np.zeros(1 << HASH_BITS, np.int32)
    kept[names[1:]] = np.arange(1, len(names))
    data = batches(encoded, kept, 4000)
    print(f"{sum(len(b.tags) for b in data)} tokens, {len(names)} features, {len(data)} batches")
    settings: dict[str, Any] = {"rate": rate, "decay": decay, "dropout": dropout}
    weights, steps = fit(data, len(names), epochs=epochs // 2, **settings)
    # The features that matter: heavy, and met often enough that the weight is no accident.
    worth = np.abs(weights).max(axis=1) * np.minimum(counts[names], 50) ** power
    worth[0] = -1
    chosen = np.sort(np.argsort(-worth, kind="stable")[:rows])
    position = np.zeros(len(names), np.int32)
    position[chosen] = np.arange(1, len(chosen) + 1)
    fewer = np.concatenate([np.zeros((1, len(TAGS)), np.float32), weights[chosen]])
    data = batches(encoded, position[kept], 4000)
    # The mean of fits that differ in the order of batches and in what is dropped: one by itself
    # lies up to 0.9 off on a corpus.
    settings |= {"epochs": epochs - epochs // 2, "begun": (fewer, steps)}
    runs = [fit(data, len(chosen) + 1, seed=seed, **settings) for seed in range(1, 1 + seeds)]
    weights = np.mean([w for w, _ in runs], axis=0, dtype=np.float32)
    steps = np.mean([s for _, s in runs], axis=0, dtype=np.float32)
    return packed(weights[1:], steps, names[chosen], words)


def lawful(tags: Ints, runs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The runs whose tags are a path that decoding allows; a name may reach beyond its run."""
    table = allowed()
    n = len(TAGS)
    fine = []
    for start, end in runs:
        path = [n, *tags[start:end].tolist(), n + 1]
        if all(table[a, b] for a, b in itertools.pairwise(path)):
            fine.append((start, end))
    return fine


def write(path: Path, arrays: dict[str, npt.NDArray[np.generic]]) -> None:
    """Write the file; the same arrays give the same bytes."""
    held = io.BytesIO()
    np.savez_compressed(held, **arrays)
    path.write_bytes(held.getvalue())
    print(f"{path}: {path.stat().st_size} bytes, {len(arrays['gaps'])} features")


def examples(data: Path) -> Iterator[Example]:
    """All that may be trained on."""
    for name in OPEN:
        yield from from_sentences(data / "data" / "entities" / f"{name}.jsonl", OPEN_WEIGHT)
    news = [
        *(
            from_article(article, NEWS_WEIGHT, roles=Role)
            for article in single_articles(data / "data" / "entities" / "news.jsonl")
        ),
        *(
            from_article(article, NEWS_WEIGHT, roles=NAMING_ROLES)
            for article in cluster_articles(data / "digestbench" / "dev")
        ),
    ]
    for i, example in enumerate(news, 1):
        yield with_hyphens_apart(with_headlines(example))
        if i % _LOWER == 0:
            yield lower_cased(example)


def main() -> None:
    """Train on everything, or on all but one fold of the clusters in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    words = lexicon()
    everything = list(examples(options.data))
    if not options.folds:
        write(options.out, train(everything, words))
        return
    tested = {cluster.group for cluster in cluster_articles(options.data / "digestbench" / "dev")}
    options.out.mkdir(parents=True, exist_ok=True)
    for fold in range(options.folds):
        chosen = [
            e
            for e in everything
            if e.group not in tested or fold_of(e.group, options.folds) != fold
        ]
        write(options.out / f"fold{fold}.npz", train(chosen, words))


if __name__ == "__main__":
    main()
