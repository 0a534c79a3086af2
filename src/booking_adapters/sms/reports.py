"""What Twilio tells of its messages: read only where it is signed."""

from collections.abc import Mapping

import attrs
from twilio.request_validator import RequestValidator

from booking_core.ports.notifying import Delivery

ARRIVED = frozenset({"delivered", "read"})
FAILED = frozenset({"failed", "undelivered"})


@attrs.frozen(kw_only=True)
class TwilioReports:
    """The DeliveryReports port. The signature covers the whole address, as Twilio was given it, and every field."""

    token: str = attrs.field(repr=False)
    public_url: str

    def read(self, path: str, fields: Mapping[str, str], signature: str) -> Delivery | None:
        """What it says, or None."""
        validator = RequestValidator(self.token)  # type: ignore[no-untyped-call]
        if not validator.validate(f"{self.public_url}{path}", dict(fields), signature):  # type: ignore[no-untyped-call]
            return None
        status, code = fields.get("MessageStatus", ""), fields.get("ErrorCode", "")
        return Delivery(
            reference=fields.get("MessageSid", ""),
            has_arrived=status in ARRIVED,
            has_failed=status in FAILED,
            reason=f"Twilio: {status} {code if code.isdigit() else ''}".strip(),
        )
