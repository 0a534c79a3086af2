"""People are told that a notice could not be delivered."""

from datetime import datetime

from booking_core.domain.kernel.ids import AlertId
from booking_core.domain.notices.notice import Notice
from booking_core.ports.alerts import Alert
from booking_core.ports.ambient import IdGenerator
from booking_core.ports.storage import Transaction


def tell_undeliverable(tx: Transaction, ids: IdGenerator, notice: Notice, at: datetime) -> None:
    """An alert about its reservation, or place in the waitlist, which names the rule and no address."""
    tx.alerts.raise_(
        Alert(
            id=AlertId(ids.new()),
            kind="notice_undeliverable",
            subject=notice.owed.about.id,
            message=f"{notice.owed.rule} could not be delivered: see the notices",
            at=at,
        )
    )
