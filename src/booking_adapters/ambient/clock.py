"""The system's clock."""

from datetime import UTC, datetime


class SystemClock:
    """The Clock port on the operating system's time."""

    def now(self) -> datetime:
        """The present instant in UTC."""
        return datetime.now(UTC)
