"""What whoever waits in line is told, and whether it is still true: pure functions."""

from collections.abc import Mapping
from datetime import datetime

from booking_core.domain.catalog.notice_rules import Occasion
from booking_core.domain.kernel.events import Event
from booking_core.domain.notices.notice import Notice
from booking_core.domain.waitlist.entry import BY_HOUSE, EntryState, WaitlistEntry

LINE_EVENTS: Mapping[str, Occasion | None] = {
    "WaitlistOffered": Occasion.OFFERED,
    "WaitlistOfferAccepted": None,
    "WaitlistOfferDeclined": Occasion.TAKEN_OFF,
    "WaitlistOfferLapsed": Occasion.OFFER_LAPSED,
    "WaitlistLeft": Occasion.TAKEN_OFF,
    "WaitlistExpired": Occasion.WAITED_IN_VAIN,
}
"""What each event is an occasion for; None where it only makes news of before untrue."""


def occasion_in_line(event: Event) -> Occasion | None:
    """What is to be told because of an event. Nobody is told that they left: they know."""
    occasion = LINE_EVENTS[event.name]
    is_known = occasion is Occasion.TAKEN_OFF and not event.data.get(BY_HOUSE, False)
    return None if is_known else occasion


def why_untrue(notice: Notice, entry: WaitlistEntry, at: datetime) -> str | None:
    """Why a place in the line no longer wants a notice, not even a copy of it; None where it does.

    An offer is told only to whom it stands open.
    """
    if notice.owed.occasion is not Occasion.OFFERED:
        return None
    if entry.state is not EntryState.OFFERED:
        return f"the offer is {entry.state}"
    return "the offer has lapsed" if entry.has_lapsed(at) else None
