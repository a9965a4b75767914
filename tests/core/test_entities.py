"""Mentions joined into entities, within an article and across several."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.core.entities import merge_entities
from service.core.furniture import mark
from service.core.mentions import Mention
from service.core.segment import segment


def _merged(*articles, copies=None):
    """Entities of articles given as (text, [(name, type), ...]), each name found left to right."""
    documents, mentions = [], []
    for text, names in articles:
        document, found, at = mark(segment(text)), [], 0
        for name, kind in names:
            start = text.index(name, at)
            at = start + len(name)
            sentence = next(i for i, s in enumerate(document.sentences) if s.end > start)
            found.append(Mention(start, at, name, kind, sentence))
        documents.append(document)
        mentions.append(found)
    return merge_entities(documents, [None] * len(documents), mentions, copies=copies)


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


def test_merge_entities_joins_an_acronym_in_brackets_to_the_name_before_it():
    text = "The Arab Banking Group (ABG) met. The Asian Builders Guild left. ABG spoke."
    names = [("Arab Banking Group", "ORG"), ("ABG", "ORG"), ("Asian Builders Guild", "ORG")]

    assert _names(_merged((text, [*names, ("ABG", "ORG")]))) == {
        "Arab Banking Group": ("ABG",),
        "Asian Builders Guild": (),
    }


def test_merge_entities_keeps_the_place_of_a_dateline_apart_from_a_club():
    text = "WEXHAM (AP) — Wexham Rovers won the cup on Monday, 2-1."
    names = [("WEXHAM", "LOC"), ("Wexham Rovers", "LOC")]

    assert set(_names(_merged((text, names)))) == {"Wexham", "Wexham Rovers"}


@pytest.mark.parametrize(
    ("text", "names", "kind", "expected"),
    [
        pytest.param("VARNA fell.", ["VARNA"], "LOC", "Varna", id="capitals alone"),
        pytest.param("ST LOUIS fell.", ["ST LOUIS"], "LOC", "St Louis", id="two words"),
        pytest.param("ANN MCCAIN fell.", ["ANN MCCAIN"], "PER", "Ann McCain", id="person"),
        pytest.param("OSLO fell. Oslo rose.", ["OSLO", "Oslo"], "LOC", "Oslo", id="as elsewhere"),
        pytest.param("The UAE fell.", ["UAE"], "LOC", "UAE", id="initials"),
        pytest.param("The DPRK fell.", ["DPRK"], "LOC", "DPRK", id="unlisted initials"),
        pytest.param("UNESCO fell.", ["UNESCO"], "ORG", "UNESCO", id="organisation"),
    ],
)
def test_merge_entities_writes_capitals_as_names_are_written(text, names, kind, expected):
    [entity] = _merged((text, [(name, kind) for name in names]))

    assert entity.name == expected


def test_merge_entities_weighs_a_name_in_captions_less():
    told = "Rain fell on the town of Lumen for days. The river rose again."
    shown = (
        "Rain fell on the town for days. The river rose again.\n\nImage caption Lumen in the rain"
    )
    [high], [low] = (_merged((text, [("Lumen", "LOC")])) for text in (told, shown))

    assert high.salience > low.salience


def test_merge_entities_gives_no_weight_to_what_a_copy_tells_again():
    article = ("Ann Berg sang in Lumen. She left.", [("Ann Berg", "PER"), ("Lumen", "LOC")])
    alone, beside_copy = _merged(article), _merged(article, article, copies=[None, 0])

    assert [entity.salience for entity in alone] == [entity.salience for entity in beside_copy]
    assert beside_copy[0].articles == (0, 1)


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
        assert set(entity.aliases) <= {m.text for m in entity.mentions}
        assert {entity.name.upper(), *map(str.upper, entity.aliases)} == {
            m.text.upper() for m in entity.mentions
        }


@settings(deadline=None)
@given(st.lists(st.lists(st.tuples(_NAMES, _KINDS)), min_size=2, max_size=3), st.randoms())
def test_merge_entities_finds_the_same_in_any_order_of_the_articles(articles, random):
    texts = [(" and ".join(name for name, _ in names) or "-", names) for names in articles]
    shuffled = list(texts)
    random.shuffle(shuffled)

    def found(entities):
        return sorted((e.name, e.type, e.salience, sorted(e.aliases)) for e in entities)

    assert found(_merged(*texts)) == found(_merged(*shuffled))


def test_merge_entities_makes_one_organisation_of_a_company_and_its_short_forms():
    entities = _merged(
        ("Lumen Foods, Inc. rose. Lumen fell.", [("Lumen Foods, Inc.", "ORG"), ("Lumen", "ORG")]),
        ("Lumen Foods rose. Lumen, Lumen and Lumen.",
         [("Lumen Foods", "MISC"), ("Lumen", "LOC"), ("Lumen", "LOC"), ("Lumen", "LOC")]),
    )  # fmt: skip

    assert _names(entities) == {"Lumen Foods, Inc.": ("Lumen", "Lumen Foods")}
    assert entities[0].type == "ORG"


def test_merge_entities_joins_a_name_at_birth_to_the_one_person_of_its_given_name():
    text = "Ann Berg sang. Tom Hall wept. Born Ann Pym in Leeds, she was 80."
    names = [("Ann Berg", "PER"), ("Tom Hall", "PER"), ("Ann Pym", "PER")]

    assert _names(_merged((text, names))) == {"Ann Berg": ("Ann Pym",), "Tom Hall": ()}


def test_merge_entities_leaves_a_person_who_shares_a_companys_name_alone():
    text = "Ann Berg runs Berg Foods, Inc. Berg left."
    names = [("Ann Berg", "PER"), ("Berg Foods, Inc.", "ORG"), ("Berg", "PER")]

    assert _names(_merged((text, names))) == {"Ann Berg": ("Berg",), "Berg Foods, Inc.": ()}


@pytest.mark.parametrize("name", ["Dunfield Sheriff Court", "Dunfield Police"])
def test_merge_entities_keeps_a_place_apart_from_its_institution(name):
    text = f"{name} said so in Dunfield."

    assert set(_names(_merged((text, [(name, "ORG"), ("Dunfield", "LOC")])))) == {name, "Dunfield"}


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        pytest.param("National Railways (FNC) failed. FNC fell.", True, id="taken up"),
        pytest.param("National Railways (FNC) failed. It fell.", False, id="once"),
        pytest.param("National Railways (FBI) failed. FBI fell.", False, id="well known"),
    ],
)
def test_merge_entities_joins_foreign_letters_in_brackets_that_the_article_takes_up(text, joined):
    letters = text[text.index("(") + 1 : text.index(")")]
    names = [("National Railways", "ORG"), *[(letters, "ORG")] * text.count(letters)]

    assert len(_merged((text, names))) == (1 if joined else 2)
