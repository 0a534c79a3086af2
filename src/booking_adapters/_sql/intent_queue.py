"""Payment intents as a queue: what is to be sent, and what has no outcome yet. None is ever given up or forgotten."""

from datetime import datetime

from sqlalchemy import and_, bindparam, literal_column, or_

from booking_adapters._codec.letters import INTENTS, WithoutLetters
from booking_adapters._sql.counting import counted
from booking_adapters._sql.ledger_tables import intents
from booking_adapters._sql.session import Session
from booking_core.ports.queues import Standing

# As `Intent.is_retried` says it.
_RETRIED = or_(
    intents.c.state == literal_column("'unknown'"),
    and_(intents.c.state == literal_column("'due'"), intents.c.version > literal_column("1")),
)
_WAITING = counted(intents, intents.c.due_at, intents.c.due_at <= bindparam("at"), ~_RETRIED)
_FAILING = counted(intents, intents.c.due_at, intents.c.due_at.is_not(None), _RETRIED)


class SqlIntentQueue(WithoutLetters):
    """The Queue port over what is to be sent to the payment provider."""

    NAME = INTENTS

    def __init__(self, session: Session) -> None:
        self._session = session

    def standing(self, at: datetime) -> Standing:
        ((waiting, first),) = self._session.select(_WAITING, at=at)
        ((failing, second),) = self._session.select(_FAILING)
        since = [each for each in (first, second) if each is not None]
        return Standing(waiting=waiting, failing=failing, oldest=min(since, default=None))
