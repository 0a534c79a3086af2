"""Statements that SQLAlchemy Core describes once, and the drivers run themselves.

Compiling and executing through SQLAlchemy costs several times what the driver costs (docs/decisions); so each
statement is compiled when its module is loaded, and only text and values pass at run time.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Dialect, Select
from sqlalchemy.dialects.postgresql import psycopg as postgres
from sqlalchemy.dialects.sqlite import pysqlite
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

Processor = Callable[[Any], Any]
Values = Mapping[str, Any]
Row = tuple[Any, ...]

SQLITE: Dialect = pysqlite.dialect(paramstyle="named")
POSTGRES: Dialect = postgres.dialect()  # type: ignore[no-untyped-call]


class Statement:
    """One statement in the words of one database: its text, and how values go in and come out."""

    def __init__(self, described: ClauseElement, dialect: Dialect) -> None:
        compiled = described.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)
        self.sql = str(compiled)
        binds = {name: bind for bind, name in compiled.bind_names.items()}
        self._into = {name: bind.type.bind_processor(dialect) for name, bind in binds.items()}
        self._constants = {name: bind.value for name, bind in binds.items() if not bind.required}
        columns = described.selected_columns if isinstance(described, Select) else ()
        self._out_of = [column.type.result_processor(dialect, None) for column in columns]
        self._is_plain = not any(self._out_of)

    def values(self, given: Values) -> dict[str, Any]:
        """The values as the driver takes them."""
        into = self._into
        return self._constants | {name: _through(into[name], value) for name, value in given.items()}

    def rows(self, found: Iterable[Row]) -> Iterable[Row]:
        """The rows as the domain takes them."""
        return found if self._is_plain else self._processed(found)

    def _processed(self, found: Iterable[Row]) -> Iterator[Row]:
        for row in found:
            yield tuple(map(_through, self._out_of, row))


class Query:
    """A statement in both databases' words, compiled when it is first used."""

    def __init__(self, described: Callable[[str], ClauseElement] | ClauseElement) -> None:
        self._described = described
        self._compiled: dict[str, Statement] = {}

    def on(self, dialect: Dialect) -> Statement:
        """The statement for a database."""
        found = self._compiled.get(dialect.name)
        if found is None:
            described = self._described(dialect.name) if callable(self._described) else self._described
            found = self._compiled[dialect.name] = Statement(described, dialect)
        return found


def _through(processor: Processor | None, value: Any) -> Any:
    return value if processor is None else processor(value)
