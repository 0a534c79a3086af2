"""Live editing: who is at what, told to everybody who watches, and ended when a tab is closed."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Any

from litestar import Response, WebSocket, put, websocket
from litestar.exceptions import WebSocketException
from litestar.params import HeaderParameter, JSONBody, PathParameter

from booking_adapters.http import parameters as p
from booking_adapters.http.asking import Asked, TheEngine
from booking_adapters.http.document import LOCATION, STAFF, WITH_BODY, refusals
from booking_adapters.http.engine import Engine
from booking_adapters.http.live_views import LockBody, Locks, LockView, RenewBody, lock_view, update_data
from booking_adapters.http.operations import staff_create, staff_end, staff_read
from booking_core.domain.kernel.errors import BookingError, InvalidInput
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.live.board import LockBoard
from booking_core.domain.live.updates import RESYNC
from booking_core.ports.live import Subscription
from booking_core.usecases.editing import LockCommand, LockReference

TokenText = Annotated[str, PathParameter(description="Token of the lock.")]
ClientName = Annotated[
    str, HeaderParameter(name="Booking-Client", description="Secret name of the client that took the lock.")
]
LONGEST_TOKEN = 19
"""Digits of the highest number of 64 bits."""
LONGEST_SILENCE = timedelta(seconds=20)
"""Then something is said, so that a line that is dead is noticed."""
LONGEST_SEND_SECONDS = 10.0
"""A client that takes longer to be told something is let go: it reads everything anew when it comes back."""
GOING_AWAY, TRY_AGAIN_LATER = 1001, 1013
log = logging.getLogger("booking.http")


@staff_create(
    "/locks",
    "takeLock",
    "Begin to edit",
    *WITH_BODY,
    response_description="A lock.",
    response_headers=[LOCATION],
)
def take_lock(*, asked: Asked, data: JSONBody[LockBody]) -> Response[LockView]:
    """Refused with LOCK_HELD, who and since when, where somebody else edits the same thing on overlapping dates."""
    reservation = None if data.reservation is None else asked.named(data.reservation).id
    lock = asked.engine.live.take_lock(
        LockCommand(
            tenant=asked.tenant,
            owner=data.client,
            holder=data.holder or asked.actor.name or asked.actor.kind,
            reservation=reservation,
            resource=data.resource,
            first=data.first,
            end=data.end,
            ttl=data.ttl,
        )
    )
    headers = {"Location": f"/v1/{asked.tenant_key}/staff/locks/{lock.token}"}
    return Response(lock_view(asked.catalog, lock), headers=headers)


@staff_read("/locks", "listLocks", "Who edits what")
def list_locks(*, asked: Asked) -> Locks:
    """Every lock that is held."""
    catalog = asked.catalog
    return Locks(locks=tuple(lock_view(catalog, lock) for lock in asked.engine.live.held(asked.tenant)))


@put(
    "/locks/{token:str}",
    operation_id="renewLock",
    summary="Go on editing",
    responses=refusals(*STAFF, *WITH_BODY),
    sync_to_thread=True,
)
def renew_lock(
    *, engine: TheEngine, tenant_key: p.TenantKey, token: TokenText, data: JSONBody[RenewBody]
) -> LockView:
    """Refused with STALE_LOCK where it has ended: look again, and take another."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    reference = LockReference(tenant=tenant, owner=data.client, token=token_of(token), ttl=data.ttl)
    return lock_view(engine.show_catalog(tenant), engine.live.renew_lock(reference))


@staff_end("/locks/{token:str}", "releaseLock", "Stop editing")
def release_lock(*, asked: Asked, token: TokenText, client: ClientName) -> None:
    """A lock that has ended already is no error."""
    asked.engine.live.release_lock(LockReference(tenant=asked.tenant, owner=client, token=token_of(token)))


@websocket("/live")
async def watch(socket: WebSocket[Any, Any, Any], engine: TheEngine, tenant_key: p.TenantKey) -> None:
    """Tell a client what happens, until it goes; then its locks are free.

    First comes `Hello` with the client's secret name and the locks that are held, then each update. After `Resync`
    everything is to be read anew. What the client says is not listened to. Where too many watch, the socket is closed
    with 1013: try again later.
    """
    try:
        tenant = await asyncio.to_thread(p.tenant_of, engine.tenants, tenant_key)
    except BookingError as refused:
        raise WebSocketException(detail=refused.code, code=4000 + HTTPStatus.NOT_FOUND) from refused
    await socket.accept()
    with engine.live.seats.taken(tenant) as has_one:
        if not has_one:
            await socket.close(code=TRY_AGAIN_LATER, reason="too many watch this business")
            return
        client = secrets.token_urlsafe(16)
        gone = asyncio.create_task(_gone(socket))
        try:
            await _tell(socket, engine, tenant, client, gone)
        finally:
            gone.cancel()
            await asyncio.shield(asyncio.to_thread(_free, engine.live.release_all, tenant, client))


LIVE = (take_lock, list_locks, renew_lock, release_lock)


def token_of(text: str) -> int:
    """The token of a lock; raises InvalidInput."""
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_TOKEN and int(text) > 0):
        raise InvalidInput("token", "is no token of a lock", text)
    return int(text)


async def _tell(
    socket: WebSocket[Any, Any, Any],
    engine: Engine,
    tenant: TenantId,
    client: str,
    gone: "asyncio.Task[None]",
) -> None:
    loop, bell, board = asyncio.get_running_loop(), asyncio.Event(), LockBoard()

    def wake() -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody is there to be told
            loop.call_soon_threadsafe(bell.set)

    with engine.live.updates.subscribe(tenant, wake) as subscription:
        held = await asyncio.to_thread(engine.live.held, tenant)
        catalog = await asyncio.to_thread(engine.show_catalog, tenant)
        board.start(held, engine.clock.now())
        hello = {"name": "Hello", "client": client, "locks": [lock_view(catalog, lock) for lock in held]}
        if not await _sent(socket, hello):
            return
        while not gone.done():
            pause = board.wait(engine.clock.now(), LONGEST_SILENCE).total_seconds()
            await _rung(bell, gone, pause)
            if gone.done() or not await _pass_on(socket, engine, subscription, board):
                return


async def _rung(bell: asyncio.Event, gone: "asyncio.Task[None]", seconds: float) -> None:
    """Wait until there is something to say, the client has gone, or so long."""
    ringing = asyncio.create_task(bell.wait())
    await asyncio.wait({ringing, gone}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    ringing.cancel()
    bell.clear()


async def _pass_on(
    socket: WebSocket[Any, Any, Any], engine: Engine, subscription: Subscription, board: LockBoard
) -> bool:
    """Say what there is to say; whether the client took it."""
    updates = list(subscription.take())
    for update in updates:
        board.hear(update)
    updates += board.lapsed(engine.clock.now())
    told = [update_data(each) for each in updates] or [{"name": "Silence"}]
    for each in told:
        if not await _sent(socket, each):
            return False
    return True


async def _sent(socket: WebSocket[Any, Any, Any], message: dict[str, Any]) -> bool:
    try:
        await asyncio.wait_for(socket.send_json(message), LONGEST_SEND_SECONDS)
    except TimeoutError:
        await socket.close(code=TRY_AGAIN_LATER, reason=RESYNC.name)
        return False
    except Exception:  # noqa: BLE001 - each server has its own words for a client that is gone
        return False
    return True


async def _gone(socket: WebSocket[Any, Any, Any]) -> None:
    """Until the client has closed; what it says meanwhile is dropped."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


def _free(release_all: Callable[[TenantId, str], None], tenant: TenantId, client: str) -> None:
    try:
        release_all(tenant, client)
    except BookingError as refused:
        log.warning("the locks of a client that has gone end by themselves: %s", refused.code)
