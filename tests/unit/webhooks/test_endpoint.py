"""An address that is told, and messages to it: what they refuse, and when nobody is taken to be there."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from booking_core.domain.kernel.errors import Conflict, InvalidInput
from booking_core.domain.kernel.ids import DeliveryId, EndpointId
from booking_core.domain.webhooks.delivery import Delivery
from booking_core.domain.webhooks.endpoint import DISABLED_AFTER, WebhookEndpoint

NOW = datetime(2030, 1, 7, 10, tzinfo=UTC)
A_DAY = timedelta(days=1)
ONE = EndpointId(UUID(int=1))


def endpoint(events: Sequence[str] = ("*",)) -> WebhookEndpoint:
    return WebhookEndpoint.open(id=ONE, url="https://hooks.example/", events=events, at=NOW).state


def gave_up(one: WebhookEndpoint, made_at: datetime, at: datetime) -> WebhookEndpoint:
    change = one.gave_up(made_at, at)
    return one if change is None else change.state


@pytest.mark.parametrize("events", [[], ["x"] * 101, [" "], [""], ["x" * 65]])
def test_an_endpoint_is_told_of_events_that_have_names(events: list[str]) -> None:
    with pytest.raises(InvalidInput):
        endpoint(events)


def test_a_message_that_arrives_says_something_only_where_others_did_not() -> None:
    assert endpoint().arrived(NOW) is None
    failing = gave_up(endpoint(), NOW, NOW + A_DAY)
    assert failing.failing_since == NOW
    works = failing.arrived(NOW + A_DAY)
    assert works is not None
    assert works.state.failing_since is None


def test_it_has_been_failing_since_its_oldest_message_that_was_given_up() -> None:
    failing = gave_up(endpoint(), NOW + A_DAY, NOW + 2 * A_DAY)
    assert failing.gave_up(NOW + A_DAY, NOW + 2 * A_DAY) is None
    assert gave_up(failing, NOW, NOW + 2 * A_DAY).failing_since == NOW


@pytest.mark.parametrize(("early", "is_disabled"), [(timedelta(seconds=1), False), (timedelta(0), True)])
def test_three_days_without_one_that_arrives_are_the_end(early: timedelta, is_disabled: bool) -> None:
    failing = gave_up(endpoint(), NOW, NOW + A_DAY)
    later = gave_up(failing, NOW + 2 * A_DAY, NOW + DISABLED_AFTER - early)
    assert (later.disabled_at is not None) is is_disabled
    assert later.wants("ReservationPlaced") is not is_disabled


def test_what_was_disabled_stays_so_since_then_until_it_is_enabled() -> None:
    disabled = endpoint().disable(NOW).state
    assert disabled.disable(NOW + A_DAY).state.disabled_at == NOW
    assert disabled.gave_up(NOW, NOW + A_DAY, is_gone=True) is None
    assert disabled.enable(NOW + A_DAY).state.wants("ReservationPlaced")


def test_a_message_that_is_being_sent_is_nobody_elses() -> None:
    owed = Delivery.owe(id=DeliveryId(UUID(int=2)), endpoint=ONE, event="x", body="{}", at=NOW).state
    taken = owed.lease(NOW, A_DAY).state
    for busy in (taken, taken.arrived(200, NOW).state):
        with pytest.raises(Conflict):
            busy.lease(NOW, A_DAY)
