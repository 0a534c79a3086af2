"""Who counts as staff. The one seam that an authentication of your own replaces."""

import hmac
import ipaddress
from typing import Any, Protocol
from urllib.parse import urlsplit

import attrs
from litestar.connection import ASGIConnection

from booking_adapters.http.refusals import SignInNeeded, StaffOnly
from booking_core.domain.kernel.events import Actor

Connection = ASGIConnection[Any, Any, Any, Any]

SHORTEST_TOKEN = 16
_SIGNS_OF_A_PROXY = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


class Door(Protocol):
    """Decides who enters the staff's part of the API."""

    def __call__(self, connection: Connection) -> Actor:
        """The member of staff that is calling, for the audit log; raises SignInNeeded or StaffOnly."""
        ...


@attrs.frozen
class StaffDoor:
    """Opens to the bearer of `token`; without a token to programs on this machine alone.

    "This machine" is a connection from a loopback address to a loopback host name, which no proxy passed on and no
    page of another site caused: a browser that visits a hostile page must not be able to act as staff.
    """

    token: str | None = attrs.field(default=None, repr=False)

    def __attrs_post_init__(self) -> None:
        """Refuse tokens that could be guessed."""
        assert self.token is None or len(self.token) >= SHORTEST_TOKEN, (
            f"a token has {SHORTEST_TOKEN} characters"
        )

    def __call__(self, connection: Connection) -> Actor:
        """The caller as staff; raises SignInNeeded where a token is set, StaffOnly where none is."""
        if self.token is None:
            if not _is_from_this_machine(connection):
                raise StaffOnly("this part of the API is for staff on the machine that serves it")
            return Actor("staff", "loopback", address_of(connection))
        kind, _, given = connection.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not hmac.compare_digest(given.encode(), self.token.encode()):
            raise SignInNeeded("this part of the API needs the bearer token of the staff")
        return Actor("staff", "token", address_of(connection))


def guest(connection: Connection) -> Actor:
    """Whoever calls the guests' part of the API."""
    return Actor("guest", "", address_of(connection))


def address_of(connection: Connection) -> str:
    """The caller's network address, or nothing where there is none (a socket of this machine)."""
    return connection.client.host if connection.client else ""


def _is_from_this_machine(connection: Connection) -> bool:
    headers = connection.headers
    if any(name in headers for name in _SIGNS_OF_A_PROXY):
        return False
    if headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
        return False
    origin = headers.get("origin")
    hosts = [_host(f"//{headers.get('host', '')}"), address_of(connection)]
    if origin is not None:
        hosts.append(_host(origin))
    return all(_is_loopback(host) for host in hosts)


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
