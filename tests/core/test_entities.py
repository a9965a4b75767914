"""Mentions joined into entities, within an article and across several."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.core.entities import merge_entities
from service.core.mentions import Mention
from service.core.segment import segment


def _merged(*articles):
    """Entities of articles given as (text, [(name, type), ...]), each name found left to right."""
    documents, mentions = [], []
    for text, names in articles:
        document, found, at = segment(text), [], 0
        for name, kind in names:
            start = text.index(name, at)
            at = start + len(name)
            sentence = next(i for i, s in enumerate(document.sentences) if s.end > start)
            found.append(Mention(start, at, name, kind, sentence))
        documents.append(document)
        mentions.append(found)
    return merge_entities(documents, [None] * len(documents), mentions)


def _names(entities):
    return {entity.name: entity.aliases for entity in entities}


def test_merge_entities_joins_a_surname_to_the_full_name():
    entities = _merged(
        ("Ann Berg came. Berg left.", [("Ann Berg", "PER"), ("Berg", "PER")]),
        ("Then Berg slept.", [("Berg", "PER")]),
    )

    assert _names(entities) == {"Ann Berg": ("Berg",)}
    assert entities[0].articles == (0, 1)


def test_merge_entities_gives_a_shared_surname_to_the_nearest_name_before_it():
    text = "Ann Berg came. Berg sang. Tom Berg came. Berg left."
    names = [("Ann Berg", "PER"), ("Berg", "PER"), ("Tom Berg", "PER"), ("Berg", "PER")]
    entities = {entity.name: entity for entity in _merged((text, names))}

    assert [m.start for m in entities["Ann Berg"].mentions] == [0, 15]
    assert [m.start for m in entities["Tom Berg"].mentions] == [26, 41]


def test_merge_entities_keeps_a_surname_apart_that_two_people_share_and_none_precedes():
    entities = _merged(
        ("Berg left. Ann Berg and Tom Berg stayed.",
         [("Berg", "PER"), ("Ann Berg", "PER"), ("Tom Berg", "PER")])
    )  # fmt: skip

    assert set(_names(entities)) == {"Berg", "Ann Berg", "Tom Berg"}


def _case(case):
    marks = [pytest.mark.xfail(reason=case["note"])] if case["expect"] == "fail" else []
    fields = [case[name] for name in ("one", "other", "type", "same")]
    return pytest.param(*fields, id=case["label"], marks=marks)


_CASES = json.loads((Path(__file__).parent / "cases" / "entities.json").read_text("utf-8"))


@pytest.mark.parametrize(("one", "other", "kind", "same"), [_case(case) for case in _CASES])
def test_merge_entities_joins_two_forms_where_they_are_one_name(one, other, kind, same):
    entities = _merged((f"We saw {one} there.", [(one, kind)]), (f"{other} too.", [(other, kind)]))

    assert len(entities) == (1 if same else 2)


def test_merge_entities_leaves_a_short_form_alone_that_two_names_share():
    entities = _merged(
        ("The Texas Senate, the Iowa Senate and the Senate met.",
         [("Texas Senate", "ORG"), ("Iowa Senate", "ORG"), ("Senate", "ORG")])
    )  # fmt: skip

    assert set(_names(entities)) == {"Texas Senate", "Iowa Senate", "Senate"}


def test_merge_entities_takes_the_type_that_most_mentions_have():
    text = "Fatah and Fatah and Fatah."
    [entity] = _merged((text, [("Fatah", "ORG"), ("Fatah", "LOC"), ("Fatah", "ORG")]))

    assert entity.type == "ORG"


def test_merge_entities_puts_the_most_named_first():
    text = "In Paris, Ann Berg sang. Ann Berg danced. Ann Berg left for Rome."
    names = [("Paris", "LOC"), *[("Ann Berg", "PER")] * 3, ("Rome", "LOC")]
    entities = _merged((text, names))

    assert entities[0].name == "Ann Berg"
    assert all(0 <= entity.salience <= 1 for entity in entities)


def test_merge_entities_finds_nothing_where_nothing_is_named():
    assert _merged(("nothing", [])) == ()


_NAMES = st.sampled_from(
    ["Ann Berg", "Tom Berg", "Berg", "Ann", "U.S.", "US", "United States", "A", "’s", "The", "FBI"]
)
_KINDS = st.sampled_from(["PER", "ORG", "LOC", "MISC"])


@settings(deadline=None)
@given(st.lists(st.lists(st.tuples(_NAMES, _KINDS)), min_size=1, max_size=3))
def test_merge_entities_puts_every_mention_into_one_entity(articles):
    entities = _merged(
        *((" and ".join(name for name, _ in names) or "-", names) for names in articles)
    )

    places = [(m.article, m.start) for entity in entities for m in entity.mentions]
    assert len(places) == len(set(places)) == sum(len(names) for names in articles)
    for entity in entities:
        assert {entity.name, *entity.aliases} == {m.text for m in entity.mentions}


@settings(deadline=None)
@given(st.lists(st.lists(st.tuples(_NAMES, _KINDS)), min_size=2, max_size=3), st.randoms())
def test_merge_entities_finds_the_same_in_any_order_of_the_articles(articles, random):
    texts = [(" and ".join(name for name, _ in names) or "-", names) for names in articles]
    shuffled = list(texts)
    random.shuffle(shuffled)

    def found(entities):
        return sorted((e.name, e.type, e.salience, sorted(e.aliases)) for e in entities)

    assert found(_merged(*texts)) == found(_merged(*shuffled))
