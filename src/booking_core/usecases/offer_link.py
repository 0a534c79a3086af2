"""Answering an offer by a link that was mailed: whoever has its token may look, take what is offered, or leave."""

from collections.abc import Callable
from typing import Generic, TypeVar

import attrs

from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.notices.link import Purpose
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import UnitOfWork
from booking_core.usecases.manage_link import good_link
from booking_core.usecases.waitlist import EntryReference

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class OfferLink:
    """A link by its token, and who follows it."""

    tenant: TenantId
    token: str = attrs.field(repr=False)
    actor: Actor


@attrs.frozen(kw_only=True)
class ByOfferLink(Generic[T]):
    """Does for a place in the line what whoever stands there may do, named by a link instead of its id."""

    begin: UnitOfWork
    clock: Clock
    act: Callable[[EntryReference], T]

    def __call__(self, link: OfferLink) -> T:
        """What the act says; raises NotFound for a link that is unknown, over or revoked, and what the act raises."""
        assert link.actor.is_guest, "a link gives nobody the rights of staff"
        with self.begin.reading(link.tenant) as tx:
            about = good_link(tx, link.token, Purpose.OFFER, self.clock.now()).about
        assert about.entry is not None, "an offer is made to who waits"
        return self.act(
            EntryReference(tenant=link.tenant, entry=about.entry, token=link.token, actor=link.actor)
        )
