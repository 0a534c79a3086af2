"""Notices as staff see them: what was told to whom, how it reads, and what failed sent again."""

from collections.abc import Sequence

import attrs

from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import NoticeId, TenantId
from booking_core.domain.notices.notice import Notice, NoticeState
from booking_core.ports.ambient import Clock
from booking_core.ports.notifying import Letter, Message, Wording
from booking_core.ports.storage import UnitOfWork

MOST_LISTED = 100


@attrs.frozen(kw_only=True)
class NoticesQuery:
    """The latest notices, in one state or in any, from before one on."""

    tenant: TenantId
    state: NoticeState | None = None
    before: NoticeId | None = None


@attrs.frozen(kw_only=True)
class ListNotices:
    """Lists what was told, and what is to be told."""

    begin: UnitOfWork

    def __call__(self, query: NoticesQuery) -> Sequence[Notice]:
        """At most 100, the latest planned first."""
        with self.begin.reading(query.tenant) as tx:
            return tx.notices.listed(MOST_LISTED, query.state, query.before)


@attrs.frozen(kw_only=True)
class NoticeReference:
    """One notice, and who asks."""

    tenant: TenantId
    notice: NoticeId
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class PreviewNotice:
    """Shows how a notice reads as things are now, without its link."""

    begin: UnitOfWork
    wording: Wording

    def __call__(self, query: NoticeReference) -> Message:
        """The message; raises NotFound, Undeliverable where its template makes none."""
        with self.begin.reading(query.tenant) as tx:
            notice = tx.notices.get(query.notice)
            reservation = tx.reservations.get(notice.owed.reservation)
            letter = Letter(notice=notice, reservation=reservation, catalog=tx.catalogs.load())
        return self.wording(letter)


@attrs.frozen(kw_only=True)
class RequeueNotice:
    """Sends once more what bounced or was given up."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, command: NoticeReference) -> Notice:
        """The notice, due now; raises NotFound, InvalidTransition for one that did not fail."""
        with self.begin(command.tenant, command.actor) as tx:
            change = tx.notices.get(command.notice).requeue(self.clock.now())
            tx.notices.save(change)
        return change.state
