"""What a customer wants, in the words of a client (keys, times), and its reading as a request of the domain."""

from collections.abc import Mapping
from datetime import datetime

import attrs

from booking_core.domain.availability.evaluate import period_of_stay
from booking_core.domain.availability.matching import matched
from booking_core.domain.availability.places import places_for
from booking_core.domain.availability.request import Request
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.service import Service
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.ids import ResourceId
from booking_core.domain.kernel.period import Period, Stay, instant
from booking_core.domain.reservations.party import Party


@attrs.frozen(kw_only=True)
class Wanted:
    """A service by key at a time: a `start` (appointments, activities), `start` and `end` (rentals), or a `stay`.

    `resources` are keys of resources that the customer chose; each fills the role that lists it. `waived` names
    rules that staff set aside. `rate_plan` and promotion `codes` decide the price, where one is kept.
    """

    service: str
    start: datetime | None = None
    end: datetime | None = None
    stay: Stay | None = None
    quantity: int | None = None
    party: Party = Party()
    resources: tuple[str, ...] = ()
    waived: frozenset[str] = frozenset()
    rate_plan: str | None = None
    codes: tuple[str, ...] = ()

    @property
    def content(self) -> tuple[tuple[object, ...], tuple[object, ...]]:
        """All of it as plain values, equal where the same is wanted: a time written with another offset is the same."""
        start, end = (None if each is None else instant(each) for each in (self.start, self.end))
        return (
            (self.service, start, end, self.stay, self.quantity),
            (self.party, self.resources, sorted(self.waived), self.rate_plan, self.codes),
        )

    def asked_by(self, actor: Actor) -> "Wanted":
        """The same, if that actor may ask for it; raises InvalidInput where a guest waives rules."""
        if self.waived and actor.is_guest:
            raise InvalidInput("waived", "is for staff", ", ".join(sorted(self.waived)))
        return self

    def request(self, catalog: Catalog, service: Service) -> Request:
        """The candidate for the evaluator; raises InvalidInput or NotFound naming what does not fit."""
        return Request(
            period=self._period(catalog, service),
            stay=self.stay,
            quantity=places_wanted(catalog, service, self.quantity, self.party),
            party=self.party,
            chosen=chosen_roles(catalog, service, self.resources),
            waived=self.waived,
        )

    def _period(self, catalog: Catalog, service: Service) -> Period:
        if self.stay is not None:
            return period_of_stay(self.stay, catalog.venue_of(service))
        if self.start is None:
            raise InvalidInput("start", "is required", None)
        start = instant(self.start, "start")
        if self.end is not None:
            return Period.between(start, self.end)
        if service.duration is None:
            raise InvalidInput("end", "is required: the customer chooses the length", None)
        return Period.between(start, start + service.duration)


def places_wanted(catalog: Catalog, service: Service, quantity: int | None, party: Party) -> int:
    """How many places are asked for; where nobody says, seats for the whole party, else one."""
    return places_for(service, catalog.resources, party) if quantity is None else quantity


def chosen_roles(catalog: Catalog, service: Service, keys: tuple[str, ...]) -> Mapping[str, ResourceId]:
    """The role that each chosen resource fills; raises InvalidInput where it performs none."""
    resources = [catalog.resource(key).id for key in dict.fromkeys(keys)]
    able = [[need.role for need in service.needs if each in need.providers] for each in resources]
    roles = matched(able)
    if roles is None:
        first = next((key for key, fills in zip(dict.fromkeys(keys), able, strict=True) if not fills), None)
        reason = "do not fit together" if first is None else "does not perform this service"
        raise InvalidInput("resources", reason, first or ", ".join(keys))
    return dict(zip(roles, resources, strict=True))
