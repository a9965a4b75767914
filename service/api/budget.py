"""How long the work on one request may take; the core is stopped where it would take longer."""

import time

from werkzeug.exceptions import ServiceUnavailable

from service.api import telemetry

# Longer than for a full worker: who is told this has asked for much, and asks for it again.
RETRY_AFTER_S = 10


class OverBudget(ServiceUnavailable):
    """The refusal of a digest that was not done in time."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"The digest was not done within {seconds:g} seconds, and was stopped. Send fewer or "
            "shorter articles, or try again after the time in the Retry-After header.",
            retry_after=RETRY_AFTER_S,
        )


class Budget:
    """The seconds of one request, by the clock on the wall: its caller waits by no other.

    They run from when the budget is made.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def check(self) -> None:
        """Let the work go on while the budget lasts.

        Raises:
            OverBudget: it does not.
        """
        if time.monotonic() > self._end:
            telemetry.shed("budget")
            raise OverBudget(self._seconds)
