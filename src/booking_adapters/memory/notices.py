"""Notices, links and push subscriptions, in memory."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import attrs

from booking_adapters.memory.tables import Tables, Undo, dooming
from booking_core.domain.kernel.errors import Conflict, NotFound, StaleVersion
from booking_core.domain.kernel.events import Actor, Change
from booking_core.domain.kernel.ids import BrowserId, NoticeId
from booking_core.domain.notices.link import Link
from booking_core.domain.notices.notice import Notice, NoticeState
from booking_core.domain.notices.subject import Subject
from booking_core.domain.notices.subscription import PushSubscription


class MemoryNotices:
    """The Notices port."""

    def __init__(self, tables: Tables, actor: Actor, undo: Undo) -> None:
        self._tables, self._actor, self._undo = tables, actor, undo

    @dooming
    def plan(self, notices: Iterable[Notice]) -> int:
        """Write those that are not owed yet."""
        table = self._tables.notices
        known = {(each.identity, each.copy) for each in table.values()}
        count = 0
        for notice in notices:
            if not _is_known(self._tables, notice.owed.about):
                raise Conflict("what this refers to is gone")
            if (notice.identity, notice.copy) in known:
                continue
            known.add((notice.identity, notice.copy))
            table[notice.id] = notice
            self._undo.append(lambda gone=notice.id: table.pop(gone))  # type: ignore[misc]
            count += 1
        return count

    def get(self, notice: NoticeId) -> Notice:
        """By id; raises NotFound."""
        found = self._tables.notices.get(notice)
        if found is None:
            raise NotFound("notice", notice)
        return found

    def about(self, subject: Subject) -> Sequence[Notice]:
        """Every notice about one thing."""
        found = [each for each in self._tables.notices.values() if each.owed.about == subject]
        return sorted(found, key=lambda each: each.id)

    def listed(
        self, limit: int, state: NoticeState | None = None, before: NoticeId | None = None
    ) -> Sequence[Notice]:
        """The latest planned first."""
        found = [
            each
            for each in self._tables.notices.values()
            if (state is None or each.state is state) and (before is None or each.id < before)
        ]
        return sorted(found, key=lambda each: each.id, reverse=True)[:limit]

    def lease(self, at: datetime, limit: int, for_: timedelta) -> Sequence[Notice]:
        """Take notices that are ready."""
        ready = [each for each in self._tables.notices.values() if each.is_ready(at)]
        ready.sort(key=lambda each: (each.due_at, each.id))
        taken = [each.lease(at, for_) for each in ready[:limit]]
        for change in taken:
            self.save(change)
        return [change.state for change in taken]

    @dooming
    def save(self, change: Change[Notice, Notice]) -> None:
        """Write what became of one."""
        table, before = self._tables.notices, change.before
        stored = table.get(before.id)
        if stored is None or stored.version != before.version:
            raise StaleVersion("the notice was changed in the meantime")
        table[before.id] = change.state
        self._undo.append(lambda: table.__setitem__(before.id, stored))
        self._tables.record(change.events, self._actor, self._undo)


class MemoryLinks:
    """The Links port."""

    def __init__(self, tables: Tables, undo: Undo) -> None:
        self._tables, self._undo = tables, undo

    @dooming
    def keep(self, link: Link) -> None:
        """Remember a new link."""
        if not _is_known(self._tables, link.about) or link.hash in self._tables.links:
            raise Conflict("what this refers to is gone, or it is no new link")
        self._tables.links[link.hash] = link
        self._undo.append(lambda: self._tables.links.pop(link.hash))

    def find(self, hash: str) -> Link | None:
        """By the hash of its token."""
        return self._tables.links.get(hash)

    def revoke(self, subject: Subject, at: datetime) -> int:
        """No link to it is good from now on."""
        good = [
            each for each in self._tables.links.values() if each.about == subject and each.revoked_at is None
        ]
        for link in good:
            self._tables.links[link.hash] = attrs.evolve(link, revoked_at=at)
            self._undo.append(lambda link=link: self._tables.links.__setitem__(link.hash, link))  # type: ignore[misc]
        return len(good)

    def forget_expired(self, at: datetime, limit: int) -> int:
        """Remove old ones."""
        old = sorted((each.expires_at, each.hash) for each in self._tables.links.values())
        gone = [self._tables.links.pop(name) for expiry, name in old[:limit] if expiry <= at]
        self._undo.append(lambda: self._tables.links.update({each.hash: each for each in gone}))
        return len(gone)


class MemoryPushSubscriptions:
    """The PushSubscriptions port."""

    def __init__(self, tables: Tables, undo: Undo) -> None:
        self._tables, self._undo = tables, undo

    def keep(self, subscription: PushSubscription) -> PushSubscription:
        """Remember one, under the id that its endpoint has."""
        table = self._tables.push_subscriptions
        known = next((each for each in table.values() if each.endpoint == subscription.endpoint), None)
        if known is None:
            table[subscription.id] = subscription
            self._undo.append(lambda: table.pop(subscription.id))
            return subscription
        kept = table[known.id] = attrs.evolve(subscription, id=known.id)
        self._undo.append(lambda: table.__setitem__(known.id, known))
        return kept

    def find(self, subscription: BrowserId) -> PushSubscription | None:
        """By id, or None."""
        return self._tables.push_subscriptions.get(subscription)

    def all(self) -> Sequence[PushSubscription]:
        """Every one, by id."""
        return sorted(self._tables.push_subscriptions.values(), key=lambda each: each.id)

    def remove(self, subscription: BrowserId) -> bool:
        """Forget one."""
        gone = self._tables.push_subscriptions.pop(subscription, None)
        if gone is None:
            return False
        self._undo.append(lambda: self._tables.push_subscriptions.__setitem__(subscription, gone))
        return True


def _is_known(tables: Tables, about: Subject) -> bool:
    return about.reservation in tables.reservations or about.entry in tables.waitlist
