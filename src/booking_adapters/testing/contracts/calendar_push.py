"""What every adapter that writes into people's own calendars does."""

from datetime import timedelta

import attrs
import pytest

from booking_adapters.testing.contracts.scene import NOW, hours
from booking_core.domain.calendars.entry import CalendarEntry, EntryState
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.ports.calendar_push import CalendarPlace, CalendarPush, EntryChanged

AN_ENTRY = CalendarEntry(
    uid="01890000-0000-7000-8000-000000000001",
    sequence=1,
    period=hours(10, 11),
    stay=None,
    summary="Visit; with commas, and Umläute",
    state=EntryState.CONFIRMED,
    created_at=NOW,
    changed_at=NOW,
)
MOVED = attrs.evolve(AN_ENTRY, sequence=2, period=hours(14, 15), changed_at=NOW + timedelta(minutes=1))


class CalendarPushContract:
    """Needs `push`, and the `place` of an empty calendar to which it can write."""

    def test_an_entry_is_written_and_replaced_under_its_etag(
        self, push: CalendarPush, place: CalendarPlace
    ) -> None:
        first = push.put(place, AN_ENTRY, "")
        second = push.put(place, MOVED, first)
        assert first
        assert second not in ("", first)

    def test_what_is_there_is_not_overwritten_unless_its_etag_is_known(
        self, push: CalendarPush, place: CalendarPlace
    ) -> None:
        etag = push.put(place, AN_ENTRY, "")
        with pytest.raises(EntryChanged) as unknown:
            push.put(place, MOVED, "")
        newer = push.put(place, MOVED, etag)
        with pytest.raises(EntryChanged) as stale:
            push.put(place, AN_ENTRY, etag)
        assert (unknown.value.etag, stale.value.etag) == (etag, newer)

    def test_an_entry_that_somebody_took_away_is_met_with_an_empty_etag(
        self, push: CalendarPush, place: CalendarPlace
    ) -> None:
        etag = push.put(place, AN_ENTRY, "")
        push.delete(place, AN_ENTRY.uid, etag)
        with pytest.raises(EntryChanged) as gone:
            push.put(place, MOVED, etag)
        assert gone.value.etag == ""
        assert push.put(place, MOVED, "")

    def test_an_entry_is_taken_away_once_and_it_is_fine_that_it_is_gone(
        self, push: CalendarPush, place: CalendarPlace
    ) -> None:
        etag = push.put(place, AN_ENTRY, "")
        push.delete(place, AN_ENTRY.uid, etag)
        push.delete(place, AN_ENTRY.uid, etag)
        push.delete(place, AN_ENTRY.uid, "")
        assert push.put(place, AN_ENTRY, "")

    @pytest.mark.parametrize("known", ["", "an older one"])
    def test_an_entry_is_not_taken_away_unless_its_etag_is_known(
        self, push: CalendarPush, place: CalendarPlace, known: str
    ) -> None:
        first = push.put(place, AN_ENTRY, "")
        etag = push.put(place, MOVED, first)
        with pytest.raises(EntryChanged) as changed:
            push.delete(place, AN_ENTRY.uid, known and first)
        assert changed.value.etag == etag
        push.delete(place, AN_ENTRY.uid, etag)

    @pytest.mark.parametrize(("resource", "account"), [("nobody", ""), ("", "another")])
    def test_a_calendar_that_nobody_set_up_is_refused(
        self, push: CalendarPush, place: CalendarPlace, resource: str, account: str
    ) -> None:
        elsewhere = attrs.evolve(place, resource=resource or place.resource, account=account or place.account)
        with pytest.raises(InvalidInput):
            push.accept(elsewhere)
        with pytest.raises(InvalidInput):
            push.put(elsewhere, AN_ENTRY, "")
        push.accept(place)
