"""Writing down what came of something that was done outside any transaction."""

from collections.abc import Callable

from booking_core.domain.kernel.errors import Conflict, NotFound

ATTEMPTS_TO_RECORD = 10


def write_down(record: Callable[[], None]) -> None:
    """Have it recorded, again after a lost race, in bounds; there is nothing to record about what is gone meanwhile.

    Left unrecorded it is done again once its lease is over.
    """
    for _ in range(ATTEMPTS_TO_RECORD):
        try:
            return record()
        except NotFound:
            return None
        except Conflict:
            continue
    return None
