"""Messages to a tenant's own addresses, signed by the Standard Webhooks specification; and where secrets come from."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

import attrs

from booking_adapters._net.addresses import AddressRefused
from booking_adapters._net.outgoing import AnswerTooLong, Outgoing, Unreachable
from booking_adapters.channels.signatures import Secret, signed_headers
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.webhooks.delivery import Delivery
from booking_core.ports.webhooks import Sent

SHORTEST_KEY = 32


@attrs.frozen
class DerivedSecrets:
    """The WebhookSecrets port. Every secret follows from the deployment's one key, so none is stored."""

    key: str = attrs.field(repr=False)

    def of(self, tenant: TenantId, what: str, generation: int = 1) -> str:
        if len(self.key) < SHORTEST_KEY:
            raise InvalidInput("signing_key", f"must be set to at least {SHORTEST_KEY} characters")
        label = f"booking webhook secret\0{tenant}\0{what}\0{generation}".encode()
        return Secret.of_bytes(hmac.new(self.key.encode(), label, hashlib.sha256).digest()).text


@attrs.frozen
class HttpWebhookSender:
    """The WebhookSender port."""

    http: Outgoing = attrs.field(factory=lambda: Outgoing(most_bytes=64_000))

    def accept(self, url: str) -> str:
        return self.http.accept(url)

    def send(self, url: str, secrets: Sequence[str], delivery: Delivery, at: datetime) -> Sent:
        body = delivery.body.encode()
        signed = signed_headers([Secret(each) for each in secrets], str(delivery.id), at, body)
        headers = {"content-type": "application/json", **signed}
        try:
            status = self.http.send("POST", url, headers=headers, content=body).status
        except AddressRefused as refused:
            return Sent(status=None, reason=f"the address was refused: {refused.reason}", is_final=True)
        except AnswerTooLong as long:
            status = long.status
        except Unreachable as failure:
            return Sent(status=None, reason=str(failure))
        is_success = 200 <= status < 300  # noqa: PLR2004 - RFC 9110, section 15.3
        return Sent(status=status, reason="" if is_success else f"answered {status}")
