import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from service.__main__ import main

ROOT = Path(__file__).parents[1]
FILES = ("examples/landslide-1.txt", "examples/landslide-2.txt")


def run(hash_seed: str) -> bytes:
    done = subprocess.run(
        [sys.executable, "-m", "service", *FILES],
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout


@pytest.fixture(scope="module")
def printed() -> dict:
    return json.loads(run("1"))


def test_main_prints_one_digest_of_the_files(printed):
    assert [article["id"] for article in printed["articles"]] == list(FILES)
    assert printed["summary"]["sentences"]


def test_main_prints_offsets_into_the_files(printed):
    for sentence in printed["summary"]["sentences"]:
        text = (ROOT / sentence["article"]).read_bytes().decode()
        assert text[sentence["start"] : sentence["end"]] == sentence["text"]


def test_main_prints_the_same_in_every_process(printed):
    assert json.loads(run("2")) == printed


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("none.txt",), "none.txt: No such file or directory"),
        (("blank.txt",), "blank.txt: must not be blank"),
        (("latin.txt",), "latin.txt: not UTF-8: unexpected end of data at byte 3"),
        (("mark.txt",), "mark.txt: begins with a byte order mark; save it without"),
        (("story.txt", "story.txt"), "story.txt: is given more than once"),
        (("story.txt", "--words", "5"), "--words must be from 10 to 5000"),
        (("story.txt", "--ratio", "1"), "--ratio must be over 0 and under 1"),
        (("story.txt", "--ratio", "nan"), "--ratio must be a number"),
        (("long.txt", "--method", "kl"), "81 sentences; method 'kl' takes at most 80"),
    ],
)
def test_main_says_why_there_is_no_digest(tmp_path, monkeypatch, capsys, arguments, reason):
    monkeypatch.chdir(tmp_path)
    Path("blank.txt").write_bytes(b" \n")
    Path("latin.txt").write_bytes(b"caf\xe9")
    Path("mark.txt").write_bytes(b"\xef\xbb\xbfRain fell.")
    Path("story.txt").write_bytes(b"Rain fell.")
    Path("long.txt").write_text(
        " ".join(f"The mayor of town {n} opened bridge {n}." for n in range(81))
    )

    assert main(arguments) == 2

    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("python -m service: error: ")
    assert printed.err.endswith(f"{reason}\n")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--words", "fifty", "a.txt"),
        ("--words", "50", "--ratio", "0.5", "a.txt"),
        ("--method", "best", "a.txt"),
        ("--json", "--text", "a.txt"),
        ("--size", "3", "a.txt"),
    ],
)
def test_main_shows_how_it_is_called_to_who_calls_it_wrongly(capsys, arguments):
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage: python -m service ")


def test_main_takes_the_options_of_the_service(capfdbinary):
    main([str(ROOT / FILES[0]), "--sentences", "1", "--method", "lead"])

    summary = json.loads(capfdbinary.readouterr().out)["summary"]
    assert len(summary["sentences"]) == 1
    assert summary["text"].startswith("A landslide above the Italian city")


def test_main_reads_the_standard_input():
    done = subprocess.run(
        [sys.executable, "-m", "service", "-"],
        cwd=ROOT,
        input=b"Rain fell on 12 towns.",
        capture_output=True,
        check=True,
    )

    found = json.loads(done.stdout)
    assert found["articles"][0]["id"] == "stdin"
    assert found["figures"][0]["value"] == 12


def test_main_prints_for_people_what_it_answers(capfdbinary, printed):
    main([*(str(ROOT / file) for file in FILES), "--text"])

    lines = capfdbinary.readouterr().out.decode().splitlines()
    sentences = [sentence["text"] for sentence in printed["summary"]["sentences"]]
    assert lines[: len(sentences)] == sentences
    shown = "\n".join(lines)
    for entity in printed["entities"]:
        assert f"{entity['type']:4} {entity['name']}" in shown
    for figure in printed["figures"]:
        assert f"{figure['agreement']:10} {figure['text']}: " in shown


def test_start_loads_nothing_that_no_digest_needs():
    # Each takes a tenth of a second or more, and megabytes of every worker.
    unused = ["nltk", "scipy", "sklearn", "spacy", "distributed", "flask_limiter", "opentelemetry"]
    program = f"import service.api, sys; print([name for name in {unused} if name in sys.modules])"

    loaded = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True
    ).stdout

    assert loaded == b"[]\n"
