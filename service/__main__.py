"""``python -m service a.txt b.txt``: the digest of text files, as the service answers it."""

import sys
from collections.abc import Sequence
from pathlib import Path

import orjson
from marshmallow import ValidationError

from service.api.answer import answer
from service.api.errors import faults
from service.api.schemas import load
from service.core.digest import digest


def main(paths: Sequence[str]) -> int:
    """Print the digest; the exit status is 0, or 2 where there is none and why is printed."""
    if not paths or paths[0].startswith("-"):
        print("usage: python -m service FILE...", file=sys.stderr)
        return 2
    try:
        # Bytes, since reading text would change its line ends, which offsets count.
        articles = [{"id": path, "text": Path(path).read_bytes().decode()} for path in paths]
        request = load({"articles": articles})
    except (OSError, UnicodeDecodeError) as error:
        print(error, file=sys.stderr)
        return 2
    except ValidationError as error:
        for fault in faults(error):
            print(f"{fault['pointer']} {fault['detail']}", file=sys.stderr)
        return 2
    found = answer(request, digest(request.articles, request.options))
    sys.stdout.buffer.write(
        orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
