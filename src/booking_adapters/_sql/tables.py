"""The tables. Every one (but `workers`, which tells of no tenant) starts with the tenant, which is part of every key.

The migrations make them (with the guards that SQLAlchemy cannot express), these describe them to the statements in
`queries`; a test compares the two. `allocations` holds what is taken now and nothing that has ended.
"""

from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Identity,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from booking_adapters._sql.types import Bound, Day, Document, Identifier, Instant, Whole

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "uq": "%(table_name)s_%(column_1_name)s_key",
        "fk": "%(table_name)s_%(referred_table_name)s_fkey",
    }
)

_FRESH = text("spread_at IS NULL")
_SPREAD = text("spread_at IS NOT NULL")


def _tenant() -> Column[object]:
    return Column("tenant_id", Identifier, nullable=False)


tenants = Table(
    "tenants",
    metadata,
    _tenant(),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    PrimaryKeyConstraint("tenant_id"),
    # The one key across tenants: addresses name a business by it.
    UniqueConstraint("key", name="tenants_key_key"),
)

catalogs = Table(
    "catalogs",
    metadata,
    _tenant(),
    Column("version", Whole, nullable=False),
    Column("document", Document, nullable=False),
    PrimaryKeyConstraint("tenant_id", "version"),
    ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"]),
)

policy_versions = Table(
    "policy_versions",
    metadata,
    _tenant(),
    Column("fingerprint", Text, nullable=False),
    Column("document", Document, nullable=False),
    PrimaryKeyConstraint("tenant_id", "fingerprint"),
)

holds = Table(
    "holds",
    metadata,
    _tenant(),
    Column("id", Identifier, nullable=False),
    Column("session", Text, nullable=False),
    Column("service_id", Identifier, nullable=False),
    Column("starts_at", Bound, nullable=False),
    Column("ends_at", Bound, nullable=False),
    Column("check_in", Day),
    Column("check_out", Day),
    Column("quantity", Whole, nullable=False),
    Column("assigned", Document, nullable=False),
    Column("placed_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("version", Whole, nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
    Index("holds_session_idx", "tenant_id", "session"),
    Index("holds_expires_at_idx", "tenant_id", "expires_at"),
)

reservations = Table(
    "reservations",
    metadata,
    _tenant(),
    Column("id", Identifier, nullable=False),
    Column("code", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("version", Whole, nullable=False),
    Column("service_id", Identifier, nullable=False),
    Column("starts_at", Bound, nullable=False),
    Column("ends_at", Bound, nullable=False),
    Column("check_in", Day),
    Column("check_out", Day),
    Column("quantity", Whole, nullable=False),
    Column("expires_at", Instant),
    Column("no_show_at", Instant),
    Column("policy_fingerprint", Text, nullable=False),
    # Personal data, and nothing else personal: what an erasure has to empty.
    Column("customer_key", Text, nullable=False),
    Column("customer_name", Text, nullable=False),
    Column("customer_email", Text, nullable=False),
    Column("customer_phone", Text, nullable=False),
    Column("body", Document, nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
    UniqueConstraint("tenant_id", "code"),
    ForeignKeyConstraint(
        ["tenant_id", "policy_fingerprint"], ["policy_versions.tenant_id", "policy_versions.fingerprint"]
    ),
    Index("reservations_ends_at_idx", "tenant_id", "ends_at"),
    Index("reservations_customer_key_idx", "tenant_id", "customer_key", "ends_at"),
    Index(
        "reservations_pending_idx",
        "tenant_id",
        "expires_at",
        postgresql_where=text("status = 'pending'"),
        sqlite_where=text("status = 'pending'"),
    ),
    Index(
        "reservations_no_show_idx",
        "tenant_id",
        "no_show_at",
        postgresql_where=text("status = 'confirmed'"),
        sqlite_where=text("status = 'confirmed'"),
    ),
    Index(
        "reservations_over_idx",
        "tenant_id",
        "ends_at",
        postgresql_where=text("status IN ('checked_in', 'confirmed')"),
        sqlite_where=text("status IN ('checked_in', 'confirmed')"),
    ),
)

allocations = Table(
    "allocations",
    metadata,
    _tenant(),
    Column("owner_id", Identifier, nullable=False),
    Column("resource_id", Identifier, nullable=False),
    Column("lane", Whole, nullable=False),
    Column("starts_at", Bound, nullable=False),
    Column("ends_at", Bound, nullable=False),
    Column("made_at", Instant),
    Column("expires_at", Instant),
    # By owner, because a claim is given back as a whole; what may not overlap is the guard's business.
    PrimaryKeyConstraint("tenant_id", "owner_id", "resource_id", "lane", "starts_at"),
    # Postgres reads a window by this one: under row-level security the planner may use an index only through operators
    # that are leakproof, which comparisons of instants are and the && of ranges is not (decision 15).
    Index("allocations_window_idx", "tenant_id", "resource_id", "ends_at", "starts_at").ddl_if("postgresql"),
    # SQLite's guard and its reading both go to the predecessor on a lane.
    Index("allocations_lane_idx", "tenant_id", "resource_id", "lane", "starts_at", "ends_at").ddl_if(
        "sqlite"
    ),
)

closures = Table(
    "closures",
    metadata,
    _tenant(),
    Column("id", Identifier, nullable=False),
    Column("resource_id", Identifier, nullable=False),
    Column("starts_at", Bound, nullable=False),
    Column("ends_at", Bound, nullable=False),
    Column("quantity", Whole),
    Column("reason", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("reference", Text, nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
    Index("closures_window_idx", "tenant_id", "resource_id", "ends_at", "starts_at"),
    Index("closures_source_idx", "tenant_id", "source", "reference"),
    Index(
        "closures_once_idx",
        "tenant_id",
        "source",
        "reference",
        "resource_id",
        "starts_at",
        "ends_at",
        unique=True,
        postgresql_where=text("source <> ''"),
        sqlite_where=text("source <> ''"),
    ),
)

quotes = Table(
    "quotes",
    metadata,
    _tenant(),
    Column("id", Identifier, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("document", Document, nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
    Index("quotes_expires_at_idx", "tenant_id", "expires_at"),
)

redemptions = Table(
    "redemptions",
    metadata,
    _tenant(),
    Column("code", Text, nullable=False),
    Column("owner_id", Identifier, nullable=False),
    PrimaryKeyConstraint("tenant_id", "code", "owner_id"),
    ForeignKeyConstraint(["tenant_id", "owner_id"], ["reservations.tenant_id", "reservations.id"]),
)

requests = Table(
    "requests",
    metadata,
    _tenant(),
    Column("key", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("claim_id", Identifier, nullable=False),
    PrimaryKeyConstraint("tenant_id", "key"),
)

outbox = Table(
    "outbox",
    metadata,
    _tenant(),
    Column("id", Whole, Identity(always=True), nullable=False),
    Column("name", Text, nullable=False),
    Column("subject_id", Identifier, nullable=False),
    Column("version", Whole, nullable=False),
    Column("at", Instant, nullable=False),
    Column("data", Document, nullable=False),
    # When it became owed to those who handle it; empty until then.
    Column("spread_at", Instant),
    PrimaryKeyConstraint("tenant_id", "id"),
    Index("outbox_fresh_idx", "tenant_id", "id", postgresql_where=_FRESH, sqlite_where=_FRESH),
    Index("outbox_spread_idx", "tenant_id", "spread_at", postgresql_where=_SPREAD, sqlite_where=_SPREAD),
)

audit = Table(
    "audit",
    metadata,
    _tenant(),
    Column("id", Whole, Identity(always=True), nullable=False),
    Column("actor_kind", Text, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("actor_address", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("subject_id", Identifier, nullable=False),
    Column("version", Whole, nullable=False),
    Column("at", Instant, nullable=False),
    Column("data", Document, nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
)
