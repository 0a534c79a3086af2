"""From payments to what clients see of them."""

import attrs

from booking_adapters.http.payment_views import (
    BookedView,
    CardView,
    MoneyView,
    MovedView,
    PayerAction,
    PaymentView,
)
from booking_adapters.http.showing_prices import price_view
from booking_adapters.http.views import ReservationView
from booking_core.domain.payments.answers import SetUp
from booking_core.domain.payments.payment import Payment
from booking_core.usecases.show_payments import MoneyOfReservation


def money_view(money: MoneyOfReservation, *, to_payer: bool = False) -> MoneyView:
    """How it stands; what the payer must do is told `to_payer` alone."""
    folio = money.folio
    return MoneyView(
        code=money.reservation.code,
        status=money.reservation.status.value,
        charges=price_view(folio.charges) if folio else None,
        received=price_view(folio.received) if folio else None,
        refunded=price_view(folio.refunded) if folio else None,
        balance=price_view(folio.balance) if folio else None,
        payments=tuple(_payment_view(money, each, to_payer=to_payer) for each in money.payments),
    )


def booked_view(view: ReservationView, money: MoneyOfReservation) -> BookedView:
    """A reservation for whoever booked it."""
    actions = [_action(money, each) for each in money.payments]
    return BookedView(**attrs.asdict(view, recurse=False), action=next(filter(None, actions), None))


def moved_view(view: ReservationView, money: MoneyOfReservation, *, waits_for_payment: bool) -> MovedView:
    """A reservation for whoever moved it."""
    booked = booked_view(view, money)
    return MovedView(**attrs.asdict(booked, recurse=False), waits_for_payment=waits_for_payment)


def card_view(set_up: SetUp, *, to_owner: bool = False) -> CardView:
    """A card being saved; the secret that lets a page go on is told `to_owner` alone."""
    return CardView(
        reference=set_up.reference,
        state=set_up.state.value,
        method=set_up.method or None,
        client_secret=(set_up.client_secret or None) if to_owner else None,
    )


def _payment_view(money: MoneyOfReservation, payment: Payment, *, to_payer: bool) -> PaymentView:
    return PaymentView(
        id=payment.id,
        purpose=payment.purpose.value,
        state=payment.state.value,
        asked=price_view(payment.asked),
        authorised=price_view(payment.authorised),
        captured=price_view(payment.captured),
        refunded=price_view(payment.refunded),
        authorised_until=payment.authorised_until,
        action=_action(money, payment) if to_payer else None,
    )


def _action(money: MoneyOfReservation, payment: Payment) -> PayerAction | None:
    wanted = money.wants_payer(payment)
    return None if wanted is None else PayerAction(url=wanted.url, client_secret=wanted.client_secret)
