"""Folios, payments, the intents that move money, and what providers told."""

from booking_adapters._sql.migrations.script import run_script

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables, with their walls on Postgres."""
    run_script("0004_ledger")
