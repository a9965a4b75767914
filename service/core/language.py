"""The language that a text is written in."""

import math
import unicodedata
from array import array
from collections import Counter
from pathlib import Path

import numpy as np

# Enough: of 300 news articles the first 500 code points named the language of every one. A longer
# text is asked at its beginning, middle and end, and two of the three decide: a foreign lead or
# quotation does not speak for it.
_ENOUGH = 1000  # code points; 0.2 ms
_THIRD = _ENOUGH // 3
# The lowest at which no sentence of more than 20 code points of 100 English news articles was
# taken for another language.
_SURE = 0.5

with np.load(Path(__file__).parent / "resources" / "languages.npz") as _model:
    _WEIGHTS = _model["weights"]  # of a feature for a column, shape (columns, features)
    _PRIOR = _model["prior"]
    # Some languages have a column for each script.
    _CODES = list(dict.fromkeys(_model["codes"].tolist()))
    _CODE_OF = np.array([_CODES.index(code) for code in _model["codes"].tolist()])
    # The automaton that finds the features. Standard arrays: it is walked number by number.
    _MOVES, _ROWS, _FEATURES = array("I"), array("I"), array("i")
    _MOVES.frombytes(_model["moves"].view(np.uint8))  # to states, 256 a row
    # Where the row of a state begins.
    _ROWS.frombytes((_model["rows"].astype(np.uint32) << 8).view(np.uint8))
    _FEATURES.frombytes(_model["features"].view(np.uint8))  # that a state completes; -1 for none


def detect(text: str) -> str | None:
    """ISO 639-1 code of the text's language; None where the text is too short to tell.

    A long text in two languages is in the one that more of it is in.

    Source:
        py3langid's model and rule, after Lui and Baldwin, "langid.py: An Off-the-shelf Language
        Identification Tool", ACL 2012: naive Bayes over byte n-grams.

    >>> detect("The talks ended on Monday."), detect("Die Gespräche endeten am Montag.")
    ('en', 'de')
    """
    text = text.strip()
    if len(text) <= _ENOUGH:
        return _detect(text)
    middle = (len(text) - _THIRD) // 2
    parts = text[:_THIRD], text[middle : middle + _THIRD], text[-_THIRD:]
    first, second = _detect(parts[0]), _detect(parts[1])
    if first and first == second:
        return first
    third = _detect(parts[2])
    return third if third and third in (first, second) else _detect(" ".join(parts))


def _detect(text: str) -> str | None:
    if text.isupper():  # the model has seen few capitals
        text = text.lower()
    content = unicodedata.normalize("NFC", text).encode("utf-8", "surrogatepass")
    found = _found(content)
    if not found:
        return None
    counts = np.log1p(np.fromiter(found.values(), np.float32, len(found)))
    scores = _WEIGHTS[:, list(found)].astype(np.float32) @ counts + _PRIOR
    # Evidence adds up with the length faster than it is independent.
    scores /= math.sqrt(len(content))
    chances = np.exp(scores - scores.max())
    of_codes = np.bincount(_CODE_OF, chances)
    best = int(of_codes.argmax())
    return _CODES[best] if of_codes[best] >= _SURE * chances.sum() else None


def _found(content: bytes) -> Counter[int]:
    """How often each feature is found."""
    state = 0
    found = []
    for byte in content:
        state = _MOVES[_ROWS[state] + byte]
        found.append(_FEATURES[state])
    counts = Counter(found)
    del counts[-1]  # no feature
    return counts
