"""What is owed to handlers: a table of its own, and what tells the fresh events in the outbox from the others."""

from booking_adapters._sql.migrations.script import run_script

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table and the indexes; what was told before this is fresh."""
    run_script("0010_handlings")
