"""Notices and links about places in the waitlist, beside those about reservations."""

from booking_adapters._sql.migrations.script import run_script

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Let what they are about be either; what there is keeps its reservation."""
    run_script("0028_told_in_line")
