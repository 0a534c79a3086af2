"""Wiring of the duties: what a worker does by itself, and what it begins as soon as something was committed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from booking_adapters._codec.calendar_letters import ENTRIES
from booking_adapters._codec.letters import INTENTS
from booking_adapters._codec.notice_letters import NOTICES
from booking_adapters.ambient.retrying import Persistent
from booking_app.bell_wiring import in_queue, rung
from booking_app.calendar_wiring import Resolving
from booking_app.channel_wiring import channel_duties
from booking_app.notice_wiring import send_notices
from booking_app.notifying import Post
from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.outbox import Owed
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.duties import (
    NOT_OFTEN,
    OFTEN,
    RARELY,
    Duty,
    ForgetDone,
    ForgetRequests,
)
from booking_core.usecases.editing import ForgetEdits
from booking_core.usecases.expire import ExpireClaims
from booking_core.usecases.handling import HandleEvents, Handler
from booking_core.usecases.manage_link import ForgetLinks
from booking_core.usecases.push_entries import PushEntries
from booking_core.usecases.refresh_calendars import RefreshCalendars
from booking_core.usecases.seal_audit import SealAudit
from booking_core.usecases.send_intents import SendIntents
from booking_core.usecases.tend_waitlist import TendWaitlist
from booking_core.usecases.tidy import CompletePast, ForgetQuotes, MarkNoShows
from booking_core.usecases.watch_payments import HandleProviderEvents, SweepPayments, WatchAuthorisations

PAYER_WAITS = timedelta(seconds=1)
"""What a payer waits for is sent at once by whoever wrote it down: a worker that stepped in would be in the way."""
LOG = structlog.get_logger("booking.handlers")


def duties_of(container: Resolving, handlers: Sequence[Handler], post: Post) -> Mapping[str, Duty]:
    """By name, in the order in which a round does them."""
    return {
        "handle events": Duty(act=_handle_events(container, handlers), every=OFTEN, heeds_bell=True),
        **_when_rung(container, post),
        "watch authorisations": Duty(act=Persistent(container.resolve(WatchAuthorisations)), every=RARELY),
        "sweep payments": Duty(act=Persistent(container.resolve(SweepPayments)), every=RARELY),
        "expire claims": Duty(act=Persistent(container.resolve(ExpireClaims))),
        "mark no-shows": Duty(act=Persistent(container.resolve(MarkNoShows))),
        "complete what is over": Duty(act=Persistent(container.resolve(CompletePast))),
        "refresh calendars": Duty(act=Persistent(container.resolve(RefreshCalendars))),
        "forget links": Duty(act=Persistent(container.resolve(ForgetLinks)), every=RARELY),
        "forget quotes": Duty(act=Persistent(container.resolve(ForgetQuotes)), every=RARELY),
        "forget old locks": Duty(act=Persistent(container.resolve(ForgetEdits)), every=RARELY),
        "forget what is done": Duty(act=Persistent(container.resolve(ForgetDone)), every=RARELY),
        "forget requests": Duty(act=Persistent(container.resolve(ForgetRequests)), every=RARELY),
        "seal the audit log": Duty(act=Persistent(container.resolve(SealAudit)), every=NOT_OFTEN),
    }


def _when_rung(container: Resolving, post: Post) -> Mapping[str, Duty]:
    """What leaves the house, and what waits for others: begun at once where a commit made something due."""
    send: SendIntents = container.resolve(SendIntents)
    intents = rung(container, lambda tenant: send(tenant).worked_on, in_queue(INTENTS), PAYER_WAITS)
    told = Persistent(container.resolve(HandleProviderEvents))
    return {
        "send payment intents": intents,
        "handle provider events": rung(container, told, _told_by_provider),
        "send notices": rung(container, Persistent(send_notices(container, post)), in_queue(NOTICES)),
        "tend the waitlist": rung(container, Persistent(container.resolve(TendWaitlist)), _due_on_waitlist),
        "write into calendars": rung(
            container, Persistent(container.resolve(PushEntries)), in_queue(ENTRIES)
        ),
        **channel_duties(container),
    }


def _told_by_provider(tx: Transaction, _: datetime) -> bool:
    return bool(tx.provider_events.unhandled(1))


def _due_on_waitlist(tx: Transaction, at: datetime) -> bool:
    return bool(tx.waitlist.due(at, 1))


def _handle_events(container: Resolving, handlers: Sequence[Handler]) -> Callable[[TenantId], int]:
    return Persistent(
        HandleEvents(
            begin=container.resolve(UnitOfWork),  # type: ignore[type-abstract]
            handlers=handlers,
            clock=container.resolve(Clock),  # type: ignore[type-abstract]
            ids=container.resolve(IdGenerator),  # type: ignore[type-abstract]
            on_failure=_log_failure,
        )
    )


def _log_failure(owed: Owed, error: Exception) -> None:
    LOG.warning("a handler failed", handler=owed.handler, event_name=owed.event.name, exc_info=error)
