import json
import logging

import pytest
from flask import Flask
from marshmallow import ValidationError

from service.api import Settings, create_app
from service.api.errors import MAX_FAULTS, faults


def test_faults_of_an_object_as_a_whole_point_to_the_object():
    error = ValidationError({"options": {"_schema": ["takes one"]}, "_schema": ["is wrong"]})

    assert faults(error) == [
        {"pointer": "/options", "detail": "takes one"},
        {"pointer": "", "detail": "is wrong"},
    ]


def test_a_problem_tells_the_first_faults_and_counts_the_others(client):
    document = {"text": "a"} | {f"x{n}": n for n in range(1000)}

    problem = client.post("/v1/digest", json=document).json

    assert len(problem["errors"]) == MAX_FAULTS
    assert problem["detail"].endswith("and 999 more faults.")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/none", 404), ("GET", "/v1/digest", 405), ("POST", "/healthz", 405)],
)
def test_every_refusal_has_one_shape(client, method, path, status):
    response = client.open(path, method=method, headers={"X-Request-ID": "r-1"})

    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert list(response.json) == ["type", "title", "status", "detail", "request_id", "errors"]
    assert (response.json["status"], response.json["request_id"]) == (status, "r-1")


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/v1/digest", {"POST", "OPTIONS"}), ("/healthz", {"GET", "HEAD", "OPTIONS"})],
)
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "BREW"])
def test_405_names_the_methods_that_the_path_takes(client, path, allowed, method):
    response = client.open(path, method=method)

    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == allowed


@pytest.fixture
def failing() -> Flask:
    """A service with an endpoint that fails with an article's text in the message."""
    app = create_app(Settings())

    def fail() -> None:
        raise RuntimeError("the text of an article")

    app.add_url_rule("/fail", view_func=fail)
    return app


def test_a_fault_of_ours_shows_nothing_of_the_inside(failing, caplog):
    with caplog.at_level(logging.INFO, "service"):
        response = failing.test_client().get("/fail")

    assert response.status_code == 500
    assert response.content_type == "application/problem+json"
    assert "text of an article" not in response.text
    assert "RuntimeError" not in response.text


def test_a_fault_of_ours_is_logged_by_its_place_and_not_by_its_message(failing, caplog):
    with caplog.at_level(logging.INFO, "service"):
        request_id = failing.test_client().get("/fail").json["request_id"]

    [record] = [record for record in caplog.records if record.name == "service.api.errors"]
    assert record.fields["request_id"] == request_id
    assert record.fields["frames"][-1].endswith(" fail")
    assert "text of an article" not in json.dumps(record.__dict__, default=str)
