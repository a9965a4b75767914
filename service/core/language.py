"""The language that a text is written in."""


def detect(text: str) -> str | None:
    """ISO 639-1 code of the text's language; None where the text is too short to tell."""
    raise NotImplementedError
