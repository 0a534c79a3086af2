"""The one client for addresses that tenants and browsers gave us."""

import functools
import re
import ssl
from collections.abc import Mapping

import attrs
import httpcore

from booking_adapters._net.addresses import Address, address_of
from booking_adapters._net.pinned import Deadline, PinnedBackend, Resolver, system_resolver
from booking_core.domain.kernel.errors import InvalidInput

AGENT = "booking-core"
# RFC 9110, section 5: a token, and text without control characters.
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\x20-\x7e\x80-\xff]*")


class Unreachable(Exception):
    """There was no answer that can be read.

    `may_have_arrived` is False where nothing of the request was sent, so that the other side cannot have acted.
    """

    def __init__(self, reason: str, *, may_have_arrived: bool) -> None:
        super().__init__(reason)
        self.may_have_arrived = may_have_arrived


class AnswerTooLong(Unreachable):
    """There was an answer with a status, and more of a body than anybody wants to read."""

    def __init__(self, status: int, most_bytes: int) -> None:
        super().__init__(f"the answer is longer than {most_bytes} bytes", may_have_arrived=True)
        self.status = status


@attrs.frozen(kw_only=True)
class Answer:
    """What the other side said. Names of headers are in lower case; the last one of a name counts.

    A redirect is an answer like any other: nobody follows it.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether the status says that the request was done (2xx)."""
        return 200 <= self.status < 300  # noqa: PLR2004 - RFC 9110, section 15.3


@functools.cache
def _trusted() -> ssl.SSLContext:
    """The certificates that everybody trusts; reading them takes a while, and nobody changes them."""
    return httpcore.default_ssl_context()


@attrs.frozen(kw_only=True)
class Outgoing:
    """Sends requests to public https addresses: one connection each, no redirects, no cookies, no proxies.

    The host is looked up once and every address it has must be public; the connection goes to one of those, while the
    certificate and the Host header are those of the name. `seconds` bound the whole exchange with the look-up in it;
    `most_bytes` the body of the answer, which is taken as it comes (nothing is decompressed).
    `loopback` also admits this machine, by http as well; it is meant for tests.
    """

    seconds: float = 10.0
    most_bytes: int = 1_000_000
    loopback: bool = False
    resolve: Resolver = system_resolver
    tls: ssl.SSLContext = attrs.field(factory=_trusted, repr=False, eq=False)

    def accept(self, url: str) -> str:
        """The address, where it may be kept to be asked later; raises AddressRefused. Nothing is looked up."""
        return address_of(url, loopback=self.loopback).url

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, content: bytes = b""
    ) -> Answer:
        """The answer, whatever its status.

        Raises AddressRefused where the address or what it leads to may not be asked, InvalidInput for headers that
        cannot be sent, Unreachable, and AnswerTooLong.
        """
        address = address_of(url, loopback=self.loopback)
        deadline = Deadline(self.seconds)
        backend = PinnedBackend(address, self.resolve, deadline, loopback=self.loopback)
        with httpcore.ConnectionPool(
            ssl_context=self.tls,
            max_connections=1,
            http1=True,
            http2=False,
            retries=0,
            network_backend=backend,
        ) as pool:
            try:
                return self._exchange(pool, _request(method, address, headers or {}, content))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failure:
                raise Unreachable(_reason(failure), may_have_arrived=False) from failure
            except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as failure:
                raise Unreachable(_reason(failure), may_have_arrived=True) from failure

    def _exchange(self, pool: httpcore.ConnectionPool, request: httpcore.Request) -> Answer:
        response = pool.handle_request(request)
        try:
            body = bytearray()
            for piece in response.iter_stream():
                body += piece
                if len(body) > self.most_bytes:
                    raise AnswerTooLong(response.status, self.most_bytes)
        finally:
            response.close()
        headers = {name.decode("ascii").lower(): value.decode("latin-1") for name, value in response.headers}
        return Answer(status=response.status, headers=headers, body=bytes(body))


def _request(method: str, address: Address, headers: Mapping[str, str], content: bytes) -> httpcore.Request:
    ours = {
        "host": address.authority,
        "user-agent": AGENT,
        "accept-encoding": "identity",
        "connection": "close",
    }
    if content or method in {"POST", "PUT", "PATCH"}:
        ours["content-length"] = str(len(content))
    given = {name.lower(): value for name, value in headers.items()}
    assert not given.keys() & {"host", "content-length", "transfer-encoding"}, "these are not the caller's"
    for name, value in given.items():
        if not (_NAME.fullmatch(name) and _VALUE.fullmatch(value)):
            raise InvalidInput("headers", "cannot be sent")
    return httpcore.Request(
        method,
        httpcore.URL(
            scheme=address.scheme.encode(),
            host=address.host.encode(),
            port=address.port,
            target=address.target.encode(),
        ),
        headers=[(name.encode(), value.encode("latin-1")) for name, value in (ours | given).items()],
        content=content,
    )


def _reason(failure: Exception) -> str:
    return str(failure) or type(failure).__name__
