"""``DIGEST_TAGGER``: a spaCy pipeline finds the names."""

import sys

import pytest

from service.api import Settings, create_app
from service.api.settings import BadSetting

ARTICLE = {"text": "The tide came to Orsa. ilke stayed in Orsa."}


def test_create_app_tells_that_spacy_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "spacy", None)

    with pytest.raises(BadSetting, match=r"DIGEST_TAGGER=spacy:x: spaCy is not installed"):
        create_app(Settings(tagger="x"))


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    spacy = pytest.importorskip("spacy", reason="the extra [spacy] is not installed")
    folder = tmp_path_factory.mktemp("pipeline")
    pipeline = spacy.blank("en")
    pipeline.add_pipe("entity_ruler").add_patterns([{"label": "PERSON", "pattern": "ilke"}])
    pipeline.to_disk(folder)
    return create_app(Settings(tagger=str(folder))).test_client()


def test_a_digest_has_the_names_of_the_pipeline_alone(client):
    entities = client.post("/v1/digest", json=ARTICLE).get_json()["entities"]

    assert [(entity["name"], entity["type"]) for entity in entities] == [("ilke", "PER")]


def test_an_answer_of_another_tagger_has_another_id(client):
    own = create_app(Settings()).test_client().post("/v1/digest", json=ARTICLE).get_json()

    assert client.post("/v1/digest", json=ARTICLE).get_json()["id"] != own["id"]


def test_info_names_the_pipeline(client):
    models = client.get("/v1/info").get_json()["models"]

    assert models[0]["source"].startswith("spaCy: ")
