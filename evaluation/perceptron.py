"""The plain taggers that ours is held against, trained on the same sentences.

    .venv/bin/python -m evaluation.perceptron --out /tmp/peers [--folds 4] [--spacy 600]

An averaged perceptron (Collins, EMNLP 2002) over shape, affixes, a window of words, Brown clusters
and lists of names; python-crfsuite fits it. With --spacy, also spaCy's own recogniser from scratch,
for so many seconds, on all but fold 0. Both see what training.train_tagger learns from, news twice.
"""

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pycrfsuite

from service.core.gazetteer import GIVEN_NAMES, LARGE_PLACES, SMALL_PLACES, SURNAMES
from service.core.tagger import Lexicon, load
from training.annotations import DATA, cluster_articles, fold_of
from training.train_tagger import NEWS_WEIGHT, Example, examples

EPOCHS = 10
_CUTS = (4, 6, 10, 20)  # bits of the path to a word's cluster


def _shape(word: str) -> str:
    return "".join("X" if c.isupper() else "x" if c.isalpha() else "d" if c.isdigit() else c
                   for c in word[:12])  # fmt: skip


def _own(word: str, lexicon: Lexicon) -> list[str]:
    lower = word.lower()
    cluster = lexicon.cluster(word) or lexicon.cluster(lower)
    lists = (GIVEN_NAMES, SURNAMES, LARGE_PLACES, SMALL_PLACES)
    return [
        f"w={lower}",
        f"s={_shape(word)}",
        *(f"p{n}={lower[:n]}" for n in (2, 3, 4)),
        *(f"e{n}={lower[-n:]}" for n in (2, 3, 4)),
        *(f"c{cut}={cluster & ((1 << cut) - 1)}" for cut in _CUTS),
        "l=" + "".join(str(int(word in names)) for names in lists),
    ]


def features(words: Sequence[str], lexicon: Lexicon) -> list[list[str]]:
    """The features of each token: its own, and those of two tokens on either side."""
    own = [_own(word, lexicon) for word in words]
    rows = []
    for i, mine in enumerate(own):
        row = list(mine)
        for at in (-2, -1, 1, 2):
            if 0 <= i + at < len(own):
                row += [f"{at}{feature}" for feature in own[i + at]]
            else:
                row.append(f"{at}end")
        rows.append(row)
    return rows


def _bio(tags: Sequence[str]) -> list[str]:
    return [
        f"{'B' if tag[0] in 'BU' else 'I'}{tag[1:]}" if tag[0] in "BILU" else tag for tag in tags
    ]


def _sentences(chosen: Sequence[Example]) -> Iterator[tuple[list[str], list[str]]]:
    for example in chosen:
        for words, tags in zip(example.sentences, example.tags, strict=True):
            for _ in range(2 if example.weight == NEWS_WEIGHT else 1):
                yield words, _bio(tags)


def train(chosen: Sequence[Example], lexicon: Lexicon, path: Path) -> None:
    """Write the perceptron of the examples."""
    trainer = pycrfsuite.Trainer(algorithm="ap", verbose=False)
    for words, tags in _sentences(chosen):
        if words:
            trainer.append(features(words, lexicon), tags)
    trainer.set_params({"max_iterations": EPOCHS})
    trainer.train(str(path))


class Perceptron:
    """A trained perceptron, which tags as ours does."""

    def __init__(self, path: Path) -> None:
        self._tagger = pycrfsuite.Tagger()
        self._tagger.open(str(path))
        self._lexicon = load().encoder.lexicon

    def tag(self, sentences: Sequence[Sequence[str]]) -> list[list[str]]:
        """BIO tags of every token."""
        return [self._tagger.tag(features(words, self._lexicon)) for words in sentences]


def train_spacy(chosen: Sequence[Example], path: Path, *, seconds: float) -> None:
    """Write spaCy's recogniser, fitted from scratch for so long."""
    import spacy
    from spacy.tokens import Doc
    from spacy.training import Example as Pair
    from spacy.training import biluo_tags_to_offsets, iob_to_biluo
    from spacy.util import compounding, fix_random_seed, minibatch

    fix_random_seed(0)
    pipeline = spacy.blank("en")
    recogniser = pipeline.add_pipe("ner")
    for label in ("PER", "ORG", "LOC", "MISC"):
        recogniser.add_label(label)
    pairs = []
    for words, tags in _sentences(chosen):
        if words:
            document = Doc(pipeline.vocab, words=list(words))
            spans = biluo_tags_to_offsets(document, iob_to_biluo(tags))
            plain = Doc(pipeline.vocab, words=list(words))
            pairs.append(Pair.from_dict(plain, {"entities": spans}))
    optimizer = pipeline.initialize(lambda: pairs[:1000])
    shuffle, end = random.Random(0), time.perf_counter() + seconds
    while time.perf_counter() < end:
        shuffle.shuffle(pairs)
        for batch in minibatch(pairs, compounding(32.0, 256.0, 1.001)):
            pipeline.update(batch, drop=0.2, sgd=optimizer)
            if time.perf_counter() > end:
                break
    pipeline.to_disk(path)


class Spacy:
    """A pipeline that spaCy wrote, which tags as ours does."""

    def __init__(self, path: Path) -> None:
        import spacy

        self._pipeline = spacy.load(path)

    def tag(self, sentences: Sequence[Sequence[str]]) -> list[list[str]]:
        """BIO tags of every token."""
        from spacy.tokens import Doc

        documents = (Doc(self._pipeline.vocab, words=list(words)) for words in sentences)
        return [
            [f"{token.ent_iob_}-{token.ent_type_}" if token.ent_type_ else "O" for token in parsed]
            for parsed in self._pipeline.pipe(documents)
        ]


def main() -> None:
    """Train the perceptron on all but one fold in turn, or spaCy alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument(
        "--spacy", type=float, default=0, help="train spaCy alone, for so many seconds"
    )
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    lexicon = load().encoder.lexicon
    everything = list(examples(options.data))
    tested = {cluster.group for cluster in cluster_articles(options.data / "digestbench" / "dev")}

    def without(fold: int) -> list[Example]:
        return [
            example
            for example in everything
            if example.group not in tested or fold_of(example.group, options.folds) != fold
        ]

    if options.spacy:
        train_spacy(without(0), options.out / "spacy0", seconds=options.spacy)
        return
    for fold in range(options.folds):
        clock = time.perf_counter()
        train(without(fold), lexicon, options.out / f"fold{fold}.crfsuite")
        print(f"fold {fold}: {time.perf_counter() - clock:.0f} s", flush=True)


if __name__ == "__main__":
    main()
