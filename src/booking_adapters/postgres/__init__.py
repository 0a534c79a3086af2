"""Storage in Postgres: lanes guarded by an exclusion constraint, tenants walled off by row-level security."""

from booking_adapters.postgres.store import PostgresStore

__all__ = ["PostgresStore"]
