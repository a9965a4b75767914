"""The language that a text is written in."""

import io
import lzma
from array import array

import numpy as np
from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

# Enough: of 300 news articles the first 500 code points named the language of every one.
_ENOUGH = 1000  # code points; 0.2 ms
# The lowest at which no sentence of more than 20 code points of 100 English news articles was
# taken for another language.
_SURE = 0.5


def _identifier() -> LanguageIdentifier:
    """The detector of the languages with a code of two letters.

    Built here, since `set_languages` keeps the weights of all languages beside its choice: 72 MB
    instead of 99, shared by the workers. And unpacked here, since py3langid does so in a temporary
    file of 68 MB: a container has 64 MB of shared memory, and a read-only one has no other place.
    """
    unpacked = io.BytesIO(lzma.decompress((MODEL_DIR / MODEL_FILE).read_bytes()))
    with np.load(unpacked, allow_pickle=False) as model:
        codes = model["classes"].tolist()
        kept = [i for i, code in enumerate(codes) if len(code) == 2]
        return LanguageIdentifier(
            np.ascontiguousarray(model["ptc"][:, kept]),
            model["pc"][kept],
            [codes[i] for i in kept],
            # Standard arrays, as py3langid has them: the walk reads them number by number.
            array("I", model["nextmove"].astype(np.uint32).tobytes()),
            model["out_feat"].tolist(),
            norm_probs=True,
            tk_row=array("I", model["nextmove_row"].astype(np.uint32).tobytes()),
        )


_IDENTIFIER = _identifier()


def detect(text: str) -> str | None:
    """ISO 639-1 code of the text's language; None where the text is too short to tell.

    Source:
        py3langid, after Lui and Baldwin, "langid.py: An Off-the-shelf Language Identification
        Tool", ACL 2012: naive Bayes over byte n-grams.

    >>> detect("The talks ended on Monday."), detect("Die Gespräche endeten am Montag.")
    ('en', 'de')
    """
    label, confidence = _IDENTIFIER.classify(text.strip()[:_ENOUGH])
    return str(label) if confidence >= _SURE else None
