"""An outside seller of one's own: a server on this machine that speaks as the generic JSON channel does."""

import contextlib
import json
import threading
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from booking_adapters._codec.converter import write
from booking_adapters.ambient.clock import SystemClock
from booking_adapters.channels.json_connector import update_in_json
from booking_adapters.channels.signatures import Secret, believed
from booking_adapters.testing.channel import FakeChannel
from booking_core.domain.channels.booking import ExternalBooking, SignatureRefused
from booking_core.domain.channels.dates import Dates
from booking_core.domain.channels.restrictions import Restriction
from booking_core.domain.channels.update import Night, Opening, Update
from booking_core.domain.kernel.money import Money
from booking_core.ports.ambient import Clock
from booking_core.ports.channel_connector import ChannelRefused

LARGEST_BODY_BYTES = 1_000_000
POLL_SECONDS = 0.02
MOST_HANGING_SECONDS = 30.0


class ServerFault(StrEnum):
    """What goes wrong with a request. *Before* is without the effect, *after* is with it."""

    ERROR_BEFORE = "error_before"
    ERROR_AFTER = "error_after"
    HANG_BEFORE = "hang_before"
    HANG_AFTER = "hang_after"
    GARBAGE = "garbage"
    """It is done, and the answer makes no sense."""


AFTER = frozenset({ServerFault.ERROR_AFTER, ServerFault.HANG_AFTER, ServerFault.GARBAGE})


class ChannelServer:
    """`with ChannelServer(secret=…) as server:`, and `server.url` is where it is spoken to.

    What it knows, owes and refuses is in `channel`; `faults` go wrong with the next requests, one each; whoever has
    no secret of it is refused. `slowness_seconds` is how much longer each request takes.
    """

    def __init__(self, clock: Clock | None = None, *, secret: str = "", port: int = 0) -> None:
        self.channel = FakeChannel()
        self.secret = secret
        self.clock = clock or SystemClock()
        self.faults: list[ServerFault] = []
        self.slowness_seconds = 0.0
        self.lock = threading.Lock()
        self.closing = threading.Event()
        self._http = _Listener(port, self)
        self._thread = threading.Thread(
            target=self._http.serve_forever, args=(POLL_SECONDS,), name="channel-server"
        )
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        """Listen."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every request and every thread."""
        self.closing.set()
        self._http.shutdown()
        self._thread.join(MOST_HANGING_SECONDS)
        self._http.server_close()

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, Any]:
        """What a request is answered: a status and JSON-ready data."""
        address = urlsplit(path)
        with self.lock:
            if (method, address.path) == ("GET", "/"):
                return 200, self._known()
            try:
                believed([Secret(self.secret)], headers, body, self.clock.now())
            except SignatureRefused as refused:
                return 401, {"error": refused.message}
            match method, address.path:
                case "POST", "/availability":
                    return self._hear(json.loads(body))
                case "GET", "/bookings":
                    return 200, self._owed(parse_qs(address.query).get("cursor", [""])[0])
                case "POST", "/acknowledgements":
                    return self._acknowledged(json.loads(body))
        return 404, {"error": "there is nothing here"}

    def _hear(self, data: Any) -> tuple[int, Any]:
        update = _update(data)
        if self.channel.has_heard_better(update):
            return 409, {"error": "a later turn was heard"}
        try:
            refused = self.channel.push(update)
        except ChannelRefused as unknown:
            return 404, {"error": str(unknown)}
        return 200, {"rejected": [{"date": each.date.isoformat(), "reason": each.reason} for each in refused]}

    def _owed(self, cursor: str) -> Any:
        page = self.channel.pull(cursor)
        return {"bookings": [_sent(each) for each in page.bookings], "cursor": page.cursor}

    def _acknowledged(self, data: Any) -> tuple[int, Any]:
        # A channel knows its bookings by reference and revision, whatever they said.
        named = {(each["reference"], each["revision"]) for each in data["bookings"]}
        self.channel.acknowledge(
            [each for each in self.channel.owed if (each.reference, each.revision) in named]
        )
        return 200, {}

    def _known(self) -> Any:
        """Everything that it was told, for whoever wants to see it."""
        every = self.channel
        return {
            code: update_in_json(
                Update(
                    code=code,
                    turn=every.turn(code),
                    zone="UTC",
                    dates=(),
                    nights=tuple(every.nights[code][day] for day in sorted(every.nights[code])),
                    openings=tuple(every.openings[code]),
                )
            )
            for code in sorted(every.nights)
        }


class _Listener(ThreadingHTTPServer):
    """Knows whose requests it takes."""

    daemon_threads = False
    block_on_close = True

    def __init__(self, port: int, owner: ChannelServer) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Listener
    protocol_version = "HTTP/1.1"
    timeout = MOST_HANGING_SECONDS

    def do_GET(self) -> None:
        """A question."""
        self._answer(b"")

    def do_POST(self) -> None:
        """Something to hear."""
        length = int(self.headers.get("content-length", 0))
        self._answer(self.rfile.read(min(length, LARGEST_BODY_BYTES)))

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def _answer(self, body: bytes) -> None:
        owner = self.server.owner
        fault = owner.faults.pop(0) if owner.faults else None
        owner.closing.wait(owner.slowness_seconds)
        status, data = 500, {"error": "something went wrong"}
        if fault is None or fault in AFTER:
            headers = {name.lower(): value for name, value in self.headers.items()}
            found = owner.answer(self.command, self.path, headers, body)
            status, data = found if fault is None else (status, data)
        if fault in {ServerFault.HANG_BEFORE, ServerFault.HANG_AFTER}:
            owner.closing.wait(MOST_HANGING_SECONDS)
            self.close_connection = True
            return
        text = b"<html>" if fault is ServerFault.GARBAGE else json.dumps(data).encode()
        with contextlib.suppress(OSError):  # whoever asked has gone
            self.send_response(200 if fault is ServerFault.GARBAGE else status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)


def _sent(booking: ExternalBooking) -> Any:
    message = booking.message
    sent = {"reference": message.reference, "revision": message.revision, "kind": message.kind.value}
    return sent if booking.content is None else {**sent, "content": write(booking.content)}


def _update(data: Any) -> Update:
    return Update(
        code=data["listing"],
        turn=data["turn"],
        zone=data["zone"],
        dates=tuple(
            Dates(date.fromisoformat(each["first"]), date.fromisoformat(each["end"]))
            for each in data["dates"]
        ),
        nights=tuple(map(_night, data["nights"])),
        openings=tuple(map(_opening, data["openings"])),
    )


def _night(data: Any) -> Night:
    return Night(
        date=date.fromisoformat(data["date"]),
        left=data["left"],
        price=_price(data["price"]),
        restriction=Restriction(
            is_stopped=data["stop_sell"],
            is_closed_to_arrival=data["closed_to_arrival"],
            is_closed_to_departure=data["closed_to_departure"],
            arrival_nights=data["min_stay_arrival"],
            through_nights=data["min_stay_through"],
            most_nights=data["max_stay"],
        ),
    )


def _opening(data: Any) -> Opening:
    return Opening(
        start=datetime.fromisoformat(data["start"]),
        end=datetime.fromisoformat(data["end"]),
        left=data["left"],
        price=_price(data["price"]),
    )


def _price(data: Any) -> Money | None:
    return None if data is None else Money(data["amount_minor"], data["currency"])
