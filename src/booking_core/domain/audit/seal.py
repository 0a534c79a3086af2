"""Seals of the audit log: a chain of digests over what it says, in its order.

Who changes, removes or adds an entry afterwards would have to make every later seal anew. What is personal in an entry,
the name and the address of who did it, is not part of a digest, so that it can be erased and the chain still holds.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256

import attrs

from booking_core.domain.kernel.events import Event


@attrs.frozen(kw_only=True)
class Entry:
    """An entry of the audit log without what is personal in it: its number, who did it by kind, what happened."""

    number: int
    actor_kind: str
    event: Event


@attrs.frozen(kw_only=True)
class Seal:
    """The seal under the entries after those of the seal before it, up to number `last`.

    Seals are numbered from one without a gap. `digest` is a SHA-256 in hexadecimal.
    """

    number: int
    last: int
    entries: int
    at: datetime
    digest: str


def sealed(before: Seal | None, entries: Sequence[Entry], at: datetime) -> Seal:
    """The seal under the entries that follow those of the seal before, in order; there is at least one."""
    number, last = (before.number if before else 0) + 1, entries[-1].number
    return Seal(
        number=number,
        last=last,
        entries=len(entries),
        at=at,
        digest=_digest(before, number, at, entries),
    )


def seal_faults(before: Seal | None, seal: Seal, entries: Sequence[Entry]) -> Iterator[str]:
    """What is wrong with a seal, given the one before it and all entries between the ends of both."""
    expected = (before.number if before else 0) + 1
    if seal.number != expected:
        yield f"seal {seal.number} follows seal {expected - 1}"
    if len(entries) != seal.entries:
        yield f"seal {seal.number} is under {seal.entries} entries, and there are {len(entries)}"
    elif seal.digest != _digest(before, seal.number, seal.at, entries):
        yield f"seal {seal.number} does not fit its entries or the seal before it"


def _digest(before: Seal | None, number: int, at: datetime, entries: Sequence[Entry]) -> str:
    lines = [
        json.dumps([before.digest if before else "", number, _text(at)]),
        *map(_line, entries),
    ]
    return sha256("\n".join(lines).encode()).hexdigest()


def _line(entry: Entry) -> str:
    """An entry as one line, always the same whatever storage it was read from: JSON escapes line ends."""
    event = entry.event
    said = [entry.number, entry.actor_kind, event.name, str(event.subject), event.version, _text(event.at)]
    return json.dumps([*said, dict(event.data)], sort_keys=True)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
