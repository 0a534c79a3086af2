"""Steering the server over HTTP, for demos and for tests in other processes: JSON under `/_control`."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import attrs

from booking_adapters.testing.stripe_server import payment_intents, refunds, setup_intents
from booking_adapters.testing.stripe_server.api import Api
from booking_adapters.testing.stripe_server.faults import Fault
from booking_adapters.testing.stripe_server.webhooks import Trouble, Webhooks
from booking_adapters.testing.stripe_server.wire import ApiError, Json, Response, invalid_request
from booking_core.domain.kernel.errors import InvalidInput

PREFIX = "/_control/"
LONGEST_ADVANCE_SECONDS = 400 * 24 * 3600


class Control:
    """What a test can ask for besides Stripe's API."""

    def __init__(self, api: Api, webhooks: Webhooks) -> None:
        self._api, self._webhooks = api, webhooks
        self._commands: dict[tuple[str, str], Callable[[Json], Json]] = {
            ("GET", "state"): lambda _asked: self._state(),
            ("POST", "faults"): self._plan_fault,
            ("DELETE", "faults"): self._clear_faults,
            ("POST", "clock"): self._advance,
            ("POST", "authenticate"): self._authenticate,
            ("POST", "refunds"): self._settle_refund,
            ("POST", "webhooks/trouble"): self._plan_trouble,
            ("POST", "webhooks/hold"): self._hold,
            ("POST", "webhooks/resume"): self._resume,
            ("POST", "webhooks/deliver"): self._deliver,
            ("POST", "webhooks/drop"): self._drop,
        }

    def answer(self, method: str, path: str, body: bytes) -> Response:
        """Do what is asked; a mistake in the asking is a 400 with its reason."""
        command = self._commands.get((method, path.removeprefix(PREFIX)))
        if command is None:
            return Response(status=404, body={"error": {"message": f"no such command: {method} {path}"}})
        try:
            asked = json.loads(body or b"{}")
            return Response(status=200, body=command(asked))
        except ApiError as refused:
            return Response(status=refused.status, body={"error": refused.error})
        except (ValueError, TypeError, KeyError, AttributeError, InvalidInput) as mistake:
            return Response(status=400, body={"error": {"message": f"{type(mistake).__name__}: {mistake}"}})

    def authenticate(self, id: str, *, succeed: bool) -> Json:
        """Answer 3D Secure in the holder's place, for a payment intent or a setup intent."""
        account = self._api.account
        with account.lock:
            act: Callable[..., Json]
            act = setup_intents.authenticate if id.startswith("seti_") else payment_intents.authenticate
            return act(account, id, succeed=succeed)

    def settle_refund(self, id: str, status: str) -> Json:
        """Have a refund arrive (`succeeded`) or come back (`failed`)."""
        if status not in {"succeeded", "failed"}:
            raise invalid_request("status must be succeeded or failed", param="status")
        account = self._api.account
        with account.lock:
            return refunds.settle(account, id, status)

    def _state(self) -> Json:
        account = self._api.account
        with account.lock:
            counts = {
                kind: sum(1 for _ in account.every(kind)) for kind in ("payment_intent", "charge", "refund")
            }
            return {
                "now": account.now(),
                "objects": counts,
                "faults": [_plain(fault) for fault in self._api.faults.planned],
                "webhooks_waiting": [each.event for each in self._webhooks.waiting],
            }

    def _plan_fault(self, asked: Json) -> Json:
        fault = Fault(**asked)
        self._api.faults.plan(fault)
        return _plain(fault)

    def _clear_faults(self, _asked: Json) -> Json:
        self._api.faults.clear()
        return {}

    def _advance(self, asked: Json) -> Json:
        seconds = int(asked["advance_seconds"])
        if not 0 <= seconds <= LONGEST_ADVANCE_SECONDS:
            raise invalid_request("advance_seconds must be from 0 to 400 days", param="advance_seconds")
        self._api.account.advance(timedelta(seconds=seconds))
        return {"now": self._api.account.now()}

    def _authenticate(self, asked: Json) -> Json:
        return {"status": self.authenticate(asked["intent"], succeed=asked["succeed"] is True)["status"]}

    def _settle_refund(self, asked: Json) -> Json:
        return {"status": self.settle_refund(asked["refund"], asked["status"])["status"]}

    def _plan_trouble(self, asked: Json) -> Json:
        trouble = Trouble(**asked)
        self._webhooks.plan(trouble)
        return _plain(trouble)

    def _hold(self, _asked: Json) -> Json:
        self._webhooks.hold()
        return {}

    def _resume(self, _asked: Json) -> Json:
        self._webhooks.resume()
        return {}

    def _deliver(self, asked: Json) -> Json:
        return {"sent": [_plain(each) for each in self._webhooks.deliver(*asked["events"])]}

    def _drop(self, asked: Json) -> Json:
        self._webhooks.drop(*asked["events"])
        return {}


def _plain(value: Any) -> Json:
    return attrs.asdict(value)
