"""What channels sell of ours, and which dates of it they do not know as they are."""

from booking_adapters._sql.migrations.script import run_script

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Make the table, with its walls on Postgres."""
    run_script("0024_channel_listings")
