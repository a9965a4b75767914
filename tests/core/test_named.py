"""Who and what a page names, from its lines to its entities and their roles."""

import pytest

from service.core.entities import Entity, merge_entities
from service.core.furniture import mark
from service.core.mentions import find_mentions
from service.core.roles import with_roles
from service.core.segment import segment

from .case_files import cases


def _entities(articles: list[str]) -> dict[str, Entity]:
    documents = [mark(segment(text)) for text in articles]
    mentions = [find_mentions(document) for document in documents]
    merged = merge_entities(documents, [None] * len(documents), mentions)
    return {entity.name: entity for entity in with_roles(documents, merged)}


def _told(entity: Entity, asked: dict[str, object]) -> dict[str, object]:
    told = {
        "name": entity.name,
        "type": entity.type,
        "aliases": sorted(entity.aliases),
        "roles": [role.text for role in entity.roles],
        "mentions": len(entity.mentions),
    }
    return {field: told[field] for field in asked}


@pytest.mark.parametrize("case", cases("named.json"))
def test_entities_of_each_page_are_those_of_its_story(case):
    found = _entities(case["articles"])
    texts = {text for entity in found.values() for text in (entity.name, *entity.aliases)}

    asked = {each["name"]: each for each in case["entities"]}
    assert {
        name: _told(found[name], each) for name, each in asked.items() if name in found
    } == asked
    assert texts.isdisjoint(case["absent"])
