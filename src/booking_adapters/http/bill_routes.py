"""What guests take and pay at the counter, and what they were here for. For staff alone."""

from typing import Annotated

from litestar.params import JSONBody, PathParameter

from booking_adapters.http import front_desk_views as v
from booking_adapters.http.asking import Asked, AskedAbout
from booking_adapters.http.at_desk import AtDesk
from booking_adapters.http.document import WITH_BODY
from booking_adapters.http.operations import staff_change, staff_read
from booking_adapters.http.requests import ReasonBody, checked_reason
from booking_core.domain.kernel.money import Money
from booking_core.usecases.show_guest import GuestQuery

Group = Annotated[int, PathParameter(description="Group of the extra, as the folio tells it.")]
GuestKey = Annotated[
    str, PathParameter(description="Mail address of the guest, else telephone number, else name.")
]


@staff_change("/reservations/{reference:str}/extras", "chargeExtra", "Charge an article", *WITH_BODY)
def charge_extra(*, about: AskedAbout, data: JSONBody[v.ExtraBody]) -> v.FolioView:
    """Only while the guest is checked in."""
    return v.folio_view(AtDesk(about).charge(data.article, data.quantity))


@staff_change(
    "/reservations/{reference:str}/extras/{group:int}/take-back",
    "takeBackExtra",
    "Take an extra back",
    *WITH_BODY,
)
def take_back_extra(*, about: AskedAbout, group: Group, data: JSONBody[ReasonBody]) -> v.FolioView:
    """With its taxes; the reason stands on the folio."""
    return v.folio_view(AtDesk(about).take_back(group, checked_reason(data.reason)))


@staff_read("/reservations/{reference:str}/bill", "showBill", "The bill as it stands")
def show_bill(*, about: AskedAbout) -> v.BillView:
    """Corrections are folded into what they correct."""
    return v.bill_view(AtDesk(about).bill())


@staff_change("/reservations/{reference:str}/cash", "takeCash", "Cash taken or handed back", *WITH_BODY)
def take_cash(*, about: AskedAbout, data: JSONBody[v.CashBody]) -> v.FolioView:
    """Never more than is to be paid; who took it is on the folio."""
    desk = AtDesk(about)
    amount = Money(data.amount_minor, desk.currency)
    return v.folio_view(desk.take_cash(amount, is_handed_back=data.handed_back))


@staff_change("/reservations/{reference:str}/points", "redeemPoints", "Pay with points", *WITH_BODY)
def redeem_points(*, about: AskedAbout, data: JSONBody[v.PointsBody]) -> v.FolioView:
    """Once for each reservation."""
    return v.folio_view(AtDesk(about).redeem_points(data.points).folio)


@staff_change(
    "/reservations/{reference:str}/waive-no-show-fee",
    "waiveNoShowFee",
    "Let a guest off the fee for not coming",
    *WITH_BODY,
)
def waive_no_show_fee(*, about: AskedAbout, data: JSONBody[ReasonBody]) -> v.FolioView:
    """The reason stands on the folio; what was paid of it goes back."""
    return v.folio_view(AtDesk(about).waive_no_show_fee(checked_reason(data.reason)))


@staff_read("/guests/{guest_key:str}", "showGuest", "What a guest was here for, and their points")
def show_guest(*, asked: Asked, guest_key: GuestKey) -> v.GuestView:
    """By mail address, else telephone number, else name."""
    file = asked.engine.front_desk.show_guest(GuestQuery(tenant=asked.tenant, guest=guest_key))
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
