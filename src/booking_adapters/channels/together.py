"""Channels of several kinds as those of one tenant."""

from collections.abc import Mapping, Sequence

import attrs

from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.channel_connector import ChannelConnector, ChannelConnectors


@attrs.frozen
class EveryChannel:
    """The ChannelConnectors port over several of them, none of which has a channel by another one's name."""

    parts: Sequence[ChannelConnectors]

    def of(self, tenant: TenantId) -> Mapping[str, ChannelConnector]:
        """All connectors of a tenant by the name of the channel."""
        found: dict[str, ChannelConnector] = {}
        for part in self.parts:
            theirs = part.of(tenant)
            assert not found.keys() & theirs.keys(), "a name is one channel's"
            found |= theirs
        return found
