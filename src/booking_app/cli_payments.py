"""Commands about money: how it stands, paying what is due, and giving back."""

from typing import Annotated

from cyclopts import Parameter

from booking_adapters.http.payment_views import MoneyView
from booking_adapters.http.showing_payments import money_view
from booking_app.cli_bookings import PLAINLY, STAFF, Reference, TenantKey
from booking_app.cli_options import Common, known_tenant
from booking_app.container import Deployment
from booking_app.plain import view_data
from booking_app.texts import money_lines
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.kernel.money import Money
from booking_core.domain.reservations.reservation import Reservation
from booking_core.usecases.pay import NothingToPay, PayCommand
from booking_core.usecases.refund import RefundCommand
from booking_core.usecases.show import ShowQuery
from booking_core.usecases.show_payments import PaymentsQuery

Method = Annotated[str, Parameter(help="Payment method, by the provider's name, such as pm_card_visa.")]
Amount = Annotated[str, Parameter(help="How much, in the currency of the reservation, such as 50.00.")]
Why = Annotated[str, Parameter(help="Why, for the bill.")]


def payments(tenant: TenantKey, reservation: Reference, *, common: Common = PLAINLY) -> None:
    """Show how the money of a reservation stands: charges, payments, refunds and the balance."""
    with common.deployment() as deployment:
        tenant_id, found = _found(deployment, tenant, reservation)
        view = _money(deployment, tenant_id, found)
    _print(view, common)


def pay(tenant: TenantKey, reservation: Reference, *, method: Method, common: Common = PLAINLY) -> None:
    """Pay what a reservation waits for or still owes, with a payment method."""
    with common.deployment() as deployment:
        tenant_id, found = _found(deployment, tenant, reservation)
        deployment.engine.pay(PayCommand(tenant=tenant_id, reservation=found.id, method=method, actor=STAFF))
        view = _money(deployment, tenant_id, found, to_payer=True)
    _print(view, common)


def refund(
    tenant: TenantKey, reservation: Reference, *, amount: Amount, reason: Why, common: Common = PLAINLY
) -> None:
    """Give money back, to the newest payment first; the worker sends it. Never more than was paid."""
    with common.deployment() as deployment:
        tenant_id, found = _found(deployment, tenant, reservation)
        if found.quote is None:
            raise NothingToPay("no price is kept for it, so nothing was paid", code=found.code)
        deployment.engine.refund(
            RefundCommand(
                tenant=tenant_id,
                reservation=found.id,
                amount=Money.of(amount, found.quote.currency),
                reason=reason,
                actor=STAFF,
            )
        )
        view = _money(deployment, tenant_id, found)
    _print(view, common)


def _found(deployment: Deployment, tenant: str, reference: str) -> tuple[TenantId, Reservation]:
    tenant_id, _ = known_tenant(deployment, tenant)
    return tenant_id, deployment.engine.show(ShowQuery(tenant=tenant_id, reservation=reference))


def _money(
    deployment: Deployment, tenant: TenantId, reservation: Reservation, *, to_payer: bool = False
) -> MoneyView:
    query = PaymentsQuery(tenant=tenant, reservation=reservation.id)
    return money_view(deployment.engine.show_payments(query), to_payer=to_payer)


def _print(view: MoneyView, common: Common) -> None:
    common.print(view_data(view), "\n".join(money_lines(view)))
