"""The commands of the operator: serve, migrate, import, doctor."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, TypeVar

import attrs
from cyclopts import Parameter
from rich.console import Console
from rich.progress import Progress

from booking_app.cli_options import Common
from booking_app.container import Deployment, open_deployment
from booking_app.demo import demo_payments, demo_settings, import_examples, welcome
from booking_app.demo_channel import demo_channel, introduce
from booking_app.importing import CalendarTarget, import_business, import_calendar
from booking_app.logs import configure_logs
from booking_app.plain import Data, findings_data
from booking_app.server import address_of, bound
from booking_app.server import serve as serve_on
from booking_app.storage import migrate as migrate_storage
from booking_app.texts import findings_text, imported_text
from booking_core.domain.kernel.errors import InvalidInput

T = TypeVar("T")
PLAINLY = Common()
Demo = Annotated[bool, Parameter(negative="", help="Import and serve the example businesses.")]
Host = Annotated[str | None, Parameter(help="Address to listen on; this machine alone by default.")]
Port = Annotated[
    int | None, Parameter(help="Port to listen on; 8000 by default, in the demo the next free one.")
]
NoWorker = Annotated[
    bool, Parameter(negative="", help="Only answer: `booking worker` does beside it what is due.")
]
Files = Annotated[list[Path], Parameter(negative="", help="Files to import, one after the other.")]
Tenant = Annotated[str | None, Parameter(help="For a calendar: key of the business.")]
Resource = Annotated[str | None, Parameter(help="For a calendar: key of the resource whose calendar it is.")]
Source = Annotated[
    str,
    Parameter(
        help="For a calendar: its name; importing under the same name replaces. The file's by default."
    ),
]
Horizon = Annotated[int, Parameter(help="For a calendar: how far ahead busy times are read.")]


def serve(
    *,
    demo: Demo = False,
    host: Host = None,
    port: Port = None,
    no_worker: NoWorker = False,
    common: Common = PLAINLY,
) -> None:
    """Serve the API and its pages until Ctrl-C. With --demo: the example businesses, ready to be booked."""
    settings = common.load()
    configure_logs(settings.log_level)
    if demo:
        settings = demo_settings(settings)
        migrate_storage(settings)
    listener = bound(
        host or settings.host, settings.port if port is None else port, or_next=demo and port is None
    )
    address = address_of(listener)
    if demo and not settings.public_url:
        settings = attrs.evolve(settings, public_url=address)
    with listener, ExitStack() as stack:
        channel, seller = "", None
        if demo:
            settings = stack.enter_context(demo_payments(settings, address))
            settings, seller = stack.enter_context(demo_channel(settings))
        deployment = stack.enter_context(open_deployment(settings))
        if demo:
            import_examples(deployment)
        if seller is not None:
            channel = introduce(deployment, seller)
        data: Data = {"address": address, "tenants": list(deployment.engine.tenants.keys())}
        storage = settings.storage if demo else "as set"
        outbox = settings.outbox_directory
        serve_on(
            deployment,
            settings,
            listener,
            lambda: common.print(data, welcome(deployment, address, storage, outbox=outbox, channel=channel)),
            works=not no_worker,
        )


def migrate(*, common: Common = PLAINLY) -> None:
    """Create the tables of the storage, or bring them to this version."""
    done = migrate_storage(common.load())
    text = "The storage is at this version." if done else "Nothing to migrate: this storage keeps nothing."
    common.print({"migrated": done}, text)


def import_files(
    files: Files,
    *,
    tenant: Tenant = None,
    resource: Resource = None,
    source: Source = "",
    horizon_days: Horizon = 400,
    common: Common = PLAINLY,
) -> None:
    """Import businesses (.toml), or the busy times of a calendar (.ics) as closures. A bad file is refused whole."""
    target = None
    if tenant is not None and resource is not None:
        target = CalendarTarget(tenant=tenant, resource=resource, source=source, horizon_days=horizon_days)
    with common.deployment() as deployment:
        done = [_import(deployment, file, target) for file in _with_progress(files, "Importing")]
    common.print({"imported": done}, "\n".join(imported_text(each) for each in done))


def doctor(*, common: Common = PLAINLY) -> int:
    """Check the invariants of the storage, read-only, and print each. Exit code 1 where one is broken."""
    with common.deployment() as deployment:
        engine = deployment.engine
        checks = [("", [deployment.inspection.of_guards()])]
        for tenant in _with_progress(engine.tenants.keys(), "Looking"):
            findings = deployment.inspection.of_tenant(engine.tenants.by_key(tenant), engine.clock.now())
            checks.append((tenant, list(findings)))
    data = findings_data(checks)
    common.print(data, findings_text(data))
    return 0 if data["sound"] else 1


def _import(deployment: Deployment, file: Path, target: CalendarTarget | None) -> Data:
    match file.suffix.lower():
        case ".toml":
            return import_business(deployment, file)
        case ".ics" if target is not None:
            return import_calendar(deployment, file, target)
        case ".ics":
            raise InvalidInput("resource", "--tenant and --resource say whose calendar this is", file.name)
        case suffix:
            raise InvalidInput("file", "must end in .toml or .ics", suffix or file.name)


def _with_progress(things: Iterable[T], what: str) -> Iterator[T]:
    """The things, with a bar on the error stream where somebody watches it."""
    console = Console(file=sys.stderr)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        yield from progress.track(list(things), description=what)
