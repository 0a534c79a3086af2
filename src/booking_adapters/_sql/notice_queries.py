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


def _plan(dialect: str) -> ClauseElement:
    insert_new = sqlite.insert if dialect == "sqlite" else postgresql.insert
    given: dict[str, object] = {
        each.name: bindparam(each.name) for each in notices.c if each.name != "tenant_id"
    }
    identity = [
        notices.c[name]
        for name in ("tenant_id", "reservation_id", "rule", "reservation_version", "address", "copy")
    ]
    return (
        insert_new(notices).values(tenant_id=TENANT, **given).on_conflict_do_nothing(index_elements=identity)
    )


PLAN = Query(_plan)
NOTICE_BY_ID = Query(select(*NOTICE).where(of_tenant(notices), notices.c.id == bindparam("id")))
NOTICES_OF_RESERVATION = Query(
    select(*NOTICE)
    .where(of_tenant(notices), notices.c.reservation_id == bindparam("reservation"))
    .order_by(notices.c.id)
)
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
REVOKE_LINKS = Query(
    update(links)
    .where(of_tenant(links), links.c.reservation_id == bindparam("reservation"), links.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("at"))
)
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
