"""Telling channels how dates stand: taken (committed), described at that moment, told, and then written down.

Whoever dies in between leaves a listing whose lease runs out: the dates are taken again, and described anew. Who was
slow and tells late is dropped by the channel (its turn has passed), and what it writes down is dropped here.
"""

from collections.abc import Callable
from datetime import timedelta

import attrs

from booking_core.domain.channels.listing import Listing
from booking_core.domain.channels.update import Refused, refused_dates
from booking_core.domain.kernel.errors import BookingError, Conflict, NotFound
from booking_core.domain.kernel.events import Actor, Change
from booking_core.domain.kernel.ids import AlertId, TenantId
from booking_core.ports.alerts import LONGEST_MESSAGE, Alert
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.channel_connector import (
    ChannelConnector,
    ChannelConnectors,
    ChannelRefused,
    ChannelUnavailable,
)
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.channel_listings import one_writer, today_for
from booking_core.usecases.standing import Standing

BATCH = 50
LEASE = timedelta(minutes=2)
LONGEST_EXCHANGE = timedelta(seconds=30)
"""What a connector promises. Nobody begins an exchange that the lease might not outlast."""
TURN = timedelta(seconds=20)
"""After this no further listing is taken in a turn: other tenants want to be served."""
SENDER = Actor(kind="system", name="channels")

Decision = Callable[[Listing], Change[Listing, Listing]]


@attrs.frozen(kw_only=True)
class PushChannels:
    """Tells channels what is owed to them. Several workers may do so at once; a listing is told by one at a time."""

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator
    connectors: ChannelConnectors
    standing: Standing

    def __call__(self, tenant: TenantId) -> int:
        """At most 50 exchanges, one after the other; how many there were."""
        if not self._is_anything_owed(tenant):
            return 0
        begun, connectors = self.clock.now(), self.connectors.of(tenant)
        self._roll(tenant)
        silent: set[str] = set()
        for count in range(BATCH):
            if self.clock.now() >= begun + TURN:
                return count
            listing = self._take(tenant)
            if listing is None:
                return count
            if listing.channel in silent:
                # It did not answer a moment ago: its other listings do not keep those of other channels waiting.
                self._failed(tenant, listing, "the channel does not answer")
            elif not self._tell(tenant, listing, connectors.get(listing.channel)):
                silent.add(listing.channel)
        return BATCH

    def _is_anything_owed(self, tenant: TenantId) -> bool:
        with self.begin.reading(tenant) as tx:
            every, at = tx.channels.listings.every(), self.clock.now()
            if not every:
                return False
            catalog = tx.catalogs.load()
            return any(
                (each.due_at is not None and each.due_at <= at)
                or each.roll(today_for(catalog, each, at), at) is not None
                for each in every
            )

    def _roll(self, tenant: TenantId) -> None:
        """A new day has brought a new date."""
        with self.begin(tenant, SENDER) as tx:
            one_writer(tx)
            at, catalog = self.clock.now(), tx.catalogs.load()
            for each in tx.channels.listings.every():
                rolled = each.roll(today_for(catalog, each, at), at)
                if rolled is not None:
                    tx.channels.listings.save(rolled)

    def _take(self, tenant: TenantId) -> Listing | None:
        with self.begin(tenant, SENDER) as tx:
            one_writer(tx)
            at, catalog = self.clock.now(), tx.catalogs.load()
            for listing in tx.channels.listings.due(at, BATCH):
                if not listing.is_worn_out:
                    lease = listing.lease(at, LEASE, today_for(catalog, listing, at))
                    tx.channels.listings.save(lease)
                    return lease.state
                self._write(tx, listing.fail("whoever tells it dies over it", at))
            return None

    def _tell(self, tenant: TenantId, listing: Listing, connector: ChannelConnector | None) -> bool:
        """Whether the channel answered, well or not."""
        if connector is None:
            self._failed(tenant, listing, "nobody has set up this channel", for_good=True)
            return True
        try:
            refused = self._exchange(tenant, listing, connector)
        except ChannelUnavailable as silence:
            self._failed(tenant, listing, str(silence))
            return False
        except ChannelRefused as refusal:
            self._failed(tenant, listing, str(refusal), for_good=True)
        except BookingError as trouble:
            self._failed(
                tenant, listing, f"{trouble.code}: {trouble.message}", for_good=not trouble.retryable
            )
        except Exception as broken:  # noqa: BLE001 - one listing that breaks something does not hold up the others
            self._failed(tenant, listing, type(broken).__name__)
        else:
            if refused is not None:
                self._mark(tenant, listing, _told(refused, self.clock))
        return True

    def _exchange(
        self, tenant: TenantId, listing: Listing, connector: ChannelConnector
    ) -> list[Refused] | None:
        """What the channel refused; None where this took so long that somebody else may have taken the listing."""
        if not listing.taken:
            return []
        with self.begin.reading(tenant) as tx:
            update = self.standing(tx, listing, connector.dating, self.clock.now())
        assert listing.due_at is not None, "it was leased"
        if self.clock.now() + LONGEST_EXCHANGE > listing.due_at:
            return None
        return [*connector.push(update)]

    def _failed(self, tenant: TenantId, listing: Listing, problem: str, *, for_good: bool = False) -> None:
        at = self.clock.now()
        self._mark(tenant, listing, lambda stored: stored.fail(problem, at, for_good=for_good))

    def _mark(self, tenant: TenantId, listing: Listing, decide: Decision) -> None:
        """Write down what came of it, unless somebody else has taken the listing since, or it is gone."""
        try:
            with self.begin(tenant, SENDER) as tx:
                one_writer(tx)
                stored = tx.channels.listings.get(listing.id)
                if stored.turn != listing.turn:
                    return
                self._write(tx, decide(stored))
        except (Conflict, NotFound):
            return

    def _write(self, tx: Transaction, change: Change[Listing, Listing]) -> None:
        """Write a listing; people are told of one that was given up, and one that is told to be gone goes."""
        tx.channels.listings.save(change)
        if change.state.is_given_up:
            tx.alerts.raise_(self._alert(change.state))
        if change.state.is_gone:
            tx.channels.listings.save(change.state.remove())

    def _alert(self, listing: Listing) -> Alert:
        message = f"channel {listing.channel} does not know how {listing.code} stands: {listing.problem}"
        return Alert(
            id=AlertId(self.ids.new()),
            kind="channel_push_given_up",
            subject=listing.id,
            message=message[:LONGEST_MESSAGE],
            at=self.clock.now(),
        )


def _told(refused: list[Refused], clock: Clock) -> Decision:
    """It was told; `refused` are the dates that it did not accept."""
    reasons = "; ".join(f"{each.date}: {each.reason}" for each in refused)
    return lambda stored: stored.told(clock.now(), refused_dates(refused), reasons)
