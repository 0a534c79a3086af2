"""Managing a reservation by a link that was mailed: whoever has its token may look at it and call it off."""

from datetime import datetime

import attrs

from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.domain.notices.link import LONGEST_TOKEN, Link, Purpose, token_hash
from booking_core.domain.notices.subject import Subject
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.cancel import Cancel, Cancelled
from booking_core.usecases.confirm import Decision

BATCH = 500


@attrs.frozen(kw_only=True)
class LinkQuery:
    """A link by its token."""

    tenant: TenantId
    token: str = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class CancelByLinkCommand:
    """Call off what a link is about."""

    tenant: TenantId
    token: str = attrs.field(repr=False)
    actor: Actor
    reason: str = ""


@attrs.frozen(kw_only=True)
class ShowByLink:
    """Shows what a link is about."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, query: LinkQuery) -> Reservation:
        """The reservation; raises NotFound for a link that is unknown, over or revoked, without saying which."""
        with self.begin.reading(query.tenant) as tx:
            return tx.reservations.get(_managed(tx, query.token, self.clock.now()))


@attrs.frozen(kw_only=True)
class CancelByLink:
    """Calls off what a link is about, as its guest."""

    begin: UnitOfWork
    clock: Clock
    cancel: Cancel

    def __call__(self, command: CancelByLinkCommand) -> Cancelled:
        """What was cancelled and what it came to; raises NotFound as `ShowByLink` does, and what `Cancel` raises."""
        assert command.actor.is_guest, "a link gives nobody the rights of staff"
        with self.begin.reading(command.tenant) as tx:
            reservation = _managed(tx, command.token, self.clock.now())
        return self.cancel.answer(
            Decision(
                tenant=command.tenant,
                reservation=reservation,
                reason=command.reason,
                actor=command.actor,
            )
        )


@attrs.frozen(kw_only=True)
class RevokeLinksCommand:
    """Take back every link to one thing."""

    tenant: TenantId
    about: Subject
    actor: Actor


@attrs.frozen(kw_only=True)
class RevokeLinks:
    """Takes links back that may have reached somebody else. Messages sent later carry new ones."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, command: RevokeLinksCommand) -> int:
        """How many were good until now; raises InvalidInput for a guest."""
        command.actor.check_is_staff("links")
        with self.begin(command.tenant, command.actor) as tx:
            return tx.links.revoke(command.about, self.clock.now())


@attrs.frozen(kw_only=True)
class ForgetLinks:
    """Removes links that are over."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, tenant: TenantId) -> int:
        """How many were removed; at most 500 a call."""
        with self.begin(tenant) as tx:
            return tx.links.forget_expired(self.clock.now(), BATCH)


def good_link(tx: Transaction, token: str, purpose: Purpose, at: datetime) -> Link:
    """The link of a token; raises NotFound for one that is unknown, for something else, over or revoked."""
    link = tx.links.find(token_hash(token)) if len(token) <= LONGEST_TOKEN else None
    if link is None or not link.is_good(purpose, at):
        raise NotFound("link", "")
    return link


def _managed(tx: Transaction, token: str, at: datetime) -> ClaimId:
    reservation = good_link(tx, token, Purpose.MANAGE, at).about.reservation
    assert reservation is not None, "nothing else is managed"
    return reservation
