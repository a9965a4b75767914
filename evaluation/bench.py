"""Speed of the whole service beside the stack that one would build otherwise, in the same run.

    python -m evaluation.bench        (BENCH_SECONDS=5 a cell; wrk is Debian's package)

One worker on one core, asked by wrk from another; then memory, start, probes and two workers.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from evaluation.load import THREADS, Server, articles, body, memory_mb, of_words, serving
from evaluation.speed import milliseconds, ours, peer

SECONDS = int(os.environ.get("BENCH_SECONDS", "5"))  # wrk counts whole ones
CONNECTIONS = (1, 4, 16)
PEER = "evaluation.peer_stack:create_app()"

_SCRIPT = """
local bodies = {}
for name in io.lines("%s/names") do
  local file = io.open(name, "rb")
  bodies[#bodies + 1] = file:read("*a")
  file:close()
end
local at = 0
local codes = {}
function request()
  at = at %% #bodies + 1
  return wrk.format("POST", "/v1/digest", {["Content-Type"] = "application/json"}, bodies[at])
end
function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("measured %%d %%d %%d %%d %%d\\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), errors.status))
end
"""


def measured(
    server: Server, bodies: Sequence[bytes], connections: int, cores: str | None
) -> tuple[float, float, float, int]:
    """Answers with 200 a second, p50 and p99 in milliseconds, and how many were refused."""
    # What an earlier wrk left behind when it ended is still being made.
    while re.search(r"^digest_running [^0]", server.text("/metrics"), re.MULTILINE):
        time.sleep(0.1)
    with tempfile.TemporaryDirectory() as folder:
        names = [Path(folder) / str(k) for k in range(len(bodies))]
        for name, content in zip(names, bodies, strict=True):
            name.write_bytes(content)
        (Path(folder) / "names").write_text("".join(f"{name}\n" for name in names))
        script = Path(folder) / "script.lua"
        script.write_text(_SCRIPT % folder)
        command = ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "--timeout", "60s"]
        output = subprocess.run(
            (["taskset", "-c", cores] if cores else [])
            + [*command, "-s", str(script), f"http://127.0.0.1:{server.port}"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    found = re.search(r"measured (\d+) (\d+) (\d+) (\d+) (\d+)", output)
    assert found is not None, output
    requests, duration, p50, p99, refused = map(int, found.groups())
    return (requests - refused) / (duration / 1e6), p50 / 1000, p99 / 1000, refused


def whole_service(sets: dict[str, list[bytes]]) -> dict[str, float]:
    """The table of the service, one worker on core 0; requests a second at one connection."""
    rates = {}
    with serving(cores="0") as server:
        for name, bodies in sets.items():
            for content in bodies:
                server.post(content)
            for connections in CONNECTIONS:
                cell = measured(server, bodies, connections, "1")
                if connections == 1:
                    rates[name] = cell[0]
                print(
                    f"  {name:12} {connections:3} connections {cell[0]:8.1f}/s"
                    f"   p50 {cell[1]:7.1f} ms   p99 {cell[2]:7.1f} ms   {cell[3] or ''}",
                    flush=True,
                )
    return rates


def peer_stack(sets: dict[str, list[bytes]], rates: dict[str, float]) -> None:
    """The same of the peer, one request after another: on one core more at once are no faster."""
    with serving(PEER, cores="0") as server:
        server.post(next(iter(sets.values()))[0])
        for name, bodies in sets.items():
            took: list[float] = []
            end = time.perf_counter() + SECONDS
            while time.perf_counter() < end or not took:
                status, seconds = server.post(bodies[len(took) % len(bodies)])
                assert status == 200, f"the peer answered {status}"
                took.append(seconds)
            rate = len(took) / sum(took)
            print(
                f"  {name:12} {rate:8.2f}/s   p50 {1000 * median(took):8.1f} ms"
                f"   ours is {rates[name] / rate:6.1f} times as fast",
                flush=True,
            )


def beside_lexrank(texts: list[str]) -> None:
    """Processor time of a whole answer, in process, and of sumy's LexRank alone."""
    for name, groups in (
        ("700 words", [[text] for text in of_words(texts, 700, 10)]),
        ("10 articles", [texts[k : k + 10] for k in (0, 10, 20)]),
    ):
        mine, theirs = [], []
        for group in groups:
            digest, rank = ours(group), peer("\n\n".join(group))
            digest(), rank()
            for _ in range(5):
                mine.append(milliseconds(digest))
                theirs.append(milliseconds(rank))
        a, b = median(mine), median(theirs)
        print(f"  {name:12} whole answer {a:7.1f} ms   LexRank {b:7.1f} ms   ratio {a / b:.2f}")


def start_and_memory(sets: dict[str, list[bytes]]) -> None:
    """Import, start, and what each worker takes after it has worked."""
    command = [sys.executable, "-c", "import service.api"]
    took = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run(command, check=True, env=os.environ | THREADS)
        took.append(time.perf_counter() - start)
    print(f"  import {min(took):.2f} s")
    with serving(workers=3) as server:
        print(f"  ready after {server.ready_s:.2f} s with three workers")
        while len(server.workers()) < 3:
            time.sleep(0.05)
        fresh = [memory_mb(pid)["own"] for pid in server.workers()]
        for _ in range(10):
            for bodies in sets.values():
                for content in bodies[:10]:
                    server.post(content)
        for pid, own in zip(server.workers(), fresh, strict=True):
            memory = memory_mb(pid)
            print(
                f"  worker: resident {memory['rss']:.0f} MB, its own {memory['own']:.0f} MB"
                f" ({own:.0f} before its first request)"
            )
        master = memory_mb(server.process.pid)
        print(f"  master: resident {master['rss']:.0f} MB, its own {master['own']:.0f} MB")


def probes(content: Sequence[bytes]) -> None:
    """What the probes take while a worker is as busy as it can be."""
    with serving() as server:
        load = threading.Thread(target=measured, args=(server, content, 4, None))
        load.start()
        time.sleep(0.5)
        for path in ("/healthz", "/readyz"):
            took = []
            for _ in range(int(SECONDS * 8)):
                took.append(server.get(path)[1])
                time.sleep(0.02)
                if not load.is_alive():
                    break
            took.sort()
            print(f"  {path} p50 {1000 * median(took):.1f} ms, max {1000 * took[-1]:.1f} ms")
        load.join()


def two_workers(content: Sequence[bytes]) -> None:
    """Answers a second of one worker and of two, wherever the system runs them."""
    rates = []
    for workers in (1, 2):
        with serving(workers=workers) as server:
            measured(server, content, 4, None)
            rates.append(max(measured(server, content, 4, None)[0] for _ in range(2)))
    print(
        f"  {rates[0]:.1f}/s with one, {rates[1]:.1f}/s with two: {rates[1] / rates[0]:.2f} times"
    )


def main() -> None:
    """Measure and print."""
    if shutil.which("wrk") is None:
        raise SystemExit("needs wrk, Debian's package of that name")
    texts = articles()
    sets = {
        f"{words} words": [body([text]) for text in of_words(texts, words, 10)]
        for words in (200, 700, 2000)
    }
    sets |= {
        f"{count} articles": [body(texts[k : k + count]) for k in range(0, 40, 10)]
        for count in (2, 10, 50)
    }
    print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print("the whole service, one worker on one core")
    rates = whole_service(sets)
    print("Flask, LexRank, ner, quantulum3, in the same way")
    peer_stack(sets, rates)
    print("processor time of one core")
    beside_lexrank(texts)
    print("start and memory")
    start_and_memory(sets)
    print("probes while digests are made, one worker at 4 connections")
    probes(sets["700 words"])
    print("workers, 700 words")
    two_workers(sets["700 words"])


if __name__ == "__main__":
    main()
