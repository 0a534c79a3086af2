"""A server of a tenant's own, on this machine, that answers as it is told."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Self

import attrs


@attrs.frozen
class Message:
    """What arrived."""

    headers: dict[str, str]
    body: bytes


class Receiver:
    """Answers 200, or the next of `answers`, and remembers what arrived."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.answers: list[int] = []
        received = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                received.messages.append(Message(headers, body))
                self.send_response(received.answers.pop(0) if received.answers else 200)
                self.send_header("content-length", "0")
                self.send_header("location", received.url)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Nobody reads it."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/hook"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
