"""Notices as a queue, in memory: those that are to be sent, and those that could not be delivered."""

from collections.abc import Sequence
from datetime import datetime

from booking_adapters._codec.letters import id_of
from booking_adapters._codec.notice_letters import NOTICES, notice_letter
from booking_adapters.memory.channel_queues import remove_oldest
from booking_adapters.memory.notices import MemoryNotices
from booking_adapters.memory.tables import Tables, Undo, dooming
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.ids import NoticeId
from booking_core.ports.queues import MOST_COUNTED, DeadLetter, Standing


class MemoryNoticeQueue:
    """The Queue port over notices. An old one is forgotten with its address."""

    NAME = NOTICES

    def __init__(self, tables: Tables, actor: Actor, undo: Undo) -> None:
        self._tables, self._undo = tables, undo
        self._notices = MemoryNotices(tables, actor, undo)

    def standing(self, at: datetime) -> Standing:
        """How it stands."""
        every = self._tables.notices.values()
        waiting = [each.due_at for each in every if each.is_ready(at) and not each.is_retried]
        failing = [each.due_at for each in every if each.is_retried]
        return Standing(
            waiting=min(len(waiting), MOST_COUNTED),
            failing=min(len(failing), MOST_COUNTED),
            dead=min(sum(each.has_failed for each in every), MOST_COUNTED),
            oldest=min([*waiting, *failing], default=None),
        )

    def dead(self, limit: int) -> Sequence[DeadLetter]:
        """What could not be delivered, the latest first."""
        dead = [each for each in self._tables.notices.values() if each.has_failed]
        dead.sort(key=lambda each: (each.changed_at, each.id), reverse=True)
        return [notice_letter(each) for each in dead[:limit]]

    def requeue(self, letter: str, at: datetime) -> DeadLetter:
        """Send it again."""
        notice = self._notices.get(NoticeId(id_of(letter)))
        was = notice_letter(notice)
        self._notices.save(notice.requeue(at))
        return was

    @dooming
    def forget(self, before: datetime, limit: int) -> int:
        """Remove old ones."""
        return self._removed(before, limit, has_failed=False)

    @dooming
    def discard(self, before: datetime, limit: int) -> int:
        """Remove old dead letters."""
        return self._removed(before, limit, has_failed=True)

    def _removed(self, before: datetime, limit: int, *, has_failed: bool) -> int:
        table = self._tables.notices
        over = ((each.over_at, each.id) for each in table.values() if each.has_failed is has_failed)
        dated = [(at, notice) for at, notice in over if at is not None]
        return remove_oldest(table, dated, before, limit, self._undo)
