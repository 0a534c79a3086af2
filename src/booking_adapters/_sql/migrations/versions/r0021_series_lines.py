"""What was remembered of each date of a series when it was booked."""

from booking_adapters._sql.migrations.script import run_script

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Add the columns."""
    run_script("0021_series_lines")
