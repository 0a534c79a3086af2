"""Importing again changes what has changed, and nothing else. On every storage."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from booking_app.importing import CalendarTarget, import_business, import_calendar
from booking_core.domain.kernel.errors import InvalidInput, NotFound
from booking_core.domain.kernel.period import LATEST, Period
from booking_core.domain.kernel.problems import BadFile
from booking_core.domain.reservations.closure import Closure
from booking_core.domain.reservations.party import Customer
from booking_core.usecases.book import BookCommand
from booking_core.usecases.close_resource import CloseCommand
from booking_core.usecases.list_closures import ClosureQuery
from booking_core.usecases.save_business import ResourceInUse
from booking_core.usecases.search_slots import SlotQuery
from booking_core.usecases.wanted import Wanted
from tests.integration.app.conftest import MONDAY, Office
from tests.integration.app.whole import whole

EXAMPLES = Path(__file__).parents[3] / "examples"
ADLER = CalendarTarget(tenant="clinic", resource="dr-adler")
DAY = timedelta(days=1)


def event(uid: str, start: str, end: str, *more: str) -> str:
    lines = ("BEGIN:VEVENT", f"UID:{uid}", f"DTSTART:{start}", f"DTEND:{end}", *more, "END:VEVENT")
    return "".join(f"{line}\r\n" for line in lines)


def calendar(path: Path, *events: str) -> Path:
    path.write_text(f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:t\r\n{''.join(events)}END:VCALENDAR\r\n")
    return path


def clinic(office: Office, tmp_path: Path, old: str = "", new: str = "") -> Path:
    """The example clinic, with one change."""
    text = (EXAMPLES / "clinic.toml").read_text()
    assert not old or text.count(old) == 1
    path = tmp_path / "clinic.toml"
    path.write_text(text.replace(old, new) if old else text)
    return path


def closures(office: Office, resource: str = "dr-adler") -> list[Closure]:
    query = ClosureQuery(
        tenant=office.deployment.engine.tenants.by_key("clinic"),
        resource=resource,
        window=Period.between(MONDAY - 30 * DAY, MONDAY + 300 * DAY),
    )
    return list(office.deployment.engine.list_closures(query))


def starts(found: list[Closure]) -> list[str]:
    return [f"{closure.period.start:%m-%d %H:%M}" for closure in found]


def book(office: Office, start: datetime, resource: str = "dr-adler") -> None:
    office.deployment.engine.book(
        BookCommand(
            tenant=office.deployment.engine.tenants.by_key("clinic"),
            wanted=Wanted(service="consultation", start=start, resources=(resource,)),
            customer=Customer(name="Ada"),
        )
    )


def test_the_examples_change_nothing_the_second_time(office: Office) -> None:
    for file in sorted(EXAMPLES.glob("*.toml")):
        first = import_business(office.deployment, file)
        assert (first["version"], bool(first["added"])) == (1, True)
        before = whole(office.store)
        second = import_business(office.deployment, file)
        assert (second["version"], second["added"], second["changed"], second["removed"]) == (1, [], [], [])
        assert whole(office.store) == before


def test_what_has_a_key_keeps_its_id_and_newcomers_are_new(office: Office, tmp_path: Path) -> None:
    import_business(office.deployment, clinic(office, tmp_path))
    engine = office.deployment.engine
    tenant = engine.tenants.by_key("clinic")
    before = engine.show_catalog(tenant)
    office.clock.advance(DAY)
    changed = clinic(office, tmp_path, 'key = "leo"\nname = "Leo"', 'key = "kim"\nname = "Kim"')
    changed.write_text(changed.read_text().replace('["mia", "leo"]', '["mia", "kim"]'))
    done = import_business(office.deployment, changed)
    after = engine.show_catalog(tenant)
    assert (done["added"], done["removed"], after.version) == (["resources.kim"], ["resources.leo"], 2)
    assert "services.haircut" in done["changed"]
    assert [after.resource(key).id for key in ("mia", "dr-adler")] == [
        before.resource(key).id for key in ("mia", "dr-adler")
    ]
    assert after.service("haircut").id == before.service("haircut").id
    assert after.service("haircut").needs[0].any_of == (before.resource("mia").id, after.resource("kim").id)
    assert (after.resource("mia").since, after.resource("kim").since) == (None, MONDAY + DAY)


def test_units_keep_their_ids(office: Office, tmp_path: Path) -> None:
    text = (EXAMPLES / "grand-hotel.toml").read_text()
    path = tmp_path / "hotel.toml"
    path.write_text(text)
    import_business(office.deployment, path)
    engine = office.deployment.engine
    tenant = engine.tenants.by_key("grand-hotel")
    before = {unit.key: unit.id for unit in engine.show_catalog(tenant).resource("deluxe-king").units}
    path.write_text(text.replace('"304", "305"]', '"304", "306", "307"]'))
    import_business(office.deployment, path)
    kings = engine.show_catalog(tenant).resource("deluxe-king")
    after = {unit.key: unit.id for unit in kings.units}
    assert (sorted(after), kings.capacity) == (["301", "302", "303", "304", "306", "307"], 6)
    assert {key: after[key] for key in before if key != "305"} == {
        key: before[key] for key in before if key != "305"
    }


def test_a_resource_with_bookings_cannot_go(office: Office, tmp_path: Path) -> None:
    import_business(office.deployment, clinic(office, tmp_path))
    book(office, datetime(2026, 3, 3, 9, tzinfo=UTC))
    before = whole(office.store)
    text = (EXAMPLES / "clinic.toml").read_text().replace('"dr-adler"', '"dr-albers"')
    gone = tmp_path / "gone.toml"
    gone.write_text(text)
    with pytest.raises(ResourceInUse) as refused:
        import_business(office.deployment, gone)
    assert refused.value.details["resource"] == "dr-adler"
    assert whole(office.store) == before


def test_a_bad_description_changes_nothing(office: Office, tmp_path: Path) -> None:
    import_business(office.deployment, clinic(office, tmp_path))
    before = whole(office.store)
    with pytest.raises(BadFile, match="line 10: venues"):
        import_business(
            office.deployment,
            clinic(office, tmp_path, 'key = "practice"\ncode = "LH"', 'key = "practice"\ncode = "l h"'),
        )
    assert whole(office.store) == before


def test_the_example_calendar_changes_nothing_the_second_time(office: Office, tmp_path: Path) -> None:
    import_business(office.deployment, clinic(office, tmp_path))
    first = import_calendar(office.deployment, EXAMPLES / "dr-adler.ics", ADLER)
    assert (first["closed"], first["reopened"], first["kept"]) == (58, 0, 0)
    before = whole(office.store)
    second = import_calendar(office.deployment, EXAMPLES / "dr-adler.ics", ADLER)
    assert (second["closed"], second["reopened"], second["kept"]) == (0, 0, 58)
    assert whole(office.store) == before


def test_busy_times_are_not_offered_and_bookings_inside_are_named(office: Office, tmp_path: Path) -> None:
    import_business(office.deployment, clinic(office, tmp_path))
    book(office, datetime(2026, 3, 3, 9, tzinfo=UTC))
    file = calendar(tmp_path / "a.ics", event("a", "20260303T080000Z", "20260303T110000Z"))
    done = import_calendar(office.deployment, file, ADLER)
    assert [code.startswith("LH-") for code in done["affected"]] == [True]
    engine = office.deployment.engine
    query = SlotQuery(
        tenant=engine.tenants.by_key("clinic"),
        service="consultation",
        window=Period.between(datetime(2026, 3, 3, tzinfo=UTC), datetime(2026, 3, 4, tzinfo=UTC)),
        resources=("dr-adler",),
    )
    offered = [f"{slot.start:%H:%M}" for slot in engine.search_slots(query).in_order()]
    assert offered[0] == "07:00"
    assert not [time for time in offered if "07:30" <= time < "11:00"]


def test_moved_and_vanished_events_move_and_vanish_and_others_stay(office: Office, tmp_path: Path) -> None:
    import_business(office.deployment, clinic(office, tmp_path))
    stays = event("stays", "20260303T090000Z", "20260303T100000Z")
    file = tmp_path / "a.ics"
    calendar(
        file,
        stays,
        event("moves", "20260304T090000Z", "20260304T100000Z"),
        event("goes", "20260305T090000Z", "20260305T100000Z"),
    )
    import_calendar(office.deployment, file, ADLER)
    kept = closures(office)[0]
    calendar(file, stays, event("moves", "20260304T120000Z", "20260304T130000Z"))
    done = import_calendar(office.deployment, file, ADLER)
    assert (done["closed"], done["reopened"], done["kept"]) == (1, 2, 1)
    assert starts(closures(office)) == ["03-03 09:00", "03-04 12:00"]
    assert closures(office)[0] == kept


def test_events_that_overlap_are_closed_once_and_stay_closed_when_one_goes(
    office: Office, tmp_path: Path
) -> None:
    import_business(office.deployment, clinic(office, tmp_path))
    short, long = (
        event("s", "20260303T090000Z", "20260303T100000Z"),
        event("l", "20260303T083000Z", "20260303T113000Z"),
    )
    file = calendar(tmp_path / "a.ics", short, long)
    assert import_calendar(office.deployment, file, ADLER)["closed"] == 2
    calendar(file, short)
    import_calendar(office.deployment, file, ADLER)
    with pytest.raises(Exception, match="closed"):
        book(office, datetime(2026, 3, 3, 9, tzinfo=UTC))
    book(office, datetime(2026, 3, 3, 10, 30, tzinfo=UTC))


def test_what_is_over_stays_as_a_record(office: Office, tmp_path: Path) -> None:
    import_business(office.deployment, clinic(office, tmp_path))
    file = calendar(tmp_path / "a.ics", event("a", "20260303T090000Z", "20260303T100000Z"))
    import_calendar(office.deployment, file, ADLER)
    office.clock.advance(7 * DAY)
    calendar(file)
    done = import_calendar(office.deployment, file, ADLER)
    assert (done["closed"], done["reopened"]) == (0, 0)
    assert starts(closures(office)) == ["03-03 09:00"]


def test_closures_of_staff_other_calendars_and_other_resources_are_left_alone(
    office: Office, tmp_path: Path
) -> None:
    import_business(office.deployment, clinic(office, tmp_path))
    engine = office.deployment.engine
    start = datetime(2026, 3, 6, 8, tzinfo=UTC)
    period = Period.between(start, start + timedelta(hours=1))
    engine.close_resource(
        CloseCommand(
            tenant=engine.tenants.by_key("clinic"), resource="dr-adler", period=period, reason="dentist"
        )
    )
    file = calendar(tmp_path / "a.ics", event("a", "20260303T090000Z", "20260303T100000Z"))
    other = calendar(tmp_path / "b.ics", event("a", "20260304T090000Z", "20260304T100000Z"))
    import_calendar(office.deployment, file, ADLER)
    import_calendar(office.deployment, other, ADLER)
    import_calendar(office.deployment, file, CalendarTarget(tenant="clinic", resource="dr-brandt"))
    calendar(file)
    import_calendar(office.deployment, file, ADLER)
    assert starts(closures(office)) == ["03-04 09:00", "03-06 08:00"]
    assert starts(closures(office, "dr-brandt")) == ["03-03 09:00"]


def test_a_calendar_keeps_its_name_when_its_file_does_not(office: Office, tmp_path: Path) -> None:
    import_business(office.deployment, clinic(office, tmp_path))
    named = CalendarTarget(tenant="clinic", resource="dr-adler", source="ical:adler")
    monday = calendar(tmp_path / "monday.ics", event("a", "20260303T090000Z", "20260303T100000Z"))
    import_calendar(office.deployment, monday, named)
    before = whole(office.store)
    import_calendar(office.deployment, monday.rename(tmp_path / "tuesday.ics"), named)
    assert whole(office.store) == before


def test_a_bad_calendar_changes_nothing(office: Office, tmp_path: Path) -> None:
    import_business(office.deployment, clinic(office, tmp_path))
    file = calendar(tmp_path / "a.ics", event("a", "20260303T090000Z", "20260303T100000Z"))
    import_calendar(office.deployment, file, ADLER)
    before = whole(office.store)
    calendar(
        file,
        event("b", "20260304T090000Z", "20260304T100000Z"),
        event("c", "20260305T090000Z", "20260304T100000Z"),
    )
    with pytest.raises(BadFile, match="line 12: DTEND: lies before DTSTART"):
        import_calendar(office.deployment, file, ADLER)
    assert whole(office.store) == before


def test_a_calendar_of_nobody_is_refused(office: Office, tmp_path: Path) -> None:
    import_business(office.deployment, clinic(office, tmp_path))
    file = calendar(tmp_path / "a.ics")
    with pytest.raises(NotFound):
        import_calendar(office.deployment, file, CalendarTarget(tenant="clinic", resource="nobody"))
    with pytest.raises(NotFound):
        import_calendar(office.deployment, file, CalendarTarget(tenant="nobody", resource="dr-adler"))
    with pytest.raises(InvalidInput, match="horizon_days"):
        import_calendar(
            office.deployment, file, CalendarTarget(tenant="clinic", resource="dr-adler", horizon_days=10**9)
        )
    office.clock.set(LATEST - DAY)
    with pytest.raises(InvalidInput, match="2200"):
        import_calendar(office.deployment, file, ADLER)
