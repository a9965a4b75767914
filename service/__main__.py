"""The digest of text files, as the service answers it: ``python -m service a.txt b.txt``.

``-`` is the standard input; ``--text`` prints the digest for people.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
from marshmallow import ValidationError

from service.api.answer import answer
from service.api.errors import faults
from service.api.schemas import load
from service.core.digest import METHODS, digest
from service.core.errors import CoreError

_OF_AN_ARTICLE = re.compile(r"/articles/([0-9]+)(?:/(\w+))?")
_OF_AN_OPTION = re.compile(r"/options/(\w+)")


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m service", description="One digest of one news article or many."
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="an article, in UTF-8; - is stdin")
    length = parser.add_mutually_exclusive_group()
    length.add_argument(
        "--sentences", type=int, metavar="N", help="of the summary, at most (3 of one file, else 5)"
    )
    length.add_argument("--words", type=int, metavar="N", help="of the summary, at most")
    length.add_argument("--ratio", type=float, metavar="R", help="the share of the words to keep")
    parser.add_argument("--method", choices=METHODS, help="how sentences are rated (auto)")
    parser.add_argument("--order", choices=("reading", "score"), help="of the sentences (reading)")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the service's answer (default)")
    form.add_argument("--text", action="store_true", help="print it for people")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the digest; the exit status is 0, or 2 where there is none and why is printed."""
    parser = _arguments()
    given = parser.parse_args(arguments)
    names = [_name(file) for file in given.files]
    options = {
        name: value
        for name in ("sentences", "words", "ratio", "method", "order")
        if (value := getattr(given, name)) is not None
    }
    try:
        articles = [
            {"id": name, "text": _read(file)} for name, file in zip(names, given.files, strict=True)
        ]
        request = load({"articles": articles, "options": options})
        found = answer(request, digest(request.articles, request.options))
    except ValidationError as error:
        reasons = [_said(fault, names) for fault in faults(error)]
    except OSError as error:
        reasons = [f"{error.filename}: {error.strerror}"]
    except (_Unreadable, CoreError) as error:
        reasons = [str(error)]
    else:
        if given.text:
            printed = "\n".join(_lines(found)).encode() + b"\n"
        else:
            printed = orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        sys.stdout.buffer.write(printed)
        return 0
    for reason in reasons:
        print(f"{parser.prog}: error: {reason}", file=sys.stderr)
    return 2


class _Unreadable(Exception):
    """A file is no text that offsets can count in."""


def _name(file: str) -> str:
    # A name in another encoding than UTF-8 is no text that JSON can hold.
    return "stdin" if file == "-" else file.encode("utf-8", "replace").decode()


def _read(file: str) -> str:
    # Bytes, since reading text would change its line ends, which offsets count.
    content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise _Unreadable(
            f"{_name(file)}: not UTF-8: {error.reason} at byte {error.start}"
        ) from error
    if text.startswith("\ufeff"):
        raise _Unreadable(f"{_name(file)}: begins with a byte order mark; save it without")
    return text


def _said(fault: Mapping[str, str], names: Sequence[str]) -> str:
    """A fault in the words of the command line."""
    pointer, detail = fault["pointer"], fault["detail"]
    if (match := _OF_AN_ARTICLE.fullmatch(pointer)) is not None:
        if match[2] == "id":
            detail = "is given more than once" if "also" in detail else f"the name {detail}"
        return f"{names[int(match[1])]}: {detail}"
    if (match := _OF_AN_OPTION.fullmatch(pointer)) is not None:
        return f"--{match[1]} {detail}"
    return f"{pointer.removeprefix('/')} {detail}".strip()


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    """The digest for people: the summary, then the entities, then the figures."""
    yield from (sentence["text"] for sentence in found["summary"]["sentences"])
    for article in found["articles"]:
        for warning in article["warnings"]:
            yield f"({article['id']}: {warning['detail']})"
    yield from ("", "Entities")
    for entity in found["entities"]:
        roles = ", ".join(dict.fromkeys(role["text"] for role in entity["roles"]))
        yield f"  {entity['type']:4} {entity['name']}" + (f": {roles}" if roles else "")
    yield from ("", "Figures")
    for figure in found["figures"]:
        said = dict.fromkeys(
            f"{mention['text']} ({mention['article']})" for mention in figure["mentions"]
        )
        yield f"  {figure['agreement']:10} {figure['text']}: {'; '.join(said)}"


if __name__ == "__main__":
    sys.exit(main())
