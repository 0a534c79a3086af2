"""The servers outside the house: one that takes mails, and one that answers as Twilio does. Each may fall silent."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import attrs
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from booking_adapters.testing.processes import free_port

PATIENCE_SECONDS = 60


@attrs.define
class Silence:
    """Makes a server fall silent once, before or after it has taken a message, until somebody breaks it."""

    when: str = ""
    reached: threading.Event = attrs.field(factory=threading.Event)
    broken: threading.Event = attrs.field(factory=threading.Event)

    def falls(self, when: str) -> bool:
        """Whether it fell now; then it is over."""
        if self.when != when:
            return False
        self.reached.set()
        assert self.broken.wait(PATIENCE_SECONDS)
        self.when = ""
        return True

    def await_kill(self) -> None:
        """Wait until somebody hears nothing any more."""
        assert self.reached.wait(PATIENCE_SECONDS)

    def end(self) -> None:
        """Answer again."""
        self.broken.set()


@attrs.define
class Mailbox:
    """What aiosmtpd calls; it keeps mails."""

    silence: Silence = attrs.field(factory=Silence)
    mails: list[EmailMessage] = attrs.field(factory=list)
    port: int = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.silence.falls("before")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default))
        self.silence.falls("after")
        return "250 OK"


@attrs.define
class Twilio:
    """Keeps what it is asked to send: the number, and the text."""

    silence: Silence = attrs.field(factory=Silence)
    texts: list[tuple[str, str]] = attrs.field(factory=list)
    url: str = ""

    def take(self, form: dict[str, list[str]]) -> bool:
        """Whether it was taken; not from somebody who died before."""
        if self.silence.falls("before"):
            return False
        self.texts.append((form["To"][0], form["Body"][0]))
        self.silence.falls("after")
        return True


@contextmanager
def a_mailbox() -> Iterator[Mailbox]:
    """A mail server of this machine."""
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    mailbox.port = controller.port
    try:
        yield mailbox
    finally:
        mailbox.silence.end()
        controller.stop()


@contextmanager
def a_twilio() -> Iterator[Twilio]:
    """A server of this machine that answers as Twilio does."""
    twilio = Twilio()

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            if not twilio.take(form):
                return
            content = json.dumps({"sid": f"SM{len(twilio.texts)}", "status": "queued"}).encode()
            self.send_response(201)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

        def handle_one_request(self) -> None:
            """Whoever asked may be dead when the answer is ready."""
            try:
                super().handle_one_request()
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        twilio.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield twilio
        finally:
            twilio.silence.end()
            server.shutdown()
            thread.join(PATIENCE_SECONDS)
