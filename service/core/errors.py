"""What the core cannot work on."""


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
