"""Payments as a guest and the provider meet them: the page, saved cards, how it stands, and webhooks."""

from http import HTTPStatus
from typing import Annotated

from litestar import Response, Router
from litestar.di import NamedDependency, Provide
from litestar.params import HeaderParameter, JSONBody, PathParameter, RawBody, SkipValidation

from booking_adapters.http import parameters as p
from booking_adapters.http.asking import Asked, AskedAbout, AskingAbout
from booking_adapters.http.document import WITH_BODY
from booking_adapters.http.guest_limits import SIGNED
from booking_adapters.http.operations import change, create, read, staff_create, staff_read
from booking_adapters.http.payment_desk import PaymentDesk
from booking_adapters.http.payment_views import CardView, MoneyView, PaymentPageView
from booking_adapters.http.requests import PayBody, RefundBody
from booking_adapters.http.showing_payments import card_view, money_view
from booking_core.domain.kernel.errors import InvalidInput, NotFound
from booking_core.usecases.pay import PayCommand
from booking_core.usecases.refund import RefundCommand
from booking_core.usecases.show_payments import PaymentsQuery
from booking_core.usecases.watch_payments import ToldEvent

TheDesk = NamedDependency[SkipValidation[PaymentDesk]]
LONGEST_SET_UP = 255
Card = Annotated[str, PathParameter(description="Reference of the card being saved.")]
Signature = Annotated[
    str, HeaderParameter(name="Stripe-Signature", description="When and with which secret it was signed.")
]


@read("/payment-page", "paymentPage", "What a payment page needs")
def payment_page(*, asked: Asked, desk: TheDesk) -> PaymentPageView:
    """The provider with its public key, and the cards to try out where no real money moves."""
    _ = asked.tenant  # NotFound where there is none
    return desk.page


@create("/cards", "saveCard", "Begin to save a card", 409, response_description="A card to be saved.")
def save_card(
    *, asked: Asked, desk: TheDesk, session: p.Session = "", idempotency_key: p.IdempotencyKey = ""
) -> CardView:
    """For charges when the guest is away. The page gives the card's data to the provider with the client secret.

    Saved cards belong to the session; the same `Idempotency-Key` begins the same card again.
    """
    for field, value in (("Booking-Session", session), ("Idempotency-Key", idempotency_key)):
        if not value:
            raise InvalidInput(field, "is required")
    begun = desk.begin_card(f"card-{asked.tenant}-{session}-{idempotency_key}", f"{asked.tenant}-{session}")
    return card_view(begun, to_owner=True)


@read("/cards/{card:str}", "showCard", "How far the saving of a card has come", 409)
def show_card(*, asked: Asked, desk: TheDesk, card: Card) -> CardView:
    """Once it is saved, `method` pays for bookings."""
    _ = asked.tenant  # NotFound where there is none
    if len(card) > LONGEST_SET_UP:
        raise NotFound("card", card[:LONGEST_SET_UP])
    return card_view(desk.show_card(card))


@read("/reservations/{reference:str}/payments", "showPayments", "How the money of a reservation stands")
def show_payments(*, about: AskedAbout) -> MoneyView:
    """Charges, payments, refunds and the balance."""
    return _money(about)


@create(
    "/reservations/{reference:str}/payments",
    "pay",
    "Pay what is due",
    402,
    *WITH_BODY,
    response_description="A payment was made, or waits for the payer.",
)
def pay(*, about: AskedAbout, data: JSONBody[PayBody]) -> MoneyView:
    """What the reservation waits for, or still owes. PAYMENT_FAILED asks for another card.

    Where the payer must do something first (3-D Secure), the payment's `action` says what.
    """
    about.engine.pay(
        PayCommand(tenant=about.tenant, reservation=about.id, method=data.method, actor=about.actor)
    )
    return _money(about, to_payer=True)


@change(
    "/reservations/{reference:str}/payments/resume",
    "resumePayment",
    "The payer did what was wanted",
    402,
    409,
)
def resume_payment(*, about: AskedAbout) -> MoneyView:
    """Asks the provider at once what became of the newest payment; PAYMENT_FAILED where it came to nothing."""
    about.engine.resume_payment(
        PayCommand(tenant=about.tenant, reservation=about.id, method="", actor=about.actor)
    )
    return _money(about)


@staff_read(
    "/reservations/{reference:str}/payments", "staffShowPayments", "How the money of a reservation stands"
)
def staff_show_payments(*, about: AskedAbout) -> MoneyView:
    """Charges, payments, refunds and the balance."""
    return _money(about)


@staff_create(
    "/reservations/{reference:str}/refunds",
    "refund",
    "Give money back",
    *WITH_BODY,
    response_description="Written down; the worker sends it.",
)
def refund(*, about: AskedAbout, data: JSONBody[RefundBody]) -> MoneyView:
    """To the newest payment first, never more than was paid there: REFUND_ABOVE_PAID changes nothing."""
    about.engine.refund(
        RefundCommand(
            tenant=about.tenant,
            reservation=about.id,
            amount=data.amount.money("amount"),
            reason=data.reason,
            actor=about.actor,
        )
    )
    return _money(about)


@change("/webhooks/stripe", "stripeWebhook", "Told by Stripe", 409, 413, opt=SIGNED)
def stripe_webhook(
    *, asked: Asked, desk: TheDesk, body: RawBody, signature: Signature = ""
) -> Response[None]:
    """Signed by Stripe, within five minutes either way; taken down once, whatever its number or order.

    Nothing in it is believed: what it is about is looked up with our own key.
    """
    if desk.read_event is None:
        raise NotFound("webhook", "stripe")
    event = desk.read_event(body, signature, asked.engine.clock.now())
    asked.engine.receive_provider_event(ToldEvent(tenant=asked.tenant, event=event))
    return Response(None, status_code=HTTPStatus.OK)


def _money(about: AskingAbout, *, to_payer: bool = False) -> MoneyView:
    money = about.engine.show_payments(PaymentsQuery(tenant=about.tenant, reservation=about.id))
    return money_view(money, to_payer=to_payer)


OF_STAFF = (staff_show_payments, refund)


def of_guests(desk: PaymentDesk | None) -> Router:
    """What guests and the provider may do; what needs the provider's side is there where there is a desk."""
    at_the_desk = (payment_page, save_card, show_card, stripe_webhook) if desk else ()
    return Router(
        "/",
        tags=["Payments"],
        route_handlers=[show_payments, pay, resume_payment, *at_the_desk],
        dependencies={"desk": Provide(lambda: desk, sync_to_thread=False)} if desk else None,
    )
