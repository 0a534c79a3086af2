"""What the use cases need of a payment provider. No call is made inside a transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Protocol

from booking_core.domain.kernel.errors import BookingError
from booking_core.domain.payments.answers import Answer, Found, SetUp
from booking_core.domain.payments.intent import Intent


class GatewayUnavailable(BookingError):
    """The provider could not be reached, or turned us away unread: this attempt certainly had no effect.

    An adapter that cannot be certain answers Unknown instead.
    """

    code: ClassVar[str] = "GATEWAY_UNAVAILABLE"
    retryable: ClassVar[bool] = True
    retry_action: ClassVar[str | None] = "TRY_AGAIN"


class GatewayMisused(BookingError):
    """The provider refused the request itself: wrong credentials, or a key used for something else. For people."""

    code: ClassVar[str] = "GATEWAY_MISUSED"


class PaymentGateway(Protocol):
    """Moves money as intents say.

    Every call sends `intent.key` as the idempotency key: sent again with the same key while the provider
    remembers it (24 hours at least), it has no second effect and gives the same answer. The provider's payment
    carries the intent's id, so that it can be found. Declines are answers, not errors; a lost answer is Unknown.
    Every call ends within a stated time, and raises GatewayUnavailable or GatewayMisused.
    """

    def take(self, intent: Intent) -> Answer:
        """Authorise or charge `intent.amount` on `intent.method`, as `intent.operation` says.

        Off session it never answers RequiresAction: a card that wants its owner is Declined.
        """
        ...

    def capture(self, intent: Intent) -> Answer:
        """Capture `intent.amount` of what is authorised as `intent.reference`; the rest of it is released."""
        ...

    def void(self, intent: Intent) -> Answer:
        """Cancel what is authorised, or still asked of the payer, as `intent.reference`.

        Declined with ALREADY_CAPTURED where money was captured; cancelling again is Succeeded.
        """
        ...

    def refund(self, intent: Intent) -> Answer:
        """Send `intent.amount` back to where `intent.reference` was paid from; never more than is left of it."""
        ...

    def look_up(self, intent: Intent) -> Answer | None:
        """What became of this very intent, however long ago it was sent; None where the provider knows nothing.

        It reads and never moves money. What was cancelled by a void is Declined with ALREADY_VOIDED.
        """
        ...

    def list_since(self, since: datetime, after: str = "", limit: int = 100) -> Sequence[Found]:
        """At most `limit` (1…100) payments created at or after an instant, after the one with reference `after`.

        In the provider's own order, which is stable while paging; fewer than `limit` end the list.
        """
        ...


class CardVault(Protocol):
    """Saves cards at the provider for charges when the payer is away; card data never comes here."""

    def begin(self, key: str, customer: str) -> SetUp:
        """Start saving a card of a customer (by their key); again under the same key, the same one."""
        ...

    def look_up(self, reference: str) -> SetUp:
        """How far it has come; raises NotFound."""
        ...

    def forget(self, method: str) -> None:
        """Delete a saved card; forgetting it again changes nothing."""
        ...
