"""Channels as they are spoken to. No call is made inside a transaction."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

import attrs

from booking_core.domain.channels.booking import ExternalBooking
from booking_core.domain.channels.link import Message
from booking_core.domain.channels.restrictions import DepartureDating
from booking_core.domain.channels.update import Refused, Update
from booking_core.domain.kernel.ids import TenantId


class ChannelUnavailable(Exception):
    """The channel did not answer as it should; asking again later may help."""


class ChannelRefused(Exception):
    """The channel does not want to hear this from us (it knows no such listing, or not us): people must look."""


@attrs.frozen(kw_only=True)
class Pulled:
    """A page of a channel's bookings, and from where on there may be another (empty: nowhere).

    `unreadable` says in a sentence each what makes no sense; it does not keep the others back.
    """

    bookings: Sequence[ExternalBooking]
    cursor: str = ""
    unreadable: Sequence[str] = ()


class ChannelConnector(Protocol):
    """One channel of one tenant. Each call is one exchange with it and ends within 30 seconds."""

    @property
    def dating(self) -> DepartureDating:
        """Which of its rows says that nobody may depart: what is pushed is translated to that."""
        ...

    def push(self, update: Update) -> Sequence[Refused]:
        """Tell it how dates of a listing stand; the dates that it does not accept.

        Telling it again is no harm. Raises ChannelUnavailable (it may have heard it all the same), ChannelRefused.
        """
        ...

    def pull(self, cursor: str = "") -> Pulled:
        """Bookings that were not acknowledged, from the beginning or from a cursor of the same round on.

        Raises ChannelUnavailable, ChannelRefused.
        """
        ...

    def acknowledge(self, messages: Collection[Message]) -> None:
        """Tell it that these need not come again; again is no harm. Raises ChannelUnavailable, ChannelRefused."""
        ...


class ChannelConnectors(Protocol):
    """The channels that the operator has set up."""

    def of(self, tenant: TenantId) -> Mapping[str, ChannelConnector]:
        """The connectors of a tenant by the name of the channel. Nothing is asked."""
        ...
