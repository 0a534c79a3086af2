"""The application: routes, doors, limits and the answers to everything that goes wrong."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import attrs
from litestar import Litestar, Router
from litestar.connection import ASGIConnection, Request
from litestar.di import Provide
from litestar.exceptions import HTTPException, WebSocketException
from litestar.handlers.base import BaseRouteHandler
from litestar.types import Guard

from booking_adapters.http import (
    bill_routes,
    calendar_link_routes,
    calendar_routes,
    channel_routes,
    estimate_routes,
    front_desk_routes,
    health_routes,
    hold_routes,
    listing_routes,
    live_routes,
    notice_routes,
    pages,
    parameters,
    payment_routes,
    price_routes,
    reservation_routes,
    room_routes,
    search_routes,
    series_routes,
    staff_routes,
    upkeep_routes,
    waitlist_routes,
    webhook_routes,
)
from booking_adapters.http.asking import about, asked
from booking_adapters.http.document import STAFF_TOKEN, StrictSchemas, document
from booking_adapters.http.engine import Engine
from booking_adapters.http.guest_limits import SIGNED, GuestLimits
from booking_adapters.http.json_bodies import LARGEST_BODY
from booking_adapters.http.payment_desk import PaymentDesk
from booking_adapters.http.problems import failed, refused, refused_by_framework, status_of
from booking_adapters.http.staff_door import Door, StaffDoor, guest
from booking_adapters.http.strict_json import PlainRequest, StrictJson
from booking_core.domain.kernel.errors import BookingError
from booking_core.domain.kernel.events import Actor

THREADS = 32
"""Enough that some who wait for the storage do not stop all others (asyncio alone gives processors + 4)."""
LOCK_HEADER = "Booking-Lock"
"""Under which lock a member of staff makes a change: its token."""
ASKING = {"asked": Provide(asked, sync_to_thread=False), "about": Provide(about, sync_to_thread=False)}
"""What handlers below a business take."""
API_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def create_app(
    engine: Engine,
    *,
    door: Door | None = None,
    limits: GuestLimits | None = None,
    desk: PaymentDesk | None = None,
    lists_businesses: bool = True,
    threads: int = THREADS,
) -> Litestar:
    """The API and its pages over an engine.

    `door` says who is staff; left out, only programs on this machine are. `desk` is what the payment provider needs of
    pages, saved cards and webhooks; without one there are none. `lists_businesses` names the businesses
    of this deployment at `/` and `/v1`; where they should not know of each other it is switched off.
    `limits` says how often guests may ask; left out, as often as they like.
    `threads` is how many requests are worked on at once; the others wait their turn.
    """
    door = door or StaffDoor()
    api = [_guests(limits, desk), _staff(door), _watching(door)]
    listings = [_listing()] if lists_businesses else []
    return Litestar(
        route_handlers=[
            Router("/v1", route_handlers=[*listings, *api], response_headers=API_HEADERS),
            *([pages.front_page] if lists_businesses else []),
            pages.style_sheet,
            health_routes.live,
            health_routes.ready,
            _metrics(door),
        ],
        dependencies={
            "engine": Provide(lambda: engine, sync_to_thread=False),
            "spoken": Provide(parameters.spoken, sync_to_thread=False),
        },
        exception_handlers={BookingError: refused, HTTPException: refused_by_framework, Exception: failed},
        openapi_config=document(pages.DocumentPage(path="/"), pages.PAGE_HEADERS),
        plugins=[StrictSchemas()],
        lifespan=[_worker_threads(threads)],
        request_class=PlainRequest,
        request_max_body_size=LARGEST_BODY,
        logging_config=None,
        debug=False,
    )


def _worker_threads(count: int) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    """Threads for the handlers of this application, while it runs."""

    @asynccontextmanager
    async def started(_: Litestar) -> AsyncIterator[None]:
        with ThreadPoolExecutor(count, thread_name_prefix="booking-http") as pool:
            asyncio.get_running_loop().set_default_executor(pool)
            yield

    return started


def _listing() -> Router:
    """Who is here."""
    return Router(
        "/",
        tags=["Search"],
        route_handlers=[search_routes.list_businesses],
        guards=[parameters.only_known_parameters],
    )


GUESTS: Mapping[str, Sequence[BaseRouteHandler]] = {
    "Search": (
        search_routes.show_business,
        search_routes.list_services,
        search_routes.show_service,
        search_routes.search_slots,
        search_routes.next_slot,
        search_routes.explain,
        search_routes.search_stays,
        price_routes.find_free_periods,
    ),
    "Prices": (price_routes.make_quote, estimate_routes.estimate_stay),
    "Holds": (hold_routes.place_hold, hold_routes.renew_hold, hold_routes.release_hold),
    "Reservations": (
        reservation_routes.book,
        reservation_routes.show_reservation,
        reservation_routes.cancel,
        reservation_routes.reschedule,
        price_routes.simulate_cancellation,
        *notice_routes.GUESTS,
    ),
    "Calendars": calendar_routes.GUESTS,
    "Waitlist": waitlist_routes.GUESTS,
    "Channels": webhook_routes.OF_CHANNELS,
}
"""What anybody may do, by the tags of the document."""


def _guests(limits: GuestLimits | None, desk: PaymentDesk | None) -> Router:
    """What anybody may do, as often as the limits say."""
    routers = [Router("/", tags=[tag], route_handlers=handlers) for tag, handlers in GUESTS.items()]
    return Router(
        "/{tenant_key:str}",
        route_handlers=[*routers, payment_routes.of_guests(desk)],
        guards=[_within(limits), parameters.only_known_parameters],
        dto=StrictJson,
        return_dto=None,
        dependencies={"actor": Provide(_guest, sync_to_thread=False), **ASKING},
    )


def _within(limits: GuestLimits | None) -> Guard:
    """A guard that counts; the framework copies guards, and what counts must not be copied."""

    async def within_limits(
        connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
    ) -> None:
        if limits is not None and not handler.opt.items() >= SIGNED.items():
            await limits(connection)

    return within_limits


def _staff(door: Door) -> Router:
    """What only staff may do: the door is asked before anything of the request is read."""

    def only_staff(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        door(connection)

    def actor(request: Request[Any, Any, Any]) -> Actor:
        lock = request.headers.get(LOCK_HEADER)
        return attrs.evolve(door(request), lock=None if lock is None else live_routes.token_of(lock))

    return Router(
        "/{tenant_key:str}/staff",
        route_handlers=[
            staff_routes.staff_book,
            staff_routes.staff_show,
            staff_routes.confirm,
            staff_routes.decline,
            staff_routes.staff_cancel,
            staff_routes.staff_reschedule,
            staff_routes.close_resource,
            staff_routes.list_closures,
            staff_routes.reopen_resource,
            *upkeep_routes.OF_STAFF,
            estimate_routes.replay_policy,
            *front_desk_routes.OF_STAFF,
            *bill_routes.OF_STAFF,
            *room_routes.OF_STAFF,
            *calendar_routes.OF_STAFF,
            *series_routes.OF_STAFF,
            *waitlist_routes.OF_STAFF,
            *live_routes.LIVE,
            *calendar_link_routes.OF_STAFF,
            *notice_routes.OF_STAFF,
            *channel_routes.OF_STAFF,
            *listing_routes.OF_STAFF,
            *webhook_routes.OF_STAFF,
            *payment_routes.OF_STAFF,
        ],
        tags=["Staff"],
        security=[{STAFF_TOKEN: []}],
        guards=[only_staff, parameters.only_known_parameters],
        dto=StrictJson,
        return_dto=None,
        dependencies={"actor": Provide(actor, sync_to_thread=False), **ASKING},
    )


def _watching(door: Door) -> Router:
    """The staff's socket."""

    def only_staff(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        try:
            door(connection)
        except BookingError as refused:
            raise WebSocketException(detail=refused.code, code=4000 + status_of(refused)) from refused

    return Router("/{tenant_key:str}/staff", route_handlers=[live_routes.watch], guards=[only_staff])


def _metrics(door: Door) -> Router:
    """What staff, and programs of theirs, may read of the upkeep."""

    def only_staff(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        door(connection)

    return Router("/", route_handlers=[upkeep_routes.metrics], guards=[only_staff], include_in_schema=False)


def _guest(request: Request[Any, Any, Any]) -> Actor:
    return guest(request)
