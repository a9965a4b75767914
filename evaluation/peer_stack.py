"""What one would build of known parts otherwise: Flask, sumy's LexRank, spaCy's ner, quantulum3.

The pipeline has the shape and so the speed of en_core_web_sm's `ner`, with weights that were never
trained; nothing is downloaded. spaCy cuts the sentences for LexRank too, since NLTK's own way wants
a download.
"""

import time
from collections.abc import Sequence

import spacy
from flask import Flask, request
from quantulum3 import classifier, parser
from spacy.language import Language
from spacy.tokens import Doc
from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
from sumy.nlp.stemmers import Stemmer
from sumy.summarizers.lex_rank import LexRankSummarizer
from sumy.utils import get_stop_words

# Its classifier was pickled by a scikit-learn that is not this one, and fails; it is slower too.
classifier.USE_CLF = False

# The labels of OntoNotes, as en_core_web_sm has them.
_LABELS = (
    "CARDINAL DATE EVENT FAC GPE LANGUAGE LAW LOC MONEY NORP ORDINAL ORG PERCENT PERSON PRODUCT"
    " QUANTITY TIME WORK_OF_ART"
).split()


def _pipeline() -> Language:
    nlp = spacy.blank("en")
    ner = nlp.add_pipe(
        "ner",
        config={
            "model": {
                "@architectures": "spacy.TransitionBasedParser.v2",
                "state_type": "ner",
                "extra_state_tokens": False,
                "hidden_width": 64,
                "maxout_pieces": 2,
                "use_upper": True,
                "tok2vec": {
                    "@architectures": "spacy.Tok2Vec.v2",
                    "embed": {
                        "@architectures": "spacy.MultiHashEmbed.v2",
                        "width": 96,
                        "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"],
                        "rows": [5000, 1000, 2500, 2500],
                        "include_static_vectors": False,
                    },
                    "encode": {
                        "@architectures": "spacy.MaxoutWindowEncoder.v2",
                        "width": 96,
                        "depth": 4,
                        "window_size": 1,
                        "maxout_pieces": 3,
                    },
                },
            }
        },
    )
    for label in _LABELS:
        ner.add_label(label)
    nlp.initialize()
    nlp.add_pipe("sentencizer")
    return nlp


class _Cut:
    """The words that spaCy has cut."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self.words = words

    def to_words(self, _text: str) -> tuple[str, ...]:
        return self.words


_STOP_WORDS = get_stop_words("english")


def _ranked(documents: Sequence[Doc]) -> list[str]:
    sentences = [
        Sentence(cut.text, _Cut(tuple(token.text for token in cut if token.is_alpha)))
        for document in documents
        for cut in document.sents
    ]
    summarizer = LexRankSummarizer(Stemmer("english"))
    summarizer.stop_words = _STOP_WORDS
    summary = summarizer(ObjectDocumentModel([Paragraph(sentences)]), 5)
    return [str(sentence) for sentence in summary]


def _named(documents: Sequence[Doc]) -> list[list[str]]:
    return [[entity.text, entity.label_] for document in documents for entity in document.ents]


def _counted(texts: Sequence[str]) -> list[list[object]]:
    return [
        [quantity.value, quantity.unit.name, quantity.surface]
        for text in texts
        for quantity in parser.parse(text)
    ]


def create_app() -> Flask:
    """The peer as a WSGI application."""
    app = Flask(__name__)
    nlp = _pipeline()

    @app.post("/v1/digest")
    def digest() -> dict[str, object]:
        texts = [article["text"] for article in request.get_json()["articles"]]
        documents = [nlp(text) for text in texts]
        return {
            "summary": _ranked(documents),
            "entities": _named(documents),
            "figures": _counted(texts),
        }

    @app.get("/readyz")
    def readyz() -> dict[str, str]:
        return {"status": "ready"}

    return app


def steps(texts: Sequence[str]) -> dict[str, float]:
    """Milliseconds of processor that each of the parts takes for the texts, the second time."""
    nlp = _pipeline()
    took = {}
    for _ in range(2):
        start = time.process_time()
        documents = [nlp(text) for text in texts]
        took["ner"] = 1000 * (time.process_time() - start)
        start = time.process_time()
        _ranked(documents)
        took["LexRank"] = 1000 * (time.process_time() - start)
        start = time.process_time()
        _counted(texts)
        took["quantulum3"] = 1000 * (time.process_time() - start)
    return took
