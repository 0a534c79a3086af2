"""Webhooks: events signed and sent to the account's endpoints, in order and once, or as wrongly as a test asks."""

import hashlib
import hmac
import http.client
import json
import threading
from enum import StrEnum
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

import attrs

from booking_adapters.testing.stripe_server.account import Account
from booking_adapters.testing.stripe_server.wire import Json

SEND_SECONDS = 10.0
MOST_ATTEMPTS = 4
FIRST_RETRY_SECONDS = 60
MOST_REMEMBERED = 10_000
POLL_SECONDS = 0.1


class TroubleKind(StrEnum):
    """What can go wrong on the way to the endpoint."""

    DUPLICATE = "duplicate"
    """It is sent twice."""
    REORDER = "reorder"
    """It is sent after the one that follows it."""
    DELAY = "delay"
    """It is sent `seconds` later, by the account's clock."""
    DROP = "drop"
    """It is never sent."""


@attrs.frozen(kw_only=True)
class Trouble:
    """Something goes wrong with the next `times` events whose type fits the pattern."""

    kind: TroubleKind = attrs.field(converter=TroubleKind)
    type: str = "*"
    times: int = 1
    seconds: int = 0


@attrs.frozen(kw_only=True)
class Delivery:
    """An event on its way to an endpoint; it is not sent before `not_before`, in epoch seconds."""

    event: str
    type: str
    endpoint: str
    body: bytes
    attempts: int = 0
    not_before: int = 0


@attrs.frozen(kw_only=True)
class Sent:
    """What became of one attempt; `status` is None where nobody answered."""

    event: str
    type: str
    url: str
    status: int | None


class Webhooks:
    """Sends the account's events from a thread of its own, or by hand while it is held."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._changed = threading.Condition()
        self._queue: list[Delivery] = []
        self._troubles: list[Trouble] = []
        self._overtaken: list[Delivery] = []
        self._sent: list[Sent] = []
        self._is_held = self._is_closing = self._is_sending = False
        self._thread = threading.Thread(target=self._run, name="stripe-webhooks")
        account.on_event = self._enqueue

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def close(self) -> None:
        """Send no more; what is waiting is dropped."""
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    def hold(self) -> None:
        """Keep events back, to be sent by hand with `deliver`."""
        with self._changed:
            self._is_held = True

    def resume(self) -> None:
        """Send what was kept back, and go on by itself."""
        with self._changed:
            self._is_held = False
            self._changed.notify_all()

    def plan(self, *troubles: Trouble) -> None:
        """Have these go wrong."""
        with self._changed:
            self._troubles += troubles

    @property
    def waiting(self) -> tuple[Delivery, ...]:
        """What has not been sent, in the order in which it happened."""
        with self._changed:
            return (*self._queue, *self._overtaken)

    @property
    def sent(self) -> tuple[Sent, ...]:
        """What was tried so far, oldest first."""
        with self._changed:
            return tuple(self._sent)

    def deliver(self, *events: str) -> tuple[Sent, ...]:
        """Send events (by id) now, in this order and as often as they are named; sent ones are sent again."""
        outcomes: list[Sent] = []
        for event in events:
            with self._account.lock:
                again = self._deliveries(self._account.find("event", event))
            for delivery in again:
                self._forget(delivery)
                outcomes.append(self._send(delivery))
        return tuple(outcomes)

    def drop(self, *events: str) -> None:
        """Never send these."""
        with self._changed:
            self._queue = [each for each in self._queue if each.event not in events]
            self._overtaken = [each for each in self._overtaken if each.event not in events]
            self._changed.notify_all()

    def wait_until_idle(self, timeout_seconds: float = 10.0) -> bool:
        """Wait until nothing is left that is due; False where that did not come in time."""
        with self._changed:
            return self._changed.wait_for(
                lambda: not self._is_sending and self._next() is None, timeout_seconds
            )

    def _enqueue(self, event: Json) -> None:
        """Queue an event for all endpoints that want it. Called with the account's lock held."""
        with self._changed:
            deliveries = self._deliveries(event)
            event["pending_webhooks"] = len(deliveries)
            trouble = self._trouble_of(event["type"]) if deliveries else None
            overtaken, self._overtaken = self._overtaken, []
            match trouble.kind if trouble else None:
                case TroubleKind.DROP:
                    deliveries = ()
                case TroubleKind.DUPLICATE:
                    deliveries = (*deliveries, *deliveries)
                case TroubleKind.REORDER:
                    self._overtaken, deliveries = list(deliveries), ()
                case TroubleKind.DELAY:
                    assert trouble is not None
                    later = self._account.now() + trouble.seconds
                    deliveries = tuple(attrs.evolve(each, not_before=later) for each in deliveries)
            self._queue += [*deliveries, *overtaken]
            self._changed.notify_all()

    def _deliveries(self, event: Json) -> tuple[Delivery, ...]:
        wanting = [
            each
            for each in self._account.every("webhook_endpoint")
            if each["status"] == "enabled" and {"*", event["type"]} & set(each["enabled_events"])
        ]
        body = json.dumps({**event, "pending_webhooks": len(wanting)}, indent=2).encode()
        return tuple(
            Delivery(event=event["id"], type=event["type"], endpoint=each["id"], body=body)
            for each in wanting
        )

    def _trouble_of(self, kind: str) -> Trouble | None:
        for place, trouble in enumerate(self._troubles):
            if fnmatchcase(kind, trouble.type):
                left = attrs.evolve(trouble, times=trouble.times - 1)
                self._troubles[place : place + 1] = [left] if left.times else []
                return trouble
        return None

    def _forget(self, delivery: Delivery) -> None:
        def is_other(each: Delivery) -> bool:
            return (each.event, each.endpoint) != (delivery.event, delivery.endpoint)

        with self._changed:
            self._queue = list(filter(is_other, self._queue))
            self._overtaken = list(filter(is_other, self._overtaken))

    def _next(self) -> Delivery | None:
        if self._is_held:
            return None
        now = self._account.now()
        return next((each for each in self._queue if each.not_before <= now), None)

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._is_closing and self._next() is None:
                    # The account's clock can be moved without a word, so that what waits for it is looked at.
                    self._changed.wait(POLL_SECONDS if self._queue else None)
                delivery = self._next()
                if self._is_closing or delivery is None:
                    return
                self._queue.remove(delivery)
                self._is_sending = True
            try:
                self._send_or_retry(delivery)
            finally:
                with self._changed:
                    self._is_sending = False
                    self._changed.notify_all()

    def _send_or_retry(self, delivery: Delivery) -> None:
        status = self._send(delivery).status
        attempts = delivery.attempts + 1
        if (status is None or status >= 300) and attempts < MOST_ATTEMPTS:
            wait = FIRST_RETRY_SECONDS * 4**delivery.attempts
            again = attrs.evolve(delivery, attempts=attempts, not_before=self._account.now() + wait)
            with self._changed:
                self._queue.append(again)

    def _send(self, delivery: Delivery) -> Sent:
        with self._account.lock:
            endpoint = self._account.expandable(delivery.endpoint) or {"url": "", "secret": ""}
            url, secret = endpoint["url"], endpoint["secret"]
            signature = signature_header(delivery.body, secret, self._account.now())
        status = _post(url, delivery.body, signature) if url else None
        sent = Sent(event=delivery.event, type=delivery.type, url=url, status=status)
        with self._changed:
            self._sent = [*self._sent[-MOST_REMEMBERED:], sent]
        return sent


def signature_header(body: bytes, secret: str, at: int) -> str:
    """The `Stripe-Signature` of a body at a time in epoch seconds; test events also carry a worthless v0."""
    signed = hmac.new(secret.encode(), b"%d.%b" % (at, body), hashlib.sha256).hexdigest()
    return f"t={at},v1={signed},v0={hashlib.sha256(signed.encode()).hexdigest()}"


def _post(url: str, body: bytes, signature: str) -> int | None:
    parts = urlsplit(url)
    assert parts.hostname
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname, parts.port, timeout=SEND_SECONDS)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signature}
    try:
        connection.request("POST", path, body, {**headers, "User-Agent": "booking-stripe-test-server"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
