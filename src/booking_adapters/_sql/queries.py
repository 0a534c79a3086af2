"""What is asked of both databases in the same words. Every question is put to one tenant's rows."""

from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    Table,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    not_,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ClauseElement

from booking_adapters._sql.statement import Query
from booking_adapters._sql.tables import (
    allocations,
    catalogs,
    closures,
    holds,
    policy_versions,
    quotes,
    redemptions,
    requests,
    reservations,
    tenants,
)
from booking_adapters._sql.types import Identifier
from booking_core.domain.reservations.reservation import LIVE

TENANT: BindParameter[UUID] = bindparam("tenant")
_LANE = (allocations.c.resource_id, allocations.c.lane, allocations.c.starts_at, allocations.c.ends_at)


def of_tenant(table: FromClause) -> ColumnElement[bool]:
    """Only rows of the tenant."""
    return table.c.tenant_id == TENANT


def with_lanes(
    chosen: Subquery, names: tuple[str, ...], order: tuple[str, ...], *lanes: ColumnElement[bool]
) -> Select[tuple[object, ...]]:
    """The chosen claims, a row for each of their allocations (those that meet the conditions), one for none."""
    theirs = and_(allocations.c.tenant_id == TENANT, allocations.c.owner_id == chosen.c.id, *lanes)
    return (
        select(*(chosen.c[name] for name in names), *_LANE)
        .select_from(chosen.outerjoin(allocations, theirs))
        .order_by(*(chosen.c[name] for name in order))
    )


def _names(table: Table, *but: str) -> tuple[str, ...]:
    """The columns that make a claim, in the order in which `rows` reads them."""
    return tuple(each.name for each in table.c if each.name not in {"tenant_id", *but})


def adding(table: Table) -> Query:
    """A new row; numbers that the database counts up are left to it."""
    given: dict[str, object] = {each.name: bindparam(each.name) for each in table.c if each.identity is None}
    return Query(insert(table).values({**given, "tenant_id": TENANT}))


def changing(table: Table) -> Query:
    """All of a row but its id, where it still is what it `was`."""
    given: dict[str, object] = {
        each.name: bindparam(each.name) for each in table.c if each.name not in {"tenant_id", "id"}
    }
    same = (table.c.id == bindparam("owner"), table.c.version == bindparam("was"))
    return Query(update(table).where(of_tenant(table), *same).values(given))


def _not_lapsed(table: Table) -> ColumnElement[bool]:
    """What has no expiry, or one after `at`."""
    return or_(table.c.expires_at.is_(None), table.c.expires_at > bindparam("at"))


HOLD = _names(holds)
CLOSURE = _names(closures)
RESERVATION = _names(reservations, "version", "no_show_at", "customer_key")


def _holds(*where: ColumnElement[bool], order: tuple[str, ...], limited: bool = False) -> Query:
    chosen = select(holds).where(of_tenant(holds), *where)
    if limited:
        chosen = chosen.order_by(*(holds.c[name] for name in order)).limit(bindparam("limit"))
    return Query(with_lanes(chosen.subquery("chosen"), HOLD, order))


HOLD_BY_ID = _holds(holds.c.id == bindparam("id"), order=("id",))
# In two steps: SQLite, asked for whole rows, takes the key's index and reads every hold of the tenant.
_sought = holds.alias("sought")
_OF_SESSION = select(_sought.c.id).where(of_tenant(_sought), _sought.c.session == bindparam("session"))
HOLDS_OF_SESSION = _holds(holds.c.id.in_(_OF_SESSION), order=("placed_at", "id"))
HOLDS_LAPSED = _holds(holds.c.expires_at <= bindparam("at"), order=("expires_at", "id"), limited=True)

ADD_HOLD = adding(holds)
CHANGE_HOLD = changing(holds)
REMOVE_HOLD = Query(
    delete(holds).where(
        of_tenant(holds), holds.c.id == bindparam("owner"), holds.c.version == bindparam("was")
    )
)


def _closures(*where: ColumnElement[bool], order: tuple[str, ...]) -> Query:
    return Query(
        with_lanes(select(closures).where(of_tenant(closures), *where).subquery("chosen"), CLOSURE, order)
    )


def _inside(table: FromClause) -> ColumnElement[bool]:
    return (table.c.starts_at < bindparam("end", type_=table.c.ends_at.type)) & (
        table.c.ends_at > bindparam("start", type_=table.c.starts_at.type)
    )


CLOSURE_BY_ID = _closures(closures.c.id == bindparam("id"), order=("id",))
CLOSURES_INSIDE = _closures(
    closures.c.resource_id == bindparam("resource"), _inside(closures), order=("starts_at", "id")
)
CLOSURES_OF_SOURCE = _closures(closures.c.source == bindparam("source"), order=("reference", "id"))
ADD_CLOSURE = adding(closures)
REMOVE_CLOSURE = Query(delete(closures).where(of_tenant(closures), closures.c.id == bindparam("owner")))


def _reservations(*where: ColumnElement[bool], limited: bool = False) -> Query:
    chosen = select(reservations).where(of_tenant(reservations), *where)
    if limited:
        chosen = chosen.order_by(reservations.c.starts_at, reservations.c.id).limit(bindparam("limit"))
    return Query(with_lanes(chosen.subquery("chosen"), RESERVATION, ("starts_at", "id")))


RESERVATION_BY_ID = _reservations(reservations.c.id == bindparam("id"))
RESERVATION_BY_CODE = _reservations(reservations.c.code == bindparam("code"))
# The status is part of the text: the partial indexes are used for a constant alone.
PENDING_DUE = _reservations(
    reservations.c.status == literal_column("'pending'"),
    reservations.c.expires_at <= bindparam("at"),
    limited=True,
)
NO_SHOWS_DUE = _reservations(
    reservations.c.status == literal_column("'confirmed'"),
    reservations.c.no_show_at <= bindparam("at"),
    limited=True,
)


def _completions_due(dialect: str) -> Select[tuple[object, ...]]:
    """`Reservation.completes_at` in the databases' words; `unrecorded` is a day before `at`."""
    unattended = select(policy_versions.c.fingerprint).where(
        of_tenant(policy_versions), text(_IS_UNATTENDED[dialect])
    )
    is_confirmed = reservations.c.status == literal_column("'confirmed'")
    is_missing = and_(is_confirmed, reservations.c.no_show_at.is_not(None))
    chosen = (
        select(reservations)
        .where(
            of_tenant(reservations),
            reservations.c.status.in_([literal_column("'checked_in'"), literal_column("'confirmed'")]),
            reservations.c.ends_at <= bindparam("at"),
            or_(
                and_(reservations.c.ends_at <= bindparam("unrecorded"), not_(is_missing)),
                and_(is_confirmed, reservations.c.policy_fingerprint.in_(unattended)),
            ),
        )
        .order_by(reservations.c.starts_at, reservations.c.id)
        .limit(bindparam("limit"))
    )
    return with_lanes(chosen.subquery("chosen"), RESERVATION, ("starts_at", "id"))


_IS_UNATTENDED = {
    "sqlite": "document ->> 'completes_unattended' = 1",
    "postgresql": "document ->> 'completes_unattended' = 'true'",
}
COMPLETIONS_DUE = Query(_completions_due)


def _overlapping(*, of_resource: bool, after: bool) -> Query:
    conditions = [_inside(reservations)]
    if after:
        place = (reservations.c.starts_at, reservations.c.id)
        before = reservations.alias("before")
        last = select(before.c.starts_at, before.c.id).where(
            before.c.tenant_id == TENANT, before.c.id == bindparam("after")
        )
        conditions.append(tuple_(*place) > last.scalar_subquery())
    plain = select(reservations).where(of_tenant(reservations), *conditions)

    def described(dialect: str) -> Select[tuple[object, ...]]:
        chosen = plain.where(text(_NAMES_RESOURCE[dialect])) if of_resource else plain
        limited = chosen.order_by(reservations.c.starts_at, reservations.c.id).limit(bindparam("limit"))
        return with_lanes(limited.subquery("chosen"), RESERVATION, ("starts_at", "id"))

    return Query(described)


_NAMES_RESOURCE = {
    "sqlite": "EXISTS (SELECT 1 FROM json_each(reservations.body, '$.assigned') AS each"
    " WHERE each.value ->> 1 = :resource)",
    "postgresql": "EXISTS (SELECT 1 FROM jsonb_array_elements(reservations.body -> 'assigned') AS each(pair)"
    " WHERE pair ->> 1 = :resource)",
}
OVERLAPPING = {
    (of_resource, after): _overlapping(of_resource=of_resource, after=after)
    for of_resource in (False, True)
    for after in (False, True)
}
"""Reservations in a window, by whether one resource is asked for, and whether a page follows another."""

LIVE_OF_CUSTOMER = Query(
    select(func.count())
    .select_from(reservations)
    .where(
        of_tenant(reservations),
        reservations.c.customer_key == bindparam("customer"),
        reservations.c.service_id == bindparam("service"),
        reservations.c.ends_at > bindparam("after"),
        _not_lapsed(reservations),
        reservations.c.status.in_([literal_column(f"'{status.value}'") for status in sorted(LIVE)]),
    )
)
ADD_RESERVATION = adding(reservations)
CHANGE_RESERVATION = changing(reservations)

_OF_OWNER = (of_tenant(allocations), allocations.c.owner_id == bindparam("owner"))
_ONE_LANE = (
    allocations.c.resource_id == bindparam("resource"),
    allocations.c.lane == bindparam("lane"),
    allocations.c.starts_at == bindparam("starts_at"),
)
GIVE_BACK_ALL = Query(delete(allocations).where(*_OF_OWNER))
GIVE_BACK = Query(delete(allocations).where(*_OF_OWNER, *_ONE_LANE))
KEEP_UNTIL = Query(update(allocations).where(*_OF_OWNER).values(expires_at=bindparam("expires_at")))
HIGHEST_LANES = Query(
    select(allocations.c.resource_id, func.max(allocations.c.lane))
    .where(of_tenant(allocations), allocations.c.ends_at > bindparam("after"), _not_lapsed(allocations))
    .group_by(allocations.c.resource_id)
)
"""What is neither over nor lapsed; the values `after` and `at` are one instant (whole seconds, and finer)."""

QUOTE_BY_ID = Query(select(quotes.c.document).where(of_tenant(quotes), quotes.c.id == bindparam("id")))
ADD_QUOTE = adding(quotes)
_EXPIRED_QUOTES = (
    select(quotes.c.id)
    .where(of_tenant(quotes), quotes.c.expires_at <= bindparam("at"))
    .order_by(quotes.c.expires_at)
    .limit(bindparam("limit"))
)
REMOVE_EXPIRED_QUOTES = Query(delete(quotes).where(of_tenant(quotes), quotes.c.id.in_(_EXPIRED_QUOTES)))

ADD_REDEMPTION = adding(redemptions)
REMOVE_REDEMPTION = Query(
    delete(redemptions).where(
        of_tenant(redemptions),
        redemptions.c.code == bindparam("code"),
        redemptions.c.owner_id == bindparam("owner_id"),
    )
)
USES_OF_CODE = Query(
    select(func.count())
    .select_from(redemptions)
    .join(
        reservations,
        and_(of_tenant(reservations), reservations.c.id == redemptions.c.owner_id),
    )
    .where(
        of_tenant(redemptions),
        redemptions.c.code == bindparam("code"),
        redemptions.c.owner_id != bindparam("without"),
        _not_lapsed(reservations),
    )
)

REQUEST_BY_KEY = Query(
    select(requests.c.fingerprint, requests.c.claim_id).where(
        of_tenant(requests), requests.c.key == bindparam("key")
    )
)
ADD_REQUEST = adding(requests)
# There is no index by age, for every booking would have to keep it: now and then a tenant's keys are looked through.
FORGET_REQUESTS = Query(
    delete(requests).where(
        of_tenant(requests),
        requests.c.key.in_(
            select(requests.c.key)
            .where(of_tenant(requests), requests.c.claim_id < bindparam("before", type_=Identifier))
            .limit(bindparam("limit"))
        ),
    )
)


def _add_policy(dialect: str) -> ClauseElement:
    insert_new = sqlite.insert if dialect == "sqlite" else postgresql.insert
    given: dict[str, object] = {"fingerprint": bindparam("fingerprint"), "document": bindparam("document")}
    return insert_new(policy_versions).values(tenant_id=TENANT, **given).on_conflict_do_nothing()


ADD_POLICY = Query(_add_policy)
POLICY_BY_FINGERPRINT = Query(
    select(policy_versions.c.document).where(
        of_tenant(policy_versions), policy_versions.c.fingerprint == bindparam("fingerprint")
    )
)
CATALOG_VERSION = Query(select(func.max(catalogs.c.version)).where(of_tenant(catalogs)))
CATALOG = Query(
    select(catalogs.c.document).where(of_tenant(catalogs), catalogs.c.version == bindparam("version"))
)
ADD_CATALOG = adding(catalogs)
ADD_TENANT = adding(tenants)
CHANGE_TENANT = Query(
    update(tenants).where(of_tenant(tenants)).values(key=bindparam("key"), name=bindparam("name"))
)
TENANT_BY_KEY = Query(select(tenants.c.tenant_id).where(tenants.c.key == bindparam("key")))
TENANT_KEYS = Query(select(tenants.c.key).order_by(tenants.c.key))
