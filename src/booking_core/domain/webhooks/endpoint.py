"""An address that a tenant wants to be told at, and the secrets that its messages are signed with."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Self

import attrs

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.events import Change, Event
from booking_core.domain.kernel.ids import EndpointId
from booking_core.domain.kernel.text import plain_text

EVERY_EVENT = "*"
MOST_EVENTS = 100
LONGEST_NAME = 64
BOTH_SECRETS_FOR = timedelta(hours=24)
"""How long after a rotation messages are signed with the secret before as well."""
DISABLED_AFTER = timedelta(days=3)
"""How long messages are given up without one that arrives until nobody is taken to be there."""


@attrs.frozen(kw_only=True)
class WebhookEndpoint:
    """Where a tenant is told which events (`*` for all).

    Its secret is not kept: it follows from the deployment's own key and from `generation`, which counts rotations.
    `failing_since` is when the first message was made that was given up since the last one that arrived.
    """

    id: EndpointId
    url: str
    events: frozenset[str]
    opened_at: datetime
    generation: int = 1
    rotated_at: datetime | None = None
    failing_since: datetime | None = None
    disabled_at: datetime | None = None
    version: int = 1

    @classmethod
    def open(cls, *, id: EndpointId, url: str, events: Collection[str], at: datetime) -> Change[Self, None]:
        """From now on. `url` was accepted by whoever sends; raises InvalidInput for events without a name."""
        if not 1 <= len(events) <= MOST_EVENTS:
            raise InvalidInput("events", f"must be 1…{MOST_EVENTS} names, or {EVERY_EVENT}")
        for name in events:
            if not plain_text(name, "events", LONGEST_NAME).strip():
                raise InvalidInput("events", "contains an event without a name")
        endpoint = cls(id=id, url=url, events=frozenset(events), opened_at=at)
        return Change(endpoint, (_told(endpoint, "WebhookOpened", at),), None)

    def wants(self, name: str) -> bool:
        """Whether it is told of events of a name."""
        return self.disabled_at is None and bool(self.events & {name, EVERY_EVENT})

    def generations(self, at: datetime) -> tuple[int, ...]:
        """Which secrets sign now, the newest first."""
        is_fresh = self.rotated_at is not None and at < self.rotated_at + BOTH_SECRETS_FOR
        return (self.generation, self.generation - 1) if is_fresh else (self.generation,)

    def rotate(self, at: datetime) -> Change["WebhookEndpoint", "WebhookEndpoint"]:
        """Another secret from now on; the one before signs as well for a day, the one before that no longer."""
        return self._to("WebhookRotated", at, generation=self.generation + 1, rotated_at=at)

    def arrived(self, at: datetime) -> Change["WebhookEndpoint", "WebhookEndpoint"] | None:
        """A message arrived: somebody is there. None where that was known."""
        return None if self.failing_since is None else self._to("WebhookWorks", at, failing_since=None)

    def gave_up(
        self, made_at: datetime, at: datetime, *, is_gone: bool = False
    ) -> Change["WebhookEndpoint", "WebhookEndpoint"] | None:
        """A message of `made_at` was given up; None where that says nothing new.

        After three days without one that arrived, or where they say that they are gone, nothing is sent any more.
        """
        if self.disabled_at is not None:
            return None
        since = made_at if self.failing_since is None else min(self.failing_since, made_at)
        if is_gone or at - since >= DISABLED_AFTER:
            return self._to("WebhookDisabled", at, failing_since=since, disabled_at=at)
        return None if since == self.failing_since else self._to("WebhookFailed", at, failing_since=since)

    def disable(self, at: datetime) -> Change["WebhookEndpoint", "WebhookEndpoint"]:
        """Told no longer, until it is enabled again; disabled already it stays so since then."""
        return self._to("WebhookDisabled", at, disabled_at=self.disabled_at or at)

    def enable(self, at: datetime) -> Change["WebhookEndpoint", "WebhookEndpoint"]:
        """Told again from now on."""
        return self._to("WebhookEnabled", at, failing_since=None, disabled_at=None)

    def close(self, at: datetime) -> Change[None, "WebhookEndpoint"]:
        """Told no longer; what is owed is owed no more."""
        ended = attrs.evolve(self, version=self.version + 1)
        return Change(None, (_told(ended, "WebhookClosed", at),), self)

    def _to(self, name: str, at: datetime, **changes: Any) -> Change["WebhookEndpoint", "WebhookEndpoint"]:
        after = attrs.evolve(self, version=self.version + 1, **changes)
        return Change(after, (_told(after, name, at),), self)


OF_ENDPOINTS = frozenset(
    {
        "WebhookOpened",
        "WebhookRotated",
        "WebhookWorks",
        "WebhookDisabled",
        "WebhookFailed",
        "WebhookEnabled",
        "WebhookClosed",
    }
)
"""What happens to endpoints themselves. They are not told of it: a message about a message would go on for ever."""


def _told(endpoint: WebhookEndpoint, name: str, at: datetime) -> Event:
    # Not the address: some carry a password in them.
    data = {"events": sorted(endpoint.events), "generation": endpoint.generation}
    return Event(name=name, subject=endpoint.id, version=endpoint.version, at=at, data=data)
