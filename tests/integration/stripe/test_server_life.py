import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.error import HTTPError

import pytest
from stripe import APIConnectionError, APIError, StripeClient

from booking_adapters.testing.stripe_server import Fault, FaultKind, StripeServer
from tests.integration.stripe.conftest import Connect
from tests.integration.stripe.payments import asked, authorised
from tests.integration.stripe.receiver import Receiver

COMMAND = [sys.executable, "-m", "booking_adapters.testing.stripe_server"]


def test_it_leaves_nothing_behind_even_while_requests_hang(connect: Connect) -> None:
    before = set(threading.enumerate())
    with StripeServer() as server, ThreadPoolExecutor(1) as waiting:
        address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
        server.faults.plan(Fault(kind=FaultKind.SLOW, seconds=60))
        stuck = waiting.submit(connect(server).v1.customers.create)
        assert server.faults.wait_until_slow()
        with socket.create_connection(address):  # somebody who connects and says nothing
            server.close()
        assert stuck.exception() is None or isinstance(stuck.exception(), APIConnectionError)
    assert set(threading.enumerate()) - before == set()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address)


def test_closing_twice_and_closing_unopened_do_nothing() -> None:
    server = StripeServer()
    server.close()
    server.close()
    with StripeServer() as running:
        running.close()


def test_two_servers_live_apart(server: StripeServer, connect: Connect) -> None:
    with StripeServer() as other:
        assert other.url != server.url
        connect(server).v1.customers.create()
        assert connect(other).v1.customers.list().data == []


def test_many_clients_pay_at_once(server: StripeServer, connect: Connect) -> None:
    clients = [connect(server) for _ in range(8)]
    with ThreadPoolExecutor(8) as crowd:
        paid = list(crowd.map(lambda each: each.v1.payment_intents.create(asked()).status, clients * 4))
    assert paid == ["succeeded"] * 32
    assert len(clients[0].v1.charges.list({"limit": 100}).data) == 32


def test_a_request_that_is_not_stripes_is_refused(server: StripeServer) -> None:
    assert status_of(server, "GET", "/") == 401
    assert status_of(server, "GET", "/_control/none") == 404
    assert status_of(server, "GET", "/_pages/3ds/pi_none") == 404
    assert status_of(server, "POST", "/_pages/3ds/pi_none/complete") == 404


@pytest.mark.parametrize(
    "body", [b"a[b=1", b"=1", b"a=1&a[b]=2", b"a[b]=1&a=2", b"a[1][2][3][4][5][6][7][8]=1"]
)
def test_fields_that_cannot_be_read_are_refused(server: StripeServer, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {server.api_key}"}
    request = urllib.request.Request(f"{server.url}/v1/customers", body, headers)  # noqa: S310 - our own server
    with pytest.raises(HTTPError) as refused, urllib.request.urlopen(request, timeout=10):  # noqa: S310 - the same
        pass
    with refused.value as answer:
        assert answer.code == 400


def test_a_test_in_another_process_steers_it_over_http(
    server: StripeServer, stripe: StripeClient, receiver: Receiver
) -> None:
    server.send_webhooks_to(receiver.url)
    assert tell(server, "webhooks/hold") == {}
    assert tell(server, "faults", kind="unavailable", path="/v1/refunds")["kind"] == "unavailable"
    with pytest.raises(APIError):
        stripe.v1.refunds.create({"payment_intent": "pi_any"})
    challenged = stripe.v1.payment_intents.create(asked("pm_card_authenticationRequired"))
    assert tell(server, "authenticate", intent=challenged.id, succeed=True) == {"status": "succeeded"}
    refund = stripe.v1.refunds.create({"payment_intent": challenged.id})
    assert tell(server, "refunds", refund=refund.id, status="failed") == {"status": "failed"}
    intent = authorised(stripe)
    tell(server, "clock", advance_seconds=8 * 24 * 3600)
    assert stripe.v1.payment_intents.retrieve(intent.id).status == "canceled"
    state = tell(server, "state", method="GET")
    assert state["objects"] == {"payment_intent": 2, "charge": 2, "refund": 1}
    first, second, *_ = state["webhooks_waiting"]
    assert [each["event"] for each in tell(server, "webhooks/deliver", events=[second])["sent"]] == [second]
    tell(server, "webhooks/drop", events=[first])
    assert tell(server, "webhooks/trouble", kind="drop", times=99)["kind"] == "drop"
    tell(server, "faults", kind="reset_before")
    assert tell(server, "faults", method="DELETE") == {}
    stripe.v1.customers.create()
    tell(server, "webhooks/resume")
    assert server.webhooks.wait_until_idle()
    received = [json.loads(each.body) for each in receiver.received]
    assert received[0]["id"] == second
    assert "customer.created" not in [each["type"] for each in received]


@pytest.mark.parametrize(
    ("command", "asked_for"),
    [
        ("faults", {"kind": "earthquake"}),
        ("faults", {"kind": "slow", "colour": "red"}),
        ("faults", {"kind": "slow", "seconds": 1e9}),
        ("clock", {}),
        ("clock", {"advance_seconds": -1}),
        ("refunds", {"refund": "re_1", "status": "lost"}),
    ],
)
def test_a_mistake_in_steering_is_told(server: StripeServer, command: str, asked_for: dict[str, Any]) -> None:
    with pytest.raises(HTTPError) as refused:
        tell(server, command, **asked_for)
    with refused.value as answer:
        assert answer.code == 400


def test_it_runs_by_itself_for_demos(receiver: Receiver) -> None:
    with subprocess.Popen(
        [*COMMAND, "--webhook", receiver.url], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            said = dict(process.stdout.readline().strip().split(": ", 1) for _ in range(3))
            stripe = StripeClient(said["api key"], base_addresses={"api": said["url"]})
            assert stripe.v1.payment_intents.create(asked()).status == "succeeded"
            assert said["webhook secret"].startswith("whsec_")
        finally:
            os.kill(process.pid, signal.SIGTERM)
        assert process.wait(timeout=20) == 0


def tell(server: StripeServer, command: str, *, method: str = "POST", **asked_for: Any) -> dict[str, Any]:
    body = json.dumps(asked_for).encode() if method == "POST" else None
    request = urllib.request.Request(f"{server.url}/_control/{command}", body, method=method)  # noqa: S310 - our own server
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - our own server
        answered: dict[str, Any] = json.loads(answer.read())
    return answered


def status_of(server: StripeServer, method: str, path: str) -> int:
    request = urllib.request.Request(server.url + path, method=method)  # noqa: S310 - our own server
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - our own server
            status: int = answer.status
    except HTTPError as error:
        with error:
            status = error.code
    return status
