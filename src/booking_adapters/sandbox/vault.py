"""The CardVault port in memory."""

import attrs

from booking_adapters.sandbox.account import Account, Saving
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.payments.answers import SetUp, SetUpState


@attrs.frozen
class SandboxVault:
    """The CardVault port. The guest's part is `Account.present_card`."""

    account: Account

    def begin(self, key: str, customer: str) -> SetUp:
        account = self.account
        with account.lock:
            return account.once(f"set-up {key}", customer, lambda: self._begin(customer))

    def look_up(self, reference: str) -> SetUp:
        with self.account.lock:
            found = self.account.savings.get(reference)
        if found is None:
            raise NotFound("set-up", reference)
        return found.set_up

    def forget(self, method: str) -> None:
        with self.account.lock:
            self.account.cards.pop(method, None)

    def _begin(self, customer: str) -> SetUp:
        reference = self.account.name("set_up")
        begun = SetUp(
            reference=reference, state=SetUpState.REQUIRES_ACTION, client_secret=f"{reference}_secret"
        )
        self.account.savings[reference] = Saving(customer, begun)
        return begun
