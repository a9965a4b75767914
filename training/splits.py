"""What is kept for evaluation."""

import hashlib


def held_out(name: str) -> bool:
    """Whether a single article is kept for evaluation: every other one, by the hash of its id."""
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 1
