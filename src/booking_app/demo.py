"""The demo: the example businesses in a file of their own, a pretended Stripe beside it, and requests to try."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import attrs

from booking_app.container import Deployment
from booking_app.importing import import_business
from booking_app.plain import instant_text
from booking_app.settings import Settings
from booking_core.domain.kernel.errors import BookingError, NotFound, SystemFailure
from booking_core.usecases.next_slot import NextSlotQuery

DATA = Path(".booking")
STORAGE = f"sqlite:///{DATA}/demo.sqlite3"
HOTEL, ROOM = "grand-hotel", "deluxe-king"
CLINIC, SERVICE = "clinic", "consultation"
A_DAY = timedelta(days=1)
A_MONTH = timedelta(days=30)


def demo_settings(settings: Settings) -> Settings:
    """The same settings on the demo's own file, `.booking/demo.sqlite3`, unless another storage is set.

    What nothing sends is written into `.booking/outbox`. Raises SystemFailure where there is no room for them.
    """
    if settings.outbox_directory is None:
        settings = attrs.evolve(settings, outbox_directory=DATA / "outbox")
    if settings.storage != Settings().storage:
        return settings
    _make_room()
    return attrs.evolve(settings, storage=STORAGE)


def _make_room() -> None:
    try:
        DATA.mkdir(exist_ok=True)
    except OSError as error:
        raise SystemFailure(f"the demo keeps its data in {DATA.absolute()}: {error.strerror}") from error


@contextmanager
def demo_payments(settings: Settings, address: str) -> Iterator[Settings]:
    """The same settings with payments that cost nothing, unless a provider is set: a server that speaks as Stripe does.

    It runs on a free port of this machine, and keeps what it has in `.booking/demo-stripe.json`, so that the demo's
    bookings and its money are known again together. Without the extra `stripe` the sandbox stands in, which tells of
    nothing by webhook and remembers nothing beyond this run. Raises SystemFailure where the file cannot be read.
    """
    if settings.stripe_key or settings.sandbox_payments:
        yield settings
        return
    try:
        from booking_adapters.testing.stripe_server import StripeServer
    except ImportError:
        yield attrs.evolve(settings, sandbox_payments=True)
        return
    _make_room()
    try:
        server = StripeServer(keeps=DATA / "demo-stripe.json")
    except ValueError as unreadable:
        raise SystemFailure(f"{unreadable}: delete {DATA} to start afresh") from unreadable
    with server:
        yield attrs.evolve(
            settings,
            stripe_key=server.api_key,
            stripe_url=server.url,
            stripe_return_url=f"{address}/",
            stripe_webhook_secret=server.send_webhooks_to(f"{address}/v1/{HOTEL}/webhooks/stripe"),
        )


def example_files() -> list[Path]:
    """The descriptions of the example businesses: of this checkout, or of the installed package."""
    here = Path(__file__).resolve()
    for directory in (here.parents[2] / "examples", here.parent / "examples"):
        found = sorted(directory.glob("*.toml"))
        if found:
            return found
    raise SystemFailure("the example businesses are not part of this installation")


def import_examples(deployment: Deployment) -> None:
    """Save every example business; what is there already stays."""
    for file in example_files():
        import_business(deployment, file)


def welcome(
    deployment: Deployment, address: str, storage: str, *, outbox: Path | None = None, channel: str = ""
) -> str:
    """What to open and what to type: pages, and requests that work when pasted; and where `channel` is seen.

    `outbox` is where messages are written that nothing sends.
    """
    lines = [
        f"Serving {', '.join(deployment.engine.tenants.keys())} at {address}",
        f"  Start page      {address}/",
        f"  API document    {address}/schema (JSON: {address}/schema/openapi.json)",
        f"  Storage         {storage}",
    ]
    if outbox is not None:
        lines.append(f"  Mails           {outbox}")
    requests = list(_requests(deployment, address))
    if requests:
        lines += [
            "",
            "Try in another terminal: a search, a booking, and why 3 o'clock at night is refused:",
            "",
        ]
        lines += requests
    lines += _cards(deployment, address)
    lines += ["", channel] if channel else []
    return "\n".join([*lines, "", "Ctrl-C ends it."])


def _cards(deployment: Deployment, address: str) -> Iterator[str]:
    """The cards to try out, with the payment methods that stand for them, and a booking that pays with one."""
    page = deployment.desk.page
    if not page.test_cards:
        return
    yield ""
    yield "Cards to try, and no money moves; the name of one is the method that pays:"
    yield ""
    for card in page.test_cards:
        yield f"  {card.number}  {card.method:44}  {card.meaning}"
    engine = deployment.engine
    try:
        engine.tenants.by_key(HOTEL)
    except NotFound:
        return
    arrival = engine.clock.now().date() + A_MONTH
    stay = f'{{"check_in": "{arrival}", "check_out": "{arrival + 2 * A_DAY}"}}'
    guest = '{"name": "Ada Lovelace", "email": "ada@example.org"}'
    body = f'{{"service": "{ROOM}", "stay": {stay}, "customer": {guest}, "method": "{page.test_cards[0].method}"}}'
    yield ""
    yield f"Guests of the hotel pay ahead ({address}/v1/{HOTEL}/payment-page); 3-D Secure is at action.url:"
    yield ""
    yield f"  curl -H 'Content-Type: application/json' -d '{body}' {address}/v1/{HOTEL}/reservations"


def _requests(deployment: Deployment, address: str) -> Iterator[str]:
    """A search, a booking and an explanation around the next free consultation."""
    engine = deployment.engine
    after = engine.clock.now() + A_DAY
    try:
        slot = engine.next_slot(
            NextSlotQuery(tenant=engine.tenants.by_key(CLINIC), service=SERVICE, after=after)
        )
    except BookingError:  # no such business, or one of the user's own that sells something else
        return
    if slot is None:
        return
    start, end = instant_text(slot.start), instant_text(slot.start + A_DAY)
    night = instant_text(slot.start.replace(hour=2, minute=0) + A_DAY)
    service = f"{address}/v1/{CLINIC}/services/{SERVICE}"
    body = f'{{"service": "{SERVICE}", "start": "{start}", "customer": {{"name": "Ada Lovelace"}}}}'
    yield f"  curl '{service}/slots?start={start}&end={end}'"
    yield f"  curl -H 'Content-Type: application/json' -d '{body}' {address}/v1/{CLINIC}/reservations"
    yield f"  curl '{service}/explanation?start={night}'"
