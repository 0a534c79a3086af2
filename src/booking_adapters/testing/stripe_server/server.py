"""The server itself: HTTP on the loopback interface, on a free port, with a clean end."""

import contextlib
import json
import socket
import struct
import sys
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast
from urllib.parse import urlsplit

from booking_adapters.ambient.clock import SystemClock
from booking_adapters.testing.stripe_server import pages, webhook_endpoints
from booking_adapters.testing.stripe_server.account import Account
from booking_adapters.testing.stripe_server.api import Api, Request, Seen, Silence, sdk_version
from booking_adapters.testing.stripe_server.control import PREFIX as CONTROL
from booking_adapters.testing.stripe_server.control import Control
from booking_adapters.testing.stripe_server.faults import Faults
from booking_adapters.testing.stripe_server.keeping import Keeper
from booking_adapters.testing.stripe_server.webhooks import Webhooks
from booking_adapters.testing.stripe_server.wire import Json, Response
from booking_core.ports.ambient import Clock

API_KEY = "sk_test_booking"  # a name, not a secret: only this server takes it
LARGEST_BODY_BYTES = 1_000_000
IDLE_SECONDS = 30.0
POLL_SECONDS = 0.02


class StripeServer:
    """A Stripe of one's own.

    `with StripeServer() as server:` and `StripeClient(server.api_key, base_addresses={"api": server.url})`. Time is
    `clock`'s (the system's by default), moved on by `advance`. What it has is kept in the file `keeps`, where one is
    given, and known again by the next that is given it (one at a time); raises ValueError for a file that is not its.
    """

    def __init__(self, clock: Clock | None = None, *, port: int = 0, keeps: Path | None = None) -> None:
        self.account = Account(clock or SystemClock(), sdk_version())
        self.api_key = API_KEY
        self.webhooks = Webhooks(self.account)
        self._api = Api(self.account, API_KEY)
        self._control = Control(self._api, self.webhooks)
        keeper = None if keeps is None else Keeper(keeps, self.account, self._api.keys)
        self._http = _Listener(port, self._api, self._control, keeper)
        self._thread = threading.Thread(
            target=self._http.serve_forever, args=(POLL_SECONDS,), name="stripe-server"
        )
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self.account.base_url = self.url
        if keeper is not None:
            self._recall(keeper)

    def _recall(self, keeper: Keeper) -> None:
        try:
            keeper.recall()
        except BaseException:
            self._http.server_close()
            raise

    def __enter__(self) -> Self:
        """Listen."""
        self._thread.start()
        self.webhooks.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every request and every thread."""
        self.close()

    @property
    def faults(self) -> Faults:
        """What is to go wrong with requests."""
        return self._api.faults

    @property
    def seen(self) -> tuple[Seen, ...]:
        """The requests to Stripe's API so far, oldest first, at most 10,000."""
        return tuple(self._api.seen)

    def advance(self, by: timedelta) -> None:
        """Let time pass for the server: authorisations lapse, refunds settle, idempotency keys expire."""
        self.account.advance(by)

    def authenticate(self, intent: str, *, succeed: bool = True) -> Json:
        """Answer 3D Secure in the place of the card's holder."""
        return self._control.authenticate(intent, succeed=succeed)

    def settle_refund(self, refund: str, status: str) -> Json:
        """Have a refund arrive (`succeeded`), or come back from the bank (`failed`)."""
        return self._control.settle_refund(refund, status)

    def send_webhooks_to(self, url: str) -> str:
        """Tell an address of all events; returns the secret they are signed with."""
        with self.account.lock:
            asked = {"url": url, "enabled_events": ["*"]}
            return str(webhook_endpoints.create(self.account, "", asked)["secret"])

    def close(self) -> None:
        """Stop; closing twice does nothing."""
        self._api.closing.set()
        if self._thread.is_alive():
            self._http.shutdown()
            self._thread.join()
        self._http.abandon_connections()
        self._http.server_close()
        self.webhooks.close()


class _Listener(ThreadingHTTPServer):
    """Knows its open connections, so that it can end them, and resets those that are to get no answer."""

    daemon_threads = False
    block_on_close = True
    request_queue_size = 128

    def __init__(self, port: int, api: Api, control: Control, keeper: Keeper | None) -> None:
        self.api, self.control, self.keeper = api, control, keeper
        self._guard = threading.Lock()
        self._open: set[socket.socket] = set()
        self._unanswered: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._open.discard(request)
            is_unanswered = request in self._unanswered
            self._unanswered.discard(request)
        if is_unanswered:
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def reset(self, connection: socket.socket) -> None:
        """End a connection with a reset once its handler returns."""
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with self._guard:
            self._unanswered.add(connection)

    def abandon_connections(self) -> None:
        """Wake every handler that still waits for its client."""
        with self._guard:
            for connection in self._open:
                with contextlib.suppress(OSError):  # the client was faster
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is its own business; anything else is a bug of ours and shown."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """Translates between HTTP and the API; one request a connection."""

    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: what was asked is in `seen`."""

    def _serve(self) -> None:
        self.close_connection = True
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > LARGEST_BODY_BYTES:
            self._send(413, b"{}", {})
            return
        body = self.rfile.read(int(length))
        parts = urlsplit(self.path)
        listener = cast("_Listener", self.server)
        if parts.path.startswith(pages.PREFIX):
            self._send_page(listener, parts.path.removeprefix(pages.PREFIX))
        elif parts.path.startswith(CONTROL):
            self._send_json(listener.control.answer(self.command, parts.path, body))
        else:
            self._send_answer(listener, parts.path, parts.query, body)

    def _send_answer(self, listener: _Listener, path: str, query: str, body: bytes) -> None:
        fields = body.decode("utf-8", "replace") if self.command == "POST" else query
        headers = dict(self.headers.items())
        request = Request(method=self.command, path=path, fields=fields, headers=headers)
        try:
            self._send_json(listener.api.answer(request))
        except Silence as silence:
            listener.api.closing.wait(silence.seconds)
            listener.reset(self.connection)

    def _send_json(self, response: Response) -> None:
        body = json.dumps(response.body, indent=2).encode()
        self._send(response.status, body, {"Content-Type": "application/json", **response.headers})

    def _send_page(self, listener: _Listener, rest: str) -> None:
        intent, _, outcome = rest.partition("/")
        account = listener.api.account
        if self.command == "POST" and outcome in {"complete", "fail"}:
            page = pages.act(account, listener.control, intent, outcome)
        else:
            page = pages.show(account, intent)
        headers = {"Content-Type": "text/html; charset=utf-8"}
        if page.location:
            headers["Location"] = page.location
        self._send(page.status, page.text.encode(), headers)

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        keeper = cast("_Listener", self.server).keeper
        if keeper is not None and self.command != "GET":
            keeper.keep()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
