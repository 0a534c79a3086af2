"""What could not be sent to other processes is made good as soon as it can be, whether or not anything follows it."""

import json
import queue
from collections.abc import Sequence
from contextlib import AbstractContextManager

import attrs

from booking_adapters._live import shared_updates
from booking_adapters._live.shared_updates import CarrierLost, Heard, SharedUpdates
from booking_adapters.testing.contracts.live import IDS, an_update
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.live.updates import RESYNC

PATIENCE_SECONDS = 10.0
TENANT = TenantId(IDS.new())


@attrs.define
class Line:
    """A Carrier that is lost for the first texts; what it is given after that can be looked at."""

    failures: int
    sent: "queue.Queue[list[str]]" = attrs.field(factory=queue.Queue)
    full: "queue.Queue[SharedUpdates]" = attrs.field(factory=queue.Queue)

    def send(self, texts: Sequence[str]) -> None:
        if self.failures:
            self.failures -= 1
            raise CarrierLost("the line is dead")
        if not self.full.empty():
            _overflow(self.full.get())
        self.sent.put([json.loads(text)["name"] for text in texts])

    def listening(self) -> AbstractContextManager[Heard]:
        raise CarrierLost("nobody listens here")

    def close(self) -> None:
        pass


def _overflow(updates: SharedUpdates) -> None:
    """Publish more than is kept to be sent."""
    for number in range(shared_updates.MOST_UNSENT + 1):
        updates.publish(TENANT, an_update(number))


def test_others_are_told_to_read_anew_though_nothing_is_published_after_what_was_lost() -> None:
    line = Line(failures=1)
    with SharedUpdates(line) as updates:
        updates.publish(TENANT, an_update(1))
        assert line.sent.get(timeout=PATIENCE_SECONDS) == [RESYNC.name]


def test_what_found_no_room_while_something_was_being_sent_is_made_good_too() -> None:
    line = Line(failures=0)
    with SharedUpdates(line) as updates:
        line.full.put(updates)
        updates.publish(TENANT, an_update(1))
        line.sent.get(timeout=PATIENCE_SECONDS)
        assert line.sent.get(timeout=PATIENCE_SECONDS)[0] == RESYNC.name
