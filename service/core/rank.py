"""Salience of sentences over all articles."""
