"""spaCy pipelines in the tagger's place: a small one that this file builds."""

import pytest

from service.core.entities import merge_entities
from service.core.mentions import find_mentions
from service.core.pipeline import NoPipeline, SpacyTagger, load_pipeline
from service.core.segment import segment

spacy = pytest.importorskip("spacy", reason="the extra [spacy] is not installed")

PATTERNS = [
    {"label": "PERSON", "pattern": "Ilke Brandt"},
    {"label": "ORG", "pattern": "the Harbour Trust"},
    {"label": "GPE", "pattern": "Nordhaven's"},
    {"label": "NORP", "pattern": "Nordhaveners"},
    {"label": "DATE", "pattern": "May 3"},
    {"label": "ORG", "pattern": "sea-watch"},
]


def _pipeline():
    pipeline = spacy.blank("en")
    pipeline.add_pipe("entity_ruler").add_patterns(PATTERNS)
    return pipeline


@pytest.fixture(scope="module")
def tagger():
    return SpacyTagger(_pipeline())


def _found(text, tagger):
    return [(m.text, m.type) for m in find_mentions(segment(text), tagger=tagger)]


def test_find_mentions_takes_the_names_of_a_pipeline(tagger):
    text = "Ilke Brandt of the Harbour Trust left on May 3.\n\nNordhaven's  port closed. sea-watch!"

    assert _found(text, tagger) == [
        ("Ilke Brandt", "PER"),
        ("Harbour Trust", "ORG"),
        ("Nordhaven", "LOC"),
        ("sea-watch", "ORG"),
    ]


def test_find_mentions_cuts_a_pipelines_names_out_of_any_text(tagger):
    text = "\ufeff  “Ilke  Brandt”\r\n— é🙂 Nordhaveners,Nordhaveners. Ilke Brandt’s"
    for mention in find_mentions(segment(text), tagger=tagger):
        assert text[mention.start : mention.end] == mention.text


def test_a_pipelines_names_become_entities(tagger):
    document = segment("Ilke Brandt came. Brandt left. Ilke Brandt slept.")
    [entity] = merge_entities([document], [None], [find_mentions(document, tagger=tagger)])

    assert (entity.name, len(entity.mentions)) == ("Ilke Brandt", 2)


@pytest.mark.parametrize("text", ["", " ", "\n", "a", "🙂"])
def test_find_mentions_finds_nothing_where_a_pipeline_finds_nothing(text, tagger):
    assert _found(text, tagger) == []


def test_load_pipeline_reads_one_from_a_folder(tmp_path):
    _pipeline().to_disk(tmp_path)

    assert _found("Ilke Brandt left.", load_pipeline(str(tmp_path))) == [("Ilke Brandt", "PER")]


def test_load_pipeline_tells_what_is_not_installed():
    with pytest.raises(NoPipeline, match="no pipeline 'en_no_such_pipeline'"):
        load_pipeline("en_no_such_pipeline")


def test_load_pipeline_refuses_one_that_finds_no_names(tmp_path):
    spacy.blank("en").to_disk(tmp_path)

    with pytest.raises(NoPipeline, match="neither ner nor entity_ruler"):
        load_pipeline(str(tmp_path))
