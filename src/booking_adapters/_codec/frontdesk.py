"""What of the front desk has no columns of its own."""

from typing import Any

from booking_adapters._codec.converter import read, write
from booking_core.domain.frontdesk.room_assignment import AssignedRoom


def assigned_rooms_data(rooms: tuple[AssignedRoom, ...]) -> Any:
    """The rooms of a reservation."""
    return write(rooms)


def assigned_rooms_of(data: Any) -> tuple[AssignedRoom, ...]:
    """The rooms of their data; raises InvalidInput."""
    return read(data, tuple[AssignedRoom, ...])
