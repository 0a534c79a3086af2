"""Refunds: never more than was captured; some cards take them slowly, some send them back."""

from booking_adapters.testing.stripe_server import charges, shapes
from booking_adapters.testing.stripe_server.account import Account
from booking_adapters.testing.stripe_server.cards import RefundOutcome
from booking_adapters.testing.stripe_server.fields import merge_metadata
from booking_adapters.testing.stripe_server.wire import ApiError, Json, invalid_request

SETTLES_AFTER_SECONDS = 3600
"""How long the cards of slow and of failing refunds take."""


def create(account: Account, _id: str, params: Json) -> Json:
    """Send a captured payment back, whole or in part."""
    charge = _charge(account, params)
    left = charges.outstanding(charge)
    amount = params.get("amount", left)
    if left == 0:
        raise invalid_request("The charge is refunded already", code="charge_already_refunded")
    if not 0 < amount <= left:
        raise invalid_request(
            f"The refund must be from 1 to {left}, what is left of the charge", param="amount"
        )
    refund = shapes.refund(account, charge, amount)
    refund["reason"] = params.get("reason")
    merge_metadata(refund, params)
    account.add(refund)
    if _outcome(account, charge) is RefundOutcome.PENDING_FIRST:
        refund |= {"status": "pending", "pending_reason": "processing"}
    _settle_later(account, refund, charge)
    account.emit("refund.created", refund)
    charges.note_refunded(account, charge, amount)
    return refund


def update(account: Account, id: str, params: Json) -> Json:
    """Change what is noted on a refund."""
    refund = account.find("refund", id)
    merge_metadata(refund, params)
    account.emit("refund.updated", refund)
    return refund


def settle(account: Account, id: str, status: str) -> Json:
    """On demand: a refund arrives (`succeeded`), or the bank sends it back (`failed`)."""
    refund = account.find("refund", id)
    _settle(account, refund, status)
    return refund


def take_up(account: Account) -> None:
    """What was kept goes on: refunds that have not arrived do, or come back."""
    for refund in account.every("refund"):
        if refund["status"] != "failed":
            _settle_later(account, refund, account.find("charge", refund["charge"]))


def _outcome(account: Account, charge: Json) -> RefundOutcome:
    return account.plastic[charge["payment_method"]].card.refunds


def _settle_later(account: Account, refund: Json, charge: Json) -> None:
    ends = {RefundOutcome.PENDING_FIRST: "succeeded", RefundOutcome.FAILS_LATER: "failed"}
    status = ends.get(_outcome(account, charge))
    if status is not None:
        wait = refund["created"] + SETTLES_AFTER_SECONDS - account.now()
        account.later(wait, lambda: _settle(account, refund, status))


def _settle(account: Account, refund: Json, status: str) -> None:
    if refund["status"] in {"failed", status}:
        return
    refund["status"] = status
    refund.pop("pending_reason", None)
    if status == "failed":
        refund["failure_reason"] = "expired_or_canceled_card"
        charges.note_refunded(account, account.find("charge", refund["charge"]), -refund["amount"])
        account.emit("refund.failed", refund)
    account.emit("refund.updated", refund)


def _charge(account: Account, params: Json) -> Json:
    if ("charge" in params) == ("payment_intent" in params):
        raise invalid_request("Either charge or payment_intent is needed", param="payment_intent")
    if "charge" in params:
        charge = account.find("charge", params["charge"], param="charge")
    else:
        intent = account.find("payment_intent", params["payment_intent"], param="payment_intent")
        if intent["status"] != "succeeded":
            raise _nothing_to_refund()
        charge = account.find("charge", intent["latest_charge"])
    if not charge["captured"]:
        raise _nothing_to_refund()
    return charge


def _nothing_to_refund() -> ApiError:
    return invalid_request(
        "The payment has no captured charge that could be refunded", param="payment_intent"
    )
