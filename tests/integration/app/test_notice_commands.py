"""`booking notices`: what was told, how it reads, once more, and the rules by which it is owed."""

from pathlib import Path
from typing import Any

import pytest

from tests.integration.app.conftest import Run
from tests.unit.app.test_business_files import SALON

RULES = """\
[notices]
quiet_hours = "22:00-07:00"

[[notices.rules]]
key = "thanks"
on = "placed"
to = "client"
by = "email"
template = "placed"

[[notices.rules]]
key = "soon"
on = "upcoming"
to = "client"
by = "email"
template = "reminder"
minutes_before = 120
"""


@pytest.fixture
def booked(run: Run, tmp_path: Path) -> str:
    """The number of a booking of Ann's, who was told by mail; her telephone number is none."""
    half_hours = SALON.replace("duration_minutes = 30", "duration_minutes = 30\nstep_minutes = 30")
    (tmp_path / "salon.toml").write_text(half_hours)
    assert run("import", str(tmp_path / "salon.toml")).code == 0
    words = ("--start", "2035-03-05T10:00:00+01:00", "--name", "Ann", "--email", "ann@example.org")
    result = run("book", "salon", "cut", *words, "--json")
    assert result.code == 0, result.err
    code: str = result.data["code"]
    assert run("worker", "--once").code == 0
    assert run("worker", "--once").code == 0
    return code


def about(run: Run, code: str) -> dict[str, Any]:
    """The notices about a booking, by their rules; copies come last."""
    return {each["rule"]: each for each in run("notices", "list", "salon", code, "--json").data["notices"]}


def test_what_was_told_is_listed_shown_and_sent_once_more(run: Run, booked: str) -> None:
    told = about(run, booked)
    assert set(told) == {"client-placed-email", "client-confirmed-email", "reminder-24h-email"}
    mail = told["client-placed-email"]
    assert (mail["state"], mail["address"], mail["may_be_repeat"]) == ("sent", "ann@example.org", False)
    shown = run("notices", "show", "salon", mail["id"]).out
    assert shown.startswith(f"To: ann@example.org\nSubject: Your booking {booked}: Haircut\n\nHello Ann,")
    assert shown.rstrip().endswith("[booking.ics]")
    assert run("notices", "show", "salon", mail["id"], "--json").data["notice"]["attachments"] == [
        "booking.ics"
    ]
    copy = run("notices", "resend", "salon", mail["id"], "--json").data["owed"]
    assert (copy["state"], copy["id"] == mail["id"]) == ("due", False)
    assert copy["id"] in run("notices", "list", "salon", "--state", "due").out
    assert run("worker", "--once").code == 0
    assert about(run, booked)["client-placed-email"]["state"] == "sent"
    assert run("notices", "resend", "salon", told["reminder-24h-email"]["id"]).code == 1, (
        "it is still to be sent"
    )


@pytest.fixture
def public(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mails carry links where the deployment knows its address."""
    monkeypatch.setenv("BOOKING_PUBLIC_URL", "https://salon.example.org")


@pytest.mark.usefixtures("public")
def test_links_that_were_mailed_are_taken_back_once(run: Run, booked: str) -> None:
    taken_back = [run("notices", "revoke-links", "salon", booked, "--json").data["revoked"] for _ in range(2)]
    assert taken_back[0] > 0
    assert taken_back[1] == 0


def test_only_what_failed_is_requeued(run: Run, booked: str) -> None:
    refused = run("notices", "requeue", "salon", about(run, booked)["client-placed-email"]["id"])
    assert (refused.code, refused.err.split(":")[0]) == (1, "INVALID_TRANSITION")
    words = ("--start", "2035-03-05T14:00:00+01:00", "--name", "Eve", "--email", "nowhere")
    code = run("book", "salon", "cut", *words, "--json").data["code"]
    for _ in range(2):
        assert run("worker", "--once").code == 0
    failed = about(run, code)["client-placed-email"]
    assert failed["state"] == "dead"
    assert failed["reason"] in run("notices", "list", "salon", code).out
    assert run("notices", "requeue", "salon", failed["id"], "--json").data["owed"]["state"] == "due"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("list", "nobody"), 1),
        (("list", "salon", "SM-UNKNOWN"), 1),
        (("list", "salon", "--state", "lost"), 2),
        (("show", "salon", "nothing"), 2),
        (("show", "salon", "0190a3b4-0000-7000-8000-00000000beef"), 1),
        (("rules", "set", "salon", "missing.toml"), 2),
    ],
)
def test_what_makes_no_sense_is_refused(run: Run, booked: str, words: tuple[str, ...], code: int) -> None:
    assert booked
    assert run("notices", *words).code == code


def test_rules_are_shown_and_replaced_and_the_rest_stays(run: Run, booked: str, tmp_path: Path) -> None:
    assert (
        "reminder-1h-sms  1:00:00 before: client by sms, reminder"
        in run("notices", "rules", "show", "salon").out
    )
    file = tmp_path / "rules.toml"
    file.write_text(RULES)
    assert run("notices", "rules", "set", "salon", str(file)).out == "2 rules are in force.\n"
    shown = run("notices", "rules", "show", "salon", "--json").data
    assert shown["quiet_hours"] == "22:00-07:00"
    assert [(each["key"], each["minutes_before"]) for each in shown["rules"]] == [
        ("thanks", 0),
        ("soon", 120),
    ]
    assert run("show", "salon", booked, "--json").data["service"] == "cut"
    words = ("--start", "2035-03-06T10:00:00+01:00", "--name", "Bob", "--email", "bob@example.org")
    code = run("book", "salon", "cut", *words, "--json").data["code"]
    assert run("worker", "--once").code == 0
    assert set(about(run, code)) == {"thanks", "soon"}


@pytest.mark.parametrize(
    "wrong", [RULES.replace("placed", "someday"), RULES + "\n[business]\nkey = 'x'\n", "[notices", "\xff"]
)
def test_rules_that_cannot_be_followed_change_nothing(
    run: Run, booked: str, tmp_path: Path, wrong: str
) -> None:
    before = run("notices", "rules", "show", "salon").out
    file = tmp_path / "rules.toml"
    file.write_bytes(wrong.encode("latin-1"))
    assert run("notices", "rules", "set", "salon", str(file)).code == 2
    assert run("notices", "rules", "show", "salon").out == before
    assert booked
