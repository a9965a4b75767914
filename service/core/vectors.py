"""Sentences as vectors, and their likeness."""
