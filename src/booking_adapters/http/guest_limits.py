"""How often guests may ask: by the network address that they come from, and by their session."""

import asyncio
import ipaddress
import math
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

import attrs
from litestar.connection import ASGIConnection

from booking_core.domain.kernel.errors import BookingError, InvalidInput
from booking_core.ports.live import RateLimiter, RateRule

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Connection = ASGIConnection[Any, Any, Any, Any]

LONGEST_KEY = 100
A_HOUSEHOLD = 64
"""Bits of an IPv6 address that one household or host has in common (RFC 6177)."""
SIGNED = {"is_signed": True}
"""The `opt` of routes for providers and channels: who signs what they say is no guest, and is not held up as one."""
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class RateLimited(BookingError):
    """Too many requests: try again after `retry_after_seconds`."""

    code: ClassVar[str] = "RATE_LIMITED"
    retryable: ClassVar[bool] = True
    retry_action: ClassVar[str | None] = "TRY_AGAIN"

    def __init__(self, wait: timedelta) -> None:
        seconds = max(1, math.ceil(wait.total_seconds()))
        super().__init__(f"too many requests; please wait {seconds} seconds", retry_after_seconds=seconds)


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """The networks of our own proxies; raises InvalidInput."""
    try:
        return tuple(ipaddress.ip_network(text) for text in texts)
    except ValueError as wrong:
        raise InvalidInput("proxies", f"must be addresses or networks: {wrong}") from wrong


@attrs.frozen(kw_only=True)
class GuestLimits:
    """At most so many requests a minute, and so many of them that change something, in bursts of as many.

    Addresses that a request names are believed only as far as our own `proxies` passed them on.
    """

    limiter: RateLimiter
    requests_per_minute: int = 600
    changes_per_minute: int = 60
    proxies: tuple[Network, ...] = ()

    async def __call__(self, connection: Connection) -> None:
        """Count a request; raises RateLimited."""
        keys = [f"address {self.address_of(connection)}"]
        session = connection.headers.get("booking-session", "")
        if session:
            keys.append(f"session {session[:LONGEST_KEY]}")
        wait = await asyncio.to_thread(self._spend, keys, str(connection.scope.get("method", "GET")))
        if wait:
            raise RateLimited(wait)

    def address_of(self, connection: Connection) -> str:
        """Who asks: the last address on the way that is not one of our proxies."""
        address = connection.client.host if connection.client else ""
        way = [each.strip() for each in connection.headers.get("x-forwarded-for", "").split(",")]
        while way and self._is_ours(address):
            address = way.pop()
        return _household(address)

    def _spend(self, keys: Sequence[str], method: str) -> timedelta:
        minute = timedelta(minutes=1)
        rules = [RateRule(name="requests", most=self.requests_per_minute, per=minute)]
        if method not in _READING:
            rules.append(RateRule(name="changes", most=self.changes_per_minute, per=minute))
        return max(self.limiter.spend(key, rule) for key in keys for rule in rules)

    def _is_ours(self, address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self.proxies)


def _household(address: str) -> str:
    """The address, or the network that whoever has it has all of."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:LONGEST_KEY]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, A_HOUSEHOLD), strict=False))
