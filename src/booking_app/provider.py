"""The payment provider that the settings name: Stripe, the sandbox where no money moves, or none."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import attrs

from booking_adapters.http.payment_desk import PaymentDesk, ReadEvent
from booking_adapters.http.payment_views import PaymentPageView, TestCardView
from booking_adapters.http.refusals import NotOfTheProvider
from booking_adapters.sandbox import Account, SandboxGateway, SandboxVault
from booking_adapters.sandbox.absent import AbsentGateway, AbsentVault
from booking_app.settings import Settings
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.ports.ambient import Clock
from booking_core.ports.ledger import ProviderEvent
from booking_core.ports.payments import CardVault, PaymentGateway

if TYPE_CHECKING:
    from booking_adapters.stripe.webhooks import StripeEvent

LIVE = ("sk_live_", "rk_live_")
"""How the keys begin that move real money."""
TEST_CARDS: tuple[TestCardView, ...] = (
    TestCardView(number="4242 4242 4242 4242", method="pm_card_visa", meaning="pays"),
    TestCardView(number="4000 0000 0000 0002", method="pm_card_visa_chargeDeclined", meaning="is declined"),
    TestCardView(
        number="4000 0000 0000 9995",
        method="pm_card_visa_chargeDeclinedInsufficientFunds",
        meaning="has insufficient funds",
    ),
    TestCardView(
        number="4000 0027 6000 3184",
        method="pm_card_authenticationRequired",
        meaning="asks the payer every time (3-D Secure)",
    ),
    TestCardView(
        number="4000 0000 0000 7726", method="pm_card_pendingRefund", meaning="pays, and is refunded slowly"
    ),
)
"""The cards for trying out that Stripe documents (docs.stripe.com/testing) and the sandbox knows as well."""


@attrs.frozen(kw_only=True)
class Provider:
    """Who moves the money, and what pages and webhooks need of them."""

    gateway: PaymentGateway
    vault: CardVault
    page: PaymentPageView
    read_event: ReadEvent | None = None


def open_provider(settings: Settings, clock: Clock) -> Provider:
    """Stripe where a key is set, else the sandbox if it is wanted, else none; raises InvalidInput."""
    if settings.stripe_key:
        return _stripe(settings)
    if settings.sandbox_payments:
        account = Account(clock)
        return Provider(
            gateway=SandboxGateway(account),
            vault=SandboxVault(account),
            page=_page("sandbox", "", TEST_CARDS),
        )
    return no_provider()


def no_provider() -> Provider:
    """Nobody takes cards here."""
    return Provider(gateway=AbsentGateway(), vault=AbsentVault(), page=_page("none", "", ()))


def payment_desk(provider: Provider) -> PaymentDesk:
    """What the API knows of the provider."""
    return PaymentDesk(
        page=provider.page,
        begin_card=provider.vault.begin,
        show_card=provider.vault.look_up,
        read_event=provider.read_event,
    )


def _stripe(settings: Settings) -> Provider:
    try:
        from booking_adapters.stripe.connection import connect
        from booking_adapters.stripe.gateway import StripeGateway
        from booking_adapters.stripe.vault import StripeVault
    except ImportError as error:
        raise InvalidInput(
            "stripe_key", "Stripe needs the extra: pip install 'booking-core[stripe]'"
        ) from error
    client = connect(settings.stripe_key, url=settings.stripe_url)
    is_live = settings.stripe_key.startswith(LIVE)
    return Provider(
        gateway=StripeGateway(client=client, return_url=settings.stripe_return_url),
        vault=StripeVault(client=client),
        page=_page("stripe", settings.stripe_publishable_key, () if is_live else TEST_CARDS),
        read_event=_reader(settings.stripe_webhook_secret.split(), is_live=is_live),
    )


def _page(provider: str, key: str, cards: tuple[TestCardView, ...]) -> PaymentPageView:
    return PaymentPageView(provider=provider, publishable_key=key, test_cards=cards)


def _reader(secrets: Sequence[str], *, is_live: bool) -> ReadEvent | None:
    """Two secrets, separated by a space, while one is replaced; None where none is set."""
    if not secrets:
        return None
    from booking_adapters.stripe.webhooks import WebhookRefused, verified

    def read(body: bytes, signature: str, at: datetime) -> ProviderEvent:
        try:
            event = verified(body, signature, secrets=secrets, at=at)
        except WebhookRefused as refused:
            raise NotOfTheProvider(refused.message) from refused
        if event.is_live is not is_live:
            raise NotOfTheProvider("it is about test money, or about real money where tests are made")
        return _told(event)

    return read


def _told(event: "StripeEvent") -> ProviderEvent:
    return ProviderEvent(id=event.id, kind=event.type, reference=event.object_id, told_at=event.created_at)
