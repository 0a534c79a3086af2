"""Folios, payments, intents and told events, in memory."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from booking_adapters.memory.tables import Tables, Undo, dooming
from booking_adapters.memory.versions import VersionedWriter
from booking_core.domain.kernel.errors import Conflict, NotFound, StaleVersion
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import ClaimId, IntentId, PaymentId
from booking_core.domain.payments.intent import Intent, Operation
from booking_core.domain.payments.payment import Payment
from booking_core.domain.reservations.folio import Folio
from booking_core.ports.ledger import ProviderEvent


class MemoryFolios(VersionedWriter):
    """The Folios port."""

    def get(self, reservation: ClaimId) -> Folio:
        """Of a reservation; raises NotFound."""
        found = self.find(reservation)
        if found is None:
            raise NotFound("folio", reservation)
        return found

    def find(self, reservation: ClaimId) -> Folio | None:
        """Of a reservation, or None."""
        return self._tables.folios.get(reservation)

    @dooming
    def save(self, change: Change[Folio, Folio | None]) -> None:
        """Write a folio."""
        folio, table = change.state, self._tables.folios
        if folio.reservation not in self._tables.reservations:
            raise Conflict("what this refers to is gone")
        new = {each.intent for each in folio.entries[len(change.before.entries) if change.before else 0 :]}
        posted = {entry.intent for each in table.values() for entry in each.entries}
        if (new & posted) - {None}:
            raise Conflict("this movement of money is in a folio")
        self._put(table, folio.reservation, change)


class MemoryIntents(VersionedWriter):
    """The Intents port."""

    def get(self, intent: IntentId) -> Intent:
        """By id; raises NotFound."""
        found = self._tables.intents.get(intent)
        if found is None:
            raise NotFound("intent", intent)
        return found

    def find(self, key: str) -> Intent:
        """By its present idempotency key; raises NotFound."""
        found = next((each for each in self._tables.intents.values() if each.key == key), None)
        if found is None:
            raise NotFound("intent", key)
        return found

    def that_made(self, reference: str) -> Intent | None:
        """The intent that the provider made something for, or None."""
        intent = self._tables.made.get(reference)
        return None if intent is None else self._tables.intents[intent]

    def of_claim(self, reservation: ClaimId) -> Sequence[Intent]:
        """Every intent of a claim, by id."""
        found = [each for each in self._tables.intents.values() if each.reservation == reservation]
        return sorted(found, key=lambda each: each.id)

    def lease(
        self, at: datetime, limit: int, for_: timedelta, claim: ClaimId | None = None
    ) -> Sequence[Intent]:
        """Take intents that are ready."""
        asked = self._tables.intents.values() if claim is None else self.of_claim(claim)
        ready = [each for each in asked if each.is_ready(at)]
        ready.sort(key=lambda each: (each.next_at, each.id))
        taken = [each.lease(at, for_) for each in ready[:limit]]
        for change in taken:
            self.save(change)
        return [change.state for change in taken]

    @dooming
    def save(self, change: Change[Intent, Intent | None]) -> None:
        """Write an intent."""
        intent = change.state
        others = [each for each in self._tables.intents.values() if each.id != intent.id]
        if intent.payment not in self._tables.payments:
            raise Conflict("what this refers to is gone")
        if any(each.key == intent.key for each in others):
            raise Conflict("the key belongs to another intent")
        if intent.is_open and any(_in_the_way(each, intent) for each in others):
            raise Conflict("another instruction for the payment is under way")
        made = self._tables.made
        if intent.made is not None and made.get(intent.made, intent.id) != intent.id:
            raise Conflict("what the provider made belongs to another intent")
        self._put(self._tables.intents, intent.id, change)
        if intent.made is not None and intent.made not in made:
            reference, made[intent.made] = intent.made, intent.id
            self._undo.append(lambda: made.pop(reference))


class MemoryPayments(VersionedWriter):
    """The Payments port."""

    def get(self, payment: PaymentId) -> Payment:
        """By id; raises NotFound."""
        found = self._tables.payments.get(payment)
        if found is None:
            raise NotFound("payment", payment)
        return found

    def of_claim(self, reservation: ClaimId) -> Sequence[Payment]:
        """Every payment of a claim, by id."""
        found = [each for each in self._tables.payments.values() if each.reservation == reservation]
        return sorted(found, key=lambda each: each.id)

    def lapsing(self, until: datetime, limit: int) -> Sequence[Payment]:
        """Payments whose authorisation lapses soon, the first one first."""
        dated = [(each.authorised_until, each) for each in self._tables.payments.values() if each.authorised]
        soon = [(at, each.id, each) for at, each in dated if at is not None and at <= until]
        return [each for _, _, each in sorted(soon, key=lambda found: found[:2])[:limit]]

    @dooming
    def save(self, change: Change[Payment, Payment | None], *intents: Change[Intent, Intent | None]) -> None:
        """Write a payment with its intents."""
        self._put(self._tables.payments, change.state.id, change)
        written = MemoryIntents(self._tables, self._actor, self._undo)
        for intent in sorted(intents, key=lambda each: each.before is None):
            written.save(intent)


class MemoryProviderEvents:
    """The ProviderEvents port."""

    def __init__(self, tables: Tables, undo: Undo) -> None:
        self._tables, self._undo = tables, undo

    def receive(self, event: ProviderEvent) -> bool:
        """Remember an event; False where it is known."""
        told = self._tables.told
        if event.id in told:
            return False
        told[event.id] = event
        self._undo.append(lambda: told.pop(event.id))
        return True

    def unhandled(self, limit: int) -> Sequence[ProviderEvent]:
        """Events that nobody has handled, the oldest first."""
        left = [each for each in self._tables.told.values() if each.id not in self._tables.handled]
        return sorted(left, key=lambda each: (each.told_at, each.id))[:limit]

    @dooming
    def handled(self, event: str, at: datetime) -> None:
        """Mark an event; raises StaleVersion."""
        if event not in self._tables.told or event in self._tables.handled:
            raise StaleVersion("the event was handled in the meantime", event=event)
        self._tables.handled[event] = at
        self._undo.append(lambda: self._tables.handled.pop(event))

    def forget(self, before: datetime, limit: int) -> int:
        """Remove events that were handled long ago."""
        told, handled = self._tables.told, self._tables.handled
        old = sorted((each for each in handled if handled[each] < before), key=handled.__getitem__)[:limit]
        gone = [(each, told.pop(each), handled.pop(each)) for each in old]

        def undo() -> None:
            for each, event, at in gone:
                told[each], handled[each] = event, at

        self._undo.append(undo)
        return len(gone)


_ONE_AT_A_TIME = (
    frozenset({Operation.AUTHORISE, Operation.CHARGE, Operation.CAPTURE}),
    frozenset({Operation.VOID}),
)


def _in_the_way(open_one: Intent, wanted: Intent) -> bool:
    """Whether an intent keeps another one of its payment from being under way."""
    return (
        open_one.is_open
        and open_one.payment == wanted.payment
        and any({open_one.operation, wanted.operation} <= kinds for kinds in _ONE_AT_A_TIME)
    )
