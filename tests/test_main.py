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
    ("names", "reason"),
    [
        ((), "usage"),
        (("--help",), "usage"),
        (("none.txt",), "none.txt"),
        (("blank.txt",), "must not be blank"),
        (("latin.txt",), "utf-8"),
        (("story.txt", "story.txt"), "is also the id of article 0"),
    ],
)
def test_main_says_why_there_is_no_digest(tmp_path, monkeypatch, capsys, names, reason):
    monkeypatch.chdir(tmp_path)
    Path("blank.txt").write_bytes(b" \n")
    Path("latin.txt").write_bytes(b"caf\xe9")
    Path("story.txt").write_bytes(b"Rain fell.")

    assert main(names) == 2

    printed = capsys.readouterr()
    assert printed.out == ""
    assert reason in printed.err
