import subprocess
import sys

import pytest

from .conftest import ROOT

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
