"""Bad input through the command line and through the library: each is a typed error that names its field."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from booking_adapters.memory import MemoryStore
from booking_adapters.testing.builders import a_clinic
from booking_adapters.testing.engine import TheEngine
from booking_app.cli import main
from booking_core.domain.catalog.policy import Policy, Trade
from booking_core.domain.catalog.resource import Resource
from booking_core.domain.catalog.schedule import Schedule, Window
from booking_core.domain.catalog.service import Need, Service
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import ResourceId, ServiceId, VenueId, parse_uuid
from booking_core.domain.kernel.period import Period, Stay
from booking_core.domain.kernel.zone import zone
from booking_core.domain.reservations.party import Customer, Party
from booking_core.usecases.search_slots import SlotQuery

EXAMPLES = Path(__file__).parents[3] / "examples"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NOBODY = parse_uuid("01a1fbe3-7858-7000-99e1-b2fe98c5c4c3")
BOOK = ("book", "clinic", "consultation", "--name", "Ada")
SEARCH = ("search", "clinic", "consultation")
STAYS = ("search", "clinic")

COMMANDS = {
    "a naive start": (
        (*BOOK, "--start", "2026-03-02T10:00:00"),
        "INVALID_DATES: start: must carry a UTC offset",
    ),
    "no date at all": ((*BOOK, "--start", "tomorrow"), "INVALID_DATES: start: must be an instant"),
    "a moment outside time": (
        (*BOOK, "--start", "9999-12-31T23:59:59-12:00"),
        "INVALID_DATES: start: lies outside 1970…2200",
    ),
    "a reversed period": (
        (*BOOK, "--start", "2026-03-02T10:00:00Z", "--end", "2026-03-02T09:00:00Z"),
        "INVALID_DATES: end: must lie after the start",
    ),
    "a huge period": (
        (*BOOK, "--start", "2026-03-02T10:00:00Z", "--end", "2126-03-02T09:00:00Z"),
        "INVALID_DATES: end: lies more than 1100 days after the start",
    ),
    "a fraction of a second": (
        (*BOOK, "--start", "2026-03-02T10:00:00.5Z"),
        "INVALID_DATES: start: must be in whole seconds",
    ),
    "no start": (BOOK, "INVALID_INPUT: start: is required"),
    "a stay of an appointment": (
        (*BOOK, "--check-in", "2026-03-02", "--nights", "1"),
        "INVALID_INPUT: stay: ",
    ),
    "a huge search": ((*SEARCH, "--days", "93"), "INVALID_DATES: window: is longer than 92 days"),
    "a search of no days": ((*SEARCH, "--days", "0"), "INVALID_INPUT: days: must be 1…3650"),
    "a search of ages": ((*SEARCH, "--days", "1000000000000"), "INVALID_INPUT: days: must be 1…3650"),
    "a search from nowhere": (
        (*SEARCH, "--from", "2026-02-30"),
        "INVALID_DATES: from: must be a date as YYYY-MM-DD",
    ),
    "a list of nothing": ((*SEARCH, "--limit", "0"), "INVALID_INPUT: limit: must be 1…10000"),
    "no places": ((*SEARCH, "--quantity", "0"), "INVALID_INPUT: quantity: must be 1…1000"),
    "nobody": ((*SEARCH, "--adults", "0"), "INVALID_INPUT: party: has nobody in it"),
    "a child of age": (
        (*SEARCH, "--child-age", "18"),
        "INVALID_INPUT: party.child_ages: are ages from 0 to 17",
    ),
    "a stranger": ((*SEARCH, "--with", "mia"), "INVALID_INPUT: resources: does not perform this service"),
    "an unknown option": ((*SEARCH, "--colour", "red"), "INVALID_INPUT: usage: Unknown option: --colour"),
    "a text for a number": ((*SEARCH, "--days", "two"), "INVALID_INPUT: usage: Invalid value for --days"),
    "an unknown command": (("frobnicate",), "INVALID_INPUT: usage: Unknown command"),
    "a missing name": (("book", "clinic", "consultation"), "INVALID_INPUT: usage: "),
    "a blank name": (
        ("book", "clinic", "consultation", "--name", " ", "--start", "2026-03-02T10:00:00Z"),
        "INVALID_INPUT: customer.name",
    ),
    "a forged header": (
        (*BOOK, "--start", "2026-03-02T10:00:00Z", "--email", "a@b\r\nBcc: c"),
        "INVALID_INPUT: customer.email",
    ),
    "a reversed stay": (
        (*STAYS, "--check-in", "2026-03-02", "--check-out", "2026-03-01"),
        "INVALID_DATES: check_out: must lie after check_in",
    ),
    "a stay without end": ((*STAYS, "--check-in", "2026-03-02"), "INVALID_INPUT: check_out: is required"),
    "an endless stay": (
        (*STAYS, "--check-in", "2026-03-02", "--nights", "2000"),
        "INVALID_DATES: nights: must be 1…1098",
    ),
    "a storage of no kind": (
        ("doctor", "--storage", "gopher://x"),
        "INVALID_INPUT: storage: must begin with",
    ),
    "a file of no kind": (("import", "notes.txt"), "INVALID_INPUT: file: must end in .toml or .ics"),
    "a missing file": (("import", "missing.toml"), "BAD_FILE: missing.toml: line 1: file: No such file"),
    "missing settings": (
        ("doctor", "--settings", "missing.toml"),
        "INVALID_INPUT: settings: there is no such file",
    ),
    "a password for all to see": (
        ("doctor", "--storage", "postgresql://me:secret@host/db"),
        "INVALID_INPUT: storage: a password may not stand on the command line",
    ),
    "a far port": (("serve", "--port", "70000"), "INVALID_INPUT: port: must be 0…65535"),
}


@pytest.fixture
def storage(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    path = tmp_path / "cli.db"
    path.write_bytes(sqlite_template.read_bytes())
    monkeypatch.setenv("BOOKING_STORAGE", f"sqlite:///{path}")
    monkeypatch.chdir(tmp_path)
    assert main(["import", str(EXAMPLES / "clinic.toml")]) == 0
    return str(path)


@pytest.mark.parametrize("case", COMMANDS.values(), ids=COMMANDS.keys())
def test_the_command_line_refuses_it(
    case: tuple[tuple[str, ...], str], storage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words, expected = case
    capsys.readouterr()
    assert main(words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(expected), said.err


@pytest.mark.parametrize(
    "malformed", ["01a1fbe3-7858-7000-99e1-zzzzzzzzzzzz", "42", "LH-\x00", "'; --", "x" * 10_000]
)
def test_what_is_no_reservation_is_not_found(
    malformed: str, storage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["show", "clinic", malformed]) == 1
    assert capsys.readouterr() == ("", "NOT_FOUND: no such reservation\n")


def a_service(*providers: ResourceId) -> Service:
    return Service(
        id=ServiceId(NOBODY),
        venue=VenueId(NOBODY),
        key="cut",
        name="Cut",
        policy=Policy(key="p", trade=Trade.APPOINTMENT),
        needs=(Need("stylist", providers),),
        duration=timedelta(minutes=30),
    )


def a_resource(capacity: int) -> Resource:
    return Resource(
        id=ResourceId(NOBODY),
        venue=VenueId(NOBODY),
        key="a",
        name="A",
        schedule=Schedule.always(),
        capacity=capacity,
    )


def a_search(days: int) -> object:
    clinic = TheEngine(MemoryStore()).opens(a_clinic().with_staff("anna"))
    return clinic.engine.search_slots(
        SlotQuery(
            tenant=clinic.tenant, service="visit", window=Period.between(NOON, NOON + timedelta(days=days))
        )
    )


CALLS: dict[str, tuple[Callable[[], object], str]] = {
    "a naive start": (lambda: Period.between(datetime(2026, 3, 2), NOON), "start"),  # noqa: DTZ001
    "a reversed period": (lambda: Period.between(NOON, NOON - timedelta(hours=1)), "end"),
    "a huge period": (lambda: Period.between(NOON, NOON + timedelta(days=1101)), "end"),
    "a huge search": (lambda: a_search(93), "window"),
    "a reversed stay": (lambda: Stay.between(date(2026, 3, 2), date(2026, 3, 1)), "check_out"),
    "an unknown zone": (lambda: zone("../../etc/passwd"), "zone"),
    "zero capacity": (lambda: a_resource(0), "capacity"),
    "a huge capacity": (lambda: a_resource(10**9), "capacity"),
    "overlapping windows": (
        lambda: Schedule.of({0: [Window.of("09:00", "12:00"), Window.of("11:00", "13:00")]}),
        "weekly.MO",
    ),
    "a service that no one performs": (a_service, "needs.stylist"),
    "a malformed id": (lambda: parse_uuid("42", "reservation"), "reservation"),
    "nobody": (lambda: Party(0), "party"),
    "a forged header": (lambda: Customer(name="Ada", email="a\r\nb"), "customer.email"),
}


@pytest.mark.parametrize("case", CALLS.values(), ids=CALLS.keys())
def test_the_library_refuses_it(case: tuple[Callable[[], object], str]) -> None:
    call, field = case
    with pytest.raises(InvalidInput) as refused:
        call()
    assert refused.value.field == field
