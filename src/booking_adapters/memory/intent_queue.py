"""Payment intents as a queue, in memory. None is ever given up or forgotten."""

from datetime import datetime

from booking_adapters._codec.letters import INTENTS, WithoutLetters
from booking_adapters.memory.tables import Tables
from booking_core.ports.queues import MOST_COUNTED, Standing


class MemoryIntentQueue(WithoutLetters):
    """The Queue port over what is to be sent to the payment provider."""

    NAME = INTENTS

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def standing(self, at: datetime) -> Standing:
        """How it stands."""
        every = [each for each in self._tables.intents.values() if each.is_open]
        waiting = [each.next_at for each in every if each.is_ready(at) and not each.is_retried]
        failing = [each.next_at for each in every if each.is_retried]
        return Standing(
            waiting=min(len(waiting), MOST_COUNTED),
            failing=min(len(failing), MOST_COUNTED),
            oldest=min([*waiting, *failing], default=None),
        )
