"""Write pairs of summaries that readers judge blind.

    python -m evaluation.reading pairs.txt key.json [--pairs 30] [--words 150] [--seed 0]

Each pair is of one cluster of ../shared/digestbench/dev: ours, by models that have not seen the
cluster, and a peer's, in turn LexRank and the first sentences of the articles in turn. Which of the
two is A, and which clusters are read, is drawn by the seed. The readers get the first file and
answer A, B or = for each number; the second says what was what.

    python -m evaluation.reading --judge answers.txt key.json

counts how often ours was preferred. A line of answers is a number and A, B or =, and any note.
"""

import argparse
import json
import random
import re
from collections import Counter
from pathlib import Path
from typing import Any

from evaluation.digestbench import BENCH
from service.core.digest import METHODS, Article, Method, Options, digest

PEERS: tuple[Method, Method] = ("lexrank", "lead")
_ANSWER = re.compile(r"\s*(\d+)[.:)]?\s+([AB=])(?!\w)", re.IGNORECASE)


def peer(gold: dict[str, Any], method: Method, words: int) -> tuple[str, str]:
    """The peer and the text of its summary; the peer is "lead" where the method takes fewer."""
    articles = [Article(article["id"], article["text"]) for article in gold["articles"]]
    options = Options(include=("summary",), words=words, method=method)
    notes = digest(articles, Options(include=())).articles
    if sum(note.sentences for note in notes) > METHODS[method]:
        return peer(gold, "lead", words)
    found = digest(articles, options)
    assert found.summary is not None
    return method, found.summary.text


def write(pairs: Path, key: Path, *, count: int, words: int, seed: int) -> None:
    """Write what the readers get, and what was what."""
    from training.train_ranker import out_of_fold, read  # learns, which judging does without

    paths = sorted((BENCH / "dev").glob("*.json"))
    golds = [json.loads(path.read_text("utf-8")) for path in paths]
    ours = [guess.summary(words).text for guess in out_of_fold([read(gold) for gold in golds])]
    draw = random.Random(seed)
    wanted = draw.sample(range(len(golds)), min(count, len(golds)))
    pages, what = [], {}
    for number, k in enumerate(wanted, start=1):
        method, theirs = peer(golds[k], PEERS[number % 2], words)
        both = [("auto", ours[k]), (method, theirs)]
        draw.shuffle(both)
        told = "\n\n".join(f"{name}: {text}" for name, (_, text) in zip("AB", both, strict=True))
        pages.append(f"--- {number} ---\n\n{told}\n")
        what[str(number)] = {"cluster": paths[k].stem, "A": both[0][0], "B": both[1][0]}
    pairs.write_text("\n".join(pages), "utf-8")
    key.write_text(json.dumps(what, indent=1) + "\n", "utf-8")


def judge(answers: Path, key: Path) -> Counter[tuple[str, str]]:
    """How often ours was "preferred", "equal" or "lost", by the peer."""
    what = json.loads(key.read_text("utf-8"))
    counts: Counter[tuple[str, str]] = Counter()
    for line in answers.read_text("utf-8").splitlines():
        if found := _ANSWER.match(line):
            pair, answer = what[found[1]], found[2].upper()
            peer_name = next(pair[name] for name in "AB" if pair[name] != "auto")
            verdict = "preferred" if pair.get(answer) == "auto" else "lost"
            counts[peer_name, "equal" if answer == "=" else verdict] += 1
    return counts


def main() -> None:
    """Write the pairs, or count the answers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("text", type=Path, help="the pairs to write, or with --judge the answers")
    parser.add_argument("key", type=Path)
    parser.add_argument("--judge", action="store_true")
    parser.add_argument("--pairs", type=int, default=30)
    parser.add_argument("--words", type=int, default=150)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    if not arguments.judge:
        if not BENCH.exists():
            raise SystemExit(f"no DigestBench at {BENCH}; nothing to read")
        write(
            arguments.text,
            arguments.key,
            count=arguments.pairs,
            words=arguments.words,
            seed=arguments.seed,
        )
        return
    counts = judge(arguments.text, arguments.key)
    for (name, verdict), count in sorted(counts.items()):
        print(f"{name:10} {verdict:10} {count}")
    ours = sum(count for (_, verdict), count in counts.items() if verdict == "preferred")
    print(f"ours preferred in {ours} of {counts.total()}")


if __name__ == "__main__":
    main()
