import json
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from .conftest import ROOT
from .serving import serving

# Threads that take and free much, as digests do; then what is left of it.
_PROGRAM = """
import re, threading
from service.api import memory

def resident():
    return int(re.search(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024

memory.share_one_arena()
before = resident()
def work():
    for _ in range(3):
        kept = [str(n) * 20 for n in range(200_000)]
threads = [threading.Thread(target=work) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
memory.give_back()
print(resident() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux to tell what is resident")
def test_give_back_leaves_little_of_what_threads_have_used():
    left = subprocess.run(
        [sys.executable, "-c", _PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    assert float(left) < 15  # megabytes, of the 60 that two threads have held


def own_mb(pid: int) -> float:
    """The memory of a process that it shares with no other."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(size) for size in re.findall(r"^Private_\w+: +(\d+)", lines, re.M)) / 1024


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux to tell what is shared")
@pytest.mark.parametrize("seconds", ["0.2", "60"], ids=["stopped", "made"])
def test_a_worker_has_little_of_its_own_after_large_digests(tmp_path, seconds):
    text = (ROOT / "examples" / "landslide-1.txt").read_text("utf-8")
    articles = [{"text": f"{text}\n{text[: 20 * number]}"} for number in range(100)]
    body = json.dumps({"articles": articles}).encode()
    with serving(tmp_path, WEB_CONCURRENCY="2", DIGEST_MAX_SECONDS=seconds) as server:

        def post(_: int) -> int:
            response, _ = server.request(
                "POST", "/v1/digest", body, Content_Type="application/json"
            )
            return response.status

        with ThreadPoolExecutor(4) as pool:
            statuses = set(pool.map(post, range(12)))
        assert (200 in statuses) == (seconds == "60")

        # What is freed is given back after the answer.
        deadline = time.monotonic() + 20
        while max(map(own_mb, server.workers())) > 60 and time.monotonic() < deadline:
            time.sleep(0.2)
        assert max(map(own_mb, server.workers())) <= 60
