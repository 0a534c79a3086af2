"""Prices given, in memory."""

from collections.abc import Collection, Mapping
from datetime import datetime

from booking_adapters.memory.tables import Tables, Undo
from booking_core.domain.kernel.ids import ClaimId, QuoteId
from booking_core.domain.pricing.quote import Quote


class MemoryQuotes:
    """The Quotes port."""

    def __init__(self, tables: Tables, undo: Undo) -> None:
        self._tables, self._undo = tables, undo

    def find(self, quote: QuoteId) -> Quote | None:
        """The quote, or None."""
        return self._tables.quotes.get(quote)

    def keep(self, id: QuoteId, quote: Quote) -> None:
        """Remember a quote."""
        self._tables.quotes[id] = quote
        self._undo.append(lambda: self._tables.quotes.pop(id))

    def uses_of(
        self, codes: Collection[str], at: datetime, without: ClaimId | None = None
    ) -> Mapping[str, int]:
        """How many reservations count as uses of each code."""
        if not codes:
            return {}
        others = [
            each
            for each in self._tables.reservations.values()
            if each.id != without and (each.expires_at is None or each.expires_at > at)
        ]
        return {code: sum(code.casefold() in each.redeemed for each in others) for code in codes}

    def forget_expired(self, at: datetime, limit: int) -> int:
        """Remove quotes that have expired."""
        table = self._tables.quotes
        over = sorted(
            (each for each in table if table[each].is_expired(at)), key=lambda each: table[each].expires_at
        )
        gone = {each: table.pop(each) for each in over[:limit]}
        self._undo.append(lambda: table.update(gone))
        return len(gone)
