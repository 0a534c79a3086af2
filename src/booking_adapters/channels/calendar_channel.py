"""The iCal channel: rental sites that tell what they have sold by a calendar, and are told by ours.

Reading their calendars is the business of subscriptions, which keep what was read; from there it is pulled like any
other channel's bookings, until it was imported.
"""

from collections.abc import Collection, Mapping, Sequence

import attrs

from booking_core.domain.calendars.subscription import Subscription
from booking_core.domain.channels.link import Message
from booking_core.domain.channels.restrictions import DepartureDating
from booking_core.domain.channels.update import Refused, Update
from booking_core.domain.kernel.errors import Conflict
from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.channel_connector import ChannelConnector, ChannelUnavailable, Pulled
from booking_core.ports.storage import Transaction, UnitOfWork


@attrs.frozen(kw_only=True)
class CalendarChannel:
    """The ChannelConnector port over the calendars of one site, `name`; an exchange with it asks nobody outside."""

    begin: UnitOfWork
    tenant: TenantId
    name: str

    @property
    def dating(self) -> DepartureDating:
        """Of no importance: a calendar of nights says nothing of departures."""
        return DepartureDating.CHECK_OUT_DATE

    def push(self, update: Update) -> Sequence[Refused]:  # noqa: ARG002
        """Nothing is told: the site reads our calendar of the unit, which is made when it is read."""
        return ()

    def pull(self, cursor: str = "") -> Pulled:  # noqa: ARG002 - it is one page
        """What was read of the site's calendars and not imported yet."""
        with self.begin.reading(self.tenant) as tx:
            calendars = [each.rental for each in self._calendars(tx) if each.rental is not None]
        return Pulled(bookings=[owed for each in calendars for owed in each.owed()])

    def acknowledge(self, messages: Collection[Message]) -> None:
        """These need not come again. Raises ChannelUnavailable where a calendar is being read at this moment."""
        try:
            with self.begin(self.tenant) as tx:
                for each in self._calendars(tx):
                    change = each.imported(messages)
                    if change is not None:
                        tx.calendar_links.subscriptions.save(change)
        except Conflict as lost:
            raise ChannelUnavailable("a calendar of the channel was read at the same moment") from lost

    def _calendars(self, tx: Transaction) -> Sequence[Subscription]:
        return [each for each in tx.calendar_links.subscriptions.every() if sold_by(each) == self.name]


@attrs.frozen
class CalendarChannels:
    """The ChannelConnectors port: every site that a tenant has a calendar of."""

    begin: UnitOfWork

    def of(self, tenant: TenantId) -> Mapping[str, ChannelConnector]:
        """By the names of the channels."""
        with self.begin.reading(tenant) as tx:
            names = {sold_by(each) for each in tx.calendar_links.subscriptions.every()} - {""}
        return {name: CalendarChannel(begin=self.begin, tenant=tenant, name=name) for name in sorted(names)}


def sold_by(subscription: Subscription) -> str:
    """The channel that sells by a calendar, or nothing where it is only read."""
    return "" if subscription.rental is None else subscription.rental.channel
