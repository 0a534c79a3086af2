"""What the use cases need of a storage for money: folios, payments, intents, and what providers told."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

import attrs

from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import ClaimId, IntentId, PaymentId
from booking_core.domain.payments.intent import Intent
from booking_core.domain.payments.payment import Payment
from booking_core.domain.reservations.amendment import Amendment
from booking_core.domain.reservations.folio import Folio


@attrs.frozen(kw_only=True)
class ProviderEvent:
    """What a provider told: something happened to the object it calls `reference`.

    `id` is the provider's own, by which an event that is told twice is known; `kind` is the provider's word for
    what happened. Neither is believed: the object is retrieved.
    """

    id: str
    kind: str
    reference: str
    told_at: datetime


class Folios(Protocol):
    """The accounts of reservations, one each."""

    def get(self, reservation: ClaimId) -> Folio:
        """Of a reservation; raises NotFound."""
        ...

    def find(self, reservation: ClaimId) -> Folio | None:
        """Of a reservation, or None."""
        ...

    def save(self, change: Change[Folio, Folio | None]) -> None:
        """Write a folio's new entries, and its events; its reservation must be stored.

        Raises StaleVersion where `change.before` is no longer stored, Conflict where an entry's intent is in
        another folio or the reservation is missing.
        """
        ...


class Payments(Protocol):
    """Payments, whatever became of them."""

    def get(self, payment: PaymentId) -> Payment:
        """By id; raises NotFound."""
        ...

    def of_claim(self, reservation: ClaimId) -> Sequence[Payment]:
        """Every payment of a hold or reservation, by id: in the order in which they were asked."""
        ...

    def lapsing(self, until: datetime, limit: int) -> Sequence[Payment]:
        """At most `limit` payments with an authorisation that lapses at or before an instant, the first one first."""
        ...

    def save(self, change: Change[Payment, Payment | None], *intents: Change[Intent, Intent | None]) -> None:
        """Write a payment with the intents that the same decision wrote, answered or superseded, and all events.

        Ended intents make room before new ones are written. Raises StaleVersion where a `before` is no longer
        stored, and Conflict as `Intents.save` does.
        """
        ...


class Intents(Protocol):
    """Instructions to the provider, open and settled."""

    def get(self, intent: IntentId) -> Intent:
        """By id; raises NotFound."""
        ...

    def find(self, key: str) -> Intent:
        """By its present idempotency key; raises NotFound."""
        ...

    def that_made(self, reference: str) -> Intent | None:
        """The intent to which the provider answered with this reference: its payment, or its refund. Or None."""
        ...

    def of_claim(self, reservation: ClaimId) -> Sequence[Intent]:
        """Every intent for a hold or reservation, by id."""
        ...

    def lease(
        self, at: datetime, limit: int, for_: timedelta, claim: ClaimId | None = None
    ) -> Sequence[Intent]:
        """Take at most `limit` intents that are ready, the longest due first, and return them as they are taken.

        With a `claim`, only those for that hold or reservation.

        Nobody else gets one of them before `at` + `for_`, once this transaction has committed; until then they
        are left out by others, who do not wait. Send only after the commit.
        """
        ...

    def save(self, change: Change[Intent, Intent | None]) -> None:
        """Write an intent alone (one that is put off or started anew), and its events.

        Raises StaleVersion where `change.before` is no longer stored, and Conflict where its payment is missing,
        its key or what the provider made for it belongs to another intent, or its payment has an open intent in
        the way: one at a time authorises, charges or captures, and one voids.
        """
        ...


class Amendments(Protocol):
    """Dearer modifications that wait for their money. Ended ones are gone."""

    def of_reservation(self, reservation: ClaimId) -> Amendment | None:
        """The one that a reservation waits with, or None."""
        ...

    def of_payment(self, payment: PaymentId) -> Amendment | None:
        """The one that waits for a payment, or None."""
        ...

    def lapsed(self, at: datetime, limit: int) -> Sequence[Amendment]:
        """At most `limit` whose time to pay was over at an instant, the oldest expiry first."""
        ...

    def save(self, change: Change[Amendment | None, Amendment | None]) -> None:
        """Write one, and its events; with a state of None it is removed.

        Raises Conflict where its reservation waits with another, StaleVersion where `change.before` is not stored.
        """
        ...


class ProviderEvents(Protocol):
    """What providers told, each event once."""

    def receive(self, event: ProviderEvent) -> bool:
        """Remember an event; False where it is known."""
        ...

    def unhandled(self, limit: int) -> Sequence[ProviderEvent]:
        """At most `limit` events that nobody has handled, the oldest first."""
        ...

    def handled(self, event: str, at: datetime) -> None:
        """Mark an event by id, in one transaction with what followed from it.

        Raises StaleVersion where it was handled in the meantime or is unknown.
        """
        ...

    def forget(self, before: datetime, limit: int) -> int:
        """Remove at most `limit` events handled before an instant; how many were removed."""
        ...
