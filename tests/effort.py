"""How hard the tests try: BOOKING_TEST_EFFORT scales every long programme; 1 is the everyday size."""

import os

EFFORT = float(os.environ.get("BOOKING_TEST_EFFORT", "1"))


def scaled(count: int) -> int:
    """`count` rounds of something at the everyday size, more or fewer as the effort says, never none."""
    return max(1, round(count * EFFORT))
