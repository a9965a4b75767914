"""A new API key: ``python -m service.keys NAME`` prints it, with its line of the keys file.

Apart from service/api, so that no model is loaded for it.
"""

import re
import secrets
import sys
from collections.abc import Sequence
from hashlib import sha256

NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}"  # of a caller, in the keys file and in the log


def main(arguments: Sequence[str]) -> int:
    """Print a new key and its line; the exit status is 0, or 2 where the name is none."""
    if len(arguments) != 1 or not re.fullmatch(NAME, arguments[0]):
        print(
            "usage: python -m service.keys NAME\n"
            "of up to 64 letters, digits, dots, underscores and hyphens, a letter or digit first",
            file=sys.stderr,
        )
        return 2
    key = secrets.token_urlsafe(32)
    print(f"key, for the caller alone:  {key}")
    print(f"line of the keys file:      {arguments[0]} sha256:{sha256(key.encode()).hexdigest()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
