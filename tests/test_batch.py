"""An archive digested by real processes."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from distributed import Client, LocalCluster

from service.batch import Line, Misfit, errors_of, main, outcomes, run

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

    assert run(source, out, client=client, cores=2, shown=False) == ((43, 7), (43, 7))

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


def cut(path: Path, size: int) -> None:
    """Take the last lines off, and leave half of another."""
    kept = path.read_bytes().splitlines(keepends=True)[:size]
    path.write_bytes(b"".join(kept) + b'{"id": "sha2')


def progress_of(out: Path) -> Path:
    return out.with_name("out.progress.json")


@pytest.mark.parametrize("noted", [0, 1, 8, 20])
@pytest.mark.parametrize("kept", [20, 43])
def test_run_goes_on_where_it_was_stopped(tmp_path, client, noted, kept):
    source, out = archive(tmp_path, 50), tmp_path / "out.jsonl"
    head = tmp_path / "in.head.jsonl"
    head.write_bytes(b"".join(source.read_bytes().splitlines(keepends=True)[:noted]))
    run(head, out, client=client, cores=2, shown=False)
    note = progress_of(out).read_bytes()
    run(source, out, client=client, cores=2, shown=False)
    whole, errors = out.read_bytes(), errors_of(out).read_bytes()
    # As a stop leaves it: lines were written that were not noted any more.
    progress_of(out).write_bytes(note)
    refused = kept // 6
    cut(out, kept)
    cut(errors_of(out), refused)

    now, in_all = run(source, out, client=client, cores=2, shown=False)

    assert (now, in_all) == ((43 - kept, 7 - refused), (43, 7))
    assert (out.read_bytes(), errors_of(out).read_bytes()) == (whole, errors)


def test_run_takes_what_was_added_to_an_archive(tmp_path, client):
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(json.dumps(GOOD))
    run(source, out, client=client, cores=2, shown=False)
    source.write_text(f"{json.dumps(GOOD)}\n{json.dumps(GOOD | {'id': 'b'})}\n")

    assert run(source, out, client=client, cores=2, shown=False) == ((1, 0), (2, 0))

    assert ids(out) == ["a", "b"]


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        pytest.param(lambda out: errors_of(out).unlink(), "lost lines", id="no errors"),
        pytest.param(lambda out: cut(errors_of(out), 1), "lost lines", id="fewer errors"),
        pytest.param(lambda out: out.unlink(), "lost lines", id="no answers"),
        pytest.param(lambda out: cut(out, 17), "lost lines", id="fewer answers"),
        pytest.param(lambda out: progress_of(out).unlink(), "no .*progress", id="no progress"),
        pytest.param(lambda out: archive(out.parent, 19), "not what", id="shorter input"),
        pytest.param(
            lambda out: (out.parent / "in.jsonl").write_text(json.dumps(GOOD) + "\n" * 50),
            "not what",
            id="another input",
        ),
    ],
)
def test_run_stops_at_what_one_run_has_not_left(tmp_path, client, spoil, why):
    source, out = archive(tmp_path, 21), tmp_path / "out.jsonl"
    run(source, out, client=client, cores=2, shown=False)
    spoil(out)
    before = out.read_bytes().rpartition(b"\n")[0] if out.exists() else b""

    with pytest.raises(Misfit, match=why):
        run(source, out, client=client, cores=2, shown=False)

    assert out.read_bytes().rpartition(b"\n")[0] == before


def test_run_leaves_a_file_of_another_kind_alone(tmp_path, client):
    source, out = archive(tmp_path, 3), tmp_path / "out.jsonl"
    out.write_bytes(b"a letter")

    with pytest.raises(Misfit):
        run(source, out, client=client, cores=2, shown=False)

    assert out.read_bytes() == b"a letter"


def test_outcomes_refuse_a_line_too_long_without_quoting_it():
    [(digested, content)] = outcomes([Line(3, b'{"text": "' + b"x" * 70_000_000 + b'"}')])

    assert not digested
    assert json.loads(content)["line"] == 3
    assert len(content) < 200


@contextmanager
def working(folder: Path) -> Iterator[tuple[subprocess.Popen[str], list[str | Path]]]:
    """A run in processes of its own that has begun to write, and its command."""
    source, out = folder / "in.jsonl", folder / "out.jsonl"
    article = (ROOT / "examples" / "landslide-1.txt").read_text("utf-8") * 4
    source.write_text(
        "".join(json.dumps({"text": article, "id": f"n{n}"}) + "\n" for n in range(300))
    )
    command = [sys.executable, "-m", "service.batch", source, out, "--processes", "1"]
    with subprocess.Popen(
        command, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        deadline = time.monotonic() + 60
        while not (out.exists() and out.stat().st_size) and time.monotonic() < deadline:
            time.sleep(0.02)
        yield process, command
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert 0 < out.read_bytes().count(b"\n") < 300


def test_main_digests_and_resumes_after_a_kill(tmp_path):
    with working(tmp_path) as (_, command):
        pass

    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)

    assert finished.returncode == 0, finished.stderr
    assert finished.stderr.endswith("in all 300, 0\n")
    assert ids(tmp_path / "out.jsonl") == [f"n{n}" for n in range(300)]


def test_main_ends_with_a_line_where_it_is_interrupted(tmp_path):
    with working(tmp_path) as (process, _):
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        _, told = process.communicate(timeout=60)

    assert process.returncode == 130
    assert told == "stopped; run again, it goes on from here\n"


def test_main_leaves_an_archive_to_the_run_that_is_at_it(tmp_path, client, capsys):
    with working(tmp_path) as (_, _), pytest.raises(SystemExit) as stopped:
        main(
            [
                str(tmp_path / "in.jsonl"),
                str(tmp_path / "out.jsonl"),
                "--scheduler",
                client.scheduler.address,
            ]
        )

    assert stopped.value.code == 2
    assert capsys.readouterr().err == f"another run writes to {tmp_path / 'out.jsonl'}\n"


def test_main_tells_of_all_that_was_refused_however_often_it_runs(tmp_path, client, capsys):
    source, out = archive(tmp_path, 10), tmp_path / "out.jsonl"
    arguments = [str(source), str(out), "--scheduler", client.scheduler.address]

    assert [main(arguments), main(arguments)] == [1, 1]

    assert ids(out) == wanted(10)
    told = capsys.readouterr().err.splitlines()
    assert told[::2] == [
        "9 digested, 1 refused; in all 9, 1",
        "0 digested, 0 refused; in all 9, 1",
    ]
    assert told[1] == f"why is in {errors_of(out)}"


@pytest.mark.parametrize(("source", "out"), [("none", "out"), ("in.jsonl", "none/out")])
def test_main_wants_files_and_folders_that_are_there(tmp_path, capsys, source, out):
    archive(tmp_path, 1)

    with pytest.raises(SystemExit) as stopped:
        main([str(tmp_path / source), str(tmp_path / out)])

    assert stopped.value.code == 2
    assert f"{tmp_path / 'none'}\n" in capsys.readouterr().err
