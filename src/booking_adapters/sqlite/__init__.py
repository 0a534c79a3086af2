"""Storage in one SQLite file: no server, durable, and every guard of the big database."""

from booking_adapters.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]
