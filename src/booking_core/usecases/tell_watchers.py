"""Those who watch a business hear of what was booked, held, changed and closed."""

import attrs

from booking_core.domain.availability.changes import EVERY_CHANGE
from booking_core.domain.kernel.events import Event
from booking_core.domain.live.updates import Update
from booking_core.ports.live import LiveUpdates
from booking_core.ports.storage import Transaction


@attrs.frozen(kw_only=True)
class TellWatchers:
    """A handler. What happened was committed before; ringing twice does no harm, because the bell is no book."""

    updates: LiveUpdates
    name: str = "live updates"
    events: frozenset[str] = EVERY_CHANGE

    def __call__(self, tx: Transaction, event: Event) -> None:
        """Ring; `publish` waits for nothing and nobody."""
        self.updates.publish(tx.catalogs.load().tenant.id, Update.of_event(event))
