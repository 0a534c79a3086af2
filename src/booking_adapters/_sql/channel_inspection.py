"""Whether each booking of a channel is one reservation, as both databases are asked."""

from sqlalchemy import and_, func, literal_column, or_, select

from booking_adapters._sql.channels import channel_inbox, channel_links
from booking_adapters._sql.queries import of_tenant
from booking_adapters._sql.session import Session
from booking_adapters._sql.statement import Query
from booking_core.ports.channels import Outcome
from booking_core.ports.inspection import MOST_VIOLATIONS, Finding, finding

_LINKS = Query(select(func.count()).select_from(channel_links).where(of_tenant(channel_links)))
_LINKED_TWICE = Query(
    select(channel_links.c.channel, channel_links.c.reference)
    .where(of_tenant(channel_links))
    .group_by(channel_links.c.channel, channel_links.c.reference)
    .having(func.count() > literal_column("1"))
    .limit(MOST_VIOLATIONS)
)
_SHARED = Query(
    select(channel_links.c.reservation_id)
    .where(of_tenant(channel_links), channel_links.c.reservation_id.is_not(None))
    .group_by(channel_links.c.reservation_id)
    .having(func.count() > literal_column("1"))
    .limit(MOST_VIOLATIONS)
)
_ITS_LINK = and_(
    channel_links.c.tenant_id == channel_inbox.c.tenant_id,
    channel_links.c.channel == channel_inbox.c.channel,
    channel_links.c.reference == channel_inbox.c.reference,
)
_BEHIND = Query(
    select(channel_inbox.c.channel, channel_inbox.c.reference, channel_inbox.c.revision)
    .select_from(channel_inbox.outerjoin(channel_links, _ITS_LINK))
    .where(
        of_tenant(channel_inbox),
        channel_inbox.c.outcome.in_(
            [literal_column(f"'{each}'") for each in (Outcome.FOLLOWED, Outcome.STALE)]
        ),
        or_(channel_links.c.revision.is_(None), channel_links.c.revision < channel_inbox.c.revision),
    )
    .limit(MOST_VIOLATIONS)
)


def about_channels(session: Session) -> Finding:
    """Invariant 23."""
    faults = [
        f"{channel} {reference} is linked twice" for channel, reference in session.select(_LINKED_TWICE)
    ]
    faults += [f"reservation {each} is several bookings" for (each,) in session.select(_SHARED)]
    faults += [
        f"{channel} {reference} is behind its revision {revision}"
        for channel, reference, revision in session.select(_BEHIND)
    ]
    return finding(23, session.select(_LINKS)[0][0], faults)
