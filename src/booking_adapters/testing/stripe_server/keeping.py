"""What the pretended account has, kept in a file from one run to the next: a demo's money outlives the demo.

Events and the addresses that are told of them are of one run only; whoever starts anew registers anew.
"""

import json
from pathlib import Path

import attrs

from booking_adapters.testing.stripe_server import payment_intents, refunds
from booking_adapters.testing.stripe_server.account import Account, Plastic
from booking_adapters.testing.stripe_server.cards import BY_NUMBER
from booking_adapters.testing.stripe_server.idempotency import IdempotencyKeys
from booking_adapters.testing.stripe_server.wire import Json

_OF_ONE_RUN = frozenset({"event", "webhook_endpoint"})


@attrs.frozen
class Keeper:
    """Writes an account and its idempotency keys to a file, and reads them back."""

    path: Path
    account: Account
    keys: IdempotencyKeys

    def recall(self) -> None:
        """Know again what was kept, at the address that the account has now; nothing where there is no file.

        Raises ValueError for a file that was not kept so.
        """
        if not self.path.exists():
            return
        text = self.path.read_text(encoding="utf-8")
        try:
            data = json.loads(text.replace(json.loads(text)["base_url"], self.account.base_url))
            with self.account.lock:
                for each in data["objects"]:
                    self.account.add(each)
                self.account.plastic |= {card: _plastic(kept) for card, kept in data["plastic"].items()}
                self.keys.recall(data["keys"])
                payment_intents.take_up(self.account)
                refunds.take_up(self.account)
        except (ValueError, KeyError, TypeError, AttributeError) as strange:
            raise ValueError(f"{self.path} was not kept by this server") from strange

    def keep(self) -> None:
        """Write everything down, all or nothing."""
        with self.account.lock:
            data = {
                "base_url": self.account.base_url,
                "objects": [each for each in self.account.everything() if each["object"] not in _OF_ONE_RUN],
                "plastic": {card: _kept(plastic) for card, plastic in self.account.plastic.items()},
                "keys": self.keys.kept(),
            }
            fresh = self.path.with_suffix(".new")
            fresh.write_text(json.dumps(data), encoding="utf-8")
            fresh.replace(self.path)


def _kept(plastic: Plastic) -> Json:
    return {"number": plastic.card.number, "is_set_up": plastic.is_set_up, "is_used": plastic.is_used}


def _plastic(kept: Json) -> Plastic:
    return Plastic(BY_NUMBER[kept["number"]], is_set_up=kept["is_set_up"], is_used=kept["is_used"])
