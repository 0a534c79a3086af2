"""The page on deploying is followed on a server of its own, by a superuser and two logins."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import attrs
import psycopg
import pytest

from booking_adapters.testing.servers import PostgresServer
from booking_app.settings import Settings
from tests.docs.pages import ROOT, blocks_of, booking, commands_of, compare

PAGE = ROOT / "docs" / "how-to" / "deploy-on-postgres.md"
REFERENCE = ROOT / "docs" / "reference" / "cli.md"
LESSON = ROOT / "docs" / "tutorial" / "on-the-command-line.md"
EXPORT = re.compile(r"export BOOKING_STORAGE=(.*)")
VARIABLE = re.compile(r"`BOOKING_(\w+)`")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[PostgresServer]:
    """Always a throw-away one: the page makes roles and a database with names that an installed one may have."""
    monkeypatch.delenv("BOOKING_TEST_DATABASE_URL", raising=False)
    with PostgresServer(durable=True) as started:
        yield started


def test_the_page_leads_to_a_database_that_serves(
    server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    clinic = next(block for block in blocks_of(LESSON) if block.language == "toml")
    (tmp_path / "clinic.toml").write_text(clinic.text)
    address = f"127.0.0.1:{urlsplit(server.url()).port}"
    with psycopg.connect(server.url(), autocommit=True) as superuser:
        for block in blocks_of(PAGE):
            for statement in re.findall(r"[^;]+;", block.text) if block.language == "sql" else ():
                superuser.execute(statement.encode())
            for command, output, _ in commands_of(block) if block.language == "sh" else ():
                if exported := EXPORT.match(command):
                    monkeypatch.setenv("BOOKING_STORAGE", exported[1].replace("db.example.com", address))
                    continue
                said, code = booking(command)
                compare(f"{block.place}: $ {command}", output, said)
                assert code == 0


def test_the_reference_names_every_setting() -> None:
    settings = {field.name.upper() for field in attrs.fields(Settings)}
    assert set(VARIABLE.findall(REFERENCE.read_text())) == settings | {"SETTINGS"}
