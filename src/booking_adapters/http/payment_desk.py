"""What the API knows of the payment provider, wired by whoever starts it."""

from collections.abc import Callable
from datetime import datetime

import attrs

from booking_adapters.http.payment_views import PaymentPageView
from booking_core.domain.payments.answers import SetUp
from booking_core.ports.ledger import ProviderEvent

ReadEvent = Callable[[bytes, str, datetime], ProviderEvent]
"""The event of a webhook's raw body, of its signature header, at an instant; raises a refusal."""


@attrs.frozen(kw_only=True)
class PaymentDesk:
    """What a payment page needs, and the provider's side.

    `begin_card` and `show_card` are a CardVault's; `read_event` is None where the provider tells nothing.
    """

    page: PaymentPageView
    begin_card: Callable[[str, str], SetUp]
    show_card: Callable[[str], SetUp]
    read_event: ReadEvent | None = None
