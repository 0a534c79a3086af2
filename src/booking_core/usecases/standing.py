"""How dates of a listing stand at this moment: what a channel is told of them."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

import attrs

from booking_core.domain.availability.evaluate import occupied, period_of_stay
from booking_core.domain.availability.request import Diary, Request, Snapshot
from booking_core.domain.availability.rules import RuleBook
from booking_core.domain.availability.slots import find_slots, free_periods
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.policy import Opening as Hours
from booking_core.domain.catalog.resource import Resource
from booking_core.domain.catalog.service import Need, Service
from booking_core.domain.channels.dates import A_DAY, Dates
from booking_core.domain.channels.listing import Listing
from booking_core.domain.channels.restrictions import (
    DepartureDating,
    Restriction,
    dated_for,
    restrictions_of,
)
from booking_core.domain.channels.update import Night, Opening, Update
from booking_core.domain.kernel.errors import InvalidDates
from booking_core.domain.kernel.ids import ResourceId
from booking_core.domain.kernel.money import Money
from booking_core.domain.kernel.period import Period, Stay, epoch
from booking_core.domain.kernel.zone import wall_epoch
from booking_core.domain.pricing.rates import NoRate
from booking_core.domain.reservations.party import Party
from booking_core.ports.storage import Transaction
from booking_core.usecases.pricing import quote_for
from booking_core.usecases.reading import Reader
from booking_core.usecases.wanted import Wanted

A_SECOND = timedelta(seconds=1)
NOTHING_LEFT = Restriction(is_stopped=True)


@attrs.frozen(kw_only=True)
class Sold:
    """What a listing sells, in the catalog of the moment."""

    catalog: Catalog
    service: Service
    resource: Resource
    listing: Listing

    @property
    def party(self) -> Party:
        """For whom it is priced."""
        return Party(self.listing.adults)

    def request(self, period: Period, stay: Stay | None = None) -> Request:
        """Asking for one place of it."""
        lead = self.service.needs[0]
        return Request(period=period, stay=stay, party=self.party, chosen={lead.role: self.resource.id})

    def price(self, period: Period, at: datetime, stay: Stay | None = None) -> Money | None:
        """The total of one place, None where no price is kept; raises NoRate, InvalidInput for a plan that is gone."""
        wanted = Wanted(
            service=self.service.key, party=self.party, stay=stay, rate_plan=self.listing.rate_plan
        )
        request = self.request(period, stay)
        quote = quote_for(self.catalog, self.service, self.resource.id, request, wanted, at, uses={})
        return None if quote is None else quote.total


@attrs.frozen(kw_only=True)
class Standing:
    """Describes what is taken of a listing, for a channel that dates departures in its own way."""

    reader: Reader
    rules: RuleBook

    def __call__(self, tx: Transaction, listing: Listing, dating: DepartureDating, at: datetime) -> Update:
        """Everything about the taken dates; raises InvalidInput where the rate plan is gone.

        Of what is withdrawn, or no longer in the catalog, nothing is left.
        """
        catalog = tx.catalogs.load()
        update = Update(
            code=listing.code, turn=listing.turn, zone=_zone(catalog, listing), dates=listing.taken
        )
        sold = _sold(catalog, listing)
        if sold is None:
            days = (day for each in listing.taken for day in each)
            gone = tuple(Night(date=day, left=0, restriction=NOTHING_LEFT) for day in days)
            return attrs.evolve(update, nights=gone)
        if sold.service.policy.hours is Hours.NIGHTS:
            nights = (night for each in listing.taken for night in self._nights(tx, sold, each, dating, at))
            return attrs.evolve(update, nights=tuple(nights))
        openings = (opening for each in listing.taken for opening in self._openings(tx, sold, each, at))
        return attrs.evolve(update, openings=tuple(openings))

    def _nights(
        self, tx: Transaction, sold: Sold, dates: Dates, dating: DepartureDating, at: datetime
    ) -> Iterator[Night]:
        service, venue = sold.service, sold.catalog.venue_of(sold.service)
        window = _local(sold, Dates(dates.first, dates.end + A_DAY))
        view = self.reader.around(
            tx, sold.catalog, service, window, at, request=sold.request(window)
        ).snapshot
        # One date more than is told: the last night takes its closed departure from the day after it.
        rows = dated_for(restrictions_of(service.policy.rules, dates.first, dates.end), dating)
        for day in dates:
            night = Stay(day, day + A_DAY)
            try:
                period = period_of_stay(night, venue)
                price = sold.price(period, at, night)
            except (InvalidDates, NoRate):
                yield Night(date=day, left=0, restriction=attrs.evolve(rows[day], is_stopped=True))
                continue
            is_open = bool(sold.resource.schedule.windows_on(day, view.holidays))
            left = _left(view, sold, period) if is_open else 0
            yield Night(date=day, left=left, price=price, restriction=rows[day])

    def _openings(self, tx: Transaction, sold: Sold, dates: Dates, at: datetime) -> Iterator[Opening]:
        service = sold.service
        whole = _local(sold, dates)
        start = max(whole.start, at.replace(microsecond=0) + A_SECOND)
        if start >= whole.end:
            return
        window = Period(start, whole.end)
        request = sold.request(window)
        view = self.reader.around(tx, sold.catalog, service, window, at, request=request).snapshot
        if service.duration is None:
            for free in free_periods(view, view.diaries[sold.resource.id], window):
                yield Opening(start=free.start, end=free.end, left=_left(view, sold, free))
            return
        prices: dict[date, Money | None] = {}
        found = find_slots(view, window, at, self.rules, request)
        for slot in found.get(sold.resource.id, ()):
            period = Period(slot.start, slot.end)
            day = slot.start.astimezone(view.venue.zone).date()
            try:
                if day not in prices:
                    prices[day] = sold.price(period, at)
            except NoRate:
                continue
            yield Opening(start=slot.start, end=slot.end, left=_left(view, sold, period), price=prices[day])


def _sold(catalog: Catalog, listing: Listing) -> Sold | None:
    """What a listing sells, None where that is nothing any more."""
    service, resource = catalog.services.get(listing.service), catalog.resources.get(listing.resource)
    if listing.is_withdrawn or service is None or resource is None:
        return None
    if resource.id not in service.needs[0].providers:
        return None
    return Sold(catalog=catalog, service=service, resource=resource, listing=listing)


def _zone(catalog: Catalog, listing: Listing) -> str:
    service = catalog.services.get(listing.service)
    return "UTC" if service is None else catalog.venue_of(service).zone.key


def _local(sold: Sold, dates: Dates) -> Period:
    """From midnight to midnight, as the venue sees it."""
    place = sold.catalog.venue_of(sold.service).zone
    return Period.of_epoch(wall_epoch(dates.first, 0, place), wall_epoch(dates.end, 0, place))


def _left(view: Snapshot, sold: Sold, period: Period) -> int:
    """How many places could be booked in a period: of the resource, as far as its companions allow."""
    times = occupied(sold.service, period)
    _, *others = sold.service.needs
    left = _free(view.diaries[sold.resource.id], times)
    for need in others:
        left = min(left, _companions(view.diaries, need, sold.resource.id, times, left))
    return left


def _companions(
    diaries: Mapping[ResourceId, Diary], need: Need, lead: ResourceId, times: Period, most: int
) -> int:
    """How many places a need beside the leading one leaves."""
    free = [_free(diaries[each], times) for each in need.any_of if each != lead]
    if need.per_quantity:
        return max(free, default=0)
    return most if any(free) else 0


def _free(diary: Diary, times: Period) -> int:
    start, end = epoch(times.start), epoch(times.end)
    if diary.calendar.is_closed(start, end):
        return 0
    return max(0, diary.calendar.lanes - diary.calendar.peak(start, end))
