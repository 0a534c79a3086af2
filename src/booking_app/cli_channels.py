"""The commands of whoever connects channels."""

from cyclopts import App

from booking_app.cli_options import Common, known_tenant

PLAINLY = Common()

channels = App(name="channels", help="Outside sellers that leave their bookings here.")


@channels.command
def secret(tenant: str, channel: str, *, common: Common = PLAINLY) -> None:
    """Show what a channel signs its bookings with; it follows from the signing key and is stored nowhere."""
    with common.deployment() as deployment:
        made = deployment.channel_secret(known_tenant(deployment, tenant)[0], channel)
    path = f"/v1/{tenant}/channels/{channel}/bookings"
    common.print({"path": path, "secret": made}, f"POST {path}\nsigned with {made}")
