"""The commands of whoever keeps the work going: worker, dead letters, alerts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from cyclopts import App, Parameter
from prometheus_client import start_http_server

from booking_app.cli_options import Common, known_tenant
from booking_app.container import Deployment
from booking_app.plain import Data
from booking_app.worker import THREADS, one_round, work_until_told
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.ids import AlertId, parse_uuid
from booking_core.ports.alerts import Alert
from booking_core.ports.queues import DeadLetter
from booking_core.usecases.dead_letters import RequeueCommand
from booking_core.usecases.settle_alerts import ResolveCommand

PLAINLY = Common()
MOST_THREADS = 64
Threads = Annotated[int, Parameter(help="How many duties are done at once.")]
Once = Annotated[
    bool, Parameter(negative="", help="Do every duty once and end, for those who have a scheduler.")
]

MetricsPort = Annotated[
    int | None, Parameter(help="Port on this machine where Prometheus may ask for /metrics.")
]

OPERATOR = Actor("staff", "command line")

dead_letters = App(name="dead-letters", help="What was given up after its last attempt.")
alerts = App(name="alerts", help="What people must look at.")


def worker(
    *,
    threads: Threads = THREADS,
    once: Once = False,
    metrics_port: MetricsPort = None,
    common: Common = PLAINLY,
) -> None:
    """Do what is due for every business until Ctrl-C or SIGTERM. Many workers may serve one storage."""
    if not 1 <= threads <= MOST_THREADS:
        raise InvalidInput("threads", f"must be 1…{MOST_THREADS}", threads)
    with common.deployment() as deployment:
        if once:
            done = one_round(deployment)
            common.print({"done": done}, f"Done: {done}.")
        else:
            with _metrics_served(deployment, metrics_port):
                work_until_told(deployment, threads)


@contextmanager
def _metrics_served(deployment: Deployment, port: int | None) -> Iterator[None]:
    """For programs on this machine alone."""
    if port is None:
        yield
        return
    try:
        server, thread = start_http_server(port, addr="127.0.0.1", registry=deployment.metrics.registry)
    except (OSError, OverflowError) as error:
        raise InvalidInput("metrics-port", f"cannot be listened on: {error}", port) from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dead_letters.command(name="list")
def list_letters(tenant: str, *, common: Common = PLAINLY) -> None:
    """Show the dead letters of a business, the latest first."""
    with common.deployment() as deployment:
        found = deployment.engine.upkeep.list_dead_letters(known_tenant(deployment, tenant)[0])
    data = [letter_data(each) for each in found]
    common.print({"dead_letters": data}, "\n".join(map(_line, found)) or "No dead letters.")


@dead_letters.command
def requeue(tenant: str, queue: str, letter: str, *, common: Common = PLAINLY) -> None:
    """Try a dead letter anew, by its queue and id."""
    with common.deployment() as deployment:
        command = RequeueCommand(
            tenant=known_tenant(deployment, tenant)[0], queue=queue, letter=letter, actor=OPERATOR
        )
        was = deployment.engine.upkeep.requeue_dead_letter(command)
    common.print({"requeued": letter_data(was)}, f"Requeued: {_line(was)}")


@alerts.command(name="list")
def list_alerts(tenant: str, *, common: Common = PLAINLY) -> None:
    """Show the open alerts of a business, the oldest first."""
    with common.deployment() as deployment:
        found = deployment.engine.upkeep.list_alerts(known_tenant(deployment, tenant)[0])
    data = [alert_data(each) for each in found]
    common.print({"alerts": data}, "\n".join(map(_alert_line, found)) or "No alerts.")


@alerts.command
def resolve(tenant: str, alert: str, *, common: Common = PLAINLY) -> None:
    """Say that what an alert is about is settled."""
    with common.deployment() as deployment:
        command = ResolveCommand(
            tenant=known_tenant(deployment, tenant)[0],
            alert=AlertId(parse_uuid(alert, "alert")),
            actor=OPERATOR,
        )
        settled = deployment.engine.upkeep.resolve_alert(command)
    common.print({"resolved": alert_data(settled)}, f"Resolved: {_alert_line(settled)}")


def alert_data(alert: Alert) -> Data:
    """An alert as plain data."""
    return {
        "id": str(alert.id),
        "kind": alert.kind,
        "subject": str(alert.subject),
        "message": alert.message,
        "at": alert.at.isoformat(),
        "resolved_at": alert.resolved_at and alert.resolved_at.isoformat(),
        "resolved_by": alert.resolved_by,
    }


def letter_data(letter: DeadLetter) -> Data:
    """A dead letter as plain data."""
    return {
        "queue": letter.queue,
        "id": letter.id,
        "what": letter.what,
        "subject": letter.subject,
        "attempts": letter.attempts,
        "died_at": letter.died_at.isoformat(),
        "reason": letter.reason,
    }


def _line(letter: DeadLetter) -> str:
    return f"{letter.queue} {letter.id}  {letter.what}  {letter.died_at:%Y-%m-%d %H:%M}Z  {letter.reason}"


def _alert_line(alert: Alert) -> str:
    return f"{alert.id}  {alert.kind}  {alert.at:%Y-%m-%d %H:%M}Z  {alert.message}"
