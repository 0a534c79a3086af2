"""Notices that could not be delivered, as dead letters: whose address it was is not said."""

from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.notices.notice import Notice
from booking_core.ports.queues import DeadLetter

NOTICES = "notices"


def notice_letter(notice: Notice) -> DeadLetter:
    """One that bounced or was given up; raises NotFound for any other."""
    if not notice.has_failed:
        raise NotFound("dead letter", notice.key)
    owed = notice.owed
    return DeadLetter(
        queue=NOTICES,
        id=notice.key,
        what=f"tell {owed.audience} by {owed.channel}: {owed.rule}",
        subject=str(owed.about.id),
        attempts=notice.attempts,
        died_at=notice.changed_at,
        reason=notice.reason,
    )
