"""What the words of a notice are made of, read together; and whether it is still wanted."""

from datetime import datetime

from booking_core.domain.notices.line import why_untrue
from booking_core.domain.notices.notice import Notice
from booking_core.domain.notices.planning import why_unwanted
from booking_core.domain.waitlist.entry import WaitlistEntry
from booking_core.ports.notifying import Letter, Topic
from booking_core.ports.storage import Transaction


def letter_of(tx: Transaction, notice: Notice) -> Letter:
    """A notice with what it is about, as things are now; raises NotFound."""
    return Letter(notice=notice, topic=_topic(tx, notice), catalog=tx.catalogs.load())


def why_not_sent(letter: Letter, at: datetime) -> str | None:
    """Why it is not to be sent any more; None where it is."""
    if isinstance(letter.topic, WaitlistEntry):
        return why_untrue(letter.notice, letter.topic, at)
    return why_unwanted(letter.notice, letter.topic)


def _topic(tx: Transaction, notice: Notice) -> Topic:
    about = notice.owed.about
    if about.reservation is not None:
        return tx.reservations.get(about.reservation)
    assert about.entry is not None, "about one thing"
    return tx.waitlist.get(about.entry)
