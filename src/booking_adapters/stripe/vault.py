"""The CardVault port through Stripe's setup intents."""

import hashlib

import attrs
from stripe import InvalidRequestError, SetupIntent, StripeClient, StripeError

from booking_adapters.stripe.failures import refusal_of_reading
from booking_adapters.stripe.gateway import CUSTOMER_AND_CARD
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.payments.answers import SetUp, SetUpState

CUSTOMER = "booking_customer"
MISSING = 404


@attrs.frozen(kw_only=True)
class StripeVault:
    """The CardVault port. A saved card is named with its customer, for whom alone it can be charged."""

    client: StripeClient = attrs.field(repr=False)
    kinds: tuple[str, ...] = ("card",)

    def begin(self, key: str, customer: str) -> SetUp:
        try:
            begun = self.client.v1.setup_intents.create(
                {
                    "customer": self._customer(customer),
                    "usage": "off_session",
                    "allowed_payment_method_types": list(self.kinds),
                },
                {"idempotency_key": key},
            )
        except StripeError as error:
            raise refusal_of_reading(error) from error
        return _set_up(begun)

    def look_up(self, reference: str) -> SetUp:
        try:
            return _set_up(self.client.v1.setup_intents.retrieve(reference))
        except InvalidRequestError as error:
            if error.http_status == MISSING:
                raise NotFound("set-up", reference) from error
            raise refusal_of_reading(error) from error
        except StripeError as error:
            raise refusal_of_reading(error) from error

    def forget(self, method: str) -> None:
        card = method.rpartition(CUSTOMER_AND_CARD)[2]
        try:
            self.client.v1.payment_methods.detach(card)
        except InvalidRequestError as error:
            if not self._is_gone(card):
                raise refusal_of_reading(error) from error
        except StripeError as error:
            raise refusal_of_reading(error) from error

    def _customer(self, key: str) -> str:
        """Stripe's customer of one of ours. The key covers the minute until a new one can be searched for."""
        # The key may be an address: Stripe gets its digest, which is enough to know it again.
        mark = hashlib.sha256(key.encode()).hexdigest()
        query = f"metadata['{CUSTOMER}']:'{mark}'"
        known = self.client.v1.customers.search({"query": query, "limit": 1}).data
        if known:
            return known[0].id
        made = self.client.v1.customers.create(
            {"metadata": {CUSTOMER: mark}}, {"idempotency_key": f"customer-{mark}"}
        )
        return made.id

    def _is_gone(self, card: str) -> bool:
        try:
            return self.client.v1.payment_methods.retrieve(card).customer is None
        except InvalidRequestError as error:
            return error.http_status == MISSING


def _set_up(begun: SetupIntent) -> SetUp:
    state = SetUpState.REQUIRES_ACTION
    if begun.status == "succeeded":
        state = SetUpState.SAVED
    elif begun.status == "canceled" or begun.last_setup_error is not None:
        state = SetUpState.FAILED
    saved = f"{begun.customer}{CUSTOMER_AND_CARD}{begun.payment_method}"
    return SetUp(
        reference=begun.id,
        state=state,
        method=saved if state is SetUpState.SAVED else "",
        client_secret=begun.client_secret or "",
    )
