"""How a queue stands whose rows are what is done, in memory."""

from collections.abc import Iterable
from datetime import datetime

from booking_core.ports.queues import MOST_COUNTED, Standing


def standing_of(rows: Iterable[tuple[datetime | None, datetime | None, str]], at: datetime) -> Standing:
    """How it stands at an instant; of each row when it is due, when it died, and what went wrong."""
    every = list(rows)
    waiting = [due for due, _, problem in every if due and due <= at and not problem]
    failing = [due for due, _, problem in every if due and problem]
    return Standing(
        waiting=min(len(waiting), MOST_COUNTED),
        failing=min(len(failing), MOST_COUNTED),
        dead=min(sum(died is not None for _, died, _ in every), MOST_COUNTED),
        oldest=min([*waiting, *failing], default=None),
    )
