"""What a rental site has sold of a unit, told by a calendar of nights instead of by messages.

Such a calendar says what is taken now, without guests, prices or revisions, and as often as it likes under new names.
Here it becomes what any other channel sends: bookings with a reference and a revision that grows with their content.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Self

import attrs

from booking_core.domain.channels.booking import Content, ExternalBooking
from booking_core.domain.channels.link import LONGEST_CHANNEL, LONGEST_REFERENCE, Kind, Message
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import checked_key
from booking_core.domain.kernel.period import Stay
from booking_core.domain.reservations.party import Customer

CHANNEL = "ical:"
"""Before the name of a channel that is a calendar, so that it is no other channel's: keys have no colon."""
MOST_STAYS = 1_000
ROOM_FOR_UNIT = 64
_SOLD = re.compile(r"\b(?:reserved|reservation|booked|reserviert|gebucht|belegt)\b")
_CLOSED = re.compile(r"\b(?:not available|unavailable|blocked|closed|nicht verfügbar|gesperrt|blockiert)\b")


def is_sold(title: str) -> bool:
    """Whether an event is a booking, by the words of its title: `Reserved` is, `Airbnb (Not available)` is not.

    What says neither is no booking: it closes the nights, which is all that is certain.
    """
    words = title.casefold()
    return bool(_SOLD.search(words)) and not _CLOSED.search(words)


@attrs.frozen(kw_only=True)
class SoldNights:
    """An event that says that nights are sold. No two of a calendar have one `uid`."""

    uid: str
    stay: Stay


@attrs.frozen(kw_only=True)
class SoldStay:
    """A booking of the calendar: `reference` is ours for ever, `uid` what the calendar calls it at present.

    `is_owed` until its revision has been imported. One that `is_lost` vanished in a way that is not believed.
    """

    reference: str
    uid: str
    stay: Stay
    revision: int
    is_changed: bool = False
    is_called_off: bool = False
    is_owed: bool = True
    is_lost: bool = False

    def left(self, today: date) -> Stay:
        """What is still to come: many a site tells of a stay under way as if it began today."""
        return left(self.stay, today)

    def now(self, told: SoldNights, today: date, revision: int) -> Self:
        """As the calendar tells it: another revision where the nights to come are others, whatever it is called."""
        if self.left(today) == left(told.stay, today):
            return attrs.evolve(self, uid=told.uid, is_lost=False)
        revision = max(revision, self.revision + 1)
        return attrs.evolve(
            self,
            uid=told.uid,
            stay=told.stay,
            revision=revision,
            is_changed=True,
            is_owed=True,
            is_lost=False,
        )

    def called_off(self, revision: int) -> Self:
        """It is not sold any more."""
        revision = max(revision, self.revision + 1)
        return attrs.evolve(self, revision=revision, is_called_off=True, is_owed=True)


@attrs.frozen
class Reading:
    """The calendar after it was read; `lost` are bookings that vanished from it in a way that is not believed."""

    calendar: "RentalCalendar"
    lost: tuple[SoldStay, ...] = ()


@attrs.frozen(kw_only=True)
class RentalCalendar:
    """What `channel` has sold of `unit` (a resource by key) as `service` (by key), as far as it is not over."""

    channel: str
    service: str
    unit: str
    stays: tuple[SoldStay, ...] = ()

    @classmethod
    def of(cls, *, name: str, service: str, unit: str) -> Self:
        """Nothing is known to be sold; `name` is the site's. Raises InvalidInput."""
        channel = CHANNEL + checked_key(name, "channel")
        if len(channel) > LONGEST_CHANNEL:
            raise InvalidInput("channel", f"is longer than {LONGEST_CHANNEL - len(CHANNEL)} characters", name)
        return cls(channel=channel, service=service, unit=unit)

    @property
    def sold(self) -> int:
        """How many bookings there are that were not called off."""
        return sum(not each.is_called_off for each in self.stays)

    def read(
        self, told: Iterable[SoldNights], *, today: date, revision: int, is_silent: bool = False
    ) -> Reading:
        """The calendar says that these nights are sold; `is_silent` where it says nothing at all, of no night.

        What is over says nothing any more. An event is the booking of its UID, or else the one of the same nights. A
        booking that is not there any more was called off, unless it has begun (sites drop what has), or the calendar is
        silent, or more than half of what was to come (and more than one) is gone at once: a site that answers wrongly,
        or another unit's calendar, cancels nothing. What was lost so stays lost until it is there again, whatever else
        comes to be sold meanwhile.
        """
        told = [each for each in told if _is_ahead(each, today)]
        expected = {
            each.uid: each for each in self.stays if not each.is_called_off and _is_ahead(each, today)
        }
        to_come = sum(each.stay.check_in > today and not each.is_lost for each in expected.values())
        found, new = _matched(expected, told, today, revision)
        begun = [each for each in expected.values() if each.stay.check_in <= today]
        lost = [each for each in expected.values() if each.stay.check_in > today and each.is_lost]
        gone = [each for each in expected.values() if each.stay.check_in > today and not each.is_lost]
        if is_silent or len(gone) > max(1, to_come // 2):
            lost += [attrs.evolve(each, is_lost=True) for each in gone]
        else:
            found += [each.called_off(revision) for each in gone]
        called_off = [each for each in self.stays if each.is_called_off and _is_ahead(each, today)]
        stays = self._with_new([*found, *begun, *lost, *called_off], new, revision)
        return Reading(attrs.evolve(self, stays=stays), tuple(lost))

    def without(self, ended: Collection[SoldStay]) -> Self:
        """The same, where bookings have ended here: whether the calendar still knows them means nothing."""
        over = {each.reference for each in ended}
        stays = (
            attrs.evolve(each, is_called_off=True, is_owed=False) if each.reference in over else each
            for each in self.stays
        )
        return attrs.evolve(self, stays=tuple(stays))

    def owed(self) -> Sequence[ExternalBooking]:
        """What was not imported yet: what was called off first, then what has changed, for that makes room."""
        owed = sorted(
            (each for each in self.stays if each.is_owed),
            key=lambda each: (not each.is_called_off, not each.is_changed, each.stay, each.reference),
        )
        return [self._booking(each) for each in owed]

    def acknowledged(self, messages: Collection[Message]) -> Self:
        """The same, where these were imported."""
        known = {(each.reference, each.revision) for each in messages if each.channel == self.channel}
        stays = (
            attrs.evolve(each, is_owed=False) if (each.reference, each.revision) in known else each
            for each in self.stays
        )
        return attrs.evolve(self, stays=tuple(stays))

    def _with_new(
        self, known: Iterable[SoldStay], new: Iterable[SoldNights], revision: int
    ) -> tuple[SoldStay, ...]:
        """All in order. What comes back after it was called off is another booking, under another reference."""
        stays = {each.reference: each for each in known}
        for each in new:
            first = reference = self._reference(each.uid)
            births = 1
            while reference in stays:
                births += 1
                reference = f"{first}#{births}"
            stays[reference] = SoldStay(reference=reference, uid=each.uid, stay=each.stay, revision=revision)
        if len(stays) > MOST_STAYS:
            raise InvalidInput("calendar", f"tells of more than {MOST_STAYS} bookings", len(stays))
        return tuple(sorted(stays.values(), key=lambda each: (each.stay, each.reference)))

    def _reference(self, uid: str) -> str:
        """The unit and the UID, or what follows from it where it is too long or strange."""
        room = LONGEST_REFERENCE - ROOM_FOR_UNIT - len(":#9999")
        if len(uid) > room or not uid.isprintable():
            uid = hashlib.sha256(uid.encode("utf-8", "backslashreplace")).hexdigest()
        return f"{self.unit}:{uid}"

    def _booking(self, sold: SoldStay) -> ExternalBooking:
        kind = Kind.MODIFIED if sold.is_changed else Kind.NEW
        message = Message(
            channel=self.channel,
            reference=sold.reference,
            revision=sold.revision,
            kind=Kind.CANCELLED if sold.is_called_off else kind,
        )
        guest = Customer(name=f"Guest of {self.channel.removeprefix(CHANNEL)}")
        content = Content(service=self.service, customer=guest, stay=sold.stay, resources=(self.unit,))
        return ExternalBooking(message=message, content=None if sold.is_called_off else content)


def left(stay: Stay, today: date) -> Stay:
    """What is to come of a stay, which is not over; it keeps its end."""
    return Stay(max(stay.check_in, min(today, stay.check_out)), stay.check_out)


def _is_ahead(sold: SoldStay | SoldNights, today: date) -> bool:
    return sold.stay.check_out > today


def _matched(
    expected: dict[str, SoldStay], told: Iterable[SoldNights], today: date, revision: int
) -> tuple[list[SoldStay], list[SoldNights]]:
    """The bookings that are among what is told, which leave `expected`; and what is told of no booking.

    Of several that could be meant, one that was there the last time is.
    """
    found: list[SoldStay] = []
    unknown: list[SoldNights] = []
    new: list[SoldNights] = []
    for each in sorted(told, key=lambda each: (each.stay, each.uid)):
        was = expected.pop(each.uid, None)
        if was is None:
            unknown.append(each)
        else:
            found.append(was.now(each, today, revision))
    renamed: dict[Stay, list[SoldStay]] = {}
    for sold in sorted(expected.values(), key=lambda each: each.is_lost):
        renamed.setdefault(sold.left(today), []).append(sold)
    for each in unknown:
        same = renamed.get(left(each.stay, today))
        if same:
            found.append(expected.pop(same.pop(0).uid).now(each, today, revision))
        else:
            new.append(each)
    return found, new
