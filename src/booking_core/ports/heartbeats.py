"""Signs of life of the workers of a deployment, for those who watch whether anybody works."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

REMEMBERED = timedelta(days=1)
"""How long a worker that went silent is still told of."""
MOST_WORKERS = 1_000
"""How many are told of at most."""


class Heartbeats(Protocol):
    """The last sign of each worker. It belongs to no business, and names none."""

    def beat(self, worker: str, at: datetime) -> None:
        """Note that a worker was at work at an instant; those that have been silent for a day are forgotten."""
        ...

    def end(self, worker: str) -> None:
        """Forget a worker that stopped in good order; one that is not known is no error."""
        ...

    def last(self) -> Mapping[str, datetime]:
        """The last sign of each, at most 1,000, the latest first."""
        ...
