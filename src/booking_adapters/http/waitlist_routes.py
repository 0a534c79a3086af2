"""The waitlist: joining, looking, accepting and leaving with the token or by a mailed link; the line, for staff."""

from litestar.params import JSONBody

from booking_adapters.http import parameters as p
from booking_adapters.http.asking import Asked, Asking
from booking_adapters.http.document import WITH_BODY
from booking_adapters.http.notice_routes import PRIVATE, EntryIdText, Token
from booking_adapters.http.operations import change, create, read, staff_change, staff_read
from booking_adapters.http.showing import reservation_view, staff_view
from booking_adapters.http.views import ReservationView, StaffReservationView
from booking_adapters.http.waitlist_views import (
    JoinBody,
    LineUpView,
    TokenBody,
    WaitlistEntryView,
    entry_view,
    staff_entry_view,
)
from booking_core.domain.kernel.ids import WaitlistEntryId, parse_uuid
from booking_core.usecases.offer_link import OfferLink
from booking_core.usecases.waitlist import EntryReference, JoinCommand, WaitlistQuery


@create("/waitlist", "joinWaitlist", "Wait for what is taken", *WITH_BODY)
def join(*, asked: Asked, data: JSONBody[JoinBody]) -> WaitlistEntryView:
    """A place at the end of the line, and the token that it is known by; it is shown now and never again."""
    joined = asked.engine.waitlist.join(
        JoinCommand(
            tenant=asked.tenant,
            wanted=data.wanted(),
            customer=data.customer.customer(),
            latest=data.latest,
            actor=asked.actor,
        )
    )
    return entry_view(asked.catalog, joined.entry, joined.token)


@change("/waitlist/{entry_id:str}", "showWaitlistEntry", "What became of a place in the line", *WITH_BODY)
def show(*, asked: Asked, entry_id: EntryIdText, data: JSONBody[TokenBody]) -> WaitlistEntryView:
    """Asked with a body, so that the token stands in no address."""
    reference = _reference(asked, entry_id, data.token)
    return entry_view(asked.catalog, asked.engine.waitlist.show(reference))


@change("/waitlist/{entry_id:str}/accept", "acceptOffer", "Book what is offered", *WITH_BODY)
def accept(
    *, asked: Asked, entry_id: EntryIdText, data: JSONBody[TokenBody], spoken: p.Spoken
) -> ReservationView:
    """The reservation; accepting again answers with the same one."""
    reference = _reference(asked, entry_id, data.token)
    return reservation_view(asked.catalog, asked.engine.waitlist.accept(reference), spoken)


@change("/waitlist/{entry_id:str}/leave", "leaveWaitlist", "Wait no longer, or decline an offer", *WITH_BODY)
def leave(*, asked: Asked, entry_id: EntryIdText, data: JSONBody[TokenBody]) -> WaitlistEntryView:
    """What was offered goes to the next in line."""
    reference = _reference(asked, entry_id, data.token)
    return entry_view(asked.catalog, asked.engine.waitlist.leave(reference))


@read("/offers/{token:str}", "showOffer", "Look at an offer by its link", response_headers=PRIVATE)
def show_by_link(*, asked: Asked, token: Token) -> WaitlistEntryView:
    """By the link of a message. Looking changes nothing, so that programs that look into mails do no harm."""
    return entry_view(asked.catalog, asked.engine.waitlist.show_by_link(_link(asked, token)))


@change(
    "/offers/{token:str}/accept",
    "acceptOfferByLink",
    "Book what is offered by its link",
    409,
    response_headers=PRIVATE,
)
def accept_by_link(*, asked: Asked, token: Token, spoken: p.Spoken) -> ReservationView:
    """The reservation; accepting again answers with the same one."""
    booked = asked.engine.waitlist.accept_by_link(_link(asked, token))
    return reservation_view(asked.catalog, booked, spoken)


@change(
    "/offers/{token:str}/leave",
    "declineOfferByLink",
    "Decline an offer by its link",
    409,
    response_headers=PRIVATE,
)
def leave_by_link(*, asked: Asked, token: Token) -> WaitlistEntryView:
    """What was offered goes to the next in line."""
    return entry_view(asked.catalog, asked.engine.waitlist.leave_by_link(_link(asked, token)))


@staff_read("/waitlist", "listWaitlist", "Who waits")
def list_waitlist(
    *, asked: Asked, start: p.WindowStart, end: p.WindowEnd, limit: p.Limit = 100
) -> LineUpView:
    """Those who wait for or are offered what overlaps a window, the first in line first."""
    catalog = asked.catalog
    line = asked.engine.waitlist.list(
        WaitlistQuery(tenant=asked.tenant, span=p.window_of(start, end), limit=limit)
    )
    return LineUpView(entries=tuple(staff_entry_view(catalog, each) for each in line))


@staff_change(
    "/waitlist/{entry_id:str}/accept", "acceptOfferForGuest", "Book what a guest is offered, who calls", 409
)
def accept_for_guest(*, asked: Asked, entry_id: EntryIdText, spoken: p.Spoken) -> StaffReservationView:
    """The reservation; accepting again answers with the same one."""
    return staff_view(asked.catalog, asked.engine.waitlist.accept(_reference(asked, entry_id)), spoken)


@staff_change("/waitlist/{entry_id:str}/remove", "removeFromWaitlist", "Take somebody out of the line", 409)
def remove(*, asked: Asked, entry_id: EntryIdText) -> WaitlistEntryView:
    """What they were offered goes to the next in line."""
    return entry_view(asked.catalog, asked.engine.waitlist.leave(_reference(asked, entry_id)))


def _link(asked: Asking, token: str) -> OfferLink:
    return OfferLink(tenant=asked.tenant, token=token, actor=asked.actor)


def _reference(asked: Asking, entry_id: str, token: str = "") -> EntryReference:
    return EntryReference(
        tenant=asked.tenant,
        entry=WaitlistEntryId(parse_uuid(entry_id, "entry_id")),
        token=token,
        actor=asked.actor,
    )


GUESTS = (join, show, accept, leave, show_by_link, accept_by_link, leave_by_link)
OF_STAFF = (list_waitlist, accept_for_guest, remove)
