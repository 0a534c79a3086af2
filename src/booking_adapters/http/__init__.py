"""The JSON API and its plain pages, on Litestar. Needs the extra `http`."""

from booking_adapters.http.app import create_app
from booking_adapters.http.engine import Engine
from booking_adapters.http.staff_door import StaffDoor

__all__ = ["Engine", "StaffDoor", "create_app"]
