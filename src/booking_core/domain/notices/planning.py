"""Which notices an event owes, and whether a reservation still wants one: pure functions."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import attrs

from booking_core.domain.catalog.notice_rules import (
    Audience,
    NoticeChannel,
    NoticeRule,
    NoticeSettings,
    Occasion,
    QuietHours,
)
from booking_core.domain.catalog.schedule import DAY_MINUTES
from booking_core.domain.kernel.period import epoch, from_epoch
from booking_core.domain.kernel.zone import wall_epoch
from booking_core.domain.notices.notice import Notice, Owed
from booking_core.domain.notices.subject import Subject
from booking_core.domain.reservations.notes import MOVED, what_was_done
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.reservation import CAME_TO_NOTHING, Reservation, Status

USEFUL_FOR = timedelta(days=2)
"""How long news are of use. A reminder is of use for half of its lead time."""

OCCASIONS: Mapping[str, Occasion] = {
    "ReservationPlaced": Occasion.PLACED,
    "ReservationConfirmed": Occasion.CONFIRMED,
    "ReservationMoved": Occasion.MOVED,
    "ReservationCancelled": Occasion.CANCELLED,
    "ReservationDeclined": Occasion.DECLINED,
    "ReservationExpired": Occasion.EXPIRED,
    "GuestDidNotShow": Occasion.NO_SHOW,
}
"""What each event is an occasion for."""

_NEWS_OF_AN_END = frozenset({Occasion.CANCELLED, Occasion.DECLINED, Occasion.EXPIRED, Occasion.NO_SHOW})


@attrs.frozen(kw_only=True)
class Recipient:
    """One address of somebody who may be told: a mail address, a telephone number, or a push subscription's id."""

    audience: Audience
    channel: NoticeChannel
    address: str


def recipients_of(
    customer: Customer, settings: NoticeSettings, assigned: Iterable[str]
) -> Iterator[Recipient]:
    """Everybody with a mail address or a telephone who has to do with it, each address once.

    `assigned` are the keys of the resources that are booked.
    """
    keys = frozenset(assigned)
    people = [(Audience.CLIENT, customer.email, customer.phone)]
    for contact in settings.contacts:
        if not contact.resource or contact.resource in keys:
            audience = Audience.STAFF if contact.resource else Audience.ADMINISTRATOR
            people.append((audience, contact.email, contact.phone))
    known: set[Recipient] = set()
    for audience, email, phone in people:
        for channel, address in ((NoticeChannel.EMAIL, email), (NoticeChannel.SMS, phone)):
            found = Recipient(audience=audience, channel=channel, address=address.strip())
            if found.address and found not in known:
                known.add(found)
                yield found


@attrs.frozen(kw_only=True)
class Planner:
    """What a tenant's rules owe the recipients of news about one thing, by the clock of its venue."""

    about: Subject
    settings: NoticeSettings
    place: ZoneInfo
    recipients: tuple[Recipient, ...]

    def news(self, occasion: Occasion, version: int, at: datetime) -> list[Owed]:
        """What is owed at once because that version came about; after any quiet hours."""
        owed: list[Owed] = []
        for rule in self.settings.rules_for(occasion):
            due_at = _after_quiet(at, self._quiet(rule), self.place)
            owed += self._each(rule, version, due_at, due_at + USEFUL_FOR)
        return owed

    def offers(self, version: int, at: datetime, until: datetime) -> list[Owed]:
        """What is owed because of an offer, and of use until it ends.

        Quiet hours put it off only as far as half of the time to answer is left; else it is told at once.
        """
        owed: list[Owed] = []
        for rule in self.settings.rules_for(Occasion.OFFERED):
            quiet_until = _after_quiet(at, self._quiet(rule), self.place)
            due_at = quiet_until if quiet_until <= at + (until - at) / 2 else at
            owed += self._each(rule, version, due_at, until)
        return owed

    def reminders(self, reservation: Reservation, at: datetime) -> list[Owed]:
        """The reminders of a confirmed reservation at its present time, and of no other one.

        One whose time has passed already is owed with no time left, unless its rule sends it late.
        """
        if reservation.status is not Status.CONFIRMED:
            return []
        start, version = reservation.period.start, settled_version(reservation)
        owed: list[Owed] = []
        for rule in self.settings.rules_for(Occasion.UPCOMING):
            due_at = _away_from_quiet(start - rule.before, start, self._quiet(rule), self.place)
            useful_until = due_at + (start - due_at) / 2
            if at > due_at:
                due_at, useful_until = (at, start) if rule.is_sent_late else (due_at, at)
            owed += self._each(rule, version, due_at, useful_until)
        return owed

    def _quiet(self, rule: NoticeRule) -> QuietHours | None:
        return rule.quiet_hours or self.settings.quiet_hours

    def _each(
        self, rule: NoticeRule, version: int, due_at: datetime, useful_until: datetime
    ) -> Iterator[Owed]:
        """What a rule owes each of those whom it is for."""
        for one in self.recipients:
            if (one.audience, one.channel) == (rule.audience, rule.channel):
                yield Owed(
                    about=self.about,
                    version=version,
                    rule=rule.key,
                    occasion=rule.occasion,
                    audience=rule.audience,
                    channel=rule.channel,
                    address=one.address,
                    template=rule.template,
                    language=rule.language or self.settings.language,
                    due_at=due_at,
                    useful_until=useful_until,
                )


def settled_version(reservation: Reservation) -> int:
    """The version at which it was last given its time as a confirmed one: when confirmed, or moved after that."""
    return max(
        number for number, step in enumerate(reservation.history, 1) if step.status is Status.CONFIRMED
    )


def why_unwanted(notice: Notice, reservation: Reservation) -> str | None:
    """Why a reservation as it is now no longer wants a notice; None where it does. A copy is always wanted."""
    owed = notice.owed
    if notice.copy or owed.occasion in _NEWS_OF_AN_END:
        return None
    is_reminder = owed.occasion is Occasion.UPCOMING
    if reservation.status in CAME_TO_NOTHING or (is_reminder and reservation.status is not Status.CONFIRMED):
        return f"the reservation is {reservation.status}"
    if is_reminder:
        latest = settled_version(reservation)
    else:
        latest = _last_move(reservation) if owed.occasion is Occasion.MOVED else 0
    return "the reservation was moved" if owed.version < latest else None


def _last_move(reservation: Reservation) -> int:
    return max(
        (number for number, step in enumerate(reservation.history, 1) if what_was_done(step.note) == MOVED),
        default=0,
    )


def _after_quiet(moment: datetime, quiet: QuietHours | None, place: ZoneInfo) -> datetime:
    """The moment itself, or the end of the quiet hours that it falls into."""
    stretch = _quiet_around(moment, quiet, place)
    return moment if stretch is None else stretch[1]


def _away_from_quiet(
    moment: datetime, start: datetime, quiet: QuietHours | None, place: ZoneInfo
) -> datetime:
    """After the quiet hours where that is still before the start, else when they begin: early, rather than never."""
    stretch = _quiet_around(moment, quiet, place)
    if stretch is None:
        return moment
    begins, ends = stretch
    return ends if ends < start else begins


def _quiet_around(
    moment: datetime, quiet: QuietHours | None, place: ZoneInfo
) -> tuple[datetime, datetime] | None:
    """The quiet hours around a moment by the clock on the wall, whatever that clock does meanwhile; or None."""
    if quiet is None:
        return None
    today = moment.astimezone(place).date()
    length = (quiet.end - quiet.start) % DAY_MINUTES
    for day in (today - timedelta(days=1), today):
        begins = wall_epoch(day, quiet.start, place)
        ends = wall_epoch(day, quiet.start + length, place)
        if begins <= epoch(moment) < ends:
            return from_epoch(begins), from_epoch(ends)
    return None
