"""The page of the pretended bank, on which a person completes or refuses 3D Secure."""

import html
from urllib.parse import urlencode, urlsplit, urlunsplit

import attrs

from booking_adapters.testing.stripe_server.account import Account
from booking_adapters.testing.stripe_server.control import Control
from booking_adapters.testing.stripe_server.wire import ApiError, Json

PREFIX = "/_pages/3ds/"


@attrs.frozen(kw_only=True)
class Page:
    """What a browser gets: a text, or with `location` a redirect."""

    status: int
    text: str
    location: str = ""


def show(account: Account, id: str) -> Page:
    """The bank's question about an intent."""
    try:
        intent = _intent(account, id)
    except ApiError as error:
        return _page(error.status, html.escape(str(error)))
    if intent["status"] != "requires_action":
        return _page(200, f"There is nothing to authenticate: the status is {html.escape(intent['status'])}.")
    amount = (
        f"{intent['amount']} {intent['currency'].upper()} (smallest unit)" if "amount" in intent else "a card"
    )
    buttons = "".join(
        f'<form method="post" action="{PREFIX}{html.escape(id)}/{outcome}"><button>{label}</button></form>'
        for outcome, label in (("complete", "Complete authentication"), ("fail", "Fail authentication"))
    )
    return _page(200, f"<p>Test bank: authenticate {html.escape(amount)}?</p>{buttons}")


def act(account: Account, control: Control, id: str, outcome: str) -> Page:
    """The holder's answer; goes back to where the shop wanted the holder to return to."""
    try:
        intent = _intent(account, id)
        action = intent["next_action"] or {}
        back = action.get("redirect_to_url", {}).get("return_url")
        control.authenticate(id, succeed=outcome == "complete")
    except ApiError as error:
        return _page(error.status, html.escape(str(error)))
    if not back:
        return _page(200, f"Done: the status is {html.escape(intent['status'])}. You can close this page.")
    kind = intent["object"]
    has_failed = intent["status"] == "requires_payment_method"
    result = {kind: id, f"{kind}_client_secret": intent["client_secret"]}
    parts = urlsplit(back)
    query = urlencode({**result, "redirect_status": "failed" if has_failed else "succeeded"})
    location = urlunsplit(parts._replace(query=f"{parts.query}&{query}" if parts.query else query))
    return Page(status=303, text="", location=location)


def _intent(account: Account, id: str) -> Json:
    with account.lock:
        return account.find("setup_intent" if id.startswith("seti_") else "payment_intent", id)


def _page(status: int, body: str) -> Page:
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Test bank</title>'
    return Page(status=status, text=f"{head}<body>{body}</body></html>")
