"""SMS through Twilio, with its official SDK."""

import re

import attrs
from requests import RequestException, Timeout
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from booking_core.ports.notifying import Message, NotifierUnavailable, OutcomeUnknown, Refused, Undeliverable

TIMEOUT_SECONDS = 10.0
LONGEST_TEXT = 1_600
"""Twilio joins parts up to this many characters."""
UNAUTHORIZED, TOO_MANY = 401, 429
SERVER_ERROR = 500
REFUSED = frozenset({21211, 21610, 21614, 21612, 21408})
"""Twilio's codes for numbers that do not exist, cannot be reached or do not want to be."""
_SEPARATORS = re.compile(r"[\s()./-]")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


@attrs.frozen(kw_only=True)
class TwilioAccount:
    """Who sends. `base_url` is Twilio's own where it is empty."""

    sid: str
    token: str = attrs.field(repr=False)
    sender: str
    base_url: str = ""


class TwilioNotifier:
    """The Notifier port."""

    def __init__(self, account: TwilioAccount, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._account = account
        http = TwilioHttpClient(timeout=timeout_seconds, max_retries=0)
        self._client = Client(account.sid, account.token, http_client=http)  # type: ignore[no-untyped-call]
        if account.base_url:
            self._client.api.base_url = account.base_url

    def send(self, message: Message) -> str:
        """Send it; Twilio's id of it. Raises what a Notifier raises."""
        wanted = {"to": e164(message.to), "from_": self._account.sender, "body": message.text[:LONGEST_TEXT]}
        if message.status_url:
            wanted["status_callback"] = message.status_url
        try:
            sent = self._client.messages.create(**wanted)
        except TwilioRestException as failed:
            raise _failure(failed) from failed
        except Timeout as failed:
            raise OutcomeUnknown("Twilio did not answer in time") from failed
        except (RequestException, TwilioException) as failed:
            raise OutcomeUnknown("the connection to Twilio broke") from failed
        return str(sent.sid)


def e164(text: str) -> str:
    """A telephone number as E.164 wants it, from one with the usual separators; raises Undeliverable."""
    number = _SEPARATORS.sub("", text) if len(text) <= 40 else ""  # noqa: PLR2004 - with every digit set apart
    if not _E164.fullmatch(number):
        raise Undeliverable("this is no telephone number with its country code")
    return number


def _failure(failed: TwilioRestException) -> Undeliverable | NotifierUnavailable:
    """What Twilio says is left out: it repeats the number."""
    shown = f"{failed.status} {failed.code or ''}".strip()
    if failed.code in REFUSED:
        return Refused(f"Twilio cannot reach this number: {shown}")
    if failed.status >= SERVER_ERROR:
        return OutcomeUnknown(f"Twilio failed: {shown}")
    if failed.status == UNAUTHORIZED:  # mended in the settings, and not message by message
        return NotifierUnavailable(f"Twilio knows no such account: {shown}")
    if failed.status == TOO_MANY:
        return NotifierUnavailable(f"Twilio is busy: {shown}")
    return Undeliverable(f"Twilio refused it: {shown}")
