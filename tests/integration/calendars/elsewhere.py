"""A web server on this machine with one calendar, which can be changed, broken and watched."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Elsewhere:
    """What the server answers, and what it was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.status = 200
        self.body = b""
        self.etag = ""
        self.asked: list[dict[str, str]] = []

    def says(self, *events: str, etag: str = "") -> None:
        """The calendar holds these events, each a text of lines, and is unchanged while it has the same tag."""
        inside = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
        self.body = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:elsewhere\n{inside}END:VCALENDAR\n".encode()
        self.status, self.etag = 200, etag


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    """A server on a free port of this machine."""
    place = Elsewhere()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            place.asked.append({name.lower(): value for name, value in self.headers.items()})
            is_known = bool(place.etag) and self.headers.get("if-none-match") == place.etag
            self.send_response(304 if is_known else place.status)
            if place.etag:
                self.send_header("ETag", place.etag)
            self.end_headers()
            if not is_known:
                try:
                    self.wfile.write(place.body)
                except OSError:
                    self.close_connection = True  # the reader had enough

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        place.url = f"http://127.0.0.1:{server.server_port}/secret.ics"
        yield place
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
