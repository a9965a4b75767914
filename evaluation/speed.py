"""Time and memory of a whole digest, beside sumy's LexRank alone on the same texts in the same run.

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python -m evaluation.speed

Takes the development articles nearest to 700 words. Ours does everything from bytes to bytes,
through the application without a socket. LexRank runs as its manual has it, from the text, cut by
NLTK, with stemmer and stop words; and once more with its words cut before the clock starts, so that
it does nothing but rank. All three take turns on every article.
"""

import gc
import json
import resource
import time
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles

from nltk.tokenize import NLTKWordTokenizer
from nltk.tokenize.punkt import PunktSentenceTokenizer
from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
from sumy.nlp.stemmers import Stemmer
from sumy.nlp.tokenizers import Tokenizer
from sumy.parsers.plaintext import PlaintextParser
from sumy.summarizers.lex_rank import LexRankSummarizer
from sumy.utils import get_stop_words

from service.api import create_app
from service.core.segment import segment

GOLD = Path("../shared/digestbench/dev")
ARTICLES = 20
ROUNDS = 15


class _Words:
    """The tokenizer that sumy asks for; it only looks up what was cut before the clock started."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self.words = words

    def to_words(self, _text: str) -> tuple[str, ...]:
        return self.words


class _Nltk(Tokenizer):
    """sumy's tokenizer for English without NLTK's download: Punkt untrained, the same words."""

    def _get_sentence_tokenizer(self, _language: str) -> PunktSentenceTokenizer:
        return PunktSentenceTokenizer()

    def _get_word_tokenizer(self, _language: str) -> NLTKWordTokenizer:
        return NLTKWordTokenizer()


def _lexrank(document: ObjectDocumentModel) -> object:
    summarizer = LexRankSummarizer(Stemmer("english"))
    summarizer.stop_words = get_stop_words("english")
    return summarizer(document, 3)


def peer(text: str) -> Callable[[], object]:
    """A run of sumy's LexRank, from the text."""
    tokenizer = _Nltk("english")
    return lambda: _lexrank(PlaintextParser.from_string(text, tokenizer).document)


def peer_of_words(text: str) -> Callable[[], object]:
    """A run of sumy's LexRank over words that were cut before."""
    cut = [tuple(token.text for token in sentence.words) for sentence in segment(text).sentences]

    def run() -> object:
        sentences = [Sentence(" ".join(words), _Words(words)) for words in cut]
        return _lexrank(ObjectDocumentModel([Paragraph(sentences)]))

    return run


def ours(texts: list[str]) -> Callable[[], object]:
    """A run of the whole service over articles, from the request's bytes to the answer's."""
    client = create_app().test_client()
    body = json.dumps({"articles": [{"text": text} for text in texts]}).encode()

    def run() -> object:
        response = client.post("/v1/digest", data=body, content_type="application/json")
        assert response.status_code == 200, response.text
        return response.data

    return run


def milliseconds(run: Callable[[], object]) -> float:
    """What one run takes of the processor."""
    start = time.process_time()
    run()
    return 1000 * (time.process_time() - start)


def main() -> None:
    """Measure and print."""
    # As the server has it (deploy/gunicorn.conf.py), for all three alike.
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)
    if not GOLD.exists():
        raise SystemExit(f"no development articles at {GOLD}; nothing to time")
    texts = [
        article["text"]
        for path in sorted(GOLD.glob("*.json"))
        for article in json.loads(path.read_text("utf-8"))["articles"]
    ]
    chosen = sorted(texts, key=lambda text: abs(len(text.split()) - 700))[:ARTICLES]
    runs = [(ours([text]), peer(text), peer_of_words(text)) for text in chosen]
    times: tuple[list[float], list[float], list[float]] = ([], [], [])
    for turn in range(ROUNDS + 1):
        for pair in runs:
            for side, run in enumerate(pair):
                spent = milliseconds(run)
                if turn:  # the first turn warms up
                    times[side].append(spent)
    words = sum(len(text.split()) for text in chosen) / len(chosen)
    print(f"{len(chosen)} articles of {words:.0f} words, {ROUNDS} rounds, milliseconds of one core")
    names = ("whole digest", "LexRank", "LexRank, words given")
    for name, spent in zip(names, times, strict=True):
        cut = quantiles(spent, n=100)
        ratio = quantiles([a / b for a, b in zip(times[0], spent, strict=True)], n=100)[49]
        print(f"  {name:20} p50 {cut[49]:7.2f}   p99 {cut[98]:7.2f}   ours to it {ratio:5.2f}")
    print("articles in one request, milliseconds, per article")
    for count in (1, 2, 5, 10, 20, 50, 100):
        run = ours(texts[:count])
        run()
        spent = min(milliseconds(run) for _ in range(3))
        print(f"  {count:4} {spent:9.1f} {spent / count:7.2f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory at its highest {peak:.0f} MB")


if __name__ == "__main__":
    main()
