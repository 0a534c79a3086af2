"""What guests take and pay at the counter, and what they were here for. For staff alone."""

from http import HTTPStatus
from typing import Annotated

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, SkipValidation

from booking_adapters.http import front_desk_views as v
from booking_adapters.http import parameters as p
from booking_adapters.http.document import STAFF, WITH_BODY, refusals
from booking_adapters.http.engine import Engine
from booking_adapters.http.requests import ReasonBody, checked_reason
from booking_adapters.http.reservation_routes import found
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.money import Money
from booking_core.domain.reservations.cancellation import Waiver
from booking_core.usecases.charging import ChargeArticleCommand, TakeBackCommand
from booking_core.usecases.departing import BillQuery
from booking_core.usecases.no_shows import WaiveFeeCommand
from booking_core.usecases.paying_at_desk import CashCommand, RedeemCommand
from booking_core.usecases.show_guest import GuestQuery

TheEngine = NamedDependency[SkipValidation[Engine]]
TheActor = NamedDependency[SkipValidation[Actor]]
Group = Annotated[int, PathParameter(description="Group of the extra, as the folio tells it.")]
GuestKey = Annotated[
    str, PathParameter(description="Mail address of the guest, else telephone number, else name.")
]


@post(
    "/reservations/{reference:str}/extras",
    operation_id="chargeExtra",
    summary="Charge an article",
    status_code=HTTPStatus.OK,
    responses=refusals(*STAFF, *WITH_BODY),
    sync_to_thread=True,
)
def charge_extra(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    reference: p.Reference,
    data: JSONBody[v.ExtraBody],
) -> v.FolioView:
    """Only while the guest is checked in."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    reservation = found(engine, tenant, reference)
    return v.folio_view(
        engine.front_desk.charge(
            ChargeArticleCommand(
                tenant=tenant,
                reservation=reservation.id,
                article=data.article,
                quantity=data.quantity,
                actor=actor,
            )
        )
    )


@post(
    "/reservations/{reference:str}/extras/{group:int}/take-back",
    operation_id="takeBackExtra",
    summary="Take an extra back",
    status_code=HTTPStatus.OK,
    responses=refusals(*STAFF, *WITH_BODY),
    sync_to_thread=True,
)
def take_back_extra(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    reference: p.Reference,
    group: Group,
    data: JSONBody[ReasonBody],
) -> v.FolioView:
    """With its taxes; the reason stands on the folio."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    reservation = found(engine, tenant, reference)
    reason = checked_reason(data.reason)
    return v.folio_view(
        engine.front_desk.take_back(
            TakeBackCommand(
                tenant=tenant, reservation=reservation.id, group=group, reason=reason, actor=actor
            )
        )
    )


@get(
    "/reservations/{reference:str}/bill",
    operation_id="showBill",
    summary="The bill as it stands",
    responses=refusals(*STAFF),
    sync_to_thread=True,
)
def show_bill(*, engine: TheEngine, tenant_key: p.TenantKey, reference: p.Reference) -> v.BillView:
    """Corrections are folded into what they correct."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    query = BillQuery(tenant=tenant, reservation=found(engine, tenant, reference).id)
    return v.bill_view(engine.front_desk.show_bill(query))


@post(
    "/reservations/{reference:str}/cash",
    operation_id="takeCash",
    summary="Cash taken or handed back",
    status_code=HTTPStatus.OK,
    responses=refusals(*STAFF, *WITH_BODY),
    sync_to_thread=True,
)
def take_cash(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    reference: p.Reference,
    data: JSONBody[v.CashBody],
) -> v.FolioView:
    """Never more than is to be paid; who took it is on the folio."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    reservation = found(engine, tenant, reference)
    catalog = engine.show_catalog(tenant)
    currency = catalog.venue_of(catalog.service(reservation.service)).currency
    return v.folio_view(
        engine.front_desk.take_cash(
            CashCommand(
                tenant=tenant,
                reservation=reservation.id,
                amount=Money(data.amount_minor, currency),
                is_handed_back=data.handed_back,
                actor=actor,
            )
        )
    )


@post(
    "/reservations/{reference:str}/points",
    operation_id="redeemPoints",
    summary="Pay with points",
    status_code=HTTPStatus.OK,
    responses=refusals(*STAFF, *WITH_BODY),
    sync_to_thread=True,
)
def redeem_points(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    reference: p.Reference,
    data: JSONBody[v.PointsBody],
) -> v.FolioView:
    """Once for each reservation."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    reservation = found(engine, tenant, reference)
    command = RedeemCommand(tenant=tenant, reservation=reservation.id, points=data.points, actor=actor)
    return v.folio_view(engine.front_desk.redeem_points(command).folio)


@post(
    "/reservations/{reference:str}/waive-no-show-fee",
    operation_id="waiveNoShowFee",
    summary="Let a guest off the fee for not coming",
    status_code=HTTPStatus.OK,
    responses=refusals(*STAFF, *WITH_BODY),
    sync_to_thread=True,
)
def waive_no_show_fee(
    *,
    engine: TheEngine,
    actor: TheActor,
    tenant_key: p.TenantKey,
    reference: p.Reference,
    data: JSONBody[ReasonBody],
) -> v.FolioView:
    """The reason stands on the folio; what was paid of it goes back."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    reservation = found(engine, tenant, reference)
    waiver = Waiver(checked_reason(data.reason))
    command = WaiveFeeCommand(tenant=tenant, reservation=reservation.id, waiver=waiver, actor=actor)
    return v.folio_view(engine.front_desk.waive_no_show_fee(command))


@get(
    "/guests/{guest_key:str}",
    operation_id="showGuest",
    summary="What a guest was here for, and their points",
    responses=refusals(*STAFF),
    sync_to_thread=True,
)
def show_guest(*, engine: TheEngine, tenant_key: p.TenantKey, guest_key: GuestKey) -> v.GuestView:
    """By mail address, else telephone number, else name."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    file = engine.front_desk.show_guest(GuestQuery(tenant=tenant, guest=guest_key))
    return v.guest_view(guest_key, file)


OF_STAFF = [
    charge_extra,
    take_back_extra,
    show_bill,
    take_cash,
    redeem_points,
    waive_no_show_fee,
    show_guest,
]
