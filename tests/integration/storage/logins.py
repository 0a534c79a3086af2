"""Logins of a Postgres server that are no superuser's."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import attrs
import psycopg

from booking_adapters.testing.servers import PostgresServer


@attrs.frozen
class Login:
    """A role that can log in."""

    name: str
    password: str

    def url(self, of: str) -> str:
        """The URL of a database for it."""
        parts = urlsplit(of)
        return urlunsplit(parts._replace(netloc=f"{self.name}:{self.password}@{parts.hostname}:{parts.port}"))


@contextmanager
def a_login(server: PostgresServer, options: str = "") -> Iterator[Login]:
    """A role of the test's own, gone afterwards."""
    login = Login(f"booking_test_{secrets.token_hex(6)}", secrets.token_hex(8))
    with psycopg.connect(server.url(), autocommit=True) as superuser:
        superuser.execute(f"CREATE ROLE {login.name} LOGIN PASSWORD '{login.password}' {options}".encode())
    try:
        yield login
    finally:
        with psycopg.connect(server.url(), autocommit=True) as superuser:
            superuser.execute(f"DROP ROLE {login.name}".encode())
