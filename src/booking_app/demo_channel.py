"""The demo's outside seller: it sells the hotel's rooms, and shows what it was told."""

from collections.abc import Iterator
from contextlib import contextmanager

import attrs

from booking_adapters.ambient.tokens import SecretTokens
from booking_adapters.testing.channel_server import ChannelServer
from booking_app.container import Deployment
from booking_app.demo import DATA
from booking_app.settings import ChannelSettings, Settings
from booking_core.domain.kernel.errors import BookingError
from booking_core.usecases.channel_listings import ListCommand, ResyncCommand

HOTEL, CHANNEL = "grand-hotel", "demo-channel"
DAYS = 60
SOLD = {"DLX": "deluxe-king", "TWIN": "standard-twin", "SKY": "skyline-suite"}
"""The channel's codes for what it sells, and our keys of services and resources, which are the same here."""


@contextmanager
def demo_channel(settings: Settings) -> Iterator[tuple[Settings, ChannelServer]]:
    """The same settings with a channel that is told how the hotel's rooms stand, and its server.

    It runs on a free port of this machine and remembers nothing beyond this run. Where no key to sign with is set, one
    is drawn and kept in `.booking/demo-signing-key`: whoever knew it could send bookings in the channel's name.
    """
    with ChannelServer() as server:
        site = ChannelSettings(tenant=HOTEL, channel=CHANNEL, url=server.url)
        yield (
            attrs.evolve(
                settings,
                channels=(*settings.channels, site),
                signing_key=settings.signing_key or _signing_key(),
            ),
            server,
        )


def _signing_key() -> str:
    file = DATA / "demo-signing-key"
    if not file.exists():
        DATA.mkdir(exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(SecretTokens().new(), "utf-8")
    return file.read_text("utf-8")


def introduce(deployment: Deployment, server: ChannelServer) -> str:
    """Have the channel sell what the hotel has, and know all about it anew; a line about where that is seen.

    Empty where there is no such hotel, or one of the user's own that sells something else.
    """
    engine = deployment.engine
    listings = engine.channels.listings
    try:
        tenant = engine.tenants.by_key(HOTEL)
        server.secret = deployment.channel_secret(tenant, CHANNEL)
        known = {
            each.code for each in listings.resync(ResyncCommand(tenant=tenant, channel=CHANNEL, days=DAYS))
        }
        for code, key in SOLD.items():
            if code not in known:
                listings.offer(
                    ListCommand(
                        tenant=tenant, channel=CHANNEL, code=code, service=key, resource=key, days=DAYS
                    )
                )
    except BookingError:
        return ""
    return f"The hotel's rooms are sold by a channel as well. What it was told of them: {server.url}/"
