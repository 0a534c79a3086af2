"""Payments as a guest and the provider meet them: the page, saved cards, how it stands, and webhooks."""

from http import HTTPStatus
from typing import Annotated

from litestar import Response, Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import HeaderParameter, JSONBody, PathParameter, RawBody, SkipValidation

from booking_adapters.http import parameters as p
from booking_adapters.http.document import STAFF, WITH_BODY, refusals
from booking_adapters.http.engine import Engine
from booking_adapters.http.payment_desk import PaymentDesk
from booking_adapters.http.payment_views import CardView, MoneyView, PaymentPageView
from booking_adapters.http.requests import PayBody, RefundBody
from booking_adapters.http.reservation_routes import found
from booking_adapters.http.showing_payments import card_view, money_view
from booking_core.domain.kernel.errors import InvalidInput, NotFound
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.usecases.pay import PayCommand
from booking_core.usecases.refund import RefundCommand
from booking_core.usecases.show_payments import PaymentsQuery
from booking_core.usecases.watch_payments import ToldEvent

TheEngine = NamedDependency[SkipValidation[Engine]]
TheActor = NamedDependency[SkipValidation[Actor]]
TheDesk = NamedDependency[SkipValidation[PaymentDesk]]
LONGEST_SET_UP = 255
Card = Annotated[str, PathParameter(description="Reference of the card being saved.")]
Signature = Annotated[
    str, HeaderParameter(name="Stripe-Signature", description="When and with which secret it was signed.")
]


@get(
    "/payment-page",
    operation_id="paymentPage",
    summary="What a payment page needs",
    responses=refusals(),
    sync_to_thread=True,
)
def payment_page(*, engine: TheEngine, desk: TheDesk, tenant_key: p.TenantKey) -> PaymentPageView:
    """The provider with its public key, and the cards to try out where no real money moves."""
    p.tenant_of(engine.tenants, tenant_key)
    return desk.page


@post(
    "/cards",
    operation_id="saveCard",
    summary="Begin to save a card",
    response_description="A card to be saved.",
    responses=refusals(409),
    sync_to_thread=True,
)
def save_card(
    *,
    engine: TheEngine,
    desk: TheDesk,
    tenant_key: p.TenantKey,
    session: p.Session = "",
    idempotency_key: p.IdempotencyKey = "",
) -> CardView:
    """For charges when the guest is away. The page gives the card's data to the provider with the client secret.

    Saved cards belong to the session; the same `Idempotency-Key` begins the same card again.
    """
    tenant = p.tenant_of(engine.tenants, tenant_key)
    for field, value in (("Booking-Session", session), ("Idempotency-Key", idempotency_key)):
        if not value:
            raise InvalidInput(field, "is required")
    begun = desk.begin_card(f"card-{tenant}-{session}-{idempotency_key}", f"{tenant}-{session}")
    return card_view(begun, to_owner=True)


@get(
    "/cards/{card:str}",
    operation_id="showCard",
    summary="How far the saving of a card has come",
    responses=refusals(409),
    sync_to_thread=True,
)
def show_card(*, engine: TheEngine, desk: TheDesk, tenant_key: p.TenantKey, card: Card) -> CardView:
    """Once it is saved, `method` pays for bookings."""
    p.tenant_of(engine.tenants, tenant_key)
    if len(card) > LONGEST_SET_UP:
        raise NotFound("card", card[:LONGEST_SET_UP])
    return card_view(desk.show_card(card))


@get(
    "/reservations/{reference:str}/payments",
    operation_id="showPayments",
    summary="How the money of a reservation stands",
    responses=refusals(),
    sync_to_thread=True,
)
def show_payments(*, engine: TheEngine, tenant_key: p.TenantKey, reference: p.Reference) -> MoneyView:
    """Charges, payments, refunds and the balance."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    return _money(engine, tenant, found(engine, tenant, reference).id)


@post(
    "/reservations/{reference:str}/payments",
    operation_id="pay",
    summary="Pay what is due",
    response_description="A payment was made, or waits for the payer.",
    responses=refusals(402, *WITH_BODY),
    sync_to_thread=True,
)
def pay(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    reference: p.Reference,
    data: JSONBody[PayBody],
) -> MoneyView:
    """What the reservation waits for, or still owes. PAYMENT_FAILED asks for another card.

    Where the payer must do something first (3-D Secure), the payment's `action` says what.
    """
    tenant = p.tenant_of(engine.tenants, tenant_key)
    reservation = found(engine, tenant, reference).id
    engine.pay(PayCommand(tenant=tenant, reservation=reservation, method=data.method, actor=actor))
    return _money(engine, tenant, reservation, to_payer=True)


@post(
    "/reservations/{reference:str}/payments/resume",
    operation_id="resumePayment",
    summary="The payer did what was wanted",
    status_code=HTTPStatus.OK,
    responses=refusals(402, 409),
    sync_to_thread=True,
)
def resume_payment(
    *, engine: TheEngine, actor: TheActor, tenant_key: p.TenantKey, reference: p.Reference
) -> MoneyView:
    """Asks the provider at once what became of the newest payment; PAYMENT_FAILED where it came to nothing."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    reservation = found(engine, tenant, reference).id
    engine.resume_payment(PayCommand(tenant=tenant, reservation=reservation, method="", actor=actor))
    return _money(engine, tenant, reservation)


@get(
    "/reservations/{reference:str}/payments",
    operation_id="staffShowPayments",
    summary="How the money of a reservation stands",
    responses=refusals(*STAFF),
    sync_to_thread=True,
)
def staff_show_payments(*, engine: TheEngine, tenant_key: p.TenantKey, reference: p.Reference) -> MoneyView:
    """Charges, payments, refunds and the balance."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    return _money(engine, tenant, found(engine, tenant, reference).id)


@post(
    "/reservations/{reference:str}/refunds",
    operation_id="refund",
    summary="Give money back",
    response_description="Written down; the worker sends it.",
    responses=refusals(*STAFF, *WITH_BODY),
    sync_to_thread=True,
)
def refund(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    reference: p.Reference,
    data: JSONBody[RefundBody],
) -> MoneyView:
    """To the newest payment first, never more than was paid there: REFUND_ABOVE_PAID changes nothing."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    reservation = found(engine, tenant, reference).id
    engine.refund(
        RefundCommand(
            tenant=tenant,
            reservation=reservation,
            amount=data.amount.money("amount"),
            reason=data.reason,
            actor=actor,
        )
    )
    return _money(engine, tenant, reservation)


@post(
    "/webhooks/stripe",
    operation_id="stripeWebhook",
    summary="Told by Stripe",
    status_code=HTTPStatus.OK,
    responses=refusals(409, 413),
    sync_to_thread=True,
)
def stripe_webhook(
    *, engine: TheEngine, desk: TheDesk, tenant_key: p.TenantKey, body: RawBody, signature: Signature = ""
) -> Response[None]:
    """Signed by Stripe, within five minutes either way; taken down once, whatever its number or order.

    Nothing in it is believed: what it is about is looked up with our own key.
    """
    tenant = p.tenant_of(engine.tenants, tenant_key)
    if desk.read_event is None:
        raise NotFound("webhook", "stripe")
    event = desk.read_event(body, signature, engine.clock.now())
    engine.receive_provider_event(ToldEvent(tenant=tenant, event=event))
    return Response(None, status_code=HTTPStatus.OK)


def _money(engine: Engine, tenant: TenantId, reservation: ClaimId, *, to_payer: bool = False) -> MoneyView:
    money = engine.show_payments(PaymentsQuery(tenant=tenant, reservation=reservation))
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
