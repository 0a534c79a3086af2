"""What is asked of both databases about notices, links and push subscriptions."""

from sqlalchemy import ColumnElement, Select, Table, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ClauseElement

from booking_adapters._sql.notice_tables import links, notices, push_subscriptions
from booking_adapters._sql.queries import TENANT, adding, of_tenant
from booking_adapters._sql.statement import Query

WORK = ("due_at", "attempts", "over_at")
"""What stands in columns for those who look for work, and in the body for the notice itself."""
NOTICE = tuple(each for each in notices.c if each.name not in {"tenant_id", *WORK})
CHANGED = ("state", "version", *WORK, "body")
"""What becomes of a notice."""
LINK = tuple(each for each in links.c if each.name != "tenant_id")
SUBSCRIPTION = tuple(each for each in push_subscriptions.c if each.name != "tenant_id")


def _plan(dialect: str, *, is_entry: bool) -> ClauseElement:
    """Write what is not owed yet: two indexes say so, one for each kind of thing that a notice is about."""
    insert_new = sqlite.insert if dialect == "sqlite" else postgresql.insert
    given: dict[str, object] = {
        each.name: bindparam(each.name) for each in notices.c if each.name != "tenant_id"
    }
    about = "entry_id" if is_entry else "reservation_id"
    return (
        insert_new(notices)
        .values(tenant_id=TENANT, **given)
        .on_conflict_do_nothing(
            index_elements=["tenant_id", about, "rule", "reservation_version", "address", "copy"],
            index_where=notices.c.entry_id.is_not(None) if is_entry else None,
        )
    )


PLAN = {
    False: Query(lambda dialect: _plan(dialect, is_entry=False)),
    True: Query(lambda dialect: _plan(dialect, is_entry=True)),
}
"""By whether it is about a place in the waitlist."""
NOTICE_BY_ID = Query(select(*NOTICE).where(of_tenant(notices), notices.c.id == bindparam("id")))


def _about(table: Table, *, is_entry: bool) -> ColumnElement[bool]:
    return table.c["entry_id" if is_entry else "reservation_id"] == bindparam("about")


def _notices_about(*, is_entry: bool) -> Query:
    found = select(*NOTICE).where(of_tenant(notices), _about(notices, is_entry=is_entry))
    return Query(found.order_by(notices.c.id))


NOTICES_ABOUT = {each: _notices_about(is_entry=each) for each in (False, True)}
# Those that another worker is taking at this moment are passed over. SQLite has one writer and needs no lock.
NOTICES_READY = Query(
    select(*NOTICE)
    .where(of_tenant(notices), notices.c.due_at <= bindparam("at"))
    .order_by(notices.c.due_at, notices.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
CHANGE_NOTICE = Query(
    update(notices)
    .where(of_tenant(notices), notices.c.id == bindparam("owner"), notices.c.version == bindparam("was"))
    .values({name: bindparam(name) for name in CHANGED})
)


def _listed(*where: ColumnElement[bool]) -> Query:
    found: Select[tuple[object, ...]] = select(*NOTICE).where(of_tenant(notices), *where)
    return Query(found.order_by(notices.c.id.desc()).limit(bindparam("limit")))


_IN_STATE = notices.c.state == bindparam("state")
_BEFORE = notices.c.id < bindparam("before")
LISTED = {
    (False, False): _listed(),
    (True, False): _listed(_IN_STATE),
    (False, True): _listed(_BEFORE),
    (True, True): _listed(_IN_STATE, _BEFORE),
}
"""By whether a state is asked for, and whether the listing goes on from an id."""

ADD_LINK = adding(links)
LINK_BY_HASH = Query(select(*LINK).where(of_tenant(links), links.c.hash == bindparam("hash")))


def _revoke(*, is_entry: bool) -> Query:
    good = (of_tenant(links), _about(links, is_entry=is_entry), links.c.revoked_at.is_(None))
    return Query(update(links).where(*good).values(revoked_at=bindparam("at")))


REVOKE_LINKS = {each: _revoke(is_entry=each) for each in (False, True)}
_EXPIRED = (
    select(links.c.hash)
    .where(of_tenant(links), links.c.expires_at <= bindparam("at"))
    .order_by(links.c.expires_at)
    .limit(bindparam("limit"))
)
FORGET_LINKS = Query(delete(links).where(of_tenant(links), links.c.hash.in_(_EXPIRED)))


def _keep(table: Table, dialect: str) -> ClauseElement:
    """A new subscription, or new keys for a known endpoint."""
    insert_new = sqlite.insert if dialect == "sqlite" else postgresql.insert
    given: dict[str, object] = {each.name: bindparam(each.name) for each in SUBSCRIPTION}
    new = insert_new(table).values(tenant_id=TENANT, **given)
    changed = {name: new.excluded[name] for name in ("p256dh", "auth", "resource", "added_at")}
    return new.on_conflict_do_update(index_elements=[table.c.tenant_id, table.c.endpoint], set_=changed)


KEEP_SUBSCRIPTION = Query(lambda dialect: _keep(push_subscriptions, dialect))


def _subscriptions(*where: ColumnElement[bool]) -> Query:
    found = select(*SUBSCRIPTION).where(of_tenant(push_subscriptions), *where)
    return Query(found.order_by(push_subscriptions.c.id))


SUBSCRIPTIONS = _subscriptions()
SUBSCRIPTION_BY_ID = _subscriptions(push_subscriptions.c.id == bindparam("id"))
SUBSCRIPTION_OF_ENDPOINT = _subscriptions(push_subscriptions.c.endpoint == bindparam("endpoint"))
REMOVE_SUBSCRIPTION = Query(
    delete(push_subscriptions).where(
        of_tenant(push_subscriptions), push_subscriptions.c.id == bindparam("id")
    )
)
