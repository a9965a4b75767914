import json
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.furniture import mark
from service.core.segment import segment
from service.core.text import Role

BODY = [
    "The council closed the old bridge on Monday after engineers found cracks in two of its piers.",
    "Drivers will have to cross at Mill Street until the spring, the mayor said at the site.",
    "Repairs are to cost $3.2 million, twice as much as the council had planned last year.",
    "“We could not wait any longer,” she told reporters.",
    "The bridge has carried the main road to the coast since 1931.",
]
RULES = tomllib.loads(
    files("service.core.resources").joinpath("furniture.toml").read_text("utf-8")
)["rule"]
SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
CASES = json.loads((Path(__file__).parent / "cases" / "furniture.json").read_text("utf-8"))
STORY = json.loads((Path(__file__).parent / "cases" / "story.json").read_text("utf-8"))
MARKS = st.sampled_from(
    [
        "\n",
        "\n\n",
        " ",
        "ROME (AP) — ",
        "(CNN)",
        "By Ana Ruiz",
        "Share this:",
        "Photo: ",
        "Read more",
        "(AP Photo/Ana Ruiz)",
        "FILE - ",
        "CLOSE ",
        "The bridge is shut.",
        "“",
        "😀",
        "\u00ad",
        "|",
        "a",
    ]
)


def marked(text, title=None):
    return [(s.role.value, s.text) for s in mark(segment(text), title).sentences]


def story(text, title=None):
    return [sentence.text for sentence in mark(segment(text), title).story]


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule["case"][:60]) for rule in RULES])
def test_mark_knows_the_case_of_every_rule(rule):
    top = rule.get("first") or rule.get("early") or rule["role"] == "dateline"
    lines = [rule["case"], *BODY] if top else [*BODY, rule["case"]]
    if rule.get("first") and rule["where"] == "line":
        lines.insert(0, "Old bridge closed")

    found = marked("\n\n".join(lines))

    assert {("story", sentence) for sentence in BODY} <= set(found)
    assert any(role == rule["role"] and text in rule["case"] for role, text in found)


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in CASES])
def test_mark_tells_story_from_page(case, request):
    if case["expect"] == "fail":
        request.applymarker(pytest.mark.xfail(strict=True, reason=case["note"]))
    lines = case["lines"]

    found = marked("\n\n".join(line for line, _ in lines), case.get("title"))

    assert found == [tuple(piece) for _, pieces in lines for piece in pieces]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["text"]) for case in STORY])
def test_mark_keeps_story_that_looks_like_the_page(case, request):
    if case["expect"] == "fail":
        request.applymarker(pytest.mark.xfail(strict=True, reason=case["note"]))

    found = marked("\n\n".join([BODY[0], case["text"], *BODY[1:]]))

    assert all(role == "story" for role, _ in found)


PAGES = st.one_of(
    st.text(alphabet=st.characters(), max_size=200), st.lists(MARKS, max_size=30).map("".join)
)


@given(PAGES, st.none() | PAGES)
def test_mark_divides_sentences_without_losing_a_token(text, title):
    document = segment(text)

    page = mark(document, title)

    assert page.text == text
    assert [t for s in page.sentences for t in s.tokens] == [
        t for s in document.sentences for t in s.tokens
    ]
    for sentence in page.sentences:
        assert text[sentence.start : sentence.end] == sentence.text
        assert sentence.tokens[0].start == sentence.start
        assert sentence.tokens[-1].end == sentence.end


@given(PAGES)
def test_mark_divides_no_sentence_but_inside(text):
    document = segment(text)
    inside = [(sentence.start, sentence.end) for sentence in document.sentences]

    for sentence in mark(document).sentences:
        assert any(start <= sentence.start and sentence.end <= end for start, end in inside)


def test_mark_keeps_a_text_of_one_line_without_a_full_stop():
    assert story("Bridge closed after cracks are found") == ["Bridge closed after cracks are found"]


def test_mark_takes_every_script_of_a_page_for_markup():
    scripts = '<script src="a.js"></script>\n<script>\nThe page was loaded on Monday.\n</script>'

    assert story("\n".join([BODY[0], scripts, BODY[1]])) == [BODY[0], BODY[1]]


def test_mark_tells_a_sentence_once():
    page = mark(segment("\n".join([*BODY, BODY[0]])))

    assert page.sentences[-1].role is Role.REPEAT
    assert [sentence.text for sentence in page.story][: len(BODY)] == BODY


@pytest.mark.skipif(not SEEDS.exists(), reason="no sample articles beside the project")
def test_mark_leaves_the_samples_their_story_and_nothing_else():
    first, second = (
        [sentence.role for sentence in mark(segment(path.read_text("utf-8"))).sentences]
        for path in sorted(SEEDS.glob("*.txt"))
    )

    assert first == [Role.TITLE, Role.STORY, Role.REPEAT, *[Role.STORY] * 9]
    assert second == [Role.DATELINE, *[Role.STORY] * 13]
