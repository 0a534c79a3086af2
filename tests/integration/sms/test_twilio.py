"""Twilio's SDK against a server on the loopback interface that answers as Twilio does."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import attrs
import pytest

from booking_adapters.sms.twilio import TwilioAccount, TwilioNotifier, e164
from booking_core.ports.notifying import (
    Message,
    NotifierUnavailable,
    OutcomeUnknown,
    Refused,
    Undeliverable,
)

TEXT = Message(key="k", to="+49 151 1234-5678", subject="", text="See you on Monday")


@attrs.define
class Twilio:
    """What it answers, and what it was asked."""

    status: int = 201
    answer: dict[str, object] = attrs.field(factory=lambda: {"sid": "SM123", "status": "queued"})
    asked: list[tuple[str, dict[str, list[str]]]] = attrs.field(factory=list)
    url: str = ""


@pytest.fixture
def twilio() -> Iterator[Twilio]:
    told = Twilio()

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            told.asked.append((self.path, parse_qs(body)))
            content = json.dumps(told.answer).encode()
            self.send_response(told.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield told
    server.shutdown()
    server.server_close()


def notifier(url: str) -> TwilioNotifier:
    account = TwilioAccount(sid="AC1", token="secret", sender="+15005550006", base_url=url)
    return TwilioNotifier(account, timeout_seconds=3)


def test_a_text_is_sent_to_the_number_without_its_separators(twilio: Twilio) -> None:
    assert notifier(twilio.url).send(TEXT) == "SM123"
    ((path, form),) = twilio.asked
    assert path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert form == {"To": ["+4915112345678"], "From": ["+15005550006"], "Body": ["See you on Monday"]}


@pytest.mark.parametrize(
    "number", ["", "0151 1234567", "+0151", "+49abc", "+49151\r\n1", "+1" * 30, "+" + "1" * 16]
)
def test_what_is_no_number_is_refused_before_anybody_is_asked(twilio: Twilio, number: str) -> None:
    with pytest.raises(Undeliverable):
        notifier(twilio.url).send(attrs.evolve(TEXT, to=number))
    assert twilio.asked == []


def test_separators_are_taken_out() -> None:
    assert e164("+1 (212) 555-0100") == "+12125550100"


@pytest.mark.parametrize(
    ("status", "code", "raised"),
    [
        (400, 21211, Refused),
        (400, 21610, Refused),
        (401, 20003, NotifierUnavailable),
        (400, 21602, Undeliverable),
        (429, 20429, NotifierUnavailable),
        (500, None, OutcomeUnknown),
    ],
)
def test_each_refusal_is_what_it_is_and_names_no_number(
    twilio: Twilio, status: int, code: int | None, raised: type[Exception]
) -> None:
    twilio.status, twilio.answer = status, {"code": code, "message": "about +4915112345678", "status": status}
    with pytest.raises(raised) as failed:
        notifier(twilio.url).send(TEXT)
    assert type(failed.value) is raised
    assert "4915112345678" not in str(failed.value)


def test_a_server_that_is_not_there_leaves_the_outcome_unknown(twilio: Twilio) -> None:
    gone = notifier("http://127.0.0.1:1")
    with pytest.raises(OutcomeUnknown):
        gone.send(TEXT)
    assert twilio.asked == []
