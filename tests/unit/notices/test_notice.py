"""A notice by itself: what may become of it, and what it refuses."""

from datetime import datetime, timedelta
from uuid import UUID

import attrs
import pytest

from booking_adapters.testing.contracts.notices import owed
from booking_adapters.testing.contracts.scene import NOW
from booking_core.domain.catalog.notice_rules import (
    MOST_CONTACTS,
    Contact,
    NoticeSettings,
    NoticeTemplate,
)
from booking_core.domain.kernel.errors import InvalidInput, InvalidTransition
from booking_core.domain.kernel.ids import BrowserId, ClaimId, NoticeId
from booking_core.domain.notices.notice import LONGEST_LEASE, Notice, NoticeState
from booking_core.domain.notices.subscription import PushSubscription

MINUTE = timedelta(minutes=1)


def planned(at: datetime = NOW) -> Notice:
    """Ann's SMS, due now and of use for an hour."""
    return Notice.plan(owed(ClaimId(UUID(int=1)), due=timedelta(0)), id=NoticeId(UUID(int=2)), at=at)


@pytest.mark.parametrize("length", [timedelta(0), -MINUTE, LONGEST_LEASE + MINUTE])
def test_a_lease_has_a_bounded_length(length: timedelta) -> None:
    with pytest.raises(InvalidInput):
        planned().lease(NOW, length)


def test_what_somebody_sends_is_nobody_elses() -> None:
    taken = planned().lease(NOW, MINUTE).state
    with pytest.raises(InvalidTransition, match="being sent"):
        taken.lease(NOW + MINUTE / 2, MINUTE)
    assert taken.lease(NOW + MINUTE, MINUTE).state.may_be_repeat


def test_a_copy_is_a_notice_of_its_own_about_the_same() -> None:
    sent = planned().lease(NOW, MINUTE).state.sent("SM1", NOW).state
    copy = sent.again(id=NoticeId(UUID(int=3)), copy=1, at=NOW + MINUTE)
    assert (copy.identity, copy.key == sent.key) == (sent.identity, False)
    assert (copy.state, copy.reference, copy.owed.due_at) == (NoticeState.DUE, "", NOW + MINUTE)


def test_it_is_over_since_its_last_change_and_not_before() -> None:
    taken = planned().lease(NOW, MINUTE).state
    assert taken.over_at is None
    assert taken.sent("SM1", NOW + MINUTE).state.over_at == NOW + MINUTE
    assert planned(NOW + 60 * MINUTE).over_at == NOW + 60 * MINUTE, "too late from the beginning"


@pytest.mark.parametrize(
    "endpoint", ["https://push.example/\u00e4", "https://push.example/a b", "push.example", "ftp://x"]
)
def test_a_browser_has_an_address_on_the_web(endpoint: str) -> None:
    browser = PushSubscription(
        id=BrowserId(UUID(int=4)),
        endpoint="https://push.example/1",
        p256dh="B" * 87,
        auth="a" * 22,
        added_at=NOW,
    )
    with pytest.raises(InvalidInput):
        attrs.evolve(browser, endpoint=endpoint)


def test_what_says_nothing_forges_headers_or_has_no_end_is_refused() -> None:
    with pytest.raises(InvalidInput, match="control characters"):
        Contact(email="desk@salon.example\r\nBcc: eve@example.org")
    with pytest.raises(InvalidInput, match="missing"):
        NoticeTemplate(name="placed", language="en", subject="x", text=" \n")
    with pytest.raises(InvalidInput, match="at most"):
        NoticeSettings(contacts=(Contact(email="desk@salon.example"),) * (MOST_CONTACTS + 1))
