"""What on a news page is not story: titles, datelines, bylines, captions, share lines."""

from service.core.text import Document


def mark(document: Document, title: str | None = None) -> Document:
    """The document with the role of every sentence; a dateline becomes a sentence of its own."""
    raise NotImplementedError
