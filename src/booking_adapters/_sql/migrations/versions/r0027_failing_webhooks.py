"""Since when an endpoint has been failing."""

from booking_adapters._sql.migrations.script import run_script

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Exchange the columns."""
    run_script("0027_failing_webhooks")
