"""When an article was published, as far as it says so."""

from datetime import UTC, date, datetime
from typing import NamedTuple

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 86400.0


class Time(NamedTuple):
    """A stretch of time, in seconds since 1970: a moment, or a day whose hour nobody said."""

    start: float
    end: float

    def before(self, other: "Time") -> bool:
        """Whether it is over when the other begins, and not the same moment."""
        return self.end <= other.start and self != other


def read_time(published: str | None) -> Time | None:
    """The time of an ISO 8601 date or date-time; None for none and for anything else.

    Without a zone it is in UTC.

    >>> read_time("1970-01-02"), read_time("1970-01-01T01:00:00Z")
    (Time(start=86400.0, end=172800.0), Time(start=3600.0, end=3600.0))
    """
    if published is None:
        return None
    try:
        if len(published) > len("2025-01-31"):
            moment = datetime.fromisoformat(published)
            second = (moment.replace(tzinfo=moment.tzinfo or UTC) - _EPOCH).total_seconds()
            return Time(second, second)
        start = (date.fromisoformat(published) - _EPOCH.date()).days * _DAY
    except ValueError:
        return None
    return Time(start, start + _DAY)
