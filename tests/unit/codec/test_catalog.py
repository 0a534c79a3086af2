"""What is written is read back as it was, through JSON text; what was never written so is refused by field."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking_adapters._codec.catalog import catalog_data, catalog_of, fingerprint_of, policy_data, policy_of
from booking_adapters._codec.claims import claims_of, history_of, party_of, reservation_data
from booking_adapters._codec.converter import read, write
from booking_adapters.testing import builders, strategies
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.policy import Opening, Policy, RuleSetting, Trade
from booking_core.domain.catalog.resource import Resource, Unit
from booking_core.domain.catalog.tenant import Tenant, Venue
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import ClaimId, ResourceId, ServiceId, TenantId, UnitId, VenueId
from booking_core.domain.kernel.period import Period
from booking_core.domain.reservations.party import Customer, Party
from booking_core.domain.reservations.reservation import Claim, Reservation, Status, Step

SOME_DAY = date(2026, 6, 1)
DESCRIBED = [
    builders.grand_hotel(),
    builders.a_clinic().with_staff("anna", hours="MO-FR 09:00-12:00 13:00-17:00"),
    builders.a_salon(),
    builders.a_tour(),
    builders.cabins(4),
    builders.a_car_rental(),
    builders.a_practice(),
]
PLAIN = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5))
PARAMETERS = st.dictionaries(
    st.text(min_size=1, max_size=5), st.one_of(PLAIN, st.lists(PLAIN, max_size=3)), max_size=3
)
SECONDS = st.integers(1, 31 * 86_400).map(lambda seconds: timedelta(seconds=seconds))


def through_text(data: Any) -> Any:
    return json.loads(json.dumps(data, allow_nan=False))


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    trade = draw(st.sampled_from(Trade))
    rules = draw(st.lists(st.tuples(st.text(max_size=5), PARAMETERS), max_size=3))
    free = (None, Opening.WHOLE, Opening.ENDS)
    return Policy(
        key=draw(st.text(max_size=5)),
        trade=trade,
        rules=tuple(
            RuleSetting.of(name, **parameters) for name, parameters in rules if "name" not in parameters
        ),
        hold_ttl=draw(SECONDS),
        pending_ttl=draw(SECONDS),
        needs_approval=draw(st.booleans()),
        completes_unattended=draw(st.booleans()),
        no_show_after=draw(st.one_of(st.none(), SECONDS)),
        cancellation=RuleSetting.of(
            "cancellation", **draw(PARAMETERS.filter(lambda each: "name" not in each))
        ).parameters,
        opening=Opening.NIGHTS if trade is Trade.STAY else draw(st.sampled_from(free)),
    )


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    venue = Venue(
        id=VenueId(UUID(int=1)),
        key="venue",
        code="V",
        name=draw(st.text(max_size=10)),
        zone=draw(strategies.zones()),
        currency="EUR",
        holidays=draw(st.sampled_from((None, "DE-BY"))),
    )
    found = [draw(strategies.resources(number, venue.id, SOME_DAY)) for number in range(3)]
    resources = [attrs.evolve(each, since=draw(instants), units=draw(units(each))) for each in found]
    service = draw(strategies.services(venue.id, [each.id for each in resources], SOME_DAY))
    tenant = Tenant(id=TenantId(UUID(int=7)), key="tenant", name="T")
    return Catalog.of(
        tenant, venues=[venue], resources=resources, services=[service], version=draw(st.integers(1, 9))
    )


instants = st.one_of(
    st.none(),
    st.datetimes(datetime(1970, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
)


def units(of: Resource) -> st.SearchStrategy[tuple[Unit, ...]]:
    numbers = st.integers(0, of.capacity)
    return numbers.map(
        lambda number: tuple(
            Unit(id=UnitId(UUID(int=n)), key=str(n), name=f"Room {n}") for n in range(number)
        )
    )


def same(one: Catalog, other: Catalog) -> bool:
    return attrs.asdict(one, recurse=False) == attrs.asdict(other, recurse=False)


@pytest.mark.parametrize("business", DESCRIBED, ids=lambda business: business.tenant.key)
def test_a_business_is_read_back_as_it_was(business: builders.Business) -> None:
    assert same(catalog_of(through_text(catalog_data(business.catalog))), business.catalog)


@given(catalogs())
def test_any_catalog_is_read_back_as_it_was(catalog: Catalog) -> None:
    assert same(catalog_of(through_text(catalog_data(catalog))), catalog)


@given(policies())
def test_any_policy_is_read_back_as_it_was_under_its_fingerprint(policy: Policy) -> None:
    restored = policy_of(through_text(policy_data(policy)))
    assert restored == policy
    assert fingerprint_of(restored) == fingerprint_of(policy)


def test_different_policies_have_different_fingerprints() -> None:
    policy = Policy(key="p", trade=Trade.RENTAL)
    changed = [
        attrs.evolve(policy, needs_approval=True),
        attrs.evolve(policy, rules=(RuleSetting.of("a", b=1),)),
    ]
    assert len({fingerprint_of(each) for each in (policy, *changed)}) == 3


@given(
    st.builds(Party, st.integers(1, 9), st.lists(st.integers(0, 17), max_size=4).map(tuple)),
    st.lists(st.tuples(st.sampled_from(Status), st.text(max_size=9), instants.filter(bool)), max_size=4),
    st.lists(st.tuples(st.integers(0, 10**9), st.integers(1, 10**6), st.integers(1, 9)), max_size=3),
)
def test_the_body_of_a_reservation_is_read_back_as_it_was(
    party: Party,
    steps: list[tuple[Status, str, datetime]],
    parts: list[tuple[int, int, int]],
) -> None:
    history = tuple(Step(status, at, note) for status, note, at in steps)
    resource = ResourceId(UUID(int=3))
    claims = tuple(Claim(resource, Period.of_epoch(start, start + length), n) for start, length, n in parts)
    body = through_text(reservation_data(a_reservation(party, history, claims)))
    assert party_of(body["party"]) == party
    assert history_of(body["history"]) == history
    assert claims_of(body["claims"]) == claims


BAD_POLICIES: dict[str, Callable[[dict[str, Any]], object]] = {
    "Policy.bogus": lambda data: data.update(bogus=1),
    "Policy.trade": lambda data: data.update(trade="barter"),
    "Policy.key": lambda data: data.update(key=7),
    "Policy.hold_ttl": lambda data: data.update(hold_ttl="600"),
    "Policy.pending_ttl": lambda data: data.update(pending_ttl=True),
    "Policy.no_show_after": lambda data: data.update(no_show_after=1.5),
    "Policy.needs_approval": lambda data: data.update(needs_approval=1),
    "Policy.completes_unattended": lambda data: data.update(completes_unattended="yes"),
    "Policy.rules": lambda data: data.update(rules={}),
    "Policy.rules.parameters": lambda data: data.update(rules=[{"name": "a", "parameters": []}]),
    "Policy.rules.name": lambda data: data.update(rules=[{"parameters": {}}]),
    "Policy.cancellation": lambda data: data.update(cancellation=None),
    "Policy.opening": lambda data: data.update(opening="always"),
}


@pytest.mark.parametrize("field", BAD_POLICIES)
def test_what_does_not_fit_is_refused_by_its_field(field: str) -> None:
    data = policy_data(Policy(key="p", trade=Trade.RENTAL))
    BAD_POLICIES[field](data)
    with pytest.raises(InvalidInput) as refused:
        policy_of(data)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (UUID, "{12345678-1234-5678-1234-567812345678}"),
        (UUID, 7),
        (datetime, "2026-06-01T10:00:00"),
        (datetime, "2026-06-01T10:00:00+02:00"),
        (datetime, 1_700_000_000),
        (date, "01.06.2026"),
        (timedelta, 10**30),
        (tuple[int, ...], "123"),
        (tuple[int, str], [1]),
        (frozenset[int], {"1": 1}),
        (tuple[int, ...], [True]),
    ],
)
def test_no_value_is_guessed_at(kind: type[object], data: Any) -> None:
    with pytest.raises(InvalidInput):
        read(data, kind)


def test_fractions_of_a_second_are_not_written() -> None:
    with pytest.raises(InvalidInput):
        write(timedelta(milliseconds=1))


def a_reservation(party: Party, history: tuple[Step, ...], claims: tuple[Claim, ...]) -> Reservation:
    return Reservation(
        id=ClaimId(UUID(int=1)),
        code="V-1",
        service=ServiceId(UUID(int=2)),
        status=Status.CONFIRMED,
        period=Period.of_epoch(0, 1),
        stay=None,
        quantity=1,
        party=party,
        customer=Customer(name="Bob"),
        assigned=(),
        claims=claims,
        allocations=(),
        policy=Policy(key="p", trade=Trade.RENTAL),
        history=history,
    )
