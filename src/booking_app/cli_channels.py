"""The commands of whoever connects channels, and looks after what they have sold."""

from typing import Annotated

import attrs
from cyclopts import App, Parameter

from booking_adapters.http.channel_views import ChannelBookingView, channel_booking_view
from booking_app.cli_options import Common, known_tenant
from booking_app.plain import plain
from booking_core.ports.storage import Page
from booking_core.usecases.list_channel_bookings import ChannelBookingsQuery

PLAINLY = Common()
Flagged = Annotated[bool, Parameter(negative="", help="Only those that break rules of yours.")]
Limit = Annotated[int, Parameter(help="At most so many, the newest.")]

channels = App(name="channels", help="Outside sellers that leave their bookings here.")


@channels.command
def secret(tenant: str, channel: str, *, common: Common = PLAINLY) -> None:
    """Show what a channel signs its bookings with; it follows from the signing key and is stored nowhere."""
    with common.deployment() as deployment:
        made = deployment.channel_secret(known_tenant(deployment, tenant)[0], channel)
    path = f"/v1/{tenant}/channels/{channel}/bookings"
    common.print({"path": path, "secret": made}, f"POST {path}\nsigned with {made}")


@channels.command
def bookings(tenant: str, *, flagged: Flagged = False, limit: Limit = 100, common: Common = PLAINLY) -> None:
    """Show what channels have sold, the newest first, and which of it needs somebody."""
    with common.deployment() as deployment:
        query = ChannelBookingsQuery(
            tenant=known_tenant(deployment, tenant)[0], page=Page(limit=limit), only_flagged=flagged
        )
        found = [channel_booking_view(each) for each in deployment.engine.channels.list_bookings(query)]
    data = [plain(attrs.asdict(each)) for each in found]
    common.print({"bookings": data}, "\n".join(map(_line, found)) or "No bookings.")


def _line(booking: ChannelBookingView) -> str:
    when = booking.check_in or f"{booking.start:%Y-%m-%dT%H:%MZ}"
    wrong = " ".join(["OVERBOOKED"] * booking.is_overbooked + [*booking.violations])
    line = f"{booking.code}  {booking.status}  {when}  {booking.channel} {booking.reference}  {wrong}"
    return line.rstrip()
