"""A no-show who came after all is in a guest's history as both."""

from booking_adapters._sql.migrations.script import run_script

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Let a reservation be in a history once in each way."""
    run_script("0025_corrected_visits")
