"""Which signed messages of channels were handled: the table, what is asked of it, and the repository."""

from datetime import datetime

from sqlalchemy import Column, Index, PrimaryKeyConstraint, Table, Text, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ClauseElement

from booking_adapters._sql.queries import TENANT, of_tenant
from booking_adapters._sql.removing import removing_oldest
from booking_adapters._sql.session import Session
from booking_adapters._sql.statement import Query
from booking_adapters._sql.tables import metadata
from booking_adapters._sql.types import Identifier, Instant
from booking_core.domain.kernel.errors import KeyReused
from booking_core.ports.channels import Receipt

channel_receipts = Table(
    "channel_receipts",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    Column("channel", Text, nullable=False),
    # Its sender's name for the message.
    Column("id", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("handled_at", Instant, nullable=False),
    PrimaryKeyConstraint("tenant_id", "channel", "id"),
    Index("channel_receipts_handled_idx", "tenant_id", "handled_at"),
)


def _keep(dialect: str) -> ClauseElement:
    insert_new = sqlite.insert if dialect == "sqlite" else postgresql.insert
    given: dict[str, object] = {
        each.name: bindparam(each.name) for each in channel_receipts.c if each.name != "tenant_id"
    }
    return insert_new(channel_receipts).values(tenant_id=TENANT, **given).on_conflict_do_nothing()


KEEP = Query(_keep)
DIGEST = Query(
    select(channel_receipts.c.digest).where(
        of_tenant(channel_receipts),
        channel_receipts.c.channel == bindparam("of_channel"),
        channel_receipts.c.id == bindparam("of_id"),
    )
)
FORGET_RECEIPTS = removing_oldest(channel_receipts, channel_receipts.c.handled_at)


class SqlChannelReceipts:
    """The ChannelReceipts port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def keep(self, receipt: Receipt, at: datetime) -> bool:
        with self._session.writing():
            if self._session.change(
                KEEP, channel=receipt.channel, id=receipt.id, digest=receipt.digest, handled_at=at
            ):
                return True
            known = self._session.select(DIGEST, of_channel=receipt.channel, of_id=receipt.id)
            if [row[0] for row in known] != [receipt.digest]:
                raise KeyReused("the id of this message was another message's", id=receipt.id)
        return False
