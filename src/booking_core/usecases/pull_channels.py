"""Channels that are asked for their bookings, and told which of them have come to a good end."""

import hashlib
from uuid import UUID

import attrs

from booking_core.domain.kernel.errors import BookingError
from booking_core.domain.kernel.ids import AlertId, TenantId
from booking_core.ports.alerts import LONGEST_MESSAGE, Alert
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.channel_connector import (
    ChannelConnector,
    ChannelConnectors,
    ChannelRefused,
    ChannelUnavailable,
    Pulled,
)
from booking_core.ports.storage import UnitOfWork
from booking_core.usecases.channels import ReceiveBookings, ReceiveCommand

BATCH = 100
MOST_PAGES = 20


@attrs.frozen(kw_only=True)
class PullChannels:
    """Asks each connected channel for its bookings, and tells it what has come to a good end.

    The exchanges with the channel lie between transactions: what it sent is written down before it is imported, and
    acknowledged after that was committed. Whatever is lost in between is sent again, and is known. A channel that
    does not answer keeps nobody back; one that refuses us, breaks something or sends what makes no sense is alerted.
    One that refuses what we acknowledge is asked for its bookings all the same.
    """

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator
    receive: ReceiveBookings
    connectors: ChannelConnectors

    def __call__(self, tenant: TenantId) -> int:
        """How many messages were new or acknowledged."""
        done = 0
        for name, connector in self.connectors.of(tenant).items():
            for exchange in (self._acknowledge, self._pull):
                try:
                    done += exchange(tenant, name, connector)
                except ChannelUnavailable:
                    break
                except ChannelRefused as refused:
                    self._alert(tenant, name, "channel_refused", str(refused))
                except Exception as broken:
                    # One connector that breaks something keeps no other back; what passes by itself is for the caller.
                    if isinstance(broken, BookingError) and broken.retryable:
                        raise
                    self._alert(tenant, name, "channel_broken", type(broken).__name__)
        return done

    def _pull(self, tenant: TenantId, name: str, connector: ChannelConnector) -> int:
        done, cursor = 0, ""
        for _ in range(MOST_PAGES):
            pulled = connector.pull(cursor)
            done += self._received(tenant, name, pulled)
            cursor = pulled.cursor
            if not cursor:
                break
        return done

    def _received(self, tenant: TenantId, name: str, pulled: Pulled) -> int:
        """How many of a page were new. One that contradicts what is known does not keep the others back."""
        done, problems = 0, list(pulled.unreadable)
        for each in pulled.bookings:
            assert each.message.channel == name, "a connector speaks for its own channel"
            try:
                done += self.receive(ReceiveCommand(tenant=tenant, bookings=[each]))
            except BookingError as refused:
                if refused.retryable:
                    raise
                problems.append(f"{each.message.reference}: {refused.message}")
        if problems:
            self._alert(tenant, name, "channel_message_unreadable", "; ".join(problems))
        return done

    def _acknowledge(self, tenant: TenantId, name: str, connector: ChannelConnector) -> int:
        with self.begin.reading(tenant) as tx:
            owed = tx.channels.inbox.unacknowledged(name, BATCH)
        if owed:
            connector.acknowledge(owed)
            with self.begin(tenant) as tx:
                tx.channels.inbox.acknowledged(owed, self.clock.now())
        return len(owed)

    def _alert(self, tenant: TenantId, name: str, kind: str, what: str) -> None:
        """Tell people, once until they have settled it: a channel is asked again and again."""
        alert = Alert(
            id=AlertId(self.ids.new()),
            kind=kind,
            subject=_known_by(name),
            message=f"channel {name}: {what}"[:LONGEST_MESSAGE],
            at=self.clock.now(),
        )
        with self.begin(tenant) as tx:
            tx.alerts.raise_(alert)


def _known_by(channel: str) -> UUID:
    """An id that follows from the name of a channel: its alerts are about one subject."""
    return UUID(bytes=hashlib.sha256(f"channel {channel}".encode()).digest()[:16])
