"""An open Postgres transaction of one tenant."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import blake2b
from typing import Any
from uuid import UUID

import psycopg

from booking_adapters._sql import queries
from booking_adapters._sql.statement import POSTGRES, Query, Row
from booking_adapters._sql.types import json_text
from booking_adapters.postgres.errors import translated
from booking_adapters.postgres.statements import RECORD, TAKE
from booking_core.domain.kernel.errors import LaneTaken
from booking_core.domain.kernel.events import Actor, Event
from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.domain.kernel.period import epoch
from booking_core.domain.reservations.calendar import Allocation

Connection = psycopg.Connection[Row]
READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
WRITING = "BEGIN"


class PostgresSession:
    """The Session of a connection. `begin` opens the transaction."""

    def __init__(self, connection: Connection, tenant: TenantId, actor: Actor) -> None:
        self.connection = connection
        self.tenant = tenant
        self.failure: Exception | None = None
        self.request: tuple[str, str, ClaimId] | None = None
        self._actor = actor
        self._has_written = False
        self._catalog_version: int | None = None
        self._after_commit: list[Callable[[], object]] = []

    def begin(self, how: str) -> None:
        """Open the transaction, name the tenant to the walls and read the catalog's version, in one round trip.

        A writer keeps new versions of the catalog waiting until it ends: its lanes belong to the version it saw. The
        version is read by a statement of its own, so that it is the one after the wait.
        """
        self._begin(how, f", pg_advisory_xact_lock_shared({self.number('')})" if how is WRITING else "")

    def begin_alone(self) -> None:
        """Open the transaction anew, when all other writers of the tenant have ended, and keep new ones waiting.

        Anew, because two that turned their share of the lock into the whole of it would wait for each other.
        """
        assert not self._has_written, "what wants to be alone says so first"
        self._begin(f"ROLLBACK; {WRITING}", f", pg_advisory_xact_lock({self.number('')})")

    def _begin(self, how: str, lock: str) -> None:
        tenant = UUID(bytes=self.tenant.bytes)  # it becomes part of the text, so it has to be one
        results = self.connection.execute(
            f"{how}; SELECT set_config('app.tenant', '{tenant}', true){lock};"  # noqa: S608 - a UUID and a number
            f"SELECT max(version) FROM catalogs WHERE tenant_id = '{tenant}'".encode()
        )
        while results.nextset():
            pass
        ((self._catalog_version,),) = results.fetchall()

    def number(self, name: str) -> int:
        """The number of an advisory lock of this tenant; '' names the catalog's."""
        digest = blake2b(self.tenant.bytes + name.encode(), digest_size=8).digest()
        return int.from_bytes(digest, signed=True)

    def select(self, query: Query, **values: Any) -> list[Row]:
        statement = query.on(POSTGRES)
        given = statement.values(values) | {"tenant": self.tenant}
        return list(statement.rows(self.rows(statement.sql, given)))

    def change(self, query: Query, **values: Any) -> int:
        statement = query.on(POSTGRES)
        given = statement.values(values) | {"tenant": self.tenant}
        return self.connection.execute(statement.sql.encode(), given, prepare=True).rowcount

    def rows(self, sql: str, values: dict[str, Any]) -> list[Row]:
        """All rows of a statement in Postgres' own words; it is parsed once a connection."""
        return self.connection.execute(sql.encode(), values, prepare=True).fetchall()

    @contextmanager
    def writing(self) -> Iterator[None]:
        self._has_written = True
        try:
            yield
        except (psycopg.Error, UnicodeEncodeError) as error:
            self.failure = translated(error) or error
            raise self.failure from error
        except Exception as error:
            self.failure = error
            raise

    def when_committed(self, act: Callable[[], object]) -> None:
        self._after_commit.append(act)

    def committed(self) -> None:
        """Do what was to be done after the commit."""
        for act in self._after_commit:
            act()

    def catalog_version(self) -> int | None:
        return self._catalog_version

    def alone_with_catalog(self) -> None:
        self.connection.execute("SELECT pg_advisory_xact_lock(%s)", [self.number("")])

    def take(
        self,
        allocations: Collection[Allocation],
        owner: UUID,
        made_at: datetime | None,
        expires_at: datetime | None,
    ) -> None:
        if not allocations:
            return
        ((taken,),) = self.rows(
            TAKE, {"tenant": self.tenant, **lane_values(allocations, owner, made_at, expires_at)}
        )
        if taken < len(allocations):
            raise LaneTaken("the lane was taken in the meantime")

    def record(self, events: Sequence[Event]) -> None:
        self.connection.execute(
            RECORD.encode(), {"tenant": self.tenant, **self.event_values(events)}, prepare=True
        )

    def request_values(self, claim: ClaimId) -> dict[str, Any]:
        """The idempotency key that waits to be written with this claim; it waits no longer."""
        if self.request is None or self.request[2] != claim:
            return {"request_key": None, "request_fingerprint": None}
        key, fingerprint, _ = self.request
        self.request = None
        return {"request_key": key, "request_fingerprint": fingerprint}

    def write_request(self) -> None:
        """Write the idempotency key that no claim took along."""
        if self.request is not None:
            key, fingerprint, claim = self.request
            with self.writing():
                self.change(queries.ADD_REQUEST, key=key, fingerprint=fingerprint, claim_id=claim)
            self.request = None

    def event_values(self, events: Iterable[Event]) -> dict[str, Any]:
        """Events with who did it, as the statements take them."""
        told = [
            {
                "name": event.name,
                "subject_id": str(event.subject),
                "version": event.version,
                "at": event.at.isoformat(),
                "data": dict(event.data),
            }
            for event in events
        ]
        actor = self._actor
        who = {"actor_kind": actor.kind, "actor_name": actor.name, "actor_address": actor.address}
        return {"events": json_text(told), **who}


def lane_values(
    allocations: Collection[Allocation], owner: UUID, made_at: datetime | None, expires_at: datetime | None
) -> dict[str, Any]:
    """Allocations as the statements take them: an array a column."""
    return {
        "owner": owner,
        "made_at": made_at,
        "lanes_expire_at": expires_at,
        "resources": array_text(each.resource for each in allocations),
        "lanes": array_text(each.lane for each in allocations),
        "starts": array_text(epoch(each.period.start) for each in allocations),
        "ends": array_text(epoch(each.period.end) for each in allocations),
    }


def array_text(values: Iterable[UUID | int]) -> str:
    """An array in Postgres' words. The driver takes longer over a list than over all other values of a booking."""
    return "{" + ",".join(map(str, values)) + "}"
