"""`booking serve`, as a process of its own."""

import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from booking_app.server import address_of, bound
from booking_core.domain.kernel.errors import SystemFailure

SECONDS = 30


@contextmanager
def serving(directory: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """A server, and what it printed when it was ready."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BOOKING_")}
    program = "import sys; from booking_app.cli import main; sys.exit(main())"
    process = subprocess.Popen(
        [sys.executable, "-c", program, "serve", *words],
        cwd=directory,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    lines = []
    try:
        for line in process.stdout:
            lines.append(line.rstrip("\n"))
            if line.startswith("Ctrl-C"):
                break
        yield process, lines
    finally:
        process.kill()
        process.communicate()


def sent(line: str) -> httpx.Response:
    """The request that a curl line makes."""
    words = iter(shlex.split(line)[1:])
    url, content, headers = "", None, {}
    for word in words:
        match word:
            case "-H":
                name, _, value = next(words).partition(": ")
                headers[name] = value
            case "-d":
                content = next(words)
            case _:
                url = word
    return httpx.request("POST" if content else "GET", url, content=content, headers=headers, timeout=SECONDS)


def test_the_demo_serves_and_its_lines_work_when_pasted(tmp_path: Path) -> None:
    with serving(tmp_path, "--demo", "--port", "0") as (process, lines):
        assert lines[0].startswith("Serving cabins, clinic, grand-hotel, rentals, tours at http://127.0.0.1:")
        page = httpx.get(lines[0].rsplit(" ", 1)[1], timeout=SECONDS)
        assert (page.status_code, "Grand Hotel" in page.text) == (200, True)
        search, booking, refusal, paid = (sent(line) for line in lines if line.startswith("  curl"))
        assert (search.status_code, bool(search.json()["resources"])) == (200, True)
        assert (booking.status_code, booking.json()["status"]) == (201, "confirmed")
        assert (refusal.status_code, refusal.json()["bookable"]) == (200, False)
        assert refusal.json()["violations"]
        assert (paid.status_code, paid.json()["status"]) == (201, "confirmed")
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=SECONDS)
        assert (process.returncode, "Traceback" in errors, "Ada" in errors) == (0, False, False)
    assert (tmp_path / ".booking" / "demo.sqlite3").exists()


def test_the_demo_keeps_its_bookings_and_ends_with_the_keyboard(tmp_path: Path) -> None:
    codes: list[str] = []
    found: list[int] = []
    for _ in range(2):
        with serving(tmp_path, "--demo", "--port", "0") as (process, lines):
            booking = [line for line in lines if line.startswith("  curl")][1]
            codes.append(sent(booking).json()["code"])
            address = lines[0].rsplit(" ", 1)[1]
            found = [
                httpx.get(f"{address}/v1/clinic/reservations/{code}", timeout=SECONDS).status_code
                for code in codes
            ]
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=SECONDS)
            assert process.returncode == 0
    assert found == [200, 200]


def test_a_taken_port_is_said_and_the_demo_takes_the_next() -> None:
    with bound("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SystemFailure, match=f"cannot listen on 127.0.0.1:{port}"):
            bound("127.0.0.1", port)
        with bound("127.0.0.1", port, or_next=True) as following:
            assert port < following.getsockname()[1] <= port + 100
    with pytest.raises(SystemFailure, match="cannot listen on 203"):
        bound("203.0.113.1", 8000)


def test_addresses_can_be_typed_into_a_browser() -> None:
    with bound("127.0.0.1", 0) as listener:
        assert address_of(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"
    if socket.has_ipv6:
        with bound("::1", 0) as listener:
            assert address_of(listener).startswith("http://[::1]:")


def test_guests_of_the_demo_pay_with_a_test_card(tmp_path: Path) -> None:
    friday = datetime.now(UTC).date() + timedelta(days=70)
    friday += timedelta(days=(4 - friday.weekday()) % 7)
    with serving(tmp_path, "--demo", "--port", "0") as (_, lines):
        (page,) = [line.partition("(")[2].partition(")")[0] for line in lines if "payment-page" in line]
        told = httpx.get(page, timeout=SECONDS).json()
        methods = {each["method"] for each in told["test_cards"]}
        assert told["provider"] == "stripe"
        assert methods == {word for line in lines for word in line.split() if word.startswith("pm_card_")}
        stay = {"check_in": str(friday), "check_out": str(friday + timedelta(days=3))}
        body = {"service": "deluxe-king", "stay": stay, "customer": {"name": "Ada"}, "method": "pm_card_visa"}
        hotel = page.removesuffix("/payment-page")
        booked = httpx.post(f"{hotel}/reservations", json=body, timeout=SECONDS)
        assert (booked.status_code, booked.json()["status"]) == (201, "confirmed")
        money = httpx.get(f"{hotel}/reservations/{booked.json()['code']}/payments", timeout=SECONDS).json()
        (payment,) = money["payments"]
        assert payment["asked"] == money["charges"]
        assert payment["asked"]["amount_minor"] == booked.json()["price"]["totals"]["total_minor"]


def test_money_of_the_demo_outlives_the_demo(tmp_path: Path) -> None:
    """Paid in one run, called off in the next: the pretended Stripe still knows the payment, and gives it back."""
    friday = datetime.now(UTC).date() + timedelta(days=70)
    stay = {"check_in": str(friday), "check_out": str(friday + timedelta(days=3))}
    body = {"service": "deluxe-king", "stay": stay, "customer": {"name": "Ada"}, "method": "pm_card_visa"}
    with serving(tmp_path, "--demo", "--port", "0") as (process, lines):
        hotel = f"{lines[0].rsplit(' ', 1)[1]}/v1/grand-hotel/reservations"
        booked = httpx.post(hotel, json=body, timeout=SECONDS).json()
        assert booked["status"] == "confirmed"
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=SECONDS)
    with serving(tmp_path, "--demo", "--port", "0") as (_, lines):
        there = f"{lines[0].rsplit(' ', 1)[1]}/v1/grand-hotel/reservations/{booked['code']}"
        assert httpx.post(f"{there}/cancel", json={}, timeout=SECONDS).json()["status"] == "cancelled"
        until = time.monotonic() + SECONDS
        while (money := httpx.get(f"{there}/payments", timeout=SECONDS).json())["refunded"][
            "amount_minor"
        ] == 0:
            assert time.monotonic() < until, money
            time.sleep(0.2)
        assert money["refunded"] == money["payments"][0]["captured"]


def test_a_channel_of_the_demo_is_told_what_is_left(tmp_path: Path) -> None:
    with serving(tmp_path, "--demo", "--port", "0") as (_, lines):
        (shown,) = [line.rsplit(" ", 1)[1] for line in lines if "sold by a channel" in line]
        key = tmp_path / ".booking" / "demo-signing-key"
        assert (len(key.read_text("utf-8")), key.stat().st_mode & 0o077) == (43, 0)
        address = lines[0].rsplit(" ", 1)[1]
        friday = datetime.now(UTC).date() + timedelta(days=20)

        def left() -> int | None:
            """How many deluxe rooms the channel believes to be free on that night; None before it was told."""
            told = httpx.get(shown, timeout=SECONDS).json().get("DLX", {"nights": []})
            nights = {each["date"]: each["left"] for each in told["nights"]}
            return nights.get(str(friday))

        before = eventually(left, lambda found: found is not None)
        stay = {"check_in": str(friday), "check_out": str(friday + timedelta(days=1))}
        body = {"service": "deluxe-king", "stay": stay, "customer": {"name": "Ada"}, "method": "pm_card_visa"}
        booked = httpx.post(f"{address}/v1/grand-hotel/reservations", json=body, timeout=SECONDS)
        assert booked.status_code == 201, booked.text
        assert before is not None
        assert eventually(left, lambda found: found != before) == before - 1


def eventually(look: Callable[[], int | None], is_enough: Callable[[int | None], bool]) -> int | None:
    """What is seen as soon as it is enough; the demo's worker does its work in a few seconds."""
    deadline = time.monotonic() + SECONDS
    while not is_enough(found := look()):
        assert time.monotonic() < deadline, f"still {found}"
        time.sleep(0.2)
    return found
