"""The time, handed in so that tests can set it."""

from datetime import UTC, datetime


class SystemClock:
    """The machine's clock, in the machine's time zone."""

    def now(self):
        """An aware datetime in local time: terminals set their clocks to it at sign-on."""
        return datetime.now(UTC).astimezone()


def epoch_ms(moment):
    """Milliseconds since 1970 UTC of an aware datetime; what the database stores."""
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000
