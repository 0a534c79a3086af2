"""What clients see of money that moves: payments, saved cards, and what a payment page needs."""

from datetime import datetime
from uuid import UUID

import attrs

from booking_adapters.http.price_views import PriceView
from booking_adapters.http.views import ReservationView


@attrs.frozen(kw_only=True)
class PayerAction:
    """What the payer must do first (3-D Secure): open `url`, or let the page confirm with `client_secret`."""

    url: str
    client_secret: str


@attrs.frozen(kw_only=True)
class BookedView(ReservationView):
    """A reservation, for whoever booked it: with what they must do before it is paid, null for nothing."""

    action: PayerAction | None


@attrs.frozen(kw_only=True)
class MovedView(BookedView):
    """A reservation after a move; while it `waits_for_payment` it is as it was, with what the payer must do first."""

    waits_for_payment: bool


@attrs.frozen(kw_only=True)
class PaymentView:
    """One payment. `state` is `pending`, `requires_action`, `authorised`, `captured`, `refunded`, `voided` or `failed`.

    `action` is told to the payer alone, in the answer to booking or paying.
    """

    id: UUID
    purpose: str
    state: str
    asked: PriceView
    authorised: PriceView
    captured: PriceView
    refunded: PriceView
    authorised_until: datetime | None
    action: PayerAction | None


@attrs.frozen(kw_only=True)
class MoneyView:
    """How the money of a reservation stands: what is charged, received and refunded, and what is still owed.

    The sums are null where no price is kept; a negative `balance` is owed to the guest.
    """

    code: str
    status: str
    charges: PriceView | None
    received: PriceView | None
    refunded: PriceView | None
    balance: PriceView | None
    payments: tuple[PaymentView, ...]


@attrs.frozen(kw_only=True)
class CardView:
    """A card being saved for later charges; `method` names it once `state` is `saved`.

    `client_secret` is for the page that asks for the card's data, which never come here.
    """

    reference: str
    state: str
    method: str | None
    client_secret: str | None


@attrs.frozen(kw_only=True)
class TestCardView:
    """A card for trying out: its number, the ready-made payment method that stands for it, and what it does."""

    number: str
    method: str
    meaning: str


@attrs.frozen(kw_only=True)
class PaymentPageView:
    """What a page needs to ask for a card: the provider, and the key that may be public.

    `test_cards` is empty where money is real.
    """

    provider: str
    publishable_key: str
    test_cards: tuple[TestCardView, ...]
