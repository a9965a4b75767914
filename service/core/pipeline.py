"""Tags of names from an installed spaCy pipeline, in place of the tagger that ships."""

import importlib
from collections.abc import Iterator, Mapping, Sequence
from threading import Lock
from typing import Any

from service.core.text import Token

#: Labels of spaCy's pipelines, by OntoNotes, CoNLL and WikiNER, as our types; others are no names.
LABELS: Mapping[str, str] = {
    **dict.fromkeys(("PERSON", "PER"), "PER"),
    "ORG": "ORG",
    **dict.fromkeys(("GPE", "LOC", "FAC"), "LOC"),
    **dict.fromkeys(("NORP", "EVENT", "WORK_OF_ART", "LAW", "PRODUCT", "LANGUAGE", "MISC"), "MISC"),
}
_COMPONENTS = ("ner", "entity_ruler")
# What such pipelines count to a name and we do not.
_BEFORE_NAMES = frozenset({"the", "The"})
_AFTER_NAMES = frozenset({"'s", "’s", "'", "’"})


class NoPipeline(Exception):
    """A pipeline that cannot be used; the message is written for the operator."""


class SpacyTagger:
    """A spaCy pipeline that tags as service.core.tagger.Tagger does."""

    def __init__(self, pipeline: Any) -> None:
        missing = all(not pipeline.has_pipe(name) for name in _COMPONENTS)
        if missing:
            raise NoPipeline(f"the pipeline has neither {' nor '.join(_COMPONENTS)}")
        self._pipeline = pipeline
        # Its vocabulary grows as it reads, and is wiped by the call that filled it.
        self._lock = Lock()

    @property
    def license(self) -> str:
        """The licence that the pipeline names."""
        return str(self._pipeline.meta.get("license") or "not told")

    def read(self, sentences: Sequence[Sequence[Token]]) -> list[list[str]]:
        """A BILOU tag for every token; spaCy cuts words by itself, and its names take in ours."""
        texts = [_text(tokens) for tokens in sentences]
        found = []
        with self._lock, self._pipeline.memory_zone():
            for tokens, parsed in zip(sentences, self._pipeline.pipe(texts), strict=True):
                names = [(name.start_char, name.end_char, name.label_) for name in parsed.ents]
                found.append(_tags(tokens, names))
        return found


def load_pipeline(name: str) -> SpacyTagger:
    """The tagger of an installed spaCy pipeline: a package's name or a folder.

    Raises:
        NoPipeline: spaCy or the pipeline is not installed, or the pipeline finds no names.
    """
    try:
        spacy = importlib.import_module("spacy")
    except ImportError as error:
        raise NoPipeline("spaCy is not installed: pip install 'news-digest[spacy]'") from error
    try:
        pipeline = spacy.load(name)
    except OSError as error:
        raise NoPipeline(f"spaCy finds no pipeline {name!r}: install it beside it") from error
    return SpacyTagger(pipeline)


def _text(tokens: Sequence[Token]) -> str:
    """The sentence from its tokens, each as far from its beginning as in the document."""
    pieces: list[str] = []
    end = tokens[0].start if tokens else 0
    for token in tokens:
        pieces += [" " * (token.start - end), token.text]
        end = token.end
    return "".join(pieces)


def _tags(tokens: Sequence[Token], names: Sequence[tuple[int, int, str]]) -> list[str]:
    """The tags of one sentence, whose names are given by characters, in order."""
    tags = ["O"] * len(tokens)
    for inside, label in _inside(tokens, names):
        while inside and tokens[inside[0]].text in _BEFORE_NAMES:
            inside = inside[1:]
        while inside and tokens[inside[-1]].text in _AFTER_NAMES:
            inside = inside[:-1]
        kind = LABELS.get(label)
        if not inside or kind is None:
            continue
        for i in inside:
            tags[i] = f"I-{kind}"
        tags[inside[0]] = f"B-{kind}"
        tags[inside[-1]] = f"{'L' if len(inside) > 1 else 'U'}-{kind}"
    return tags


def _inside(
    tokens: Sequence[Token], names: Sequence[tuple[int, int, str]]
) -> Iterator[tuple[range, str]]:
    """The tokens that each name touches, none twice."""
    base = tokens[0].start if tokens else 0
    i = 0
    for start, end, label in names:
        while i < len(tokens) and tokens[i].end - base <= start:
            i += 1
        first = i
        while i < len(tokens) and tokens[i].start - base < end:
            i += 1
        yield range(first, i), label
