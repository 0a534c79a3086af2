"""Column types that both databases hold well, and the Python values behind them.

SQLite's STRICT tables know INTEGER, TEXT and BLOB; ids are text there, so that a person can read the file.
"""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, Dialect, Integer, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeDecorator, TypeEngine

from booking_core.domain.kernel.period import EARLIEST

Processor = Callable[[Any], Any]
MICROSECOND = timedelta(microseconds=1)


class _ByDialect(TypeDecorator[Any]):
    """A type with one form on Postgres and another on SQLite."""

    impl = Text
    cache_ok = True
    on_postgres: TypeEngine[Any]
    on_sqlite: TypeEngine[Any]

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return self.on_sqlite if dialect.name == "sqlite" else self.on_postgres

    def bind_processor(self, dialect: Dialect) -> Processor | None:
        if dialect.name != "sqlite":
            return self.on_postgres.dialect_impl(dialect).bind_processor(dialect)
        return lambda value: None if value is None else self.stored(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor | None:
        if dialect.name != "sqlite":
            return self.on_postgres.dialect_impl(dialect).result_processor(dialect, coltype)
        return lambda value: None if value is None else self.restored(value)

    def stored(self, value: Any) -> Any:
        """What SQLite keeps of a value."""
        return value

    def restored(self, value: Any) -> Any:
        """The value of what SQLite kept."""
        return value


class Identifier(_ByDialect):
    """A UUID; the 36 characters of it on SQLite."""

    on_postgres = postgresql.UUID(as_uuid=True)
    on_sqlite = Text()

    def stored(self, value: UUID) -> str:
        return str(value)

    def restored(self, value: str) -> UUID:
        return UUID(value)


class Instant(_ByDialect):
    """An aware UTC instant; microseconds since 1970 on SQLite."""

    on_postgres = postgresql.TIMESTAMP(timezone=True)
    on_sqlite = Integer()

    def stored(self, value: datetime) -> int:
        return microseconds(value)

    def restored(self, value: int) -> datetime:
        return EARLIEST + timedelta(microseconds=value)


class Bound(_ByDialect):
    """An end of a period, an instant in whole seconds; seconds since 1970 on SQLite."""

    on_postgres = postgresql.TIMESTAMP(timezone=True)
    on_sqlite = Integer()

    def stored(self, value: datetime) -> int:
        return int(value.timestamp())

    def restored(self, value: int) -> datetime:
        return datetime.fromtimestamp(value, UTC)


class Day(_ByDialect):
    """A local date; ISO 8601 text on SQLite."""

    on_postgres = Date()
    on_sqlite = Text()

    def stored(self, value: date) -> str:
        return value.isoformat()

    def restored(self, value: str) -> date:
        return date.fromisoformat(value)


class Document(_ByDialect):
    """JSON-ready data; jsonb on Postgres, text on SQLite."""

    on_postgres = postgresql.JSONB()
    on_sqlite = Text()

    def stored(self, value: Any) -> str:
        return json_text(value)

    def restored(self, value: str) -> Any:
        return json.loads(value)


class Whole(_ByDialect):
    """A whole number of 64 bits."""

    on_postgres = BigInteger()
    on_sqlite = Integer()


class Flag(_ByDialect):
    """True or false; 1 or 0 on SQLite."""

    on_postgres = Boolean()
    on_sqlite = Integer()

    def stored(self, value: bool) -> int:  # noqa: FBT001 - the value itself
        return int(value)

    def restored(self, value: int) -> bool:
        return bool(value)


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970 of an aware instant, exactly."""
    return (moment - EARLIEST) // MICROSECOND


def json_text(data: Any) -> str:
    """JSON-ready data as compact text."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
