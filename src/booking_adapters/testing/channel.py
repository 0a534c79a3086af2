"""A channel in memory, which sends what it has until it is told that it arrived, and fails when it is told to."""

from collections.abc import Collection, Iterable
from enum import Enum

import attrs

from booking_core.domain.channels.booking import ExternalBooking
from booking_core.domain.channels.link import Message
from booking_core.ports.channels import ChannelUnavailable, Pulled


class Fault(Enum):
    """What goes wrong with an exchange."""

    BEFORE = "nothing happened"
    AFTER = "it happened, and the answer was lost"


@attrs.define
class FakeChannel:
    """The ChannelConnector port. With `shuffles` messages come twice, and backwards first."""

    name: str = "ota"
    faults: list[Fault] = attrs.field(factory=list)
    """What goes wrong with the next exchanges, one each."""
    shuffles: bool = False
    acknowledged: list[Message] = attrs.field(factory=list)
    _owed: list[ExternalBooking] = attrs.field(factory=list)

    def sells(self, *bookings: ExternalBooking) -> None:
        """Have messages to send."""
        self._owed += bookings

    def replays(self, bookings: Iterable[ExternalBooking]) -> None:
        """Send what was sent before, acknowledged or not."""
        self._owed = [*bookings]

    @property
    def is_done(self) -> bool:
        """Whether everything was acknowledged."""
        return not self._owed

    def pull(self) -> Pulled:
        fault = self._fault()
        sent = [*reversed(self._owed), *self._owed] if self.shuffles else [*self._owed]
        if fault is not None:
            raise ChannelUnavailable(fault.value)
        return Pulled(bookings=sent)

    def acknowledge(self, messages: Collection[Message]) -> None:
        fault = self._fault()
        if fault is not Fault.BEFORE:
            self.acknowledged += messages
            self._owed = [each for each in self._owed if each.message not in messages]
        if fault is not None:
            raise ChannelUnavailable(fault.value)

    def _fault(self) -> Fault | None:
        return self.faults.pop(0) if self.faults else None
