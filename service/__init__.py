"""A news digest service: articles in; summary, entities and figures out."""

__version__ = "0.1.0"
