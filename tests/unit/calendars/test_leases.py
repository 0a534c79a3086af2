"""Who has taken a calendar or an entry of it has it alone, and what a server says of them is checked."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from booking_core.domain.calendars.push import Push
from booking_core.domain.calendars.subscription import Seen, Subscription
from booking_core.domain.kernel.errors import Conflict, InvalidInput
from booking_core.domain.kernel.ids import ClaimId, PushId, ResourceId, SubscriptionId, TargetId

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
A_MINUTE = timedelta(minutes=1)


def a_subscription() -> Subscription:
    return Subscription.subscribe(
        id=SubscriptionId(UUID(int=1)),
        resource=ResourceId(UUID(int=2)),
        name="Elsewhere",
        url="https://calendar.example/a.ics",
        interval=timedelta(hours=1),
        at=NOW,
    ).state


def a_push() -> Push:
    return Push.owe(
        id=PushId(UUID(int=1)),
        target=TargetId(UUID(int=2)),
        reservation=ClaimId(UUID(int=3)),
        wanted=1,
        at=NOW,
    ).state


@pytest.mark.parametrize("make", [a_subscription, a_push])
def test_what_somebody_has_taken_is_nobody_else_s_until_the_lease_ends(
    make: Callable[[], Subscription | Push],
) -> None:
    taken = make().lease(NOW, A_MINUTE).state
    with pytest.raises(Conflict):
        taken.lease(NOW + A_MINUTE - timedelta(seconds=1), A_MINUTE)
    assert taken.lease(NOW + A_MINUTE, A_MINUTE).state.due_at == NOW + 2 * A_MINUTE


@pytest.mark.parametrize("value", ["w/ünter", "two\nlines", "x" * 1_001])
@pytest.mark.parametrize("field", ["etag", "last_modified"])
def test_what_is_no_header_is_no_validator(field: str, value: str) -> None:
    with pytest.raises(InvalidInput):
        Seen(**{"etag": "", "last_modified": "", "digest": "", field: value})
