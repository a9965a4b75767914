import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service.api import Settings, create_app
from service.api.settings import BadSetting
from service.keys import main

from .conftest import ROOT

KEY = "a-long-random-key"
ARTICLE = {"text": "Rain fell on 12 towns."}


def hashed(key: str) -> str:
    return sha256(key.encode()).hexdigest()


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    file = tmp_path / "keys"
    file.write_text(f"# who calls\n\ndesk sha256:{hashed(KEY)}\nwire sha256:{hashed('other')}\n")
    return file


@pytest.fixture
def guarded(keys: Path) -> FlaskClient:
    return create_app(Settings(api_keys_file=str(keys))).test_client()


@pytest.mark.parametrize("key", [KEY, "other"])
def test_a_caller_with_a_key_is_let_in(guarded, key):
    assert guarded.post("/v1/digest", json=ARTICLE, headers=bearer(key)).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        bearer(""),
        bearer("wrong"),
        bearer(KEY + "x"),
        bearer(hashed(KEY)),
        bearer("ключ"),
        {"Authorization": f"Basic {KEY}"},
        {"Authorization": KEY},
    ],
)
@pytest.mark.parametrize("path", ["/v1/digest", "/v1/info", "/v1/none"])
def test_a_caller_without_a_key_is_told_how_to_send_one(guarded, path, headers):
    response = guarded.post(path, json=ARTICLE, headers=headers)

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer realm=")
    assert response.json["type"].endswith(":unauthorized")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/docs/", "/openapi.yaml"])
def test_what_is_around_the_digest_wants_no_key(guarded, path):
    assert guarded.get(path).status_code == 200


def test_the_log_names_the_caller_and_not_the_key(guarded, caplog):
    with caplog.at_level("INFO", "service.access"):
        guarded.post("/v1/digest", json=ARTICLE, headers=bearer(KEY))

    assert caplog.records[0].fields["caller"] == "desk"
    assert KEY not in str(caplog.records[0].__dict__)


@pytest.mark.parametrize("text", ["", "# none\n", KEY, f"desk {KEY}\n", f"desk sha256:{KEY}\n"])
def test_a_file_that_lets_nobody_in_stops_the_start_and_is_not_quoted(keys, text):
    keys.write_text(text)

    with pytest.raises(BadSetting, match="DIGEST_API_KEYS_FILE") as raised:
        create_app(Settings(api_keys_file=str(keys)))
    assert KEY not in str(raised.value)


def test_a_file_that_is_not_there_stops_the_start(tmp_path):
    with pytest.raises(BadSetting, match="cannot be read"):
        create_app(Settings(api_keys_file=str(tmp_path / "none")))


def test_main_makes_a_key_that_its_line_lets_in(capsys, keys):
    assert main(["desk-2"]) == 0

    printed = capsys.readouterr().out
    key = re.search(r"alone:\s+(\S+)", printed)[1]
    keys.write_text(re.search(r"file:\s+(.+)", printed)[1])
    client = create_app(Settings(api_keys_file=str(keys))).test_client()
    assert len(key) >= 43
    assert client.get("/v1/info", headers=bearer(key)).status_code == 200


@pytest.mark.parametrize("arguments", [[], ["a b"], ["a", "b"], ["--help"], [".a"], ["a" * 65]])
def test_main_wants_one_name(capsys, arguments):
    assert main(arguments) == 2

    told = capsys.readouterr()
    assert told.err.startswith("usage: ")
    assert told.out == ""


def test_a_key_is_made_without_a_warning():
    made = subprocess.run(
        [sys.executable, "-m", "service.keys", "desk"], cwd=ROOT, capture_output=True, text=True
    )

    assert (made.returncode, made.stderr) == (0, "")


ORIGIN = "https://desk.example"
PREFLIGHT = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}


def test_pages_of_other_origins_get_nothing_unless_it_is_configured(client):
    for method in ("OPTIONS", "POST"):
        headers = client.open("/v1/digest", method=method, headers=PREFLIGHT).headers
        assert not [name for name, _ in headers if name.startswith("Access-Control-")]
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.fixture
def shared(keys: Path) -> FlaskClient:
    settings = Settings(api_keys_file=str(keys), cors_origins=(ORIGIN,))
    return create_app(settings).test_client()


def test_a_page_of_an_origin_that_is_let_in_may_ask_and_read(shared):
    asked = shared.options("/v1/digest", headers=PREFLIGHT)
    response = shared.post("/v1/digest", json=ARTICLE, headers={"Origin": ORIGIN, **bearer(KEY)})

    assert asked.status_code == 200
    assert "POST" in asked.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert "Origin" in response.headers["Vary"]


@pytest.mark.parametrize("origin", ["https://other.example", "https://desk.example.evil", "null"])
def test_a_page_of_another_origin_is_not_let_in(shared, origin):
    response = shared.options("/v1/digest", headers={**PREFLIGHT, "Origin": origin})

    assert "Access-Control-Allow-Origin" not in response.headers
    assert "Origin" in response.headers["Vary"]


def test_all_origins_are_let_in_where_configured():
    client = create_app(Settings(cors_origins=("*",))).test_client()

    response = client.get("/v1/info", headers={"Origin": ORIGIN})

    assert response.headers["Access-Control-Allow-Origin"] == "*"
