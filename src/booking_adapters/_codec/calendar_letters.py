"""What was given up about calendars outside, as dead letters."""

from booking_core.domain.calendars.push import Push
from booking_core.domain.calendars.subscription import Subscription
from booking_core.ports.queues import DeadLetter

ENTRIES = "calendar entries"
SUBSCRIPTIONS = "calendar subscriptions"


def push_letter(push: Push) -> DeadLetter:
    """An entry that could not be written into a calendar."""
    assert push.died_at is not None, "only the dead are letters"
    return DeadLetter(
        queue=ENTRIES,
        id=str(push.id),
        what=f"write version {push.wanted} into a calendar",
        subject=str(push.reservation),
        attempts=push.attempts,
        died_at=push.died_at,
        reason=push.problem,
    )


def subscription_letter(subscription: Subscription) -> DeadLetter:
    """An outside calendar that could not be read."""
    assert subscription.died_at is not None, "only the dead are letters"
    return DeadLetter(
        queue=SUBSCRIPTIONS,
        id=str(subscription.id),
        what=f"read {subscription.name}",
        subject=str(subscription.resource),
        attempts=subscription.failures,
        died_at=subscription.died_at,
        reason=subscription.problem,
    )
