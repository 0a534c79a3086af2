"""`booking serve --demo` tells its guests by files, and the link in them shows and calls off the booking."""

import re
import time
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import httpx

from tests.integration.app.test_serving import SECONDS, serving

LINK = re.compile(r"http://\S+/manage/\S+")


def awaited(outbox: Path, to: str, subject: str) -> EmailMessage:
    """The mail to somebody whose subject begins so, once the worker in the server has written it."""
    until = time.monotonic() + SECONDS
    while True:
        for file in outbox.glob("*.eml"):
            mail = message_from_bytes(file.read_bytes(), _class=EmailMessage, policy=policy.default)
            if mail["To"] == to and str(mail["Subject"]).startswith(subject):
                return mail
        assert time.monotonic() < until, subject
        time.sleep(0.1)


def test_a_payer_of_the_demo_confirms_on_the_page_of_the_bank(tmp_path: Path) -> None:
    arrival = datetime.now(UTC).date() + timedelta(days=70)
    stay = {"check_in": str(arrival), "check_out": str(arrival + timedelta(days=2))}
    method = "pm_card_authenticationRequired"
    body = {"service": "deluxe-king", "stay": stay, "customer": {"name": "Ada"}, "method": method}
    with serving(tmp_path, "--demo", "--port", "0") as (_, lines):
        home = lines[0].rsplit(" ", 1)[1]
        booked = httpx.post(f"{home}/v1/grand-hotel/reservations", json=body, timeout=SECONDS).json()
        assert booked["status"] == "pending"
        page = httpx.get(booked["action"]["url"], timeout=SECONDS)
        assert "Complete authentication" in page.text
        done = httpx.post(f"{booked['action']['url']}/complete", follow_redirects=True, timeout=SECONDS)
        assert (done.status_code, str(done.url).startswith(f"{home}/?payment_intent=")) == (200, True)
        resumed = f"{home}/v1/grand-hotel/reservations/{booked['code']}/payments/resume"
        assert httpx.post(resumed, timeout=SECONDS).json()["status"] == "confirmed"


def test_a_guest_of_the_demo_is_told_and_manages_the_booking_by_the_link(tmp_path: Path) -> None:
    friday = datetime.now(UTC).date() + timedelta(days=70)
    stay = {"check_in": str(friday), "check_out": str(friday + timedelta(days=2))}
    guest = {"name": "Ada", "email": "ada@example.org"}
    body = {"service": "deluxe-king", "stay": stay, "customer": guest, "method": "pm_card_visa"}
    outbox = tmp_path / ".booking" / "outbox"
    with serving(tmp_path, "--demo", "--port", "0") as (_, lines):
        hotel = f"{lines[0].rsplit(' ', 1)[1]}/v1/grand-hotel"
        booked = httpx.post(f"{hotel}/reservations", json=body, timeout=SECONDS).json()
        assert booked["status"] == "confirmed"
        mail = awaited(outbox, "ada@example.org", "Confirmed")
        (text,) = (part for part in mail.walk() if part.get_content_type() == "text/plain")
        (link,) = LINK.findall(text.get_content())
        assert link.startswith(f"{hotel}/manage/")
        shown = httpx.get(link, timeout=SECONDS)
        assert (shown.status_code, shown.json()["code"]) == (200, booked["code"])
        ended = httpx.post(f"{link}/cancel", json={}, timeout=SECONDS).json()
        assert ended["status"] == "cancelled"
        file = next(iter(awaited(outbox, "ada@example.org", "Cancelled").iter_attachments()))
        assert "METHOD:CANCEL" in file.get_content()
        assert httpx.get(f"{link}x", timeout=SECONDS).status_code == 404
