"""What channels sell of ours, and what is owed to them: the table, the repository, and the queue."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Column, Index, PrimaryKeyConstraint, Table, Text, bindparam, text

from booking_adapters._codec.channel_letters import PUSHES, listing_letter
from booking_adapters._codec.letters import id_of
from booking_adapters._sql.counting import Standings
from booking_adapters._sql.kept import Kept, Kind, asked, due
from booking_adapters._sql.rows import Cells
from booking_adapters._sql.session import Session
from booking_adapters._sql.statement import Query, Row
from booking_adapters._sql.tables import metadata
from booking_adapters._sql.types import Day, Document, Flag, Identifier, Instant, Whole
from booking_core.domain.channels.dates import Dates
from booking_core.domain.channels.listing import Listing
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import ListingId, ResourceId, ServiceId
from booking_core.ports.queues import DeadLetter, Standing

_DUE = text("due_at IS NOT NULL")
_DEAD = text("died_at IS NOT NULL")

channel_listings = Table(
    "channel_listings",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    Column("id", Identifier, nullable=False),
    Column("version", Whole, nullable=False),
    Column("channel", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("service_id", Identifier, nullable=False),
    Column("resource_id", Identifier, nullable=False),
    Column("rate_plan", Text),
    Column("adults", Whole, nullable=False),
    Column("days", Whole, nullable=False),
    Column("told_until", Day, nullable=False),
    # Ranges of dates, each as its first date and the one after its last.
    Column("owed", Document, nullable=False),
    Column("taken", Document, nullable=False),
    Column("refused", Document, nullable=False),
    Column("turn", Whole, nullable=False),
    Column("due_at", Instant),
    Column("attempts", Whole, nullable=False),
    Column("problem", Text, nullable=False),
    Column("died_at", Instant),
    Column("told_at", Instant),
    Column("is_withdrawn", Flag, nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
    Index("channel_listings_code_idx", "tenant_id", "channel", "code", unique=True),
    Index("channel_listings_due_idx", "tenant_id", "due_at", postgresql_where=_DUE, sqlite_where=_DUE),
    Index("channel_listings_died_idx", "tenant_id", "died_at", postgresql_where=_DEAD, sqlite_where=_DEAD),
)

DUE = due(channel_listings)
GIVEN_UP = Query(
    asked(channel_listings, channel_listings.c.died_at.is_not(None))
    .order_by(channel_listings.c.died_at.desc(), channel_listings.c.id.desc())
    .limit(bindparam("limit"))
)


def _row(listing: Listing) -> Cells:
    return {
        "id": listing.id,
        "version": listing.version,
        "channel": listing.channel,
        "code": listing.code,
        "service_id": listing.service,
        "resource_id": listing.resource,
        "rate_plan": listing.rate_plan,
        "adults": listing.adults,
        "days": listing.days,
        "told_until": listing.told_until,
        "owed": _written(listing.owed),
        "taken": _written(listing.taken),
        "refused": _written(listing.refused),
        "turn": listing.turn,
        "due_at": listing.due_at,
        "attempts": listing.attempts,
        "problem": listing.problem,
        "died_at": listing.died_at,
        "told_at": listing.told_at,
        "is_withdrawn": listing.is_withdrawn,
    }


def _listing(row: Row) -> Listing:
    listing, version, channel, code, service, resource, rate_plan, adults, days, *pushing = row
    told_until, owed, taken, refused, turn, due_at, attempts, problem, died_at, told_at, is_withdrawn = (
        pushing
    )
    return Listing(
        id=ListingId(listing),
        version=version,
        channel=channel,
        code=code,
        service=ServiceId(service),
        resource=ResourceId(resource),
        rate_plan=rate_plan,
        adults=adults,
        days=days,
        told_until=told_until,
        owed=_dates(owed),
        taken=_dates(taken),
        refused=_dates(refused),
        turn=turn,
        due_at=due_at,
        attempts=attempts,
        problem=problem,
        died_at=died_at,
        told_at=told_at,
        is_withdrawn=is_withdrawn,
    )


def _written(ranges: Sequence[Dates]) -> list[list[str]]:
    return [[each.first.isoformat(), each.end.isoformat()] for each in ranges]


def _dates(ranges: Sequence[Sequence[str]]) -> tuple[Dates, ...]:
    return tuple(Dates(*map(date.fromisoformat, each)) for each in ranges)


class SqlChannelListings(Kept[Listing]):
    """The ChannelListings port."""

    kind = Kind.of("listing", channel_listings, _row, _listing)

    def get(self, listing: ListingId) -> Listing:
        return self._get(listing)

    def due(self, at: datetime, limit: int) -> Sequence[Listing]:
        return self._found(DUE, at=at, limit=limit)

    def given_up(self, limit: int) -> Sequence[Listing]:
        return self._found(GIVEN_UP, limit=limit)

    def save(self, change: Change[Listing | None, Listing | None]) -> None:
        self._save(change)


STANDINGS = Standings.of(channel_listings, channel_listings.c.problem)


class SqlPushQueue:
    """The Queue port over what is owed to channels. Its rows are what channels know: never done with."""

    NAME = PUSHES

    def __init__(self, session: Session) -> None:
        self._session = session

    def standing(self, at: datetime) -> Standing:
        return STANDINGS.at(self._session, at)

    def dead(self, limit: int) -> Sequence[DeadLetter]:
        return [listing_letter(each) for each in SqlChannelListings(self._session).given_up(limit)]

    def requeue(self, letter: str, at: datetime) -> DeadLetter:
        listings = SqlChannelListings(self._session)
        listing = listings.get(ListingId(id_of(letter)))
        if not listing.is_given_up:
            raise NotFound("dead letter", letter)
        listings.save(listing.requeue(at))
        return listing_letter(listing)

    def forget(self, before: datetime, limit: int) -> int:  # noqa: ARG002
        return 0

    def discard(self, before: datetime, limit: int) -> int:  # noqa: ARG002
        return 0
