from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import attrs
import pytest

from booking_adapters.testing.builders import a_clinic, a_practice, cabins, named_id
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.policy import Opening, Policy, RuleSetting, Trade, frozen_parameters
from booking_core.domain.catalog.resource import LARGEST_CAPACITY, Resource, Unit
from booking_core.domain.catalog.service import MOST_PROVIDERS, Need, Service
from booking_core.domain.catalog.tenant import Venue
from booking_core.domain.kernel.errors import InvalidInput, NotFound
from booking_core.domain.kernel.ids import ResourceId, UnitId, VenueId

CATALOG = a_clinic().with_staff("anna", "bert").catalog
ANNA = CATALOG.resource("anna")
VISIT = CATALOG.service("visit")
MAIN = CATALOG.venue("main")
ROOMS = tuple(Unit(id=UnitId(UUID(int=n)), key=f"{n}", name=f"{n}") for n in (1, 2))
STRANGER = ResourceId(named_id("resource", "stranger"))
ELSEWHERE = VenueId(named_id("venue", "elsewhere"))


def refused_field(make: Callable[..., object], *given: Any, **changes: Any) -> str:
    with pytest.raises(InvalidInput) as refused:
        make(*given, **changes)
    return refused.value.field


def catalog_with(*, resource: Resource = ANNA, service: Service = VISIT, venue: Venue = MAIN) -> Catalog:
    others = [each for each in CATALOG.resources.values() if each.id != resource.id]
    return Catalog.of(CATALOG.tenant, venues=[venue], resources=[resource, *others], services=[service])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"capacity": 0}, "capacity"),
        ({"capacity": -1}, "capacity"),
        ({"capacity": LARGEST_CAPACITY + 1}, "capacity"),
        ({"allowance": -1}, "allowance"),
        ({"allowance": LARGEST_CAPACITY + 1}, "allowance"),
        ({"largest_party": 0}, "largest_party"),
        ({"units": ROOMS}, "units"),
    ],
)
def test_a_resource_that_has_no_lanes_or_too_many_is_refused(changes: dict[str, Any], field: str) -> None:
    assert refused_field(attrs.evolve, ANNA, **changes) == field


def test_lanes_are_capacity_and_allowance() -> None:
    assert attrs.evolve(ANNA, capacity=5, allowance=1).lanes == 6


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"check_in": 600, "check_out": 601}, "check_out"),
        ({"check_in": 1_440}, "check_in"),
        ({"check_in": -1}, "check_in"),
        ({"check_out": -1}, "check_out"),
    ],
)
def test_a_venue_whose_guests_would_overlap_or_never_arrive_is_refused(
    changes: dict[str, int], field: str
) -> None:
    assert refused_field(attrs.evolve, MAIN, **changes) == field


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"needs": ()}, "needs"),
        ({"needs": tuple(Need(f"role-{n}", (ANNA.id,)) for n in range(9))}, "needs"),
        ({"needs": (Need("staff", (ANNA.id,)), Need("staff", (STRANGER,)))}, "needs"),
        ({"needs": (Need("staff", ()),)}, "needs.staff"),
        ({"needs": (Need("staff", (ANNA.id, ANNA.id)),)}, "needs.staff"),
        (
            {"needs": (Need("staff", tuple(ResourceId(UUID(int=n)) for n in range(MOST_PROVIDERS + 1))),)},
            "needs.staff",
        ),
        ({"duration": None}, "duration"),
        ({"duration": timedelta(seconds=59)}, "duration"),
        ({"duration": timedelta(days=32)}, "duration"),
        ({"duration": timedelta(minutes=30, microseconds=1)}, "duration"),
        ({"step": timedelta(0)}, "step"),
        ({"step": timedelta(days=32)}, "step"),
        ({"step": timedelta(minutes=15, microseconds=1)}, "step"),
        ({"buffer_before": -timedelta(minutes=1)}, "buffer_before"),
        ({"buffer_after": timedelta(days=32)}, "buffer_after"),
        ({"buffer_after": timedelta(microseconds=1)}, "buffer_after"),
        ({"policy": Policy(key="rent", trade=Trade.RENTAL)}, "duration"),
        ({"policy": Policy(key="stay", trade=Trade.STAY)}, "duration"),
    ],
)
def test_a_service_that_nobody_performs_or_whose_times_make_no_sense_is_refused(
    changes: dict[str, Any], field: str
) -> None:
    assert refused_field(attrs.evolve, VISIT, **changes) == field


def test_providers_are_all_who_can_fill_a_role() -> None:
    practice = a_practice().catalog
    assert practice.service("scan").providers == {each.id for each in practice.resources.values()}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"hold_ttl": timedelta(0)}, "hold_ttl"),
        ({"hold_ttl": timedelta(days=32)}, "hold_ttl"),
        ({"pending_ttl": timedelta(milliseconds=999)}, "pending_ttl"),
        ({"no_show_after": -timedelta(seconds=1)}, "no_show_after"),
        ({"opening": Opening.NIGHTS}, "opening"),
        ({"trade": Trade.STAY, "opening": Opening.WHOLE}, "opening"),
    ],
)
def test_a_policy_that_holds_nothing_or_for_ever_is_refused(changes: dict[str, Any], field: str) -> None:
    assert refused_field(attrs.evolve, Policy(key="p", trade=Trade.APPOINTMENT), **changes) == field


def test_what_must_be_open_is_what_is_usual_in_the_trade_unless_the_policy_says() -> None:
    hours = {trade: Policy(key="p", trade=trade).hours for trade in Trade}
    assert hours == dict.fromkeys(Trade, Opening.WHOLE) | {Trade.STAY: Opening.NIGHTS}
    assert Policy(key="p", trade=Trade.RENTAL, opening=Opening.ENDS).hours is Opening.ENDS


def test_parameters_of_a_rule_are_the_same_in_any_order_and_as_list_or_tuple() -> None:
    setting = RuleSetting.of("stop_sell", weekdays=["MO"], until="2026-03-02")
    assert setting == RuleSetting.of("stop_sell", until="2026-03-02", weekdays=("MO",))
    assert setting.values() == {"until": "2026-03-02", "weekdays": ("MO",)}


def test_a_policy_with_tables_inside_lists_can_be_compared_and_hashed() -> None:
    tiers = [{"percent": 0, "at_least_hours": 24}, {"less_than_hours": 24, "percent": 100}]
    policies = [
        Policy(key="p", trade=Trade.STAY, cancellation=frozen_parameters({"tiers": given}))
        for given in (tiers, tuple(dict(reversed(each.items())) for each in tiers))
    ]
    assert len(set(policies)) == 1
    (kept,) = dict(policies[0].cancellation)["tiers"][:1]
    assert (dict(kept), len(kept)) == ({"at_least_hours": 24, "percent": 0}, 2)
    assert len({*policies, Policy(key="p", trade=Trade.STAY, cancellation=(("tiers", tiers[:1]),))}) == 2


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: attrs.evolve(ANNA, key="Anna"), "resources.key"),
        (lambda: attrs.evolve(ANNA, key="bert"), "resources.key"),
        (lambda: attrs.evolve(ANNA, venue=ELSEWHERE), "resources.venue"),
    ],
)
def test_a_catalog_with_a_resource_that_does_not_fit_in_is_refused(
    make: Callable[[], Resource], field: str
) -> None:
    assert refused_field(catalog_with, resource=make()) == field


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"key": ""}, "services.key"),
        ({"venue": ELSEWHERE}, "services.venue"),
        ({"needs": (Need("staff", (STRANGER,)),)}, "services.needs"),
    ],
)
def test_a_catalog_with_a_service_that_does_not_fit_in_is_refused(
    changes: dict[str, Any], field: str
) -> None:
    assert refused_field(catalog_with, service=attrs.evolve(VISIT, **changes)) == field


def test_a_service_needs_resources_of_its_own_venue() -> None:
    other = attrs.evolve(MAIN, id=ELSEWHERE, key="elsewhere")
    abroad = attrs.evolve(ANNA, venue=ELSEWHERE)
    bert = CATALOG.resource("bert")
    with pytest.raises(InvalidInput) as refused:
        Catalog.of(CATALOG.tenant, venues=[MAIN, other], resources=[abroad, bert], services=[VISIT])
    assert refused.value.field == "services.needs"


def test_a_tenant_and_a_venue_need_proper_keys() -> None:
    assert refused_field(Catalog.of, attrs.evolve(CATALOG.tenant, key="../etc")) == "tenant.key"
    assert refused_field(catalog_with, venue=attrs.evolve(MAIN, key="a b")) == "venues.key"


def test_things_are_found_by_key_and_by_id_and_strangers_are_not() -> None:
    assert CATALOG.resource("anna") is CATALOG.resource(ANNA.id) is CATALOG.resource(str(ANNA.id)) is ANNA
    assert CATALOG.venue_of(ANNA) is CATALOG.venue_of(VISIT) is MAIN
    for find in (CATALOG.resource, CATALOG.service, CATALOG.venue):
        with pytest.raises(NotFound) as missing:
            find("nobody")
        assert missing.value.details["key"] == "nobody"


def test_stays_have_no_duration_of_their_own() -> None:
    assert cabins(1).catalog.service("cabin").duration is None
