"""What a reservation is of."""

import attrs

from booking_core.domain.catalog.policy import Policy
from booking_core.domain.kernel.ids import ServiceId


@attrs.frozen
class Sold:
    """What is sold, and under which policy."""

    service: ServiceId
    policy: Policy
