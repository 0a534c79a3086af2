"""Settings: the environment over a file over defaults, and nothing unknown."""

from pathlib import Path

import pytest

from booking_adapters.calendars.caldav import CaldavCalendar, CaldavPush
from booking_adapters.channels.json_connector import ChannelSite
from booking_adapters.memory import MemoryStore
from booking_app.calendar_wiring import caldav_calendars
from booking_app.channel_wiring import channel_sites
from booking_app.settings import LogLevel, Settings, load_settings
from booking_core.domain.channels.restrictions import DepartureDating
from booking_core.domain.kernel.errors import InvalidInput


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "SETTINGS",
        "STORAGE",
        "STORAGE_FILE",
        "HOST",
        "PORT",
        "POOL_SIZE",
        "LOG_LEVEL",
        "STAFF_TOKEN",
    ):
        monkeypatch.delenv(f"BOOKING_{name}", raising=False)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text(text)
    return path


def refusal(path: Path | None) -> str:
    with pytest.raises(InvalidInput) as refused:
        load_settings(path)
    return refused.value.message


def test_the_defaults_are_safe() -> None:
    settings = load_settings()
    assert settings == Settings()
    assert (settings.host, settings.port, settings.staff_token) == ("127.0.0.1", 8000, "")


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, 'port = 81\nhost = "0.0.0.0"\nlog_level = "debug"\n')
    monkeypatch.setenv("BOOKING_PORT", "82")
    settings = load_settings(path)
    assert (settings.port, settings.host, settings.log_level) == (82, "0.0.0.0", LogLevel.DEBUG)  # noqa: S104


def test_the_environment_may_name_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOOKING_SETTINGS", str(written(tmp_path, "port = 81\n")))
    assert load_settings().port == 81


def test_an_unknown_key_is_refused_with_its_file(tmp_path: Path) -> None:
    path = written(tmp_path, 'colour = "red"\nport = 81\n')
    assert refusal(path) == f"settings: Invalid options found in {path}: colour"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('port = "eighty"\n', "'port'"),
        ("port = 70000\n", "port: must be 0…65535"),
        ("pool_size = 0\n", "pool_size: must be 1…500"),
        ('log_level = "chatty"\n', "'log_level'"),
        ('staff_token = "short"\n', "staff_token: must have at least 16 characters"),
        ("port = \n", "Invalid value (at line 1, column 8)"),
    ],
)
def test_a_wrong_value_is_refused_by_its_name(tmp_path: Path, text: str, expected: str) -> None:
    assert expected in refusal(written(tmp_path, text))


def test_a_file_that_is_asked_for_must_exist(tmp_path: Path) -> None:
    assert refusal(tmp_path / "missing.toml") == "settings: there is no such file"


def test_secrets_come_from_files_and_are_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "storage"
    secret.write_text("postgresql://me:hunter2@db/booking\n")
    monkeypatch.setenv("BOOKING_STORAGE_FILE", str(secret))
    monkeypatch.setenv("BOOKING_STAFF_TOKEN", "correct horse battery staple")
    settings = load_settings()
    assert settings.storage == "postgresql://me:hunter2@db/booking"
    assert "hunter2" not in repr(settings)
    assert "horse" not in repr(settings)


@pytest.mark.parametrize("content", [b"", b"\xff", b"x" * 5_000, None])
def test_a_secret_that_cannot_be_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    secret = tmp_path / "storage"
    if content is not None:
        secret.write_bytes(content)
    monkeypatch.setenv("BOOKING_STORAGE_FILE", str(secret))
    assert refusal(None).startswith("storage_file: ")


CALDAV = """
[[caldav]]
tenant = "clinic"
resource = "anna"
url = "https://dav.example/anna/bookings/"
user = "anna"
password_file = "{password_file}"
"""


def test_a_calendar_is_set_up_with_its_password_in_a_file_of_its_own(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("of-the-calendar\n")
    settings = load_settings(written(tmp_path, CALDAV.format(password_file=secret)))
    (calendar,) = caldav_calendars(settings)
    assert (calendar.tenant, calendar.resource, calendar.account) == ("clinic", "anna", "caldav")
    assert calendar.file("1") == "https://dav.example/anna/bookings/1.ics"
    assert calendar.password == "of-the-calendar"
    assert "of-the-calendar" not in f"{settings!r}{calendar!r}"


def test_a_calendar_without_its_password_or_with_an_unknown_key_is_refused(tmp_path: Path) -> None:
    missing = load_settings(written(tmp_path, CALDAV.format(password_file=tmp_path / "nothing")))
    with pytest.raises(InvalidInput, match=r"caldav\.password_file"):
        caldav_calendars(missing)
    assert "colour" in refusal(written(tmp_path, CALDAV.format(password_file=tmp_path) + 'colour = "red"\n'))


@pytest.mark.parametrize(
    "change", [{"user": ""}, {"user": "a:b"}, {"url": "http://dav.example/"}, {"url": "ftp://dav.example/"}]
)
def test_a_calendar_that_cannot_be_asked_is_refused_at_the_start(change: dict[str, str]) -> None:
    fields = {"tenant": "t", "resource": "r", "url": "https://dav.example/", "user": "u", "password": "p"}
    with pytest.raises(InvalidInput):
        CaldavPush(calendars=[CaldavCalendar(**{**fields, **change})], tenants=MemoryStore())


def test_two_calendars_with_one_collection_are_refused() -> None:
    calendars = [
        CaldavCalendar(tenant="t", resource=key, url=f"https://dav.example/c{end}", user="u", password="p")
        for key, end in (("a", ""), ("b", "/"))
    ]
    with pytest.raises(InvalidInput):
        CaldavPush(calendars=calendars, tenants=MemoryStore())


CHANNEL = """
signing_key = "a key of this deployment alone"

[[channels]]
tenant = "grand-hotel"
channel = "ota"
url = "https://channel.example/hotel"
departure = "last_night"
"""


def test_a_channel_is_set_up_with_how_it_dates_departures(tmp_path: Path) -> None:
    (site,) = channel_sites(load_settings(written(tmp_path, CHANNEL)))
    assert site == ChannelSite(
        tenant="grand-hotel",
        channel="ota",
        url="https://channel.example/hotel",
        dating=DepartureDating.LAST_NIGHT,
    )


@pytest.mark.parametrize(
    ("written_as", "instead", "field"),
    [
        ("last_night", "some_night", "channels.departure"),
        ("a key of this deployment alone", "", "signing_key"),
    ],
)
def test_a_channel_without_a_key_or_dating_is_refused(
    tmp_path: Path, written_as: str, instead: str, field: str
) -> None:
    settings = load_settings(written(tmp_path, CHANNEL.replace(written_as, instead)))
    with pytest.raises(InvalidInput) as refused:
        channel_sites(settings)
    assert refused.value.field == field
