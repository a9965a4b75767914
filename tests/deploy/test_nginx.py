"""Real nginx, with the configuration that is deployed, before two real instances; loopback alone.

Only addresses, ports and folders are replaced, and the limits where a test is of something else.
"""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from ..api.conftest import ROOT
from ..api.serving import Server, free_port, serving

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")

pytestmark = pytest.mark.skipif(NGINX is None, reason="needs nginx, Debian's package nginx-light")

TEXT = (ROOT / "examples" / "landslide-1.txt").read_bytes()
LIMITS = (
    ("rate=20r/s", "rate=10000r/s"),
    ("burst=40", "burst=10000"),
    ("limit_conn connections 50", "limit_conn connections 1000"),
)
HEAD = b"POST /v1/digest HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\n"


@contextmanager
def proxying(folder: Path, ports: tuple[int, int], *, limited: bool) -> Iterator[int]:
    """nginx before instances at two ports; gives its own port."""
    port = free_port()
    text = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    for number, upstream in enumerate(ports, start=1):
        text = text.replace(f"digest-{number}:8000", f"127.0.0.1:{upstream}")
    text = text.replace("listen 8080", f"listen 127.0.0.1:{port}").replace("/tmp/", f"{folder}/")
    for deployed, wide in () if limited else LIMITS:
        assert deployed in text
        text = text.replace(deployed, wide)
    (folder / "nginx.conf").write_text(text)
    user = "user root;" if os.geteuid() == 0 else ""  # pytest's folders are the user's alone
    command = [NGINX, "-p", folder, "-c", folder / "nginx.conf", "-g", f"daemon off;{user}"]
    process = subprocess.Popen(command)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def instances(tmp_path: Path) -> Iterator[Callable[[int], Server]]:
    """What starts an instance at a port, or starts it again there."""
    with ExitStack() as held:
        count = 0

        def start(port: int) -> Server:
            nonlocal count
            count += 1
            folder = tmp_path / str(count)
            folder.mkdir()
            return held.enter_context(
                serving(folder, PORT=str(port), WEB_CONCURRENCY="1", DIGEST_DRAIN_SECONDS="0.5")
            )

        yield start


@dataclass
class Load:
    """Digests asked for by some threads, each one after another, with a connection each time."""

    port: int
    threads: int
    body: bytes = TEXT
    statuses: list[int] = field(default_factory=list)

    def __enter__(self) -> "Load":
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(self.threads)]
        for thread in self._threads:
            thread.start()
        return self

    def _run(self) -> None:
        while not self._stop.is_set():
            for _ in range(200):
                if (status := post(self.port, self.body)) != 503:
                    break
                time.sleep(0.05)  # refused, to come again
            self.statuses.append(status)

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


def post(port: int, body: bytes = TEXT) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST", "/v1/digest", body, {"Content-Type": "text/plain"})
        response = connection.getresponse()
        response.read()
        return response.status
    except (OSError, http.client.HTTPException):
        return 0  # lost
    finally:
        connection.close()


@pytest.mark.slow
def test_a_rolling_restart_under_load_loses_no_request(tmp_path, instances):
    ports = free_port(), free_port()
    servers = [instances(port) for port in ports]
    with proxying(tmp_path, ports, limited=False) as port, Load(port, 4) as load:
        time.sleep(0.5)
        for server in servers:
            before = len(load.statuses)
            server.process.send_signal(signal.SIGTERM)
            assert server.process.wait(60) == 0
            instances(server.port)
            time.sleep(0.5)
            assert len(load.statuses) > before

    assert set(load.statuses) == {200}


@pytest.mark.slow
def test_an_instance_that_is_killed_loses_no_more_than_it_had_begun_to_answer(tmp_path, instances):
    ports = free_port(), free_port()
    servers = [instances(port) for port in ports]
    with proxying(tmp_path, ports, limited=False) as port, Load(port, 4) as load:
        time.sleep(0.5)
        for pid in (*servers[0].workers(), servers[0].process.pid):
            os.kill(pid, signal.SIGKILL)
        time.sleep(1.5)

    # What it was at is asked of the other; but not where the head of an answer was sent, and its
    # body was not.
    assert set(load.statuses) <= {0, 200}
    assert load.statuses.count(0) <= load.threads
    assert load.statuses.count(200) > load.threads


@pytest.mark.slow
def test_slow_callers_do_not_stop_others(tmp_path, instances):
    ports = free_port(), free_port()
    for each in ports:
        instances(each)
    slow: list[socket.socket] = []
    stop = threading.Event()

    def dribble() -> None:
        while not stop.wait(0.5):
            for connection in slow:
                connection.sendall(b"a")

    with proxying(tmp_path, ports, limited=False) as port:
        try:
            for _ in range(200):
                slow.append(socket.create_connection(("127.0.0.1", port)))
                slow[-1].sendall(HEAD)
            thread = threading.Thread(target=dribble)
            thread.start()
            time.sleep(1)
            took = []
            for _ in range(20):
                start = time.monotonic()
                assert post(port) == 200
                took.append(time.monotonic() - start)
            stop.set()
            thread.join()
            for connection in slow:  # none was dropped: each is served once it has sent all
                connection.sendall(b"a" * 1000)
                assert connection.recv(12) == b"HTTP/1.1 200"
        finally:
            stop.set()
            for connection in slow:
                connection.close()

    # Others would wait for as long as the slow ones dribble, 20 seconds and more.
    assert statistics.median(took) < 2


def spent(server: Server) -> float:
    """Seconds of processor that the workers of an instance have taken."""
    ticks = 0
    for pid in server.workers():
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(after_name[11]) + int(after_name[12])
    return ticks / os.sysconf("SC_CLK_TCK")


@pytest.mark.slow
def test_throughput_grows_with_instances_as_far_as_the_cores_go(tmp_path, instances):
    """Two share the work, and neither makes a digest dearer: so the cores are what bounds it."""
    ports = free_port(), free_port()
    body = b"\n".join([TEXT] * 10)  # long, so that the instances and not their caller have to work
    servers = [instances(ports[0])]

    def measure(port: int) -> tuple[float, list[float]]:
        """Digests a second, and what each instance spent."""
        before = [spent(server) for server in servers]
        start = time.monotonic()
        with Load(port, 4, body) as load:
            time.sleep(4)
        assert set(load.statuses) == {200}
        rate = len(load.statuses) / (time.monotonic() - start)
        return rate, [spent(each) - old for each, old in zip(servers, before, strict=True)]

    with proxying(tmp_path, ports, limited=False) as port:
        measure(port)  # warms up
        idle, alone = idle_cores(), measure(port)
        servers.append(instances(ports[1]))
        together = measure(port)
        idle = min(idle, idle_cores())

    shares = [each / sum(together[1]) for each in together[1]]
    assert min(shares) > 0.3
    # Seconds of processor a digest; two at once share the caches and, mostly, a clock.
    assert sum(together[1]) / together[0] < 1.5 * sum(alone[1]) / alone[0]
    if idle > 1.8:  # nginx and the caller want their share of two cores as well
        assert together[0] > 1.25 * alone[0]


def idle_cores() -> float:
    """The cores that had nothing to do in the last second."""

    def idle() -> int:
        return int(Path("/proc/stat").read_text().split()[4])

    before = idle()
    time.sleep(1)
    return (idle() - before) / os.sysconf("SC_CLK_TCK")


@pytest.mark.slow
def test_one_address_is_held_to_the_limit_that_is_deployed(tmp_path, instances):
    ports = free_port(), free_port()
    instances(ports[0])
    burst = int(re.search(r"burst=(\d+)", (ROOT / "deploy" / "nginx.conf").read_text())[1])
    with proxying(tmp_path, ports, limited=True) as port:
        answers = [ask(port, "GET", "/v1/info") for _ in range(4 * burst)]
        probes = {ask(port, "GET", "/healthz")[0].status for _ in range(4 * burst)}

    statuses = [response.status for response, _ in answers]
    assert statuses[: burst // 2] == [200] * (burst // 2)
    assert set(statuses) == {200, 429}
    assert probes == {200}
    refused = answers[statuses.index(429)]
    assert problem(*refused)["type"].endswith(":rate-limited")
    assert refused[0].headers["Retry-After"] == "1"


def ask(port: int, method: str, path: str, body: bytes = b"", **headers: str):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(
            method, path, body, {name.replace("_", "-"): value for name, value in headers.items()}
        )
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def problem(response: http.client.HTTPResponse, body: bytes) -> dict:
    """The body, held against the contract."""
    schemas = yaml.safe_load((ROOT / "openapi.yaml").read_text("utf-8"))["components"]["schemas"]
    told = json.loads(body)
    assert response.headers.get_all("Content-Type") == ["application/problem+json"]
    assert set(told) == set(schemas["Problem"]["required"])
    assert told["type"] in schemas["Problem"]["properties"]["type"]["enum"]
    assert told["status"] == response.status
    assert told["request_id"] == response.headers["X-Request-ID"]
    return told


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """nginx whose instances are gone."""
    folder = tmp_path_factory.mktemp("alone")
    with proxying(folder, (free_port(), free_port()), limited=False) as port:
        yield port


@pytest.mark.parametrize(
    ("method", "path", "size", "status", "kind"),
    [
        ("POST", "/v1/digest", 10, 503, "overloaded"),
        ("GET", "/healthz", 0, 503, "overloaded"),
        ("POST", "/v1/digest", 2 * 1024**2 + 1, 413, "too-large"),
        ("GET", "/metrics", 0, 404, "not-found"),
        ("GET", "/" + "a" * 40_000, 0, 414, "uri-too-long"),
        ("G T", "/", 0, 400, "unparsable-body"),
        ("TRACE", "/", 0, 405, "method-not-allowed"),
    ],
)
def test_what_nginx_refuses_is_a_problem_of_the_contract(alone, method, path, size, status, kind):
    refused = ask(alone, method, path, b"a" * size, Content_Type="text/plain", X_Request_ID="r.1")

    assert refused[0].status == status
    assert problem(*refused)["type"].endswith(f":{kind}")
    assert refused[0].headers["Retry-After"] == ("1" if status == 503 else None)


@pytest.mark.parametrize("given", ["", '"', "{}", "x" * 129])
def test_a_request_id_of_another_shape_is_not_echoed(alone, given):
    told = problem(*ask(alone, "GET", "/metrics", X_Request_ID=given))

    assert re.fullmatch("[0-9a-f]{32}", told["request_id"])


def test_what_the_service_refuses_passes_as_it_is(tmp_path, instances):
    ports = free_port(), free_port()
    instances(ports[0])
    asked = [
        ("POST", "/v1/digest", b"{}", {"Content_Type": "application/json"}),
        ("POST", "/v1/digest", b"a", {"Content_Type": "image/png"}),
        ("GET", "/none", b"", {}),
        ("GET", "/v1/digest", b"", {}),
    ]
    with proxying(tmp_path, ports, limited=False) as port:
        for method, path, body, headers in asked:
            headers = {**headers, "X_Request_ID": "r-1"}
            passed, told = ask(port, method, path, body, **headers)
            own, wanted = ask(ports[0], method, path, body, **headers)
            assert (passed.status, told) == (own.status, wanted)
            for name in ("Allow", "Accept-Post", "Content-Type", "X-Request-ID"):
                assert passed.headers.get_all(name) == own.headers.get_all(name)
