"""The commands of whoever keeps the work going: worker, and the dead letters."""

from typing import Annotated

from cyclopts import App, Parameter

from booking_app.cli_options import Common, known_tenant
from booking_app.plain import Data
from booking_app.worker import THREADS, one_round, work_until_told
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.ports.queues import DeadLetter
from booking_core.usecases.dead_letters import RequeueCommand

PLAINLY = Common()
MOST_THREADS = 64
Threads = Annotated[int, Parameter(help="How many duties are done at once.")]
Once = Annotated[
    bool, Parameter(negative="", help="Do every duty once and end, for those who have a scheduler.")
]

dead_letters = App(name="dead-letters", help="What was given up after its last attempt.")


def worker(*, threads: Threads = THREADS, once: Once = False, common: Common = PLAINLY) -> None:
    """Do what is due for every business until Ctrl-C or SIGTERM. Many workers may serve one storage."""
    if not 1 <= threads <= MOST_THREADS:
        raise InvalidInput("threads", f"must be 1…{MOST_THREADS}", threads)
    with common.deployment() as deployment:
        if once:
            done = one_round(deployment)
            common.print({"done": done}, f"Done: {done}.")
        else:
            work_until_told(deployment, threads)


@dead_letters.command(name="list")
def list_letters(tenant: str, *, common: Common = PLAINLY) -> None:
    """Show the dead letters of a business, the latest first."""
    with common.deployment() as deployment:
        found = deployment.list_dead_letters(known_tenant(deployment, tenant)[0])
    data = [letter_data(each) for each in found]
    common.print({"dead_letters": data}, "\n".join(map(_line, found)) or "No dead letters.")


@dead_letters.command
def requeue(tenant: str, queue: str, letter: str, *, common: Common = PLAINLY) -> None:
    """Try a dead letter anew, by its queue and id."""
    with common.deployment() as deployment:
        command = RequeueCommand(tenant=known_tenant(deployment, tenant)[0], queue=queue, letter=letter)
        was = deployment.requeue_dead_letter(command)
    common.print({"requeued": letter_data(was)}, f"Requeued: {_line(was)}")


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
