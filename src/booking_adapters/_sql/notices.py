"""The repositories of notices, links and push subscriptions, which both databases share."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from booking_adapters._codec.notices import notice_data, notice_of
from booking_adapters._sql import notice_queries as queries
from booking_adapters._sql.rows import Cells
from booking_adapters._sql.session import Session
from booking_adapters._sql.statement import Row
from booking_core.domain.kernel.errors import NotFound, StaleVersion
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import BrowserId, ClaimId, NoticeId, WaitlistEntryId
from booking_core.domain.notices.link import Link, Purpose
from booking_core.domain.notices.notice import Notice, NoticeState
from booking_core.domain.notices.subject import Subject
from booking_core.domain.notices.subscription import PushSubscription


class SqlNotices:
    """The Notices port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def plan(self, notices: Iterable[Notice]) -> int:
        with self._session.writing():
            return sum(
                self._session.change(queries.PLAN[each.owed.about.is_entry], **_notice_row(each))
                for each in notices
            )

    def get(self, notice: NoticeId) -> Notice:
        found = self._session.select(queries.NOTICE_BY_ID, id=notice)
        if not found:
            raise NotFound("notice", notice)
        return notice_of_row(found[0])

    def about(self, subject: Subject) -> Sequence[Notice]:
        rows = self._session.select(queries.NOTICES_ABOUT[subject.is_entry], about=subject.id)
        return [notice_of_row(row) for row in rows]

    def listed(
        self, limit: int, state: NoticeState | None = None, before: NoticeId | None = None
    ) -> Sequence[Notice]:
        given = {"state": state and state.value, "before": before}
        values = {name: value for name, value in given.items() if value is not None}
        query = queries.LISTED[state is not None, before is not None]
        return [notice_of_row(row) for row in self._session.select(query, limit=limit, **values)]

    def lease(self, at: datetime, limit: int, for_: timedelta) -> Sequence[Notice]:
        ready = self._session.select(queries.NOTICES_READY, at=at, limit=limit)
        taken = [notice_of_row(row).lease(at, for_) for row in ready]
        for change in taken:
            self.save(change)
        return [change.state for change in taken]

    def save(self, change: Change[Notice, Notice]) -> None:
        before, row = change.before, _notice_row(change.state)
        changed = {name: row[name] for name in queries.CHANGED}
        with self._session.writing():
            if not self._session.change(
                queries.CHANGE_NOTICE, owner=before.id, was=before.version, **changed
            ):
                raise StaleVersion("the notice was changed in the meantime")
            self._session.record(change.events)


class SqlLinks:
    """The Links port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def keep(self, link: Link) -> None:
        until = {"expires_at": link.expires_at, "revoked_at": link.revoked_at}
        with self._session.writing():
            self._session.change(
                queries.ADD_LINK,
                hash=link.hash,
                purpose=link.purpose.value,
                reservation_id=link.about.reservation,
                entry_id=link.about.entry,
                **until,
            )

    def find(self, hash: str) -> Link | None:
        for found, purpose, reservation, entry, expires_at, revoked_at in self._session.select(
            queries.LINK_BY_HASH, hash=hash
        ):
            return Link(
                hash=found,
                purpose=Purpose(purpose),
                about=_subject_of(reservation, entry),
                expires_at=expires_at,
                revoked_at=revoked_at,
            )
        return None

    def revoke(self, subject: Subject, at: datetime) -> int:
        with self._session.writing():
            return self._session.change(queries.REVOKE_LINKS[subject.is_entry], about=subject.id, at=at)

    def forget_expired(self, at: datetime, limit: int) -> int:
        with self._session.writing():
            return self._session.change(queries.FORGET_LINKS, at=at, limit=limit)


class SqlPushSubscriptions:
    """The PushSubscriptions port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def keep(self, subscription: PushSubscription) -> PushSubscription:
        with self._session.writing():
            self._session.change(
                queries.KEEP_SUBSCRIPTION,
                id=subscription.id,
                endpoint=subscription.endpoint,
                p256dh=subscription.p256dh,
                auth=subscription.auth,
                resource=subscription.resource,
                added_at=subscription.added_at,
            )
        (row,) = self._session.select(queries.SUBSCRIPTION_OF_ENDPOINT, endpoint=subscription.endpoint)
        return _subscription_of(row)

    def find(self, subscription: BrowserId) -> PushSubscription | None:
        found = self._session.select(queries.SUBSCRIPTION_BY_ID, id=subscription)
        return _subscription_of(found[0]) if found else None

    def all(self) -> Sequence[PushSubscription]:
        return [_subscription_of(row) for row in self._session.select(queries.SUBSCRIPTIONS)]

    def remove(self, subscription: BrowserId) -> bool:
        with self._session.writing():
            return bool(self._session.change(queries.REMOVE_SUBSCRIPTION, id=subscription))


def _notice_row(notice: Notice) -> Cells:
    return {
        "id": notice.id,
        "reservation_id": notice.owed.about.reservation,
        "entry_id": notice.owed.about.entry,
        "rule": notice.owed.rule,
        "reservation_version": notice.owed.version,
        "address": notice.owed.address,
        "copy": notice.copy,
        "state": notice.state.value,
        "version": notice.version,
        "due_at": notice.due_at if notice.is_open else None,
        "attempts": notice.attempts,
        "over_at": notice.over_at,
        "body": notice_data(notice),
    }


def notice_of_row(row: Row) -> Notice:
    notice, reservation, entry, rule, about_version, address, copy, state, version, data = row
    return notice_of(
        data,
        id=NoticeId(notice),
        about=_subject_of(reservation, entry),
        about_version=about_version,
        rule=rule,
        address=address,
        copy=copy,
        state=NoticeState(state),
        version=version,
    )


def _subject_of(reservation: UUID | None, entry: UUID | None) -> Subject:
    if reservation is None:
        assert entry is not None, "the table has a check for this"
        return Subject(entry=WaitlistEntryId(entry))
    return Subject(reservation=ClaimId(reservation))


def _subscription_of(row: Row) -> PushSubscription:
    subscription, endpoint, p256dh, auth, resource, added_at = row
    return PushSubscription(
        id=BrowserId(subscription),
        endpoint=endpoint,
        p256dh=p256dh,
        auth=auth,
        resource=resource,
        added_at=added_at,
    )
