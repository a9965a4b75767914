"""Speed of the whole service beside the stack that one would build otherwise, in the same run.

    python -m evaluation.bench        (BENCH_SECONDS=5 a cell; wrk is Debian's package)

One worker on one core, asked by wrk from another; then memory, start, probes and two workers.
"""

import json
import logging
import math
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from evaluation.load import (
    THREADS,
    Server,
    articles,
    body,
    memory_mb,
    of_words,
    serving,
    spent_s,
)
from evaluation.peer_stack import steps
from evaluation.speed import milliseconds, peer

SECONDS = int(os.environ.get("BENCH_SECONDS", "5"))  # wrk counts whole ones
CONNECTIONS = (1, 4, 16)
_TURNS = 6  # of the service and LexRank
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


class Cell(NamedTuple):
    """What wrk measured."""

    rate: float  # answers with 200 a second
    p50_ms: float
    p99_ms: float
    refused: int
    digest_ms: float  # of processor, in the workers
    caller: float  # cores that wrk itself took


def measured(
    server: Server,
    bodies: Sequence[bytes],
    connections: int,
    cores: str | None,
    seconds: int = SECONDS,
) -> Cell:
    """What wrk measures in so many seconds."""
    # What an earlier wrk left behind when it ended is still being made.
    while re.search(r"^digest_running [^0]", server.text("/metrics"), re.MULTILINE):
        time.sleep(0.1)
    workers = server.workers()
    spent = sum(map(spent_s, workers))
    waited = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory() as folder:
        names = [Path(folder) / str(k) for k in range(len(bodies))]
        for name, content in zip(names, bodies, strict=True):
            name.write_bytes(content)
        (Path(folder) / "names").write_text("".join(f"{name}\n" for name in names))
        script = Path(folder) / "script.lua"
        script.write_text(_SCRIPT % folder)
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "60s"]
        output = subprocess.run(
            (["taskset", "-c", cores] if cores else [])
            + [*command, "-s", str(script), f"http://127.0.0.1:{server.port}"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    spent = sum(map(spent_s, workers)) - spent
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    caller = ended.ru_utime + ended.ru_stime - waited.ru_utime - waited.ru_stime
    found = re.search(r"measured (\d+) (\d+) (\d+) (\d+) (\d+)", output)
    assert found is not None, output
    requests, duration, p50, p99, refused = map(int, found.groups())
    took = duration / 1e6
    served = requests - refused
    return Cell(
        served / took, p50 / 1000, p99 / 1000, refused, 1000 * spent / max(1, served), caller / took
    )


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
                    rates[name] = cell.rate
                print(
                    f"  {name:12} {connections:3} connections {cell.rate:8.1f}/s"
                    f"   p50 {cell.p50_ms:7.1f} ms   p99 {cell.p99_ms:7.1f} ms"
                    f"   {cell.refused or ''}",
                    flush=True,
                )
    return rates


def peer_stack(sets: dict[str, list[bytes]], rates: dict[str, float]) -> None:
    """The same of the peer, one request after another: on one core more at once are no faster.

    Where one takes longer than a few seconds, wrk is given the time of four; where it takes half a
    minute, that one counts.
    """
    with serving(PEER, cores="0") as server:
        server.post(next(iter(sets.values()))[0])
        for name, bodies in sets.items():
            status, once = server.post(bodies[0])
            assert status == 200, f"the peer answered {status}"
            if once < 15:
                cell = measured(server, bodies, 1, "1", max(SECONDS, math.ceil(4 * once)))
                rate, p50_ms = cell.rate, cell.p50_ms
            else:
                rate, p50_ms = 1 / once, 1000 * once
            print(
                f"  {name:12} {rate:8.2f}/s   p50 {p50_ms:8.1f} ms"
                f"   ours is {rates[name] / rate:6.1f} times as fast",
                flush=True,
            )
    print("  of it, milliseconds of one core:")
    for name in ("700 words", "10 articles"):
        spent = steps([article["text"] for article in json.loads(sets[name][0])["articles"]])
        told = "   ".join(f"{step} {milliseconds:.0f}" for step, milliseconds in spent.items())
        print(f"  {name:12} {told}")


def beside_lexrank(texts: list[str]) -> None:
    """What the service takes for a whole answer, and sumy's LexRank alone, in turn on one core."""
    allowed = os.sched_getaffinity(0)
    with serving(cores="0") as server:
        for name, groups in (
            ("700 words", [[text] for text in of_words(texts, 700, 10)]),
            ("10 articles", [texts[k : k + 10] for k in (0, 10, 20)]),
        ):
            bodies = [body(group) for group in groups]
            ranks = [peer("\n\n".join(group)) for group in groups]
            for content, rank in zip(bodies, ranks, strict=True):
                server.post(content), rank()
            cells, theirs = [], []
            for _ in range(_TURNS):
                cells.append(measured(server, bodies, 1, "1", 2))
                os.sched_setaffinity(0, {0})
                theirs += [milliseconds(rank) for rank in ranks]
                os.sched_setaffinity(0, allowed)
            p50, spent = median(c.p50_ms for c in cells), median(c.digest_ms for c in cells)
            rank_ms = median(theirs)
            print(
                f"  {name:12} p50 over HTTP {p50:7.1f} ms, of processor {spent:7.1f} ms"
                f"   LexRank {rank_ms:7.1f} ms   ratio {spent / rank_ms:.2f}"
            )


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
        print(
            f"  ready after {server.ready_s:.2f} s with three workers,"
            f" {spent_s(server.process.pid):.2f} s of processor"
        )
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
    """Answers a second of one worker and of two, wherever the system runs them.

    Two can be no faster than the cores that their caller leaves them, nor than what a digest costs
    beside another one: what is shared is caches, memory and the clock of the processor.
    """
    cells = []
    for workers in (1, 2):
        with serving(workers=workers) as server:
            measured(server, content, 4, None)
            runs = [measured(server, content, 8, None) for _ in range(3)]
            cells.append(max(runs, key=lambda cell: cell.rate))
    one, two = cells
    cores = min(2.0, len(os.sched_getaffinity(0)) - two.caller)
    print(
        f"  {one.rate:.1f}/s with one, {two.rate:.1f}/s with two: {two.rate / one.rate:.2f} times\n"
        f"  a digest costs {one.digest_ms:.1f} ms with one, {two.digest_ms:.1f} with two; wrk takes"
        f" {two.caller:.2f} cores: at most {cores * one.digest_ms / two.digest_ms:.2f} times"
    )


def main() -> None:
    """Measure and print."""
    logging.disable(logging.INFO)  # quantulum3 lets every logger print
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
    print("the service and LexRank in turn, on one core")
    beside_lexrank(texts)
    print("start and memory")
    start_and_memory(sets)
    print("probes while digests are made, one worker at 4 connections")
    probes(sets["700 words"])
    print("workers, 700 words")
    two_workers(sets["700 words"])


if __name__ == "__main__":
    main()
