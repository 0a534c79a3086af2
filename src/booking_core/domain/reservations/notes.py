"""What steps of a history say was done, and why."""

MOVED, STAYS_LONGER, LEAVES_EARLY = "moved", "stays longer", "leaves early"
_BECAUSE = ": "


def note_of(done: str, why: str) -> str:
    """`moved`, or `moved: the airport was closed`."""
    return f"{done}{_BECAUSE}{why}" if why else done


def what_was_done(note: str) -> str:
    """A note without its reason."""
    return note.partition(_BECAUSE)[0]
