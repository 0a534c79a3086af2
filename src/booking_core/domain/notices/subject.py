"""What a notice or a link is about."""

from uuid import UUID

import attrs

from booking_core.domain.kernel.ids import ClaimId, WaitlistEntryId


@attrs.frozen(kw_only=True)
class Subject:
    """A reservation, or a place in the waitlist, which is no reservation yet: one of both."""

    reservation: ClaimId | None = None
    entry: WaitlistEntryId | None = None

    def __attrs_post_init__(self) -> None:
        """Whoever names both or none has not understood."""
        assert (self.reservation is None) != (self.entry is None), "about one thing"

    @property
    def id(self) -> UUID:
        """The id of whichever it is."""
        found = self.entry if self.reservation is None else self.reservation
        assert found is not None, "about one thing"
        return found

    @property
    def is_entry(self) -> bool:
        """Whether somebody still waits, or waited in vain."""
        return self.entry is not None
