"""What the use cases need of a storage for notices, links and push subscriptions."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import BrowserId, NoticeId
from booking_core.domain.notices.link import Link
from booking_core.domain.notices.notice import Notice, NoticeState
from booking_core.domain.notices.subject import Subject
from booking_core.domain.notices.subscription import PushSubscription


class Notices(Protocol):
    """Messages owed, and what became of them."""

    def plan(self, notices: Iterable[Notice]) -> int:
        """Write new notices, and leave out those that are owed already; how many were new.

        One rule owes a version of what it is about one notice per address (and copy). Raises Conflict where that
        is missing.
        """
        ...

    def get(self, notice: NoticeId) -> Notice:
        """By id; raises NotFound."""
        ...

    def about(self, subject: Subject) -> Sequence[Notice]:
        """Every notice about one thing, by id: in the order in which they were planned."""
        ...

    def listed(
        self, limit: int, state: NoticeState | None = None, before: NoticeId | None = None
    ) -> Sequence[Notice]:
        """At most `limit` notices, the latest planned first, in one state or in any, from before an id on."""
        ...

    def lease(self, at: datetime, limit: int, for_: timedelta) -> Sequence[Notice]:
        """Take at most `limit` notices that are ready, the longest due first, and return them as they are taken.

        Nobody else gets one of them before `at` + `for_`, once this transaction has committed; until then they
        are left out by others, who do not wait. Send only after the commit.
        """
        ...

    def save(self, change: Change[Notice, Notice]) -> None:
        """Write what became of a notice, and its events; raises StaleVersion where `before` is no longer stored."""
        ...


class Links(Protocol):
    """Links that were given away, by the hashes of their tokens."""

    def keep(self, link: Link) -> None:
        """Remember a new link; raises Conflict where what it is about is missing."""
        ...

    def find(self, hash: str) -> Link | None:
        """The link of a token's hash, or None."""
        ...

    def revoke(self, subject: Subject, at: datetime) -> int:
        """No link to it is good from now on; how many were, as far as they had not been revoked."""
        ...

    def forget_expired(self, at: datetime, limit: int) -> int:
        """Remove at most `limit` links that expired at or before an instant; how many."""
        ...


class PushSubscriptions(Protocol):
    """Browsers that show pushed notices."""

    def keep(self, subscription: PushSubscription) -> PushSubscription:
        """Remember one; a known endpoint keeps its id and gets the new keys. What is stored then."""
        ...

    def find(self, subscription: BrowserId) -> PushSubscription | None:
        """By id, or None."""
        ...

    def all(self) -> Sequence[PushSubscription]:
        """Every subscription of the tenant, by id."""
        ...

    def remove(self, subscription: BrowserId) -> bool:
        """Forget one; False where it is unknown."""
        ...
