"""The tables of money. Amounts are whole minor units beside their currency; the migrations check their bounds.

What must be quick to find or may not exist twice has a column; the rest of a payment or an intent is its body.
"""

from sqlalchemy import Column, ForeignKeyConstraint, Index, PrimaryKeyConstraint, Table, Text, text

from booking_adapters._sql.tables import metadata
from booking_adapters._sql.types import Day, Document, Flag, Identifier, Instant, Whole

_ASKS = text("due_at IS NOT NULL AND operation IN ('authorise', 'charge', 'capture')")
_VOIDS = text("due_at IS NOT NULL AND operation = 'void'")
_MADE = text("made IS NOT NULL")
_DUE = text("due_at IS NOT NULL")
_LAPSES = text("authorised_until IS NOT NULL AND authorised_minor > 0")
_MOVED = text("intent_id IS NOT NULL")
_UNHANDLED = text("handled_at IS NULL")
_HANDLED = text("handled_at IS NOT NULL")

folios = Table(
    "folios",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    Column("reservation_id", Identifier, nullable=False),
    Column("currency", Text, nullable=False),
    Column("is_frozen", Flag, nullable=False),
    Column("version", Whole, nullable=False),
    PrimaryKeyConstraint("tenant_id", "reservation_id"),
    ForeignKeyConstraint(["tenant_id", "reservation_id"], ["reservations.tenant_id", "reservations.id"]),
)

folio_entries = Table(
    "folio_entries",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    Column("reservation_id", Identifier, nullable=False),
    Column("number", Whole, nullable=False),
    Column("at", Instant, nullable=False),
    Column("part", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("amount_minor", Whole, nullable=False),
    Column("currency", Text, nullable=False),
    Column("night", Day),
    Column("included", Flag, nullable=False),
    Column("group_number", Whole, nullable=False),
    Column("payment_id", Identifier),
    Column("intent_id", Identifier),
    Column("is_deposit", Flag, nullable=False),
    # Who took it at the desk; empty for what a provider moved, and for charges.
    Column("taken_by", Text, nullable=False, server_default=""),
    PrimaryKeyConstraint("tenant_id", "reservation_id", "number"),
    ForeignKeyConstraint(["tenant_id", "reservation_id"], ["folios.tenant_id", "folios.reservation_id"]),
    # One movement of money is in one folio, once.
    Index(
        "folio_entries_intent_idx",
        "tenant_id",
        "intent_id",
        unique=True,
        postgresql_where=_MOVED,
        sqlite_where=_MOVED,
    ),
)

payments = Table(
    "payments",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    Column("id", Identifier, nullable=False),
    # A hold's id before it is booked, so no reference to a table.
    Column("reservation_id", Identifier, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("version", Whole, nullable=False),
    Column("currency", Text, nullable=False),
    Column("authorised_minor", Whole, nullable=False),
    Column("captured_minor", Whole, nullable=False),
    Column("refunded_minor", Whole, nullable=False),
    Column("authorised_until", Instant),
    Column("body", Document, nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
    Index("payments_reservation_idx", "tenant_id", "reservation_id"),
    Index(
        "payments_lapsing_idx",
        "tenant_id",
        "authorised_until",
        postgresql_where=_LAPSES,
        sqlite_where=_LAPSES,
    ),
)

intents = Table(
    "intents",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    Column("id", Identifier, nullable=False),
    Column("payment_id", Identifier, nullable=False),
    Column("reservation_id", Identifier, nullable=False),
    Column("operation", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("version", Whole, nullable=False),
    Column("key", Text, nullable=False),
    Column("amount_minor", Whole, nullable=False),
    Column("currency", Text, nullable=False),
    # When an open one is worked on next; empty once it is settled.
    Column("due_at", Instant),
    # What the provider calls what it made for this intent: a payment or a refund.
    Column("made", Text),
    Column("body", Document, nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
    ForeignKeyConstraint(["tenant_id", "payment_id"], ["payments.tenant_id", "payments.id"]),
    Index("intents_key_idx", "tenant_id", "key", unique=True),
    Index("intents_made_idx", "tenant_id", "made", unique=True, postgresql_where=_MADE, sqlite_where=_MADE),
    Index("intents_due_idx", "tenant_id", "due_at", postgresql_where=_DUE, sqlite_where=_DUE),
    Index("intents_reservation_idx", "tenant_id", "reservation_id"),
    # At most one live authorisation, charge or capture of a payment, and one void beside it; refunds may be many.
    Index(
        "intents_one_asks_idx",
        "tenant_id",
        "payment_id",
        unique=True,
        postgresql_where=_ASKS,
        sqlite_where=_ASKS,
    ),
    Index(
        "intents_one_voids_idx",
        "tenant_id",
        "payment_id",
        unique=True,
        postgresql_where=_VOIDS,
        sqlite_where=_VOIDS,
    ),
)

provider_events = Table(
    "provider_events",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    Column("id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("told_at", Instant, nullable=False),
    Column("handled_at", Instant),
    PrimaryKeyConstraint("tenant_id", "id"),
    Index(
        "provider_events_unhandled_idx",
        "tenant_id",
        "told_at",
        postgresql_where=_UNHANDLED,
        sqlite_where=_UNHANDLED,
    ),
    Index(
        "provider_events_handled_idx",
        "tenant_id",
        "handled_at",
        postgresql_where=_HANDLED,
        sqlite_where=_HANDLED,
    ),
)
