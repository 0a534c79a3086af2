"""Notices as a queue: those that are to be sent, and those that could not be delivered."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, literal_column, or_, select

from booking_adapters._codec.letters import id_of
from booking_adapters._codec.notice_letters import NOTICES, notice_letter
from booking_adapters._sql.counting import Standings, counted
from booking_adapters._sql.notice_queries import NOTICE
from booking_adapters._sql.notice_tables import notices
from booking_adapters._sql.notices import SqlNotices, notice_of_row
from booking_adapters._sql.queries import of_tenant
from booking_adapters._sql.removing import removing_oldest
from booking_adapters._sql.session import Session
from booking_adapters._sql.statement import Query
from booking_core.domain.kernel.ids import NoticeId
from booking_core.ports.queues import DeadLetter, Standing

# As `Notice.is_retried` and `Notice.has_failed` say it.
_RETRIED = and_(notices.c.state == literal_column("'due'"), notices.c.attempts > literal_column("0"))
_FAILED = or_(*(notices.c.state == literal_column(each) for each in ("'dead'", "'bounced'")))
STANDINGS = Standings(
    counted(notices, notices.c.due_at, notices.c.due_at <= bindparam("at"), ~_RETRIED),
    counted(notices, notices.c.due_at, _RETRIED),
    counted(notices, notices.c.over_at, _FAILED),
)
LETTERS = Query(
    select(*NOTICE)
    .where(of_tenant(notices), _FAILED)
    .order_by(notices.c.over_at.desc(), notices.c.id.desc())
    .limit(bindparam("limit"))
)
FORGET = removing_oldest(notices, notices.c.over_at, ~_FAILED)
DISCARD = removing_oldest(notices, notices.c.over_at, _FAILED)


class SqlNoticeQueue:
    """The Queue port over notices. An old one is forgotten with its address."""

    NAME = NOTICES

    def __init__(self, session: Session) -> None:
        self._session = session

    def standing(self, at: datetime) -> Standing:
        return STANDINGS.at(self._session, at)

    def dead(self, limit: int) -> Sequence[DeadLetter]:
        return [notice_letter(notice_of_row(row)) for row in self._session.select(LETTERS, limit=limit)]

    def requeue(self, letter: str, at: datetime) -> DeadLetter:
        stored = SqlNotices(self._session)
        notice = stored.get(NoticeId(id_of(letter)))
        was = notice_letter(notice)
        stored.save(notice.requeue(at))
        return was

    def forget(self, before: datetime, limit: int) -> int:
        with self._session.writing():
            return self._session.change(FORGET, before=before, limit=limit)

    def discard(self, before: datetime, limit: int) -> int:
        with self._session.writing():
            return self._session.change(DISCARD, before=before, limit=limit)
