"""A browser that shows pushed notices to somebody of the business."""

import re
from datetime import datetime

import attrs

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import BrowserId
from booking_core.domain.kernel.text import plain_text

LONGEST_ENDPOINT = 1_000
MOST_OF_A_TENANT = 500
_ADDRESS = re.compile(r"https?://[^/?#@]+(?:[/?#]|$)")
"""What it may name is decided by whoever sends; here only that it is an address, and without a password."""
_KEY = re.compile(r"[A-Za-z0-9_-]{16,200}={0,2}")


@attrs.frozen(kw_only=True)
class PushSubscription:
    """Where a browser's push service takes messages for it, and the keys to encrypt them with (RFC 8291).

    `resource` is the key of the staff member whose browser it is, empty for an administrator's.
    """

    id: BrowserId
    endpoint: str
    p256dh: str
    auth: str
    added_at: datetime
    resource: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse what is no https address, or no key."""
        plain_text(self.endpoint, "endpoint", LONGEST_ENDPOINT)
        if not self.endpoint.isascii() or not self.endpoint.isprintable() or " " in self.endpoint:
            raise InvalidInput("endpoint", "is not an address", self.endpoint)
        if not _ADDRESS.match(self.endpoint):
            raise InvalidInput("endpoint", "must be the https address of a push service", self.endpoint)
        for field in ("p256dh", "auth"):
            if not _KEY.fullmatch(getattr(self, field)):
                raise InvalidInput(field, "is not a key in base64url")
