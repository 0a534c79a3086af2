"""Notices as staff see them: what was told to whom, how it reads, and what failed sent again."""

from collections.abc import Sequence

import attrs

from booking_core.domain.catalog.notice_rules import NoticeSettings
from booking_core.domain.kernel.errors import Conflict, InvalidTransition
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import NoticeId, TenantId
from booking_core.domain.notices.notice import Notice, NoticeState
from booking_core.domain.notices.subject import Subject
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.notifying import Message, Wording
from booking_core.ports.storage import UnitOfWork
from booking_core.usecases.letters import letter_of

MOST_LISTED = 100


@attrs.frozen(kw_only=True)
class NoticesQuery:
    """The latest notices, in one state or in any, from before one on; or all about one thing."""

    tenant: TenantId
    state: NoticeState | None = None
    before: NoticeId | None = None
    about: Subject | None = None


@attrs.frozen(kw_only=True)
class ListNotices:
    """Lists what was told, and what is to be told."""

    begin: UnitOfWork

    def __call__(self, query: NoticesQuery) -> Sequence[Notice]:
        """At most 100, the latest planned first; about one thing all of them, the earliest first.

        Raises NotFound for a place in the line that there never was.
        """
        about = query.about
        with self.begin.reading(query.tenant) as tx:
            if about is not None:
                if about.entry is not None:
                    tx.waitlist.get(about.entry)
                return tx.notices.about(about)
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
            letter = letter_of(tx, notice)
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


@attrs.frozen(kw_only=True)
class ResendNotice:
    """Sends another copy of what was told or given up, on purpose: whoever gets it twice was meant to."""

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator

    def __call__(self, command: NoticeReference) -> Notice:
        """The copy, due now; raises NotFound, InvalidTransition for one that is still to be sent, Conflict."""
        with self.begin(command.tenant, command.actor) as tx:
            notice = tx.notices.get(command.notice)
            if notice.is_open:
                raise InvalidTransition("this notice is still to be sent", notice=notice.key)
            known = tx.notices.about(notice.owed.about)
            copies = [each.copy for each in known if each.identity == notice.identity]
            copy = notice.again(id=NoticeId(self.ids.new()), copy=max(copies) + 1, at=self.clock.now())
            if not tx.notices.plan([copy]):
                raise Conflict("somebody sends it again at this moment")
        return copy


@attrs.frozen(kw_only=True)
class ChangeNoticesCommand:
    """Who is told what from now on."""

    tenant: TenantId
    settings: NoticeSettings
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class ChangeNotices:
    """Replaces a business's rules, contacts and templates, and nothing else of what it says about itself."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, command: ChangeNoticesCommand) -> NoticeSettings:
        """What is in force now; the same again writes nothing. Raises NotFound."""
        with self.begin(command.tenant, command.actor) as tx:
            tx.alone()
            catalog = tx.catalogs.load()
            if catalog.notices != command.settings:
                changed = attrs.evolve(catalog, version=catalog.version + 1, notices=command.settings)
                tx.catalogs.save(changed, self.clock.now())
        return command.settings
