"""An archive digested by real processes."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import Client, LocalCluster

from service.batch import Line, errors_of, main, outcomes, run

ROOT = Path(__file__).parents[1]
GOOD = {"text": "Rain fell on 12 towns.", "id": "a"}


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


def archive(folder: Path, size: int) -> Path:
    """An archive whose every seventh line is bad in one of several ways, with blank lines."""
    bad = (b"{", b'{"text": ""}', b'{"text": "a", "x": 1}', b"\xff\xfe", b'{"text": "\\ud800"}')
    path = folder / "in.jsonl"
    lines = []
    for number in range(size):
        good = json.dumps(GOOD | {"id": f"n{number}"}).encode()
        lines.append(bad[number // 7 % len(bad)] if number % 7 == 6 else good)
    path.write_bytes(b"\n".join(lines[:3]) + b"\n\n  \n" + b"\n".join(lines[3:]))
    return path


def ids(path: Path) -> list[str]:
    return [json.loads(line)["articles"][0]["id"] for line in path.read_text("utf-8").splitlines()]


def wanted(size: int) -> list[str]:
    return [f"n{number}" for number in range(size) if number % 7 != 6]


def test_run_keeps_the_order_and_puts_bad_lines_aside(tmp_path, client):
    source, out = archive(tmp_path, 50), tmp_path / "out.jsonl"

    assert run(source, out, client=client, cores=2, shown=False) == (43, 7)

    assert ids(out) == wanted(50)
    errors = [json.loads(line) for line in errors_of(out).read_text("utf-8").splitlines()]
    assert [error["line"] for error in errors] == [n + 3 for n in range(50) if n % 7 == 6]
    assert errors[1]["errors"][0]["pointer"] == "/text"
    assert all(error["detail"] for error in errors)


def test_run_answers_as_the_service_does(tmp_path, client):
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    request = json.loads((ROOT / "examples" / "two-articles.json").read_text("utf-8"))
    source.write_text(json.dumps(request))

    run(source, out, client=client, cores=2, shown=False)

    from service.api import Settings, create_app

    answer = create_app(Settings()).test_client().post("/v1/digest", json=request)
    assert out.read_bytes() == answer.data + b"\n"


@pytest.mark.parametrize("kept", [0, 1, 20, 43])
def test_run_goes_on_where_it_was_stopped(tmp_path, client, kept):
    source, out = archive(tmp_path, 50), tmp_path / "out.jsonl"
    run(source, out, client=client, cores=2, shown=False)
    whole, errors = out.read_bytes(), errors_of(out).read_bytes()
    out.write_bytes(b"".join(whole.splitlines(keepends=True)[:kept]) + b'{"id": "sha2')
    before = kept + kept // 6 if kept < 43 else 50
    refused = before - kept
    errors_of(out).write_bytes(b"".join(errors.splitlines(keepends=True)[:refused]))

    digested, _ = run(source, out, client=client, cores=2, shown=False)

    assert digested == 43 - kept
    assert (out.read_bytes(), errors_of(out).read_bytes()) == (whole, errors)


def test_outcomes_refuse_a_line_too_long_without_quoting_it():
    [(digested, content)] = outcomes([Line(3, b'{"text": "' + b"x" * 70_000_000 + b'"}')])

    assert not digested
    assert json.loads(content)["line"] == 3
    assert len(content) < 200


def test_main_digests_and_resumes_after_a_kill(tmp_path):
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    article = (ROOT / "examples" / "landslide-1.txt").read_text("utf-8") * 4
    source.write_text(
        "".join(json.dumps({"text": article, "id": f"n{n}"}) + "\n" for n in range(300))
    )
    command = [sys.executable, "-m", "service.batch", source, out, "--processes", "1"]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + 60
    while not (out.exists() and out.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert 0 < out.read_bytes().count(b"\n") < 300

    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)

    assert finished.returncode == 0, finished.stderr
    assert ids(out) == [f"n{n}" for n in range(300)]


def test_main_uses_a_cluster_that_runs_elsewhere(tmp_path, client):
    source, out = archive(tmp_path, 10), tmp_path / "out.jsonl"

    assert main([str(source), str(out), "--scheduler", client.scheduler.address]) == 1

    assert ids(out) == wanted(10)


def test_main_wants_a_file_that_is_there(tmp_path):
    with pytest.raises(SystemExit):
        main([str(tmp_path / "none"), str(tmp_path / "out")])
