"""Texts and pages that no storage would keep are refused before anything is asked of one."""

from datetime import UTC, datetime, timedelta

import pytest

from booking_adapters.testing.builders import named_id
from booking_core.domain.calendars.busy import BusyTime
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import ClaimId, ClosureId, ResourceId, TenantId
from booking_core.domain.kernel.period import Period
from booking_core.domain.reservations.closure import Closure
from booking_core.ports.storage import Page
from booking_core.usecases.confirm import Decision
from booking_core.usecases.import_busy_times import ImportBusyTimes

TENANT = TenantId(named_id("tenant", "somebody"))
START = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = Period.between(START, START + timedelta(hours=1))


def an_import(source: str, reference: str) -> ImportBusyTimes:
    busy = (BusyTime(HOUR, reference),)
    return ImportBusyTimes(tenant=TENANT, resource="anna", source=source, window=HOUR, busy=busy)


@pytest.mark.parametrize("bad", ["a\0b", "\ud800"])
def test_texts_that_cannot_be_stored_name_their_field(bad: str) -> None:
    with pytest.raises(InvalidInput, match=r"^reason: "):
        Decision(tenant=TENANT, reservation=ClaimId(named_id("claim", "one")), reason=bad)
    with pytest.raises(InvalidInput, match=r"^reason: "):
        Closure.close(
            id=ClosureId(named_id("closure", "one")),
            resource=ResourceId(named_id("resource", "anna")),
            period=HOUR,
            reason=bad,
            allocations=(),
            at=START,
        )
    with pytest.raises(InvalidInput, match=r"^source: "):
        an_import(bad, "uid")
    with pytest.raises(InvalidInput, match=r"^reference: "):
        an_import("ical:a", bad)


@pytest.mark.parametrize("limit", [0, -1, 501])
def test_a_page_has_one_to_five_hundred_entries(limit: int) -> None:
    with pytest.raises(InvalidInput, match=r"^limit: "):
        Page(limit=limit)
