"""Whether the process is on its way out, told by the master to the workers that it forked."""

import mmap

from werkzeug.exceptions import ServiceUnavailable

# Anonymous and shared: what the master writes after the fork, its workers read.
_begun = mmap.mmap(-1, 1)


def begin() -> None:
    """Tell every worker that balancers should send no more."""
    _begun[0] = 1


def begun() -> bool:
    """Whether `begin` was called, in this process or in its parent."""
    return _begun[0] != 0


class Draining(ServiceUnavailable):
    """What readiness answers then."""

    def __init__(self) -> None:
        super().__init__("The service is going down; others may be up.", retry_after=1)
