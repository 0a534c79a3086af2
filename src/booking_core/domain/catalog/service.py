"""What a customer asks for, and which resources it needs."""

from datetime import timedelta
from functools import cached_property

import attrs

from booking_core.domain.catalog.policy import Policy, Trade
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import ResourceId, ServiceId, VenueId

MOST_NEEDS = 8
MOST_PROVIDERS = 2_000
LONGEST_DURATION = timedelta(days=31)


@attrs.frozen
class Need:
    """One role that must be filled (a stylist, a chair) by any one of its providers, in order of preference."""

    role: str
    any_of: tuple[ResourceId, ...]
    per_quantity: bool = True
    """Whether the booked quantity is taken of this resource; False takes one whatever the quantity (the guide)."""

    @cached_property
    def providers(self) -> frozenset[ResourceId]:
        """Everybody who can fill it, in no order."""
        return frozenset(self.any_of)


@attrs.frozen(kw_only=True)
class Service:
    """A duration with buffers and the needs to be filled, sold under a policy.

    `duration` is None where the customer chooses it (stays, rentals). Candidates start every `step` from each
    opening on; a `step` of None starts once an opening (a departure at 10:00). Buffers are occupied but not open
    to the customer, and may reach beyond opening hours: the 10:00 appointment with 10 and 5 minutes occupies
    09:50-10:35. `tariff` names the prices of the service; `own_tariffs` those of providers of the leading need that
    differ (a room type, a senior stylist). Without either it has no price.
    """

    id: ServiceId
    venue: VenueId
    key: str
    name: str
    policy: Policy
    needs: tuple[Need, ...]
    duration: timedelta | None = None
    buffer_before: timedelta = timedelta(0)
    buffer_after: timedelta = timedelta(0)
    step: timedelta | None = None
    tariff: str | None = None
    own_tariffs: tuple[tuple[ResourceId, str], ...] = ()

    def __attrs_post_init__(self) -> None:
        """Refuse services that nobody performs or whose times make no sense for their trade."""
        self._check_needs()
        self._check_times()
        if not {provider for provider, _ in self.own_tariffs} <= set(self.needs[0].any_of):
            raise InvalidInput("own_tariffs", "name a resource that does not fill the leading need", self.key)

    def _check_needs(self) -> None:
        if not 1 <= len(self.needs) <= MOST_NEEDS:
            raise InvalidInput("needs", f"a service needs 1…{MOST_NEEDS} roles", len(self.needs))
        if len({need.role for need in self.needs}) < len(self.needs):
            raise InvalidInput("needs", "two needs share a role", [need.role for need in self.needs])
        for need in self.needs:
            if not need.any_of:
                raise InvalidInput(f"needs.{need.role}", "no resource performs this service", self.key)
            if len(need.any_of) > MOST_PROVIDERS or len(set(need.any_of)) < len(need.any_of):
                raise InvalidInput(
                    f"needs.{need.role}", f"names a resource twice or more than {MOST_PROVIDERS}"
                )

    def _check_times(self) -> None:
        chosen = self.policy.trade in (Trade.STAY, Trade.RENTAL)
        if chosen != (self.duration is None):
            wanted = "is chosen by the customer" if chosen else "is required"
            raise InvalidInput("duration", f"{wanted} for trade {self.policy.trade}", self.duration)
        if self.duration is not None and not timedelta(minutes=1) <= self.duration <= LONGEST_DURATION:
            raise InvalidInput("duration", "must be 1 minute to 31 days", self.duration)
        if self.step is not None and not timedelta(minutes=1) <= self.step <= LONGEST_DURATION:
            raise InvalidInput("step", "must be 1 minute to 31 days", self.step)
        for field, value in (("buffer_before", self.buffer_before), ("buffer_after", self.buffer_after)):
            if not timedelta(0) <= value <= LONGEST_DURATION:
                raise InvalidInput(field, "must be 0 minutes to 31 days", value)
        for field in ("duration", "step", "buffer_before", "buffer_after"):
            value = getattr(self, field)
            if value is not None and value.microseconds:
                raise InvalidInput(field, "must be in whole seconds", value)

    def tariff_of(self, provider: ResourceId) -> str | None:
        """The code of the tariff under which a provider of the leading need is sold, or None."""
        return dict(self.own_tariffs).get(provider, self.tariff)

    @cached_property
    def providers(self) -> frozenset[ResourceId]:
        """Every resource that can fill one of the needs."""
        return frozenset(resource for need in self.needs for resource in need.any_of)
