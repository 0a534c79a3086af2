"""Serving the API: a socket, the application, and an orderly end."""

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import structlog
import uvicorn

from booking_adapters.http import StaffDoor, create_app
from booking_app.container import Deployment
from booking_app.live import guest_limits
from booking_app.settings import PORTS, Settings
from booking_app.worker import working
from booking_core.domain.kernel.errors import InvalidInput, SystemFailure

PORTS_TRIED = 100
GRACE_SECONDS = 10
MOST_WAITING = 2_048
LARGEST_MESSAGE = 4_096
"""Of a client on a WebSocket, who has nothing to say."""
LOG = structlog.get_logger("booking.server")


class _AnnouncedServer(uvicorn.Server):
    """Calls back once requests are answered."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            LOG.info("serving")
            self._ready()


def serve(
    deployment: Deployment,
    settings: Settings,
    listener: socket.socket,
    ready: Callable[[], None],
    *,
    works: bool = True,
) -> None:
    """Answer requests on a bound socket until SIGINT or SIGTERM, with a worker beside it unless others do that work.

    Requests under way have 10 seconds to end.
    """
    app = create_app(
        deployment.engine,
        door=StaffDoor(settings.staff_token or None),
        desk=deployment.desk,
        limits=guest_limits(settings, deployment.engine.live.limiter),
    )
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,  # it would log the addresses of guests
        server_header=False,
        proxy_headers=False,
        ws="websockets-sansio",
        ws_max_size=LARGEST_MESSAGE,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    with _signals_that_only_end_the_server(), _worker(deployment, works=works):
        _AnnouncedServer(config, ready).run(sockets=[listener])
    LOG.info("stopped")


def _worker(deployment: Deployment, *, works: bool) -> AbstractContextManager[None]:
    return working(deployment) if works else nullcontext()


def bound(host: str, port: int, *, or_next: bool = False) -> socket.socket:
    """A socket bound to an address (port 0: any), or to the next free port; raises InvalidInput, SystemFailure."""
    if not 0 <= port <= PORTS:
        raise InvalidInput("port", f"must be 0…{PORTS}", port)
    last = port + PORTS_TRIED if or_next else port + 1
    reason = "no port is free"
    for candidate in range(port, min(last, PORTS + 1)):
        try:
            return socket.create_server((host, candidate), family=_family(host), backlog=MOST_WAITING)
        except OSError as error:
            reason = error.strerror or str(error)
    raise SystemFailure(f"cannot listen on {host}:{port}: {reason}", host=host, port=port)


def address_of(listener: socket.socket) -> str:
    """The address to type into a browser: `http://127.0.0.1:8000`."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


@contextmanager
def _signals_that_only_end_the_server() -> Iterator[None]:
    """The server raises the signal that ended it once more: by then it has done its work."""
    kept = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
