from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from booking_adapters.testing.builders import named_id
from booking_core.domain.kernel.ids import ClaimId, ResourceId, ServiceId
from booking_core.domain.kernel.period import Period
from booking_core.domain.reservations.calendar import Allocation
from booking_core.domain.reservations.hold import Hold, HoldExpired, HoldOfAnotherSession

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TTL = timedelta(minutes=10)
PERIOD = Period(NOW + timedelta(days=1), NOW + timedelta(days=1, hours=1))
ANNA = ResourceId(named_id("resource", "anna"))
BERT = ResourceId(named_id("resource", "bert"))


def placed(**facts: Any) -> Hold:
    usual: dict[str, Any] = {
        "id": ClaimId(named_id("claim", "1")),
        "session": "mine",
        "service": ServiceId(named_id("service", "visit")),
        "period": PERIOD,
        "stay": None,
        "quantity": 1,
        "assigned": (("staff", ANNA),),
        "allocations": (Allocation(ANNA, 1, PERIOD),),
        "at": NOW,
        "ttl": TTL,
    }
    change = Hold.place(**{**usual, **facts})
    assert change.before is None
    assert [each.name for each in change.events] == ["HoldPlaced"]
    return change.state


def test_a_hold_is_over_at_its_very_expiry() -> None:
    hold = placed()
    assert hold.expires_at == NOW + TTL
    assert not hold.has_lapsed(NOW + TTL - timedelta(microseconds=1))
    assert hold.has_lapsed(NOW + TTL)
    with pytest.raises(HoldExpired) as refused:
        hold.check("mine", NOW + TTL)
    assert refused.value.details == {"expired_at": NOW + TTL}


def test_only_its_own_session_may_use_it() -> None:
    hold = placed()
    hold.check("mine", NOW)
    for use in (hold.check, lambda session, at: hold.renew(session, at, TTL)):
        with pytest.raises(HoldOfAnotherSession):
            use("theirs", NOW)


def test_a_renewal_counts_from_now_and_leaves_its_lanes() -> None:
    hold = placed()
    change = hold.renew("mine", NOW + timedelta(minutes=5), TTL)
    assert change.before == hold
    assert change.state == attrs.evolve(hold, expires_at=NOW + timedelta(minutes=15), version=2)
    assert [(each.name, each.version) for each in change.events] == [("HoldRenewed", 2)]


def test_letting_go_says_whether_it_was_meant() -> None:
    hold = placed()
    assert [each.name for each in hold.release(NOW).events] == ["HoldReleased"]
    assert [each.name for each in hold.release(NOW + TTL, has_lapsed=True).events] == ["HoldExpired"]
    assert hold.release(NOW).state is None


def test_asking_for_the_same_again_is_a_renewal_whoever_was_left_open() -> None:
    hold = placed()
    assert hold.is_for(hold.service, PERIOD, 1, {})
    assert hold.is_for(hold.service, PERIOD, 1, {"staff": ANNA})
    assert not hold.is_for(hold.service, PERIOD, 1, {"staff": BERT})
    assert not hold.is_for(hold.service, PERIOD, 2, {})
    assert not hold.is_for(ServiceId(named_id("service", "cut")), PERIOD, 1, {})
    assert not hold.is_for(hold.service, PERIOD.widened(TTL, TTL), 1, {})
