"""Signed messages that were handled, and dead letters of channels and webhooks."""

from booking_adapters._sql.migrations.script import run_script

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Add the table and the indexes."""
    run_script("0020_receipts")
