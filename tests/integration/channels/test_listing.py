"""What a channel may sell: what can be listed, under which code, and how it is withdrawn."""

import pytest

from booking_adapters.testing.builders import (
    a_practice,
    cabins,
    grand_hotel,
)
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.kernel.errors import Conflict, InvalidInput, NotFound
from tests.integration.channels.outlet import Outlet, a_hotel


def test_what_is_withdrawn_is_told_and_gone(engine: TheEngine) -> None:
    outlet = a_hotel(engine)
    outlet.withdraws(outlet.listing())
    outlet.withdraws(outlet.listing())
    outlet.pushes()
    assert outlet.left("2026-03-02", 14) == [0] * 14
    assert outlet.night("2026-03-02").restriction.is_stopped
    assert outlet.listings() == []


def test_what_is_listed_again_under_a_code_that_was_withdrawn_is_told_as_a_whole(engine: TheEngine) -> None:
    outlet = a_hotel(engine)
    for day in range(5, 10):
        outlet.house.book("deluxe-king", f"2026-03-{day:02}/2026-03-{day + 1:02}")
        outlet.pushes()
    outlet.withdraws(outlet.listing())
    outlet.pushes()
    outlet.waits(minutes=1)
    outlet.lists("deluxe-king", "deluxe-king")
    outlet.pushes()
    assert outlet.left("2026-03-04", 7) == [5, 4, 4, 4, 4, 4, 5]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"resource": "nowhere"}, None),
        ({"service": "nothing"}, None),
        ({"adults": 4}, "adults"),
        ({"rate_plan": "AAA"}, "rate_plan"),
        ({"days": 0}, "days"),
    ],
)
def test_what_cannot_be_sold_is_not_listed(
    engine: TheEngine, facts: dict[str, object], field: str | None
) -> None:
    outlet = Outlet.of(engine, grand_hotel())
    given = {"service": "deluxe-king", "resource": "deluxe-king"} | facts
    with pytest.raises((InvalidInput, NotFound)) as refused:
        outlet.lists(**given)  # type: ignore[arg-type]
    if field is not None:
        assert isinstance(refused.value, InvalidInput)
        assert refused.value.field == field
    assert outlet.listings() == []


def test_a_resource_that_does_not_perform_the_service_is_not_listed(engine: TheEngine) -> None:
    outlet = Outlet.of(engine, a_practice())
    with pytest.raises(InvalidInput, match="is not what scan sells"):
        outlet.lists("scan", "scanner")


def test_a_channel_that_nobody_set_up_sells_nothing(engine: TheEngine) -> None:
    outlet = Outlet.of(engine, grand_hotel())
    with pytest.raises(InvalidInput, match="is not set up"):
        outlet.lists("deluxe-king", "deluxe-king", channel="another")


def test_a_channel_sells_one_thing_under_a_code(engine: TheEngine) -> None:
    outlet = Outlet.of(engine, grand_hotel())
    outlet.lists("deluxe-king", "deluxe-king")
    with pytest.raises(Conflict):
        outlet.lists("deluxe-king", "deluxe-king")


def test_what_is_withdrawn_goes_without_a_word_once_its_dates_have_passed(engine: TheEngine) -> None:
    outlet = Outlet.of(engine, grand_hotel())
    outlet.lists("deluxe-king", "deluxe-king", days=2)
    outlet.pushes()
    outlet.withdraws(outlet.listing())
    outlet.waits(days=3)
    outlet.told()
    outlet.pushes()
    assert (outlet.told(), outlet.listings()) == ([], [])


def test_so_many_listings_are_enough(engine: TheEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("booking_core.usecases.channel_listings.MOST_LISTINGS", 1)
    outlet = Outlet.of(engine, cabins(2))
    outlet.lists("cabin", "cabin-1", code="C1")
    with pytest.raises(InvalidInput, match="there are 1 already"):
        outlet.lists("cabin", "cabin-2", code="C2")
