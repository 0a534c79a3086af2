"""A channel in memory, which sends what it has until it is told that it arrived, and fails when it is told to."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from enum import Enum
from zoneinfo import ZoneInfo

import attrs

from booking_core.domain.channels.booking import ExternalBooking
from booking_core.domain.channels.link import Message
from booking_core.domain.channels.restrictions import DepartureDating
from booking_core.domain.channels.update import Night, Opening, Refused, Update
from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.channel_connector import ChannelConnector, ChannelRefused, ChannelUnavailable, Pulled


class Fault(Enum):
    """What goes wrong with an exchange."""

    BEFORE = "nothing happened"
    AFTER = "it happened, and the answer was lost"


@attrs.define
class FakeChannel:
    """The ChannelConnector port. With `shuffles` messages come twice, and backwards first.

    What it was told stands in `nights` and `openings`, by the code of the listing.
    """

    name: str = "ota"
    dating: DepartureDating = DepartureDating.CHECK_OUT_DATE
    page: int = 100
    faults: list[Fault] = attrs.field(factory=list)
    """What goes wrong with the next exchanges, one each."""
    shuffles: bool = False
    acknowledged: list[Message] = attrs.field(factory=list)
    updates: list[Update] = attrs.field(factory=list)
    """What it was told, in the order in which it came."""
    nights: dict[str, dict[date, Night]] = attrs.field(factory=dict)
    openings: dict[str, list[Opening]] = attrs.field(factory=dict)
    refuses: Mapping[date, str] = attrs.field(factory=dict)
    """The dates that it does not accept, and why."""
    unknown: set[str] = attrs.field(factory=set)
    """Codes of listings that it does not know."""
    breaks: set[str] = attrs.field(factory=set)
    """Codes of listings of which telling it raises what nobody expects."""
    _turns: dict[str, int] = attrs.field(factory=dict)
    _owed: list[ExternalBooking] = attrs.field(factory=list)

    def sells(self, *bookings: ExternalBooking) -> None:
        """Have messages to send."""
        self._owed += bookings

    def replays(self, bookings: Iterable[ExternalBooking]) -> None:
        """Send what was sent before, acknowledged or not."""
        self._owed = [*bookings]

    @property
    def owed(self) -> list[Message]:
        """What was not acknowledged."""
        return [each.message for each in self._owed]

    @property
    def is_done(self) -> bool:
        """Whether everything was acknowledged."""
        return not self._owed

    def push(self, update: Update) -> Sequence[Refused]:
        if update.code in self.breaks:
            raise RuntimeError("a defect of the connector")
        fault = self._fault()
        if update.code in self.unknown:
            raise ChannelRefused("no such listing")
        if fault is not Fault.BEFORE:
            self._hear(update)
        if fault is not None:
            raise ChannelUnavailable(fault.value)
        return [Refused(date=each, reason=why) for each, why in self.refuses.items() if _is_of(each, update)]

    def turn(self, code: str) -> int:
        """The latest turn of a listing that it heard."""
        return self._turns.get(code, 0)

    def has_heard_better(self, update: Update) -> bool:
        """Whether something later was heard already."""
        return update.turn < self.turn(update.code)

    def _hear(self, update: Update) -> None:
        """Keep what is told, unless it comes too late."""
        if self.has_heard_better(update):
            return
        self._turns[update.code] = update.turn
        self.updates.append(update)
        nights = self.nights.setdefault(update.code, {})
        nights |= {each.date: each for each in update.nights if each.date not in self.refuses}
        place = ZoneInfo(update.zone)
        before = self.openings.get(update.code, [])
        kept = [each for each in before if not _is_of(each.start.astimezone(place).date(), update)]
        self.openings[update.code] = sorted([*kept, *update.openings], key=lambda each: each.start)

    def pull(self, cursor: str = "") -> Pulled:
        fault = self._fault()
        sent = [*reversed(self._owed), *self._owed] if self.shuffles else [*self._owed]
        if fault is not None:
            raise ChannelUnavailable(fault.value)
        begin = int(cursor or 0)
        end = begin + self.page
        return Pulled(bookings=sent[begin:end], cursor=str(end) if end < len(sent) else "")

    def acknowledge(self, messages: Collection[Message]) -> None:
        fault = self._fault()
        if fault is not Fault.BEFORE:
            self.acknowledged += messages
            self._owed = [each for each in self._owed if each.message not in messages]
        if fault is not None:
            raise ChannelUnavailable(fault.value)

    def _fault(self) -> Fault | None:
        return self.faults.pop(0) if self.faults else None


@attrs.frozen
class Connected:
    """The ChannelConnectors port: the same channels for every tenant."""

    channels: Mapping[str, ChannelConnector]

    @classmethod
    def to(cls, *channels: FakeChannel) -> "Connected":
        """These channels by their names."""
        return cls({each.name: each for each in channels})

    def of(self, tenant: TenantId) -> Mapping[str, ChannelConnector]:  # noqa: ARG002 - the same for every tenant
        return self.channels


def _is_of(day: date, update: Update) -> bool:
    return any(each.first <= day < each.end for each in update.dates)
