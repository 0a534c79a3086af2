"""What it would cost, and what it would have cost: estimates, and a policy replayed over the past."""

from datetime import UTC, date, datetime, timedelta

import pytest

from booking_adapters.testing.builders import a_clinic
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.catalog.policy import Trade
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.period import Period
from booking_core.domain.reservations.cancellation import CancellationPolicy
from booking_core.usecases.make_quote import NotPriced
from booking_core.usecases.what_would import EstimateQuery, EstimateStay, ReplayPolicy, ReplayQuery
from tests.integration.scenarios.paid_hotel import CHECK_IN, DESK, PaidHotel, usd

MARCH = Period.between(datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 4, 1, tzinfo=UTC))


def test_three_nights_are_estimated_without_plan_and_code(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine)
    estimates = EstimateStay(begin=engine.store, clock=engine.clock)(
        EstimateQuery(
            tenant=hotel.tenant, service="deluxe-king", guests=2, nights=3, arriving=date(2024, 3, 15)
        )
    )
    (estimate,) = estimates.values()
    assert estimate.total == usd("724.84")  # 607.00 and 12 % of it and 3 times 15.00
    assert estimate.per_guest_night == usd("120.81")


@pytest.mark.parametrize("wrong", [{"guests": 0}, {"nights": 0}, {"guests": 101}, {"nights": 367}])
def test_nobody_travels_like_that(engine: TheEngine, wrong: dict[str, int]) -> None:
    hotel = PaidHotel.opens(engine)
    asked = {"guests": 2, "nights": 3, **wrong}
    with pytest.raises(InvalidInput):
        EstimateQuery(tenant=hotel.tenant, service="deluxe-king", arriving=date(2024, 3, 15), **asked)


def test_what_has_no_price_cannot_be_estimated(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna"))
    query = EstimateQuery(
        tenant=clinic.tenant, service="visit", guests=1, nights=1, arriving=date(2024, 3, 15)
    )
    with pytest.raises(NotPriced):
        EstimateStay(begin=engine.store, clock=engine.clock)(query)


def test_a_milder_policy_would_have_kept_less(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine)
    early, late, kept, waiting = hotel.book(), hotel.book(), hotel.book(), hotel.book(card="")
    hotel.cancel(waiting)
    engine.clock.set(CHECK_IN - timedelta(hours=36))
    hotel.cancel(early)
    engine.clock.set(CHECK_IN - timedelta(hours=12))
    hotel.cancel(late, actor=DESK)
    mild = CancellationPolicy.flexible("mild", hours=6)
    replays = ReplayPolicy(begin=engine.store)(ReplayQuery(tenant=hotel.tenant, policy=mild, window=MARCH))
    replay = replays["USD"]
    assert len(replay.assessments) == 2, "what was never confirmed, and what stands, is left out"
    assert (replay.penalties_then, replay.penalties_now) == (usd("664.14"), usd("0"))
    assert replay.difference == -usd("664.14")
    assert hotel.desk.show(kept.id).is_live


def test_nights_given_up_before_and_bookings_without_a_price_are_left_aside(engine: TheEngine) -> None:
    """A night given up late is kept whatever the policy; only the rest was called off."""
    hotel = PaidHotel.opens(engine)
    stay = hotel.book()
    engine.clock.set(CHECK_IN - timedelta(hours=12))
    hotel.move(stay, 15, 17)
    hotel.cancel(stay, actor=DESK)
    unpriced = hotel.desk.business.offering("attic", "deluxe-king", trade=Trade.STAY)
    hotel.desk.becomes(unpriced.revised())
    hotel.desk.cancel(hotel.desk.book("attic", "2024-03-20/2024-03-21"))
    replay_policy = ReplayPolicy(begin=engine.store)
    mild = CancellationPolicy.flexible("mild", hours=6)
    replays = replay_policy(ReplayQuery(tenant=hotel.tenant, policy=mild, window=MARCH))
    assert replays.keys() == {"USD"}
    assert (replays["USD"].penalties_then, replays["USD"].penalties_now) == (usd("446.16"), usd("0"))
    strict = CancellationPolicy.non_refundable("strict")
    same = replay_policy(ReplayQuery(tenant=hotel.tenant, policy=strict, window=MARCH))["USD"]
    assert not same.difference


def test_a_replay_reads_page_by_page(engine: TheEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    hotel = PaidHotel.opens(engine)
    for _ in range(3):
        hotel.cancel(hotel.book())
    monkeypatch.setattr("booking_core.usecases.what_would.MOST_OF_A_PAGE", 2)
    never = CancellationPolicy.non_refundable("never")
    query = ReplayQuery(tenant=hotel.tenant, policy=never, window=MARCH)
    assert len(ReplayPolicy(begin=engine.store)(query)["USD"].assessments) == 3
    monkeypatch.setattr("booking_core.usecases.what_would.MOST_PAGES", 1)
    assert len(ReplayPolicy(begin=engine.store)(query)["USD"].assessments) == 2
