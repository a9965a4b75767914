"""Servers to measure, and what asks them: for `make bench` and `make soak`; loopback alone."""

import asyncio
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
GOLD = ROOT / "../shared/digestbench/dev"
OURS = "service.api:create_app()"
THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def articles() -> list[str]:
    """News articles: those beside the project where they are, else the project's own."""
    if GOLD.exists():
        return [
            article["text"]
            for path in sorted(GOLD.glob("*.json"))
            for article in json.loads(path.read_text("utf-8"))["articles"]
        ]
    own = [path.read_text("utf-8") for path in sorted((ROOT / "examples").glob("*.txt"))]
    return ["\n".join(own[k % len(own) :] + own * (k % 20)) for k in range(60)]


def of_words(texts: Sequence[str], words: int, count: int) -> list[str]:
    """The articles nearest to a length."""
    return sorted(texts, key=lambda text: abs(len(text.split()) - words))[:count]


def body(texts: Sequence[str]) -> bytes:
    """The request for a digest of the texts."""
    return json.dumps({"articles": [{"text": text} for text in texts]}).encode()


@dataclass(frozen=True)
class Server:
    """A server with its first process."""

    port: int
    process: subprocess.Popen[bytes]
    ready_s: float

    def workers(self) -> list[int]:
        """Its worker processes."""
        pid = self.process.pid
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def get(self, path: str) -> tuple[int, float]:
        """The status of a GET, and the seconds it took."""
        start = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            return response.status, time.perf_counter() - start
        finally:
            connection.close()

    def text(self, path: str) -> str:
        """The text of a GET."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def post(self, content: bytes, timeout_s: float = 300) -> tuple[int, float]:
        """The status of a digest, and the seconds it took."""
        start = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout_s)
        try:
            connection.request("POST", "/v1/digest", content, {"Content-Type": "application/json"})
            response = connection.getresponse()
            response.read()
            return response.status, time.perf_counter() - start
        finally:
            connection.close()


@contextmanager
def serving(
    app: str = OURS, *, workers: int = 1, cores: str | None = None, **env: str
) -> Iterator[Server]:
    """The service as it is deployed, or a peer in the same way; bound to *cores* where given."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", app]
    if app != OURS:  # our worker asks the application for its slots
        command += ["--worker-class", "gthread"]
    start = time.perf_counter()
    process = subprocess.Popen(
        (["taskset", "-c", cores] if cores else []) + command,
        cwd=ROOT,
        env=os.environ
        | THREADS
        | {"PORT": str(port), "WEB_CONCURRENCY": str(workers), "DIGEST_DRAIN_SECONDS": "0"}
        | env,
        stdout=subprocess.DEVNULL,
    )
    try:
        while True:
            assert process.poll() is None, "the server did not start"
            try:
                if Server(port, process, 0).get("/readyz")[0] == 200:
                    break
            except OSError:
                time.sleep(0.01)
        yield Server(port, process, time.perf_counter() - start)
    finally:
        process.terminate()
        process.wait(60)


def memory_mb(pid: int) -> dict[str, float]:
    """A process's memory in MB: resident, its share of it, and what is its own."""
    found = {"rss": 0.0, "pss": 0.0, "own": 0.0}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, kilobytes = line.split()[:2]
        if name == "Rss:":
            found["rss"] = int(kilobytes) / 1024
        elif name == "Pss:":
            found["pss"] = int(kilobytes) / 1024
        elif name.startswith("Private"):
            found["own"] += int(kilobytes) / 1024
    return found


def spent_s(pid: int) -> float:
    """The seconds of processor that a process has taken."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


async def ask(port: int, content: bytes) -> int:
    """The status of a digest asked for over a connection of its own; 0 where it was lost."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return 0
    try:
        writer.write(
            b"POST /v1/digest HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(content) + content
        )
        await writer.drain()
        answer = await asyncio.wait_for(reader.read(-1), 60)
        return int(answer[9:12] or 0)
    except (OSError, TimeoutError):
        return 0
    finally:
        writer.close()
