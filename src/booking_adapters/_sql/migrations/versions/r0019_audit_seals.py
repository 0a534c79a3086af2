"""Seals under the audit log, and the right to forget idempotency keys."""

from booking_adapters._sql.migrations.script import run_script

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Make the table."""
    run_script("0019_audit_seals")
