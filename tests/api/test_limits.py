import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator

import pytest

from service.api import Settings, create_app
from service.api.settings import BadSetting

from .serving import free_port

ARTICLE = {"text": "Rain fell on 12 towns."}


def post(client, **rest):
    return client.post("/v1/digest", json=ARTICLE, **rest)


def test_without_a_limit_nothing_is_told_of_one(client):
    assert not [name for name, _ in post(client).headers if name.startswith("RateLimit")]


def test_a_caller_over_the_limit_is_told_when_to_come_back():
    client = create_app(Settings(rate_limit="2/minute")).test_client()

    answers = [post(client) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    refused = answers[2]
    assert refused.headers["RateLimit-Limit"] == "2"
    assert refused.headers["RateLimit-Policy"] == "2;w=60"
    assert 58 <= int(refused.headers["Retry-After"]) <= 60
    assert 58 <= int(answers[0].headers["RateLimit-Reset"]) <= 60
    assert refused.json["type"].endswith(":rate-limited")
    assert "2 per 1 minute" in refused.json["detail"]


def test_only_digests_are_counted():
    client = create_app(Settings(rate_limit="1/minute")).test_client()

    for _ in range(3):
        assert client.get("/healthz").status_code == 200
        assert client.get("/v1/info").status_code == 200
        assert client.options("/v1/digest").status_code == 200
    assert post(client).status_code == 200


def test_each_address_has_a_limit_of_its_own():
    client = create_app(Settings(rate_limit="1/minute")).test_client()

    answers = [
        post(client, environ_overrides={"REMOTE_ADDR": address})
        for address in ("127.0.0.2", "127.0.0.3", "127.0.0.2")
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 429]


@pytest.mark.parametrize(("proxies", "statuses"), [(0, [200, 429]), (1, [200, 200])])
def test_a_proxy_is_believed_only_where_there_is_one(proxies, statuses):
    client = create_app(Settings(rate_limit="1/minute", proxies=proxies)).test_client()

    answers = [post(client, headers={"X-Forwarded-For": f"127.0.0.{last}"}) for last in (2, 3)]

    assert [answer.status_code for answer in answers] == statuses


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        (Settings(rate_limit="often"), "DIGEST_RATE_LIMIT"),
        (Settings(rate_limit="1/minute", rate_limit_storage="paper://"), "_STORAGE"),
    ],
)
def test_a_limit_that_cannot_be_kept_stops_the_start(settings, name):
    with pytest.raises(BadSetting, match=name):
        create_app(settings)


@pytest.fixture
def redis(tmp_path) -> Iterator[tuple[str, subprocess.Popen]]:
    if shutil.which("redis-server") is None:
        pytest.skip("needs redis-server, Debian's package of that name")
    port = free_port()
    process = subprocess.Popen(
        ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", ""],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
    )
    time.sleep(0.5)
    yield f"redis://127.0.0.1:{port}", process
    process.kill()
    process.wait()


def test_redis_counts_for_all_instances_and_its_loss_stops_none(redis):
    address, process = redis
    settings = Settings(rate_limit="3/minute", rate_limit_storage=address)
    one, other = (create_app(settings).test_client() for _ in range(2))

    answers = [post(client).status_code for client in (one, other, one, other)]
    process.kill()
    process.wait()

    assert answers == [200, 200, 200, 429]
    before = fallbacks(one)
    assert [post(client).status_code for client in (one, other)] == [200, 200]
    assert fallbacks(one) == before + 2


def test_redis_that_does_not_answer_keeps_no_caller_waiting():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"redis://127.0.0.1:{silent.getsockname()[1]}"
        client = create_app(
            Settings(rate_limit="3/minute", rate_limit_storage=address)
        ).test_client()
        start = time.monotonic()

        assert post(client).status_code == 200

    assert time.monotonic() - start < 5


def fallbacks(client) -> float:
    told = client.get("/metrics").text
    return float(re.search(r"^digest_limit_fallbacks_total (\S+)$", told, re.MULTILINE)[1])
