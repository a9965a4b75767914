"""Whole answers, kept: a change of any step shows as a diff of what a caller would see."""

import json
from pathlib import Path

import pytest

from service.api import create_app

HERE = Path(__file__).parent
REQUESTS = sorted((HERE / "requests").glob("*.json"))


@pytest.mark.parametrize("request_file", REQUESTS, ids=lambda path: path.stem)
def test_digest_gives_the_answer_that_was_kept(request_file, rewrite):
    response = (
        create_app()
        .test_client()
        .post("/v1/digest", data=request_file.read_bytes(), content_type="application/json")
    )
    assert response.status_code == 200, response.text
    answer = response.json
    answer.pop("id")  # it changes with every release
    kept = HERE / "answers" / request_file.name
    if rewrite:
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(json.dumps(answer, ensure_ascii=False, indent=1) + "\n", "utf-8")

    assert answer == json.loads(kept.read_text("utf-8"))
