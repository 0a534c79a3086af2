"""Addresses that others gave us: what may be asked at all, and which hosts on the network are public."""

import ipaddress
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

import attrs

from booking_core.domain.kernel.errors import InvalidInput

LONGEST_ADDRESS = 2_000
PORTS = {"https": 443, "http": 80}
_PRINTABLE = frozenset(map(chr, range(0x21, 0x7F))) - {"\\"}
_NUMERIC = frozenset("0123456789abcdefx")
# Addresses that carry an IPv4 address to which a gateway may forward: NAT64 (RFC 6052) and its local form (RFC 8215).
_TRANSLATED = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE = ipaddress.IPv6Network("::/96")
# What is in use of IPv6's public addresses (RFC 4291, section 2.4); the rest is local, reserved or retired.
_UNICAST = ipaddress.IPv6Network("2000::/3")

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressRefused(InvalidInput):
    """An address that is not asked: not https, malformed, or leading to a place that is not public."""

    def __init__(self, reason: str, url: str) -> None:
        super().__init__("url", reason, url)


@attrs.frozen(kw_only=True)
class Address:
    """A checked address. `host` is in lower case and without brackets."""

    url: str
    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """Host and port as the Host header names them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def address_of(url: str, *, loopback: bool = False) -> Address:
    """Read an address; raises AddressRefused.

    Only https, without a user name, to a host whose name is no disguised number, and which is public where it is
    written as a number. `loopback` also admits this machine, by http as well; it is meant for tests.
    A name is not looked up here: what it leads to is checked when it is asked.
    """
    parts = _parts(url)
    host = (parts.hostname or "").rstrip(".")
    if parts.username is not None or parts.password is not None:
        raise AddressRefused("must not contain a user name", url)
    literal = ip_of(host)
    if not host or "%" in host or (literal is None and _is_disguised(host)):
        raise AddressRefused("has no host that can be asked", url)
    is_here = (
        host == "localhost" or host.endswith(".localhost") or (literal is not None and literal.is_loopback)
    )
    if is_here and not loopback:
        raise AddressRefused("must not lead to this machine", url)
    if literal is not None and not (is_here or is_public(literal)):
        raise AddressRefused("must not lead to a private network", url)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_here):
        raise AddressRefused("must begin with https://", url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(url=url, scheme=parts.scheme, host=host, port=_port(parts, url), target=target)


def ip_of(host: str) -> Ip | None:
    """The address that is written as a host, or None for a name. Only the canonical ways of writing are known."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def is_public(ip: Ip) -> bool:
    """Whether an address, and every address that it carries, belongs to the public internet (RFC 6890)."""
    return all(
        each.is_global
        and not each.is_multicast
        and not each.is_reserved
        and (isinstance(each, ipaddress.IPv4Address) or each in _UNICAST)
        for each in _carried(ip)
    )


def _carried(ip: Ip) -> Iterator[Ip]:
    """The address itself; or the IPv4 addresses inside a mapped, tunnelled or translated one, with the outer one."""
    if isinstance(ip, ipaddress.IPv4Address):
        yield ip
        return
    if ip.ipv4_mapped is not None:
        yield ip.ipv4_mapped
        return
    low = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    if any(ip in network for network in _TRANSLATED) or ip in _COMPATIBLE:
        yield low
    if ip.sixtofour is not None:
        yield ip.sixtofour
    if ip.teredo is not None:
        yield from ip.teredo
    if not any(ip in network for network in _TRANSLATED):
        yield ip


def _parts(url: str) -> SplitResult:
    # urlsplit drops tabs and line ends, and browsers read a backslash as a slash: neither has business here.
    if not url or len(url) > LONGEST_ADDRESS or not _PRINTABLE.issuperset(url):
        raise AddressRefused(f"must be 1…{LONGEST_ADDRESS} printable ASCII characters without spaces", url)
    try:
        return urlsplit(url)
    except ValueError:
        raise AddressRefused("is not an address", url) from None


def _port(parts: SplitResult, url: str) -> int:
    try:
        port = parts.port
    except ValueError:
        raise AddressRefused("has no port that can be asked", url) from None
    if port == 0:
        raise AddressRefused("has no port that can be asked", url)
    return PORTS[parts.scheme] if port is None else port


def _is_disguised(host: str) -> bool:
    """Whether a resolver would read a name as a number: 2130706433, 0x7f.1, 0177.0.0.1 and the like."""
    last = host.rpartition(".")[2]
    return last.isdigit() or (last.startswith("0x") and _NUMERIC.issuperset(last))
