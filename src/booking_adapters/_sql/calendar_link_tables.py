"""The tables of calendars outside. What is due has an instant in `due_at`; everything else there has none."""

from sqlalchemy import Column, ForeignKeyConstraint, Index, PrimaryKeyConstraint, Table, Text, text

from booking_adapters._sql.tables import metadata
from booking_adapters._sql.types import Document, Identifier, Instant, Whole

_DUE = text("due_at IS NOT NULL")
_DEAD = text("died_at IS NOT NULL")

calendar_feeds = Table(
    "calendar_feeds",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    Column("id", Identifier, nullable=False),
    Column("version", Whole, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject_id", Identifier, nullable=False),
    Column("name", Text, nullable=False),
    Column("detail", Text, nullable=False),
    # Of the token, which is not kept.
    Column("token_hash", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("changed_at", Instant),
    PrimaryKeyConstraint("tenant_id", "id"),
    Index("calendar_feeds_token_idx", "tenant_id", "token_hash", unique=True),
)

calendar_subscriptions = Table(
    "calendar_subscriptions",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    Column("id", Identifier, nullable=False),
    Column("version", Whole, nullable=False),
    Column("resource_id", Identifier, nullable=False),
    Column("name", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("interval_seconds", Whole, nullable=False),
    Column("due_at", Instant),
    Column("etag", Text, nullable=False),
    Column("last_modified", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("read_at", Instant),
    Column("failures", Whole, nullable=False),
    Column("problem", Text, nullable=False),
    Column("died_at", Instant),
    # What a site has sold by it, where one does.
    Column("rental", Document),
    PrimaryKeyConstraint("tenant_id", "id"),
    Index("calendar_subscriptions_due_idx", "tenant_id", "due_at", postgresql_where=_DUE, sqlite_where=_DUE),
)

calendar_targets = Table(
    "calendar_targets",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    Column("id", Identifier, nullable=False),
    Column("version", Whole, nullable=False),
    Column("resource_id", Identifier, nullable=False),
    Column("account", Text, nullable=False),
    Column("detail", Text, nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
    Index("calendar_targets_once_idx", "tenant_id", "resource_id", "account", unique=True),
)

calendar_pushes = Table(
    "calendar_pushes",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    Column("id", Identifier, nullable=False),
    Column("version", Whole, nullable=False),
    Column("target_id", Identifier, nullable=False),
    Column("reservation_id", Identifier, nullable=False),
    Column("wanted", Whole, nullable=False),
    Column("sent", Whole, nullable=False),
    Column("etag", Text, nullable=False),
    Column("due_at", Instant),
    Column("attempts", Whole, nullable=False),
    Column("problem", Text, nullable=False),
    Column("died_at", Instant),
    PrimaryKeyConstraint("tenant_id", "id"),
    ForeignKeyConstraint(
        ["tenant_id", "target_id"],
        ["calendar_targets.tenant_id", "calendar_targets.id"],
        ondelete="CASCADE",
    ),
    # One row for each calendar and reservation; it also finds the rows of a target, which go with it.
    Index("calendar_pushes_once_idx", "tenant_id", "target_id", "reservation_id", unique=True),
    Index("calendar_pushes_reservation_idx", "tenant_id", "reservation_id"),
    Index("calendar_pushes_due_idx", "tenant_id", "due_at", postgresql_where=_DUE, sqlite_where=_DUE),
    Index("calendar_pushes_died_idx", "tenant_id", "died_at", postgresql_where=_DEAD, sqlite_where=_DEAD),
)
