"""Where webhooks arrive in tests: a small server that keeps what it gets."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import TracebackType
from typing import Any, NamedTuple, Self, cast


class Received(NamedTuple):
    body: bytes
    signature: str


class Receiver:
    """Keeps requests in the order of their arrival and answers with `status`."""

    def __init__(self) -> None:
        self.status = 200
        self.received: list[Received] = []
        self._http = _Http(self)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,))
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}/webhooks?tenant=hotel"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


class _Http(HTTPServer):
    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        receiver = cast("_Http", self.server).receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        receiver.received.append(Received(body, self.headers["Stripe-Signature"]))
        self.send_response(receiver.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass
