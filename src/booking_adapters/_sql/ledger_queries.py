"""What is asked of both databases about money."""

from sqlalchemy import ColumnElement, Table, and_, bindparam, delete, func, literal_column, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ClauseElement

from booking_adapters._sql.ledger_tables import folio_entries, folios, intents, payments, provider_events
from booking_adapters._sql.queries import TENANT, adding, changing, of_tenant
from booking_adapters._sql.statement import Query

PAYMENT = tuple(each for each in payments.c if each.name not in {"tenant_id", "version"})
INTENT = tuple(
    each for each in intents.c if each.name not in {"tenant_id", "version", "key", "due_at", "made"}
)
ENTRY = tuple(each for each in folio_entries.c if each.name not in {"tenant_id", "reservation_id"})
_EVENT = tuple(provider_events.c[name] for name in ("id", "kind", "reference", "told_at"))

_ITS_ENTRIES = and_(
    folio_entries.c.tenant_id == TENANT, folio_entries.c.reservation_id == folios.c.reservation_id
)
# One question, so that the entries are those of the version. A folio without entries is one row of none.
FOLIO = Query(
    select(folios.c.currency, folios.c.is_frozen, folios.c.version, *ENTRY)
    .select_from(folios.outerjoin(folio_entries, _ITS_ENTRIES))
    .where(of_tenant(folios), folios.c.reservation_id == bindparam("reservation"))
    .order_by(folio_entries.c.number)
)
ADD_FOLIO = adding(folios)
CHANGE_FOLIO = Query(
    update(folios)
    .where(
        of_tenant(folios),
        folios.c.reservation_id == bindparam("reservation"),
        folios.c.version == bindparam("was"),
    )
    .values(is_frozen=bindparam("is_frozen"), version=bindparam("version"))
)
ADD_ENTRY = adding(folio_entries)


def _payments(*where: ColumnElement[bool]) -> Query:
    return Query(select(*PAYMENT).where(of_tenant(payments), *where).order_by(payments.c.id))


PAYMENT_BY_ID = _payments(payments.c.id == bindparam("id"))
PAYMENTS_OF_CLAIM = _payments(payments.c.reservation_id == bindparam("reservation"))
PAYMENTS_LAPSING = Query(
    select(*PAYMENT)
    .where(
        of_tenant(payments),
        payments.c.authorised_until <= bindparam("until"),
        payments.c.authorised_until.is_not(None),
        payments.c.authorised_minor > literal_column("0"),
    )
    .order_by(payments.c.authorised_until, payments.c.id)
    .limit(bindparam("limit"))
)
ADD_PAYMENT = adding(payments)
CHANGE_PAYMENT = changing(payments)


def _intents(*where: ColumnElement[bool]) -> Query:
    return Query(select(*INTENT).where(of_tenant(intents), *where).order_by(intents.c.id))


INTENT_BY_ID = _intents(intents.c.id == bindparam("id"))
INTENT_BY_KEY = _intents(intents.c.key == bindparam("key"))
INTENT_THAT_MADE = _intents(intents.c.made == bindparam("made"))
INTENTS_OF_CLAIM = _intents(intents.c.reservation_id == bindparam("reservation"))


# Those that another worker is taking at this moment are passed over. SQLite has one writer and needs no lock.
def _ready(*where: ColumnElement[bool]) -> Query:
    return Query(
        select(*INTENT)
        .where(of_tenant(intents), intents.c.due_at <= bindparam("at"), *where)
        .order_by(intents.c.due_at, intents.c.id)
        .limit(bindparam("limit"))
        .with_for_update(skip_locked=True)
    )


INTENTS_READY = _ready()
INTENTS_READY_OF = _ready(intents.c.reservation_id == bindparam("reservation"))
ADD_INTENT = adding(intents)


def _changed_intent(table: Table) -> Query:
    """All that can change of an intent. What was made for it stays known, whatever the next answer says."""
    given: dict[str, object] = {
        name: bindparam(name) for name in ("state", "version", "key", "due_at", "body")
    }
    made = func.coalesce(bindparam("made", type_=table.c.made.type), table.c.made)
    same = (table.c.id == bindparam("owner"), table.c.version == bindparam("was"))
    return Query(update(table).where(of_tenant(table), *same).values(**given, made=made))


CHANGE_INTENT = _changed_intent(intents)


def _receive(dialect: str) -> ClauseElement:
    insert_new = sqlite.insert if dialect == "sqlite" else postgresql.insert
    given: dict[str, object] = {each.name: bindparam(each.name) for each in _EVENT}
    return insert_new(provider_events).values(tenant_id=TENANT, **given).on_conflict_do_nothing()


RECEIVE = Query(_receive)
UNHANDLED = Query(
    select(*_EVENT)
    .where(of_tenant(provider_events), provider_events.c.handled_at.is_(None))
    .order_by(provider_events.c.told_at, provider_events.c.id)
    .limit(bindparam("limit"))
)
HANDLED = Query(
    update(provider_events)
    .where(
        of_tenant(provider_events),
        provider_events.c.id == bindparam("event"),
        provider_events.c.handled_at.is_(None),
    )
    .values(handled_at=bindparam("at"))
)
_OLD = (
    select(provider_events.c.id)
    .where(of_tenant(provider_events), provider_events.c.handled_at < bindparam("before"))
    .order_by(provider_events.c.handled_at)
    .limit(bindparam("limit"))
)
FORGET = Query(delete(provider_events).where(of_tenant(provider_events), provider_events.c.id.in_(_OLD)))
