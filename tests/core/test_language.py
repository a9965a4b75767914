import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.digest import Article, digest
from service.core.language import detect

CASES = json.loads((Path(__file__).parent / "cases" / "language.json").read_text("utf-8"))
LANGUAGES = [pytest.param(case, id=case["label"]) for case in CASES["languages"]]
ENGLISH = [pytest.param(case["text"], id=case["label"]) for case in CASES["english"]]
LEAD = "The council closed the old bridge on Monday after engineers found cracks in its piers."


@pytest.mark.parametrize("case", LANGUAGES)
def test_detect_names_the_language_of_one_sentence_and_of_more(case):
    for count in range(1, len(case["sentences"]) + 1):
        assert detect(case["between"].join(case["sentences"][:count])) == case["language"]


@pytest.mark.parametrize("text", ENGLISH)
def test_detect_takes_english_with_foreign_names_and_quotations_for_no_other_language(text):
    assert detect(text) in ("en", None)


@pytest.mark.parametrize("text", [LEAD, LEAD.upper()])
def test_detect_knows_english_in_capitals_too(text):
    assert detect(text) == "en"


@pytest.mark.parametrize("case", LANGUAGES)
def test_detect_names_the_language_that_most_of_a_text_is_in(case):
    foreign = case["between"].join(case["sentences"])
    size = len(foreign.encode())
    foreign, english = [foreign] * (1 + 3000 // size), [LEAD] * (1 + 3000 // len(LEAD))

    assert detect("\n\n".join([LEAD, *foreign])) == case["language"]
    assert detect("\n\n".join([foreign[0], *english])) == "en"


@pytest.mark.parametrize("text", ["", " \n", "94", "Trump", "$3.2bn", "????", "😀", "\ud800"])
def test_detect_says_nothing_where_it_cannot_tell(text):
    assert detect(text) is None


@given(st.text(alphabet=st.characters(), max_size=300))
def test_detect_gives_a_code_of_two_letters_or_none(text):
    language = detect(text)

    assert language is None or (len(language) == 2 and language.islower())


@pytest.mark.parametrize("case", LANGUAGES)
def test_digest_warns_of_another_language_and_still_gives_a_summary(case):
    text = case["between"].join(case["sentences"])

    found = digest([Article("a1", f"Share this:\n\n{text}\n\nSign up for our newsletter.")])

    [note] = found.articles
    assert note.language == case["language"]
    assert repr(case["language"]) in note.warnings[0].detail
    assert found.summary is not None
    assert found.summary.sentences


@pytest.mark.parametrize("text", ENGLISH)
def test_digest_warns_of_no_language_in_english_articles(text):
    assert digest([Article("a1", text)]).articles[0].warnings == ()


def test_digest_finds_figures_in_another_language():
    text = "Der Stadtrat hat die alte Brücke gesperrt. Die Reparatur kostet 3,2 Millionen Euro."

    assert digest([Article("a1", text)]).figures
