"""What a stay would cost."""

from typing import Protocol

from booking_core.domain.availability.request import Request
from booking_core.domain.catalog.resource import Resource
from booking_core.domain.catalog.service import Service
from booking_core.domain.kernel.money import Money


class Prices(Protocol):
    """Prices candidates for sorting and display."""

    def estimate(self, service: Service, resource: Resource, request: Request) -> Money | None:
        """The gross total of a request on a resource, or None where no price is kept."""
        ...
