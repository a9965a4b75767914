"""Requests made up from openapi.yaml, right and wrong ones, and every check on the answers.

``SCHEMATHESIS_CASES=2000 pytest tests/api/test_schemathesis.py`` makes more of them.
"""

import os

import schemathesis
from hypothesis import HealthCheck, Phase, seed, settings
from schemathesis.specs.openapi.checks import negative_data_rejection

from service.api import Settings, create_app

CASES = int(os.environ.get("SCHEMATHESIS_CASES", "100"))

LENGTHS = ("sentences", "words", "ratio")

# The size of a body is one more rule that a schema cannot say; test_routes.py holds it.
APP = create_app(Settings(max_body_bytes=1 << 30))

schema = schemathesis.openapi.from_wsgi(
    "/openapi.json",
    APP,
    config=schemathesis.Config.from_dict({"base-url": "http://localhost"}),
)


def settled(cases: int) -> settings:
    return settings(
        max_examples=cases,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def keep_what_json_schema_cannot_say(case: schemathesis.Case) -> None:
    """Make a right case keep the rules that openapi.yaml can only tell in words.

    Query parameters belong to plain text, one of three lengths is given, and no two articles have
    one id. What breaks these is refused; tests/api/test_schemas.py holds that.
    """
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if case.media_type != "text/plain":
        case.query = {}
    for name in [name for name in LENGTHS if name in case.query][1:]:
        del case.query[name]
    if isinstance(case.body, dict):
        for article in case.body.get("articles", [])[1:]:
            article.pop("id", None)


@schema.include(operation_id="makeDigest").parametrize()
@seed(20250513)
@settled(CASES)
def test_the_digest_keeps_to_the_contract(case):
    keep_what_json_schema_cannot_say(case)
    # What is wrong in a plain text for being an object or a number is right once it is sent.
    sent_as_text = case.media_type == "text/plain" and not isinstance(case.body, str)
    case.call_and_validate(excluded_checks=[negative_data_rejection] if sent_as_text else [])


@schema.exclude(operation_id="makeDigest").parametrize()
@seed(20250513)
@settled(max(CASES // 20, 10))
def test_what_is_around_the_digest_keeps_to_the_contract(case):
    case.call_and_validate()
