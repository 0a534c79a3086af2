"""The tables of notices, of links that were given away, and of browsers that are told."""

from sqlalchemy import Column, ForeignKeyConstraint, Index, PrimaryKeyConstraint, Table, Text, text

from booking_adapters._sql.tables import metadata
from booking_adapters._sql.types import Document, Identifier, Instant, Whole

_DUE = text("due_at IS NOT NULL")
_OVER = text("over_at IS NOT NULL")
_IN_LINE = text("entry_id IS NOT NULL")

notices = Table(
    "notices",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    Column("id", Identifier, nullable=False),
    # What it is about: a reservation, or a place in the waitlist; the other one is empty.
    Column("reservation_id", Identifier),
    Column("entry_id", Identifier),
    Column("rule", Text, nullable=False),
    # The version of either.
    Column("reservation_version", Whole, nullable=False),
    # Personal data: where it goes.
    Column("address", Text, nullable=False),
    Column("copy", Whole, nullable=False),
    Column("state", Text, nullable=False),
    Column("version", Whole, nullable=False),
    # When an open one is worked on next; empty once it is over.
    Column("due_at", Instant),
    # How often it was tried since somebody wanted it sent.
    Column("attempts", Whole, nullable=False),
    # Since when it is over; empty while it is open.
    Column("over_at", Instant),
    Column("body", Document, nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
    ForeignKeyConstraint(["tenant_id", "reservation_id"], ["reservations.tenant_id", "reservations.id"]),
    ForeignKeyConstraint(["tenant_id", "entry_id"], ["waitlist.tenant_id", "waitlist.id"]),
    # One rule owes one version of a reservation, or of a place in the waitlist, one notice per address.
    Index(
        "notices_once_idx",
        "tenant_id",
        "reservation_id",
        "rule",
        "reservation_version",
        "address",
        "copy",
        unique=True,
    ),
    Index(
        "notices_once_in_line_idx",
        "tenant_id",
        "entry_id",
        "rule",
        "reservation_version",
        "address",
        "copy",
        unique=True,
        postgresql_where=_IN_LINE,
        sqlite_where=_IN_LINE,
    ),
    Index("notices_due_idx", "tenant_id", "due_at", postgresql_where=_DUE, sqlite_where=_DUE),
    Index("notices_over_idx", "tenant_id", "over_at", postgresql_where=_OVER, sqlite_where=_OVER),
    Index("notices_state_idx", "tenant_id", "state", "id"),
)

links = Table(
    "links",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    # Of the token, which is nowhere but in the message that carried it.
    Column("hash", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    # What it opens: one of both, as above.
    Column("reservation_id", Identifier),
    Column("entry_id", Identifier),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    PrimaryKeyConstraint("tenant_id", "hash"),
    ForeignKeyConstraint(["tenant_id", "reservation_id"], ["reservations.tenant_id", "reservations.id"]),
    ForeignKeyConstraint(["tenant_id", "entry_id"], ["waitlist.tenant_id", "waitlist.id"]),
    Index("links_reservation_idx", "tenant_id", "reservation_id"),
    Index("links_entry_idx", "tenant_id", "entry_id", postgresql_where=_IN_LINE, sqlite_where=_IN_LINE),
    Index("links_expiry_idx", "tenant_id", "expires_at"),
)

push_subscriptions = Table(
    "push_subscriptions",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    Column("id", Identifier, nullable=False),
    Column("endpoint", Text, nullable=False),
    Column("p256dh", Text, nullable=False),
    Column("auth", Text, nullable=False),
    Column("resource", Text, nullable=False),
    Column("added_at", Instant, nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
    Index("push_subscriptions_endpoint_idx", "tenant_id", "endpoint", unique=True),
)
