"""The examples: kept as files, shown in openapi.yaml and the README, and what is really given.

``pytest tests/api/test_examples.py --rewrite`` writes the answers, all examples into openapi.yaml,
and one answer, shortened, into the README. Read the diff before you commit it.
"""

import json
import re
from pathlib import Path

import orjson
import pytest
import yaml

from .conftest import ROOT

EXAMPLES = ROOT / "examples"
CONTRACT = ROOT / "openapi.yaml"

ANSWERS = {
    "one-sentence-answer.json": "one-sentence.json",
    "two-articles-answer.json": "two-articles.json",
}

# An example in the contract is marked by the file that it is; what follows, indented, is its value.
_MARK = re.compile(
    r"^(?P<indent> *)value: # examples/(?P<name>\S+)\n(?:(?P=indent) .*\n|\n)*", re.M
)


def with_examples(contract: str) -> str:
    """The contract with every example as its file has it."""

    def block(match: re.Match[str]) -> str:
        value = orjson.loads((EXAMPLES / match["name"]).read_bytes())
        # JSON is YAML too, and keeps a text on one line.
        lines = orjson.dumps(value, option=orjson.OPT_INDENT_2).decode().splitlines()
        head = f"{match['indent']}value: # examples/{match['name']}"
        return "\n".join([head, *(f"{match['indent']}  {line}" for line in lines), ""])

    return _MARK.sub(block, contract)


@pytest.mark.parametrize(("answer", "request_name"), ANSWERS.items())
def test_an_example_answer_is_what_the_service_gives(client, rewrite, answer, request_name):
    path: Path = EXAMPLES / answer
    response = client.post(
        "/v1/digest",
        data=(EXAMPLES / request_name).read_bytes(),
        content_type="application/json",
    )
    assert response.status_code == 200
    if rewrite:
        path.write_bytes(
            orjson.dumps(response.json, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        )

    assert json.loads(path.read_text("utf-8")) == response.json


def test_the_example_shows_every_agreement():
    answer = json.loads((EXAMPLES / "two-articles-answer.json").read_text("utf-8"))

    shown = {figure["agreement"] for figure in answer["figures"]}
    assert shown == {"single", "agree", "compatible", "conflict"}


def test_the_contract_shows_the_examples(rewrite):
    text = CONTRACT.read_text("utf-8")
    expected = with_examples(text)
    if rewrite:
        CONTRACT.write_text(expected, "utf-8")
        text = expected

    assert {match["name"] for match in _MARK.finditer(text)} == {
        path.name for path in EXAMPLES.glob("*.json")
    }
    assert text == expected
    for match in _MARK.finditer(text):
        assert yaml.safe_load(match[0])["value"] == json.loads(
            (EXAMPLES / match["name"]).read_text("utf-8")
        )


def brief(answer: dict) -> str:
    """The answer as the README shows it: the first of everything, what follows as an ellipsis."""

    def line(value: object) -> str:
        return json.dumps(value, ensure_ascii=False).replace('"…"', "…")

    def first(rows: list) -> list:
        return [rows[0], "…"] if len(rows) > 1 else rows

    def mentioned(found: dict) -> dict:
        return found | {"mentions": first(found["mentions"])}

    def figure(agreement: str) -> str:
        return line(
            mentioned(next(each for each in answer["figures"] if each["agreement"] == agreement))
        )

    summary = answer["summary"]
    told_twice = next(each for each in summary["sentences"] if each["also_in"])
    return f"""{{
  "id": "{answer["id"][:15]}…",
  "summary": {{
    "text": {line(summary["text"])},
    "words": {summary["words"]},
    "sentences": {line([told_twice, "…"])}
  }},
  "entities": {line([mentioned(answer["entities"][0]), "…"])},
  "figures": [
    {figure("conflict")},
    {figure("compatible")}, …],
  "stories": {line(first(answer["stories"]))},
  "articles": {line(first(answer["articles"]))},
  "offset_unit": "{answer["offset_unit"]}"
}}
"""


def test_the_readme_shows_the_answer_to_the_two_articles(rewrite):
    answer = json.loads((EXAMPLES / "two-articles-answer.json").read_text("utf-8"))
    path = ROOT / "README.md"
    head, fence, rest = path.read_text("utf-8").partition("```json\n")
    shown, end, tail = rest.partition("```\n")
    if rewrite:
        shown = brief(answer)
        path.write_text(head + fence + shown + end + tail, "utf-8")

    assert shown == brief(answer)


def test_the_text_files_are_the_articles_of_the_examples(two_articles):
    one = json.loads((EXAMPLES / "one-article.json").read_text("utf-8"))
    texts = [(EXAMPLES / f"landslide-{number}.txt").read_text("utf-8") for number in (1, 2)]

    assert [article["text"] for article in two_articles["articles"]] == texts
    assert one["text"] == texts[1]
