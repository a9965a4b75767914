"""Digests of an archive, ``python -m service.batch IN.jsonl OUT.jsonl``, with the extra [batch].

Every line of IN is one request as the service takes it; its answer becomes one line of OUT, in the
order of IN. A line that is refused becomes a line of OUT.errors.jsonl instead, with its number and
why, and stops nothing. Run again, it goes on where it was stopped, by what it notes in
OUT.progress.json; where that does not fit what is there, it stops and alters no line. Dask spreads
the work over the cores of this machine, or with ``--scheduler ADDRESS`` over a cluster that has the
same release.
"""

import argparse
import fcntl
import logging
import os
import signal
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import IO, Any

import orjson
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException

from service.api.answer import answer
from service.api.budget import Budget
from service.api.errors import MAX_FAULTS, faults
from service.api.schemas import load
from service.core.digest import digest
from service.core.errors import CoreError

_MAX_LINE = 64 * 1024 * 1024  # a hundred articles of the longest text, in four-byte characters
_MAX_SECONDS = 120.0  # nobody waits for one answer, but one line must not hold the rest up
_CHUNK = 8  # requests a task: a digest takes milliseconds, and so does handing a task out
_AHEAD = 4  # tasks a core that are handed out before the first is written


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the input."""

    number: int  # from 1
    content: bytes


class Misfit(Exception):
    """Files that are not what one run has left; the message is written for who runs it."""


def outcomes(lines: Sequence[Line]) -> list[tuple[bool, bytes]]:
    """For each line whether it was digested, and its line of the output or of the errors."""
    return [_outcome(line) for line in lines]


def _outcome(line: Line) -> tuple[bool, bytes]:
    errors: list[dict[str, str]] = []
    try:
        if len(line.content) > _MAX_LINE:
            raise ValueError(f"the line has more than {_MAX_LINE} bytes")
        request = load(orjson.loads(line.content))
        found = digest(request.articles, request.options, check=Budget(_MAX_SECONDS).check)
        return True, orjson.dumps(answer(request, found))
    except ValidationError as error:
        errors = faults(error)[:MAX_FAULTS]
        detail = "the request is not valid"
    except orjson.JSONDecodeError as error:
        detail = f"not JSON: {error}"
    except (CoreError, ValueError) as error:
        detail = str(error)
    except HTTPException as error:  # the budget's
        detail = error.description or "stopped"
    except Exception as error:  # a fault of ours in one line must not stop the archive
        detail = f"the service failed: {type(error).__name__}"
    return False, _error(line, detail, errors)


def _error(line: Line, detail: str, errors: Sequence[dict[str, str]] = ()) -> bytes:
    return orjson.dumps({"line": line.number, "detail": detail, "errors": errors})


def _lines(source: IO[bytes]) -> Iterator[Line]:
    """The lines that hold something."""
    for number, content in enumerate(source, start=1):
        if content.strip():
            yield Line(number, content)


def _written(path: Path) -> int:
    """How many whole lines a file has; what a stop cut off behind them is removed."""
    count = whole = 0
    with path.open("r+b") as file:
        for content in file:
            if content.endswith(b"\n"):
                count += 1
                whole += len(content)
        file.truncate(whole)
    return count


def _claim(file: IO[bytes], out: Path) -> None:
    """Keep other runs from a file until it is closed.

    Raises:
        Misfit: another has it.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Misfit(f"another run writes to {out}") from error


def _note(out: Path, counts: Sequence[int], digested_from: str) -> None:
    """Note what was written, for the next run: all of it or, after a stop, what stood before."""
    path = _progress_of(out)
    new = path.with_name(path.name + ".new")
    refused, digested = counts
    new.write_bytes(
        orjson.dumps({"refused": refused, "digested": digested, "sha256": digested_from})
    )
    os.replace(new, path)


def run(
    source: Path, out: Path, *, client: Any, cores: int, shown: bool = True
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Digest what is not yet; how many lines were, and how many were refused, now and in all.

    Lines of both files are in the order of the input and are written as they come, so that what
    they hold together says where to go on.

    Raises:
        Misfit: another run is at it, or what is there is of another input or not all of it.
    """
    from tqdm import tqdm

    refused = errors_of(out)
    with ExitStack() as held:
        # Unbuffered: after a stop no line may be in one file while an earlier one is not.
        files = [held.enter_context(path.open("ab", buffering=0)) for path in (refused, out)]
        _claim(files[1], out)
        lines = _lines(held.enter_context(source.open("rb")))
        bar = held.enter_context(
            tqdm(total=source.stat().st_size, unit="B", unit_scale=True, disable=not shown)
        )
        seen = sha256()  # of the lines that are done

        def see(line: Line) -> None:
            seen.update(line.content.strip() + b"\n")
            bar.update(len(line.content))

        if not _progress_of(out).exists():
            if out.stat().st_size or refused.stat().st_size:
                raise Misfit(f"there is {out}, but no {_progress_of(out)} of it")
            _note(out, (0, 0), seen.hexdigest())
        noted = orjson.loads(_progress_of(out).read_bytes())
        counts = [_written(refused), _written(out)]
        if counts[0] < noted["refused"] or counts[1] < noted["digested"]:
            raise Misfit(f"{out} or {refused} has lost lines")
        known = noted["refused"] + noted["digested"]
        for line in islice(lines, known):
            see(line)
        if seen.hexdigest() != noted["sha256"]:
            raise Misfit(f"{source} is not what {out} was made of")
        for line in islice(lines, sum(counts) - known):
            see(line)
        before = tuple(counts)
        waiting: deque[tuple[list[Line], Any]] = deque()

        def write() -> None:
            chunk, future = waiting.popleft()
            for line, (digested, content) in zip(chunk, _made(client, chunk, future), strict=True):
                files[digested].write(content + b"\n")
                counts[digested] += 1
                see(line)
            _note(out, counts, seen.hexdigest())

        while chunk := list(islice(lines, _CHUNK)):
            waiting.append((chunk, client.submit(outcomes, chunk, pure=False)))
            if len(waiting) > _AHEAD * cores:
                write()
        while waiting:
            write()
    return (counts[1] - before[1], counts[0] - before[0]), (counts[1], counts[0])


def _made(client: Any, chunk: Sequence[Line], future: Any) -> list[tuple[bool, bytes]]:
    """The outcomes of a chunk; where its process was killed, of each line by itself."""
    from distributed import KilledWorker

    try:
        return list(future.result())
    except KilledWorker:
        if len(chunk) == 1:
            return [(False, _error(chunk[0], "the process that digested it was killed"))]
    return [
        made
        for line in chunk
        for made in _made(client, [line], client.submit(outcomes, [line], pure=False))
    ]


def errors_of(out: Path) -> Path:
    """The file of the lines that were refused."""
    return _beside(out, ".errors.jsonl")


def _progress_of(out: Path) -> Path:
    return _beside(out, ".progress.json")


def _beside(out: Path, ending: str) -> Path:
    return out.with_name(out.name.removesuffix(".jsonl") + ending)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; the exit status is 0, or 1 where lines were refused, now or by an earlier run.

    It is 2 where it cannot run, and 130 where it was interrupted.
    """
    parser = argparse.ArgumentParser(prog="python -m service.batch", description=__doc__)
    parser.add_argument("source", type=Path, metavar="IN.jsonl")
    parser.add_argument("out", type=Path, metavar="OUT.jsonl")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster")
    parser.add_argument("--processes", type=int, metavar="N", help="here; a core each if not said")
    given = parser.parse_args(arguments)
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        parser.exit(2, "the extra is not installed: pip install 'news-digest[batch]'\n")
    if not given.source.exists():
        parser.error(f"no file {given.source}")
    if not given.out.parent.is_dir():
        parser.error(f"no folder {given.out.parent}")
    try:
        with ExitStack() as held:
            # The processes inherit it: Ctrl-C is for this one, which ends them.
            heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
            cluster = given.scheduler or held.enter_context(
                LocalCluster(
                    n_workers=given.processes,
                    threads_per_worker=1,
                    host="127.0.0.1",
                    dashboard_address="127.0.0.1:0",
                    silence_logs=logging.ERROR,
                )
            )
            signal.signal(signal.SIGINT, heard)
            client = held.enter_context(Client(cluster))
            cores = max(1, sum(client.ncores().values()))
            now, in_all = run(
                given.source, given.out, client=client, cores=cores, shown=sys.stderr.isatty()
            )
    except (Misfit, OSError) as error:
        parser.exit(2, f"{error}\n")
    except KeyboardInterrupt:
        print("stopped; run again, it goes on from here", file=sys.stderr)
        return 130
    print("{} digested, {} refused; in all {}, {}".format(*now, *in_all), file=sys.stderr)
    if in_all[1]:
        print(f"why is in {errors_of(given.out)}", file=sys.stderr)
    return int(in_all[1] > 0)


if __name__ == "__main__":
    # By its name, so that the processes import it; what __main__ defines they could not.
    from service.batch import main as imported

    sys.exit(imported())
