"""The tables of the front desk. Rooms, tasks and assignments are changed; visits and movements are only added."""

from sqlalchemy import Column, ForeignKeyConstraint, Index, PrimaryKeyConstraint, Table, Text, text

from booking_adapters._sql.tables import metadata
from booking_adapters._sql.types import Bound, Document, Identifier, Instant, Whole

_OCCUPIED = text("occupant_id IS NOT NULL")
_UNDER_WAY = text("state IN ('open', 'started')")
_TO_RESERVATIONS = ["reservations.tenant_id", "reservations.id"]

rooms = Table(
    "rooms",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    # The unit's.
    Column("id", Identifier, nullable=False),
    Column("status", Text, nullable=False),
    Column("occupant_id", Identifier),
    Column("note", Text, nullable=False),
    Column("version", Whole, nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
    ForeignKeyConstraint(["tenant_id", "occupant_id"], _TO_RESERVATIONS),
    Index(
        "rooms_occupant_idx", "tenant_id", "occupant_id", postgresql_where=_OCCUPIED, sqlite_where=_OCCUPIED
    ),
)

housekeeping_tasks = Table(
    "housekeeping_tasks",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    Column("id", Identifier, nullable=False),
    Column("unit_id", Identifier, nullable=False),
    Column("work", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("due_at", Instant),
    Column("note", Text, nullable=False),
    Column("assignee", Text, nullable=False),
    Column("version", Whole, nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
    Index(
        "housekeeping_tasks_under_way_idx",
        "tenant_id",
        "unit_id",
        postgresql_where=_UNDER_WAY,
        sqlite_where=_UNDER_WAY,
    ),
)

guests = Table(
    "guests",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    Column("id", Identifier, nullable=False),
    Column("key", Text, nullable=False),
    Column("version", Whole, nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
    Index("guests_key_idx", "tenant_id", "key", unique=True),
)

guest_visits = Table(
    "guest_visits",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    Column("guest_id", Identifier, nullable=False),
    Column("number", Whole, nullable=False),
    Column("reservation_id", Identifier, nullable=False),
    Column("code", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("starts_at", Bound, nullable=False),
    Column("ends_at", Bound, nullable=False),
    Column("spent_minor", Whole, nullable=False),
    Column("currency", Text, nullable=False),
    Column("nights", Whole, nullable=False),
    Column("rooms", Document, nullable=False),
    PrimaryKeyConstraint("tenant_id", "guest_id", "number"),
    ForeignKeyConstraint(["tenant_id", "guest_id"], ["guests.tenant_id", "guests.id"]),
    ForeignKeyConstraint(["tenant_id", "reservation_id"], _TO_RESERVATIONS),
    # A reservation is in one history, once; a no-show who came after all is there as both.
    Index("guest_visits_reservation_idx", "tenant_id", "reservation_id", "kind", unique=True),
)

loyalty_accounts = Table(
    "loyalty_accounts",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    Column("id", Identifier, nullable=False),
    # A guest's key: points may be earned before the first visit is recorded.
    Column("guest", Text, nullable=False),
    Column("version", Whole, nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
    Index("loyalty_accounts_guest_idx", "tenant_id", "guest", unique=True),
)

loyalty_movements = Table(
    "loyalty_movements",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    Column("account_id", Identifier, nullable=False),
    Column("number", Whole, nullable=False),
    Column("why", Text, nullable=False),
    Column("points", Whole, nullable=False),
    Column("reservation_id", Identifier, nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("tenant_id", "account_id", "number"),
    ForeignKeyConstraint(["tenant_id", "account_id"], ["loyalty_accounts.tenant_id", "loyalty_accounts.id"]),
)

room_assignments = Table(
    "room_assignments",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    # The reservation's.
    Column("id", Identifier, nullable=False),
    Column("rooms", Document, nullable=False),
    Column("version", Whole, nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
    ForeignKeyConstraint(["tenant_id", "id"], _TO_RESERVATIONS),
)
