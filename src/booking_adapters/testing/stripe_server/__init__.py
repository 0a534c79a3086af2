"""A stateful server that speaks Stripe's wire, for tests and demos with the real SDK (docs.stripe.com/api).

It listens on the loopback interface and knows customers, cards, payment intents, setup intents, charges, refunds,
events and webhooks. Parameters are checked against the installed SDK's types. `StripeServer.faults` and
`StripeServer.webhooks` make things go wrong on demand. Needs the extra `stripe`, whose SDK is its measure.
"""

from booking_adapters.testing.stripe_server.cards import CARDS, Card
from booking_adapters.testing.stripe_server.faults import Fault, FaultKind
from booking_adapters.testing.stripe_server.server import StripeServer
from booking_adapters.testing.stripe_server.webhooks import Delivery, Sent, Trouble, TroubleKind

__all__ = [
    "CARDS",
    "Card",
    "Delivery",
    "Fault",
    "FaultKind",
    "Sent",
    "StripeServer",
    "Trouble",
    "TroubleKind",
]
