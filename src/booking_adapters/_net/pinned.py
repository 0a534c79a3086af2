"""Connections to checked addresses: a host is looked up once, and what was checked is what is connected to."""

import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import httpcore

from booking_adapters._net.addresses import Address, AddressRefused, Ip, ip_of, is_public

Resolver = Callable[[str, int], Sequence[str]]
"""Host and port to addresses in numbers; raises OSError where there are none."""

MOST_ADDRESSES = 20


def system_resolver(host: str, port: int) -> Sequence[str]:
    """What this machine's resolver says."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(where[0]) for *_, where in found]


class Deadline:
    """The moment at which a whole exchange must be over, however it is spread over reads and writes."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def left(self, error: type[Exception]) -> float:
        """Seconds that are left; raises the given error when there are none."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise error("the exchange took too long")
        return left


class PinnedBackend(httpcore.NetworkBackend):
    """Looks one host up, refuses it if any of its addresses is not public, and connects to one that was checked."""

    def __init__(self, address: Address, resolve: Resolver, deadline: Deadline, *, loopback: bool) -> None:
        self._address, self._resolve, self._deadline = address, resolve, deadline
        self._loopback = loopback
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline of the whole exchange counts
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the host; raises AddressRefused and httpcore's ConnectError and ConnectTimeout."""
        assert (host, port) == (self._address.host, self._address.port), "one backend serves one address"
        refused: Exception = httpcore.ConnectError("the name has no address")
        for ip in self._checked():
            left = self._deadline.left(httpcore.ConnectTimeout)
            try:
                inner = self._inner.connect_tcp(str(ip), port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failure:
                refused = failure
            else:
                return _BoundedStream(inner, self._deadline)
        raise refused

    def _checked(self) -> list[Ip]:
        """The addresses of the host, every one of them allowed."""
        address = self._address
        literal = ip_of(address.host)
        found = [literal] if literal is not None else [ip_of(each) for each in self._looked_up()]
        for ip in found[:MOST_ADDRESSES]:
            if ip is None or not self._is_allowed(ip):
                raise AddressRefused("must not lead to a private network", address.url)
        return [ip for ip in found[:MOST_ADDRESSES] if ip is not None]

    def _is_allowed(self, ip: Ip) -> bool:
        if self._loopback and ip.is_loopback:
            return True
        return self._address.scheme == "https" and is_public(ip)

    def _looked_up(self) -> Sequence[str]:
        """The resolver's answer. It knows no time limit of its own, so it is waited for elsewhere."""
        answers: queue.Queue[Sequence[str] | OSError] = queue.Queue()
        host, port = self._address.host, self._address.port

        def ask() -> None:
            try:
                answers.put(self._resolve(host, port))
            except (OSError, UnicodeError) as failure:
                answers.put(failure if isinstance(failure, OSError) else OSError(str(failure)))

        threading.Thread(target=ask, name="resolver", daemon=True).start()
        try:
            answer = answers.get(timeout=self._deadline.left(httpcore.ConnectTimeout))
        except queue.Empty:
            raise httpcore.ConnectTimeout("the name was not resolved in time") from None
        if isinstance(answer, OSError):
            raise httpcore.ConnectError(str(answer)) from answer
        return answer


class _BoundedStream(httpcore.NetworkStream):
    """A connection whose reads and writes end, all of them together, at one deadline."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner, self._deadline = inner, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._inner.read(max_bytes, self._deadline.left(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        # By hand, because the library gives every piece that the other side takes a new time limit.
        sock: socket.socket = self._inner.get_extra_info("socket")
        while buffer:
            sock.settimeout(self._deadline.left(httpcore.WriteTimeout))
            try:
                buffer = buffer[sock.send(buffer) :]
            except TimeoutError as failure:
                raise httpcore.WriteTimeout(str(failure)) from failure
            except OSError as failure:
                raise httpcore.WriteError(str(failure)) from failure

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(httpcore.ConnectTimeout)
        return _BoundedStream(self._inner.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
