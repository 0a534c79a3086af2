"""How long to wait before asking again, so that what is down is not asked by everybody at once when it is back."""

from datetime import timedelta
from uuid import UUID

PARTS = 256
MOST_DOUBLINGS = 16


def pause(failures: int, *, first: timedelta, longest: timedelta, who: UUID) -> timedelta:
    """`first` after one failure, doubling up to `longest`, and up to a quarter more.

    The jitter comes of the id of whoever waits: one waits the same every time, a thousand all differently.
    """
    doubled = min(first * (1 << min(max(failures - 1, 0), MOST_DOUBLINGS)), longest)
    return doubled + doubled * (who.int % PARTS) // (4 * PARTS)
