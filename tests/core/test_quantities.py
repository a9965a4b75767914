"""Numbers as news writes them: what is read, and what is left alone."""

import time
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.core.numerals import plainly_spaced
from service.core.quantities import find_quantities
from service.core.segment import segment
from service.core.text import Document, Role, Sentence, Span, Token

from .case_files import cases

WORDS = st.sampled_from(
    "12 1,208 3.5 $5m £3bn half a an one two twenty -three hundred and million dozen of thousands "
    "percent % ft in miles 6'2\" years -year-old old to – - or between ( ) , . 2023 October the over "
    "at least people ½ 1/2 20s 3rd second \n".split(" ")
)


def as_expected(quantity, text, expected):
    """The quantity in the form of a case's expectation; the subject only where the case has one."""
    found = {
        "text": text[quantity.start : quantity.end],
        "value": quantity.value,
        "kind": quantity.kind,
        "comparator": quantity.comparator,
        "unit": quantity.unit,
        "high": quantity.high,
    }
    if "subject" in expected:
        found["subject"] = quantity.subject
    return found


def filled(expected):
    return {"comparator": "=", "unit": None, "high": None} | {
        key: Decimal(value) if key in ("value", "high") else value
        for key, value in expected.items()
    }


@pytest.mark.parametrize("case", cases("quantities.json"))
def test_find_quantities_reads_the_numbers_of_a_sentence(case):
    quantities = find_quantities(segment(case["text"]))

    empty = [{}] * len(quantities)
    found = [
        as_expected(quantity, case["text"], expected)
        for quantity, expected in zip(
            quantities, (case["expected"] + empty)[: len(quantities)], strict=True
        )
    ]
    assert found == [filled(expected) for expected in case["expected"]]


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", "\u2009", "\u2003", "\t"])
def test_find_quantities_reads_every_case_alike_with_any_space(space):
    texts = [case.values[0]["text"] for case in cases("quantities.json")]

    differing = [
        text
        for text in texts
        if find_quantities(segment(text.replace(" ", space))) != find_quantities(segment(text))
    ]

    assert differing == []


@pytest.mark.parametrize(
    ("gap", "values"),
    [(" ", [12, 500]), ("\u00a0", [12500]), ("\u202f", [12500]), ("\u2003", [12, 500])],
)
def test_find_quantities_parts_thousands_by_spaces_that_are_not_broken(gap, values):
    quantities = find_quantities(segment(f"They sold 12{gap}500, they said."))

    assert [quantity.value for quantity in quantities] == values


def test_find_quantities_leaves_the_numbers_of_names_alone():
    text = "Blink 182 played two songs."

    quantities = find_quantities(segment(text), [Span(0, 9)])

    assert [quantity.value for quantity in quantities] == [2]


def test_find_quantities_reads_a_number_that_was_taken_for_a_name():
    text = "Twelve songs were played."

    quantities = find_quantities(segment(text), [Span(0, 6)])

    assert [quantity.value for quantity in quantities] == [12]


@pytest.mark.parametrize("role", [Role.BYLINE, Role.SHARE, Role.CREDIT, Role.COPYRIGHT])
def test_find_quantities_passes_over_the_furniture_of_the_page(role):
    text = "12 shares"
    tokens = (Token("12", 0, 2), Token("shares", 3, 9))
    document = Document(text, (Sentence(text, 0, 9, tokens, 0, role),))

    assert find_quantities(document) == ()


def test_find_quantities_names_the_sentence_of_each():
    quantities = find_quantities(segment("He has 12 dogs. She has 30 cats."))

    assert [quantity.sentence for quantity in quantities] == [0, 1]


def assert_lawful(text):
    document = segment(text)
    quantities = find_quantities(document)
    end = 0
    for quantity in quantities:
        sentence = document.sentences[quantity.sentence]
        assert end <= quantity.start < quantity.end
        assert sentence.start <= quantity.start
        assert quantity.end <= sentence.end
        assert quantity.value.is_finite()
        assert quantity.high is None or quantity.high > quantity.value
        assert quantity.subject in plainly_spaced(sentence.text)
        end = quantity.end
    assert find_quantities(document) == quantities


@given(st.text())
def test_find_quantities_keeps_its_laws_on_any_text(text):
    assert_lawful(text)


@given(st.lists(st.tuples(WORDS, st.sampled_from(["", " "]))))
@example([("12 and over$5m", "")])
@example([("12 and over five million", "")])
@settings(max_examples=300)
def test_find_quantities_keeps_its_laws_on_heaps_of_numbers(pieces):
    assert_lawful("".join(word + gap for word, gap in pieces))


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    [
        *["1", "1,", "1.", "1-2 ", "one hundred and ", "thousands of ", "a ", "$", "1/2 "],
        *["A. 3, ", "12 dead ", "12 dead. ", "$5 (£4) ", "3 of the ", "50 (", "minus ", "1 234 "],
    ],
)
def test_find_quantities_takes_time_linear_in_the_text(unit):
    def seconds(length):
        document = segment((unit * length)[:length])
        start = time.process_time()
        find_quantities(document)
        return time.process_time() - start

    # Four times the text: 16 times the time where the cost is quadratic.
    assert seconds(40_000) < 10 * seconds(10_000) + 0.2


@pytest.mark.parametrize("gap", ["a", "ab ", "-", " ", "a-", "'s ", ", "])
def test_find_quantities_takes_time_linear_in_the_gap_between_two_numbers(gap):
    def seconds(length):
        document = segment("12 of " + (gap * length)[:length] + " 15 dogs")
        start = time.process_time()
        find_quantities(document)
        return time.process_time() - start

    assert seconds(80_000) < 10 * seconds(20_000) + 0.2
