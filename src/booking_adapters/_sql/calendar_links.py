"""Calendars outside: the repositories that both databases share. All four kinds of things are kept in the same way."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

import attrs
from sqlalchemy import ColumnElement, Select, Table, bindparam, delete, select

from booking_adapters._sql import calendar_link_rows as rows
from booking_adapters._sql import calendar_link_tables as tables
from booking_adapters._sql.queries import adding, changing, of_tenant
from booking_adapters._sql.rows import Cells
from booking_adapters._sql.session import Session
from booking_adapters._sql.statement import Query, Row
from booking_core.domain.calendars.feed import Feed
from booking_core.domain.calendars.push import Push, PushTarget
from booking_core.domain.calendars.subscription import Subscription
from booking_core.domain.kernel.errors import NotFound, StaleVersion
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import ClaimId, FeedId, PushId, SubscriptionId, TargetId

T = TypeVar("T", Feed, Subscription, PushTarget, Push)


def _asked(table: Table, *where: ColumnElement[bool]) -> Select[Any]:
    """Whole rows of a tenant, without the tenant."""
    return select(*(each for each in table.c if each.name != "tenant_id")).where(of_tenant(table), *where)


def _due(table: Table) -> Query:
    """Those whose time has come, without those that another worker is taking (SQLite has one writer anyway)."""
    ready = _asked(table, table.c.due_at <= bindparam("at")).order_by(table.c.due_at, table.c.id)
    return Query(ready.limit(bindparam("limit")).with_for_update(skip_locked=True))


def _removing(table: Table) -> Query:
    same = (table.c.id == bindparam("owner"), table.c.version == bindparam("was"))
    return Query(delete(table).where(of_tenant(table), *same))


@attrs.frozen
class _Kind(Generic[T]):
    """How one kind of thing is kept: what it is called, how it becomes a row and back, and where."""

    name: str
    row_of: Callable[[T], Cells]
    made_of: Callable[[Row], T]
    by_id: Query
    every: Query
    add: Query
    change: Query
    remove: Query

    @classmethod
    def of(
        cls, name: str, table: Table, row_of: Callable[[T], Cells], made_of: Callable[[Row], T]
    ) -> "_Kind[T]":
        return cls(
            name,
            row_of,
            made_of,
            by_id=Query(_asked(table, table.c.id == bindparam("id"))),
            every=Query(_asked(table).order_by(table.c.id)),
            add=adding(table),
            change=changing(table),
            remove=_removing(table),
        )


class _Kept(Generic[T]):
    """What the four repositories do alike."""

    kind: _Kind[T]

    def __init__(self, session: Session) -> None:
        self._session = session

    def _get(self, id: UUID) -> T:
        found = self._session.select(self.kind.by_id, id=id)
        if not found:
            raise NotFound(self.kind.name, id)
        return self.kind.made_of(found[0])

    def _found(self, query: Query, **values: Any) -> list[T]:
        return [self.kind.made_of(row) for row in self._session.select(query, **values)]

    def every(self) -> Sequence[T]:
        return self._found(self.kind.every)

    def _save(self, change: Change[T, T | None] | Change[T | None, T | None]) -> None:
        before, state = change.before, change.state
        with self._session.writing():
            if state is None:
                assert before is not None, "what is removed was there"
                done = self._session.change(self.kind.remove, owner=before.id, was=before.version)
            elif before is None:
                done = self._session.change(self.kind.add, **self.kind.row_of(state))
            else:
                cells = self.kind.row_of(state)
                del cells["id"]
                done = self._session.change(self.kind.change, owner=before.id, was=before.version, **cells)
            if not done:
                raise StaleVersion(f"the {self.kind.name} was changed in the meantime")
            self._session.record(change.events)


FEED_BY_TOKEN = Query(
    _asked(tables.calendar_feeds, tables.calendar_feeds.c.token_hash == bindparam("token_hash"))
)
SUBSCRIPTIONS_DUE = _due(tables.calendar_subscriptions)
PUSHES_DUE = _due(tables.calendar_pushes)
PUSHES_OF_CLAIM = Query(
    _asked(
        tables.calendar_pushes, tables.calendar_pushes.c.reservation_id == bindparam("reservation")
    ).order_by(tables.calendar_pushes.c.id)
)
PUSHES_GIVEN_UP = Query(
    _asked(
        tables.calendar_pushes,
        tables.calendar_pushes.c.died_at.is_not(None),
    )
    .order_by(tables.calendar_pushes.c.died_at.desc(), tables.calendar_pushes.c.id.desc())
    .limit(bindparam("limit"))
)


class SqlFeeds(_Kept[Feed]):
    """The Feeds port."""

    kind = _Kind.of("feed", tables.calendar_feeds, rows.feed_row, rows.feed_of)

    def get(self, feed: FeedId) -> Feed:
        return self._get(feed)

    def find(self, token_hash: str) -> Feed | None:
        found = self._found(FEED_BY_TOKEN, token_hash=token_hash)
        return found[0] if found else None

    def save(self, change: Change[Feed | None, Feed | None]) -> None:
        self._save(change)


class SqlSubscriptions(_Kept[Subscription]):
    """The Subscriptions port."""

    kind = _Kind.of(
        "subscription", tables.calendar_subscriptions, rows.subscription_row, rows.subscription_of
    )

    def get(self, subscription: SubscriptionId) -> Subscription:
        return self._get(subscription)

    def lease(self, at: datetime, limit: int, for_: timedelta) -> Sequence[Subscription]:
        taken = [each.lease(at, for_) for each in self._found(SUBSCRIPTIONS_DUE, at=at, limit=limit)]
        for change in taken:
            self._save(change)
        return [change.state for change in taken]

    def save(self, change: Change[Subscription | None, Subscription | None]) -> None:
        self._save(change)


class SqlPushTargets(_Kept[PushTarget]):
    """The PushTargets port."""

    kind = _Kind.of("calendar", tables.calendar_targets, rows.target_row, rows.target_of)

    def get(self, target: TargetId) -> PushTarget:
        return self._get(target)

    def save(self, change: Change[PushTarget | None, PushTarget | None]) -> None:
        self._save(change)


class SqlPushes(_Kept[Push]):
    """The Pushes port."""

    kind = _Kind.of("push", tables.calendar_pushes, rows.push_row, rows.push_of)

    def get(self, push: PushId) -> Push:
        return self._get(push)

    def of_claim(self, reservation: ClaimId) -> Sequence[Push]:
        return self._found(PUSHES_OF_CLAIM, reservation=reservation)

    def given_up(self, limit: int) -> Sequence[Push]:
        return self._found(PUSHES_GIVEN_UP, limit=limit)

    def lease(self, at: datetime, limit: int, for_: timedelta) -> Sequence[Push]:
        taken = [each.lease(at, for_) for each in self._found(PUSHES_DUE, at=at, limit=limit)]
        for change in taken:
            self._save(change)
        return [change.state for change in taken]

    def save(self, change: Change[Push, Push | None]) -> None:
        self._save(change)


class SqlCalendarLinks:
    """The CalendarLinks port."""

    def __init__(self, session: Session) -> None:
        self.feeds = SqlFeeds(session)
        self.subscriptions = SqlSubscriptions(session)
        self.targets = SqlPushTargets(session)
        self.pushes = SqlPushes(session)
