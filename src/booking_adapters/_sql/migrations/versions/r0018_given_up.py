"""When entries and subscriptions of calendars were given up."""

from booking_adapters._sql.migrations.script import run_script

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Add the columns."""
    run_script("0018_given_up")
