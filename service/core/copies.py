"""Articles that are copies of another."""

from collections.abc import Sequence

from service.core.text import Document


def find_copies(documents: Sequence[Document]) -> tuple[int | None, ...]:
    """For each document the index of the earliest one that it copies, None for an original."""
    raise NotImplementedError
