"""What the core cannot work on, and how its work is stopped."""

from collections.abc import Callable

#: Called between the steps of a digest and inside the long ones; it stops the work by raising. The
#: core knows no clock and catches nothing that it raises.
Check = Callable[[], None]


def unchecked() -> None:
    """Let the work go on to its end."""


class CoreError(Exception):
    """A request that the core cannot work on; the message is written for the caller."""


class TooManySentences(CoreError):
    """The articles have more sentences than the chosen method may compare."""

    def __init__(self, *, method: str, found: int, limit: int) -> None:
        super().__init__(
            f"the articles have {found} sentences; method {method!r} takes at most {limit}"
        )


class TooManyWords(CoreError):
    """The articles' sentences have more words than the chosen method may compare."""

    def __init__(self, *, method: str, found: int, limit: int) -> None:
        super().__init__(
            f"the articles have {found} words; method {method!r} takes at most {limit}"
        )
