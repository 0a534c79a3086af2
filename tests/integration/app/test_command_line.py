"""The command line, as its user sees it: what it prints, where, and its exit code."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from booking_adapters._sql.migrate import migrate_sqlite
from booking_adapters.sqlite import SqliteStore
from booking_adapters.testing.servers import PostgresServer
from booking_app import cli, cli_bookings, container
from booking_app.cli import main
from booking_core.ports.inspection import TITLES
from tests.integration.app.conftest import Result, Run

EXAMPLES = Path(__file__).parents[3] / "examples"
MOMENT = "2030-03-05T09:00:00+01:00"
"""A Tuesday morning at the practice; the horizon of its policy is switched off for it."""


@pytest.fixture
def clinic(run: Run, tmp_path: Path) -> Run:
    """The example clinic, bookable as far ahead as the tests like."""
    text = (EXAMPLES / "clinic.toml").read_text().replace("days = 90", "days = 9000")
    path = tmp_path / "clinic.toml"
    path.write_text(text)
    assert run("import", str(path)).code == 0
    return run


def test_a_booking_is_searched_made_shown_and_cancelled(clinic: Run) -> None:
    found = clinic(
        "search", "clinic", "consultation", "--from", "2030-03-05", "--days", "1", "--limit", "3", "--json"
    )
    assert found.code == 0
    assert found.data["total"] > 3
    assert found.data["slots"][0] == {
        "start": "2030-03-05T07:00:00Z",
        "end": "2030-03-05T07:30:00Z",
        "resource": "dr-adler",
    }
    booked = clinic(
        "book", "clinic", "consultation", "--start", MOMENT, "--name", "Ada", "--with", "dr-adler", "--json"
    )
    assert (booked.code, booked.data["status"], booked.data["resources"]) == (
        0,
        "confirmed",
        {"staff": "dr-adler"},
    )
    code = booked.data["code"]
    again = clinic("book", "clinic", "consultation", "--start", MOMENT, "--name", "Bob", "--with", "dr-adler")
    assert (again.code, again.out) == (1, "")
    assert again.err.splitlines() == [
        "SLOT_TAKEN: This slot was just booked. Please select another time.",
        "  lane_taken: Dr Anna Adler is taken at this time",
    ]
    assert clinic("show", "clinic", code, "--json").data == booked.data
    ended = clinic("cancel", "clinic", code, "--reason", "ill", "--json")
    assert [step["status"] for step in ended.data["history"]] == ["confirmed", "cancelled"]
    assert (
        clinic(
            "book", "clinic", "consultation", "--start", MOMENT, "--name", "Bob", "--with", "dr-adler"
        ).code
        == 0
    )


def test_text_is_for_people(clinic: Run) -> None:
    found = clinic("search", "clinic", "consultation", "--from", "2030-03-05", "--days", "1", "--limit", "1")
    assert found.out.splitlines()[0] == "Tue 2030-03-05 08:00 to 08:30  dr-adler"
    booked = clinic(
        "book", "clinic", "consultation", "--start", MOMENT, "--name", "Ada", "--with", "dr-adler"
    )
    assert (
        "Consultation, 30 minutes, Tue 2030-03-05 09:00 to Tue 2030-03-05 09:30 (Europe/Berlin)" in booked.out
    )
    assert "confirmed" in booked.out


def test_the_same_idempotency_key_answers_again(clinic: Run) -> None:
    words = ("book", "clinic", "consultation", "--start", MOMENT, "--name", "Ada", "--key", "k", "--json")
    assert clinic(*words).data == clinic(*words).data
    reused = clinic(*(word.replace("Ada", "Bob") for word in words))
    assert (reused.code, reused.data["error"]["code"]) == (1, "IDEMPOTENCY_KEY_REUSED")


def test_a_refusal_is_explained_before_anybody_books(clinic: Run) -> None:
    night = clinic("explain", "clinic", "consultation", "--start", "2030-03-05T03:00:00+01:00", "--json")
    assert night.code == 1
    assert {each["code"] for each in night.data["violations"]} == {"closed"}
    free = clinic("explain", "clinic", "consultation", "--start", MOMENT)
    assert (free.code, free.out) == (0, "It can be booked.\n")


def test_stays_are_searched_by_their_nights(run: Run) -> None:
    assert run("import", str(EXAMPLES / "cabins.toml"), str(EXAMPLES / "grand-hotel.toml")).code == 0
    words = ("search", "cabins", "--check-in", "2199-01-05", "--check-out", "2199-01-07", "--json")
    assert run(*words).data["offers"] == []  # beyond the horizon
    refused = run("search", "cabins", "cabin")
    assert (refused.code, refused.err) == (
        2,
        "INVALID_INPUT: check_in: is required: this is sold by the night\n",
    )
    assert (
        run("search", "cabins").err
        == "INVALID_INPUT: service: is required, unless a stay is given with --check-in\n"
    )


def test_importing_says_what_changed_and_a_second_time_nothing(run: Run) -> None:
    first = run("import", str(EXAMPLES / "tours.toml"))
    assert first.out == "tours.toml: tours is now version 1: 12 added\n"
    second = run("import", str(EXAMPLES / "tours.toml"))
    assert second.out == "tours.toml: tours is up to date (version 1)\n"


def test_a_calendar_needs_to_know_whose_it_is(clinic: Run) -> None:
    file = str(EXAMPLES / "dr-adler.ics")
    assert (
        clinic("import", file).err
        == "INVALID_INPUT: resource: --tenant and --resource say whose calendar this is\n"
    )
    done = clinic("import", file, "--tenant", "clinic", "--resource", "dr-adler", "--json").data["imported"][
        0
    ]
    assert done["closed"] > 40
    again = clinic("import", file, "--tenant", "clinic", "--resource", "dr-adler")
    assert again.out.startswith(f"dr-adler.ics: dr-adler: 0 closed, 0 reopened, {done['closed']} kept")


def test_a_bad_file_lists_its_problems_by_the_line(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text('[business]\nkey = "B"\nname = "B"\n')
    refused = run("import", str(path))
    assert (refused.code, refused.out) == (2, "")
    assert (
        "  line 2: business.key: must be 1…64 lower-case letters, digits or inner hyphens (B)"
        in refused.err.splitlines()
    )
    problems = run("import", str(path), "--json").data["error"]["problems"]
    assert {"line": 1, "field": "venues", "reason": "is required: at least one place"} in problems


def test_the_doctor_finds_a_healthy_storage_healthy_and_a_broken_one_broken(
    clinic: Run, file_url: str
) -> None:
    assert clinic("book", "clinic", "consultation", "--start", MOMENT, "--name", "Ada").code == 0
    healthy = clinic("doctor")
    assert (healthy.code, healthy.out.splitlines()[-1]) == (0, "Everything holds.")
    with (
        SqliteStore.open(file_url.removeprefix("sqlite:///")) as store,
        store.connections.lend() as connection,
    ):
        connection.execute("UPDATE reservations SET status = 'cancelled'")
    broken = clinic("doctor", "--json")
    assert (broken.code, broken.data["sound"]) == (1, False)
    assert 3 in [each["invariant"] for each in broken.data["findings"] if not each["holds"]]


def test_migrating_twice_is_fine_and_a_storage_without_tables_says_so(run: Run, tmp_path: Path) -> None:
    fresh = f"sqlite:///{tmp_path / 'fresh.db'}"
    early = run("search", "clinic", "consultation", "--storage", fresh)
    assert (early.code, early.err) == (
        3,
        "STORAGE_NOT_READY: the storage has no tables yet: run `booking migrate` first\n",
    )
    assert not (tmp_path / "fresh.db").exists()
    for _ in range(2):
        assert run("migrate", "--storage", fresh).code == 0
    assert run("search", "clinic", "consultation", "--storage", fresh).err == "NOT_FOUND: no such tenant\n"


def test_a_storage_of_an_earlier_version_says_that_it_has_to_be_migrated(run: Run, tmp_path: Path) -> None:
    migrate_sqlite(tmp_path / "old.db", "0002")
    old = f"sqlite:///{tmp_path / 'old.db'}"
    for words in (("search", "clinic", "consultation"), ("serve", "--port", "0")):
        refused = run(*words, "--storage", old)
        assert (refused.code, refused.err) == (
            3,
            "STORAGE_NOT_READY: the storage is of an earlier version: run `booking migrate` first\n",
        )
    assert run("migrate", "--storage", old).code == 0
    assert run("doctor", "--storage", old).code == 0


def test_a_storage_of_a_later_version_is_not_migrated(run: Run, tmp_path: Path) -> None:
    later = f"sqlite:///{tmp_path / 'later.db'}"
    assert run("migrate", "--storage", later).code == 0
    with closing(sqlite3.connect(tmp_path / "later.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    refused = run("migrate", "--storage", later)
    assert (refused.code, refused.err) == (
        3,
        "SYSTEM_ERROR: the storage is of a later version than this program\n",
    )


def test_what_is_no_storage_is_left_alone_and_one_that_cannot_be_made_is_told(
    run: Run, tmp_path: Path
) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Ada, thank you for your stay with us. " * 40)
    refused = run("migrate", "--storage", f"sqlite:///{letter}")
    assert (refused.code, refused.err) == (
        3,
        "SYSTEM_ERROR: the storage cannot be written: file is not a database\n",
    )
    assert letter.read_text().startswith("Dear Ada")
    (tmp_path / "folder.db").mkdir()
    refused = run("migrate", "--storage", f"sqlite:///{tmp_path / 'folder.db'}")
    assert (refused.code, refused.err) == (
        3,
        "SYSTEM_ERROR: the storage cannot be written: unable to open database file\n",
    )


def test_a_demo_without_room_for_its_data_says_so(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BOOKING_STORAGE", raising=False)
    (tmp_path / ".booking").write_text("a file where the directory should be")
    refused = run("serve", "--demo", "--port", "0")
    assert (refused.code, refused.err) == (
        3,
        f"SYSTEM_ERROR: the demo keeps its data in {tmp_path / '.booking'}: File exists\n",
    )


def test_a_file_that_is_no_database_is_told_apart(run: Run, tmp_path: Path) -> None:
    junk = tmp_path / "junk.db"
    junk.write_text("this is no database, however long one looks at it" * 50)
    refused = run("doctor", "--storage", f"sqlite:///{junk}")
    assert (refused.code, refused.err) == (
        3,
        "SYSTEM_ERROR: the storage cannot be read: file is not a database\n",
    )


def test_a_database_that_does_not_answer_is_a_failure_of_the_system(run: Run) -> None:
    refused = run("doctor", "--storage", "postgresql://nobody@127.0.0.1:1/nothing")
    assert refused.code == 3
    assert refused.err.startswith("SYSTEM_ERROR: the database does not answer: ")


def test_the_whole_way_on_postgres(
    postgres_template: str,
    postgres_server: PostgresServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with postgres_server.database(template=postgres_template) as url:
        monkeypatch.setenv("BOOKING_STORAGE", url)
        for words in (
            ["migrate"],
            ["import", str(EXAMPLES / "tours.toml")],
            ["search", "tours", "harbour-tour", "--quantity", "3", "--limit", "1"],
        ):
            assert main(words) == 0, capsys.readouterr().err
        capsys.readouterr()
        main(["doctor", "--json"])
        findings = json.loads(capsys.readouterr().out)["findings"]
    # The test's server is fast, not safe: that its guards are down (26) is well seen.
    assert {each["invariant"] for each in findings} == TITLES.keys()
    assert [each["invariant"] for each in findings if not each["holds"]] in ([], [26])


def test_what_nobody_expected_ends_with_an_incident_and_not_in_a_traceback(
    clinic: Run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def burst(*_: object) -> None:
        raise ZeroDivisionError("secret of Ada")

    monkeypatch.setattr(cli_bookings, "known_tenant", burst)
    failed = clinic("show", "clinic", "LH-1", "--json")
    error = (
        failed.data["error"]
        if failed.err.startswith("{\n")
        else json.loads(failed.err[failed.err.index("{\n") :])["error"]
    )
    assert (failed.code, error["code"], error["retryable"]) == (3, "SYSTEM_ERROR", True)
    assert error["incident"]
    assert "secret of Ada" not in json.dumps(error)


def test_an_interrupted_command_ends_quietly(clinic: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli_bookings, "known_tenant", interrupted)
    assert clinic("show", "clinic", "LH-1") == Result(130, "", "")


def test_every_command_explains_itself(run: Run) -> None:
    for name in ("search", "explain", "book", "show", "cancel", "serve", "migrate", "import", "doctor"):
        text = run(name, "--help")
        assert (text.code, name in text.out) == (0, True)
        assert name in run("--help").out


def test_a_missing_wire_fails_at_the_start(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    monkeypatch.setattr(container, "PARTS", container.PARTS[1:])
    assert run("search", "clinic", "consultation").code == 3
    assert cli.FAILED == 3
