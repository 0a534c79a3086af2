"""The contract of CardVault: a card is saved by its holder, charged while they are away, and forgotten."""

import pytest

from booking_adapters.testing.contracts.provider import Provider, TestCards, an_intent
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.payments.answers import Answer, DeclineCode, Declined, SetUp, SetUpState, Succeeded
from booking_core.domain.payments.intent import Operation
from booking_core.ports.payments import CardVault, GatewayMisused, PaymentGateway


class CardVaultContract:
    """Needs the fixtures `vault`, `gateway` and `provider`; `cards` where the cards have names of their own."""

    @pytest.fixture
    def cards(self) -> TestCards:
        """The names of the test cards."""
        return TestCards()

    @pytest.mark.parametrize("card", ["good", "asks_until_saved"])
    def test_a_saved_card_is_charged_while_the_guest_is_away(
        self, vault: CardVault, gateway: PaymentGateway, provider: Provider, cards: TestCards, card: str
    ) -> None:
        saved = save(vault, provider, getattr(cards, card))
        for _ in range(2):
            assert isinstance(charge(gateway, provider, saved.method), Succeeded)

    def test_a_card_that_wants_its_owner_is_declined_while_the_owner_is_away(
        self, vault: CardVault, gateway: PaymentGateway, provider: Provider, cards: TestCards
    ) -> None:
        saved = save(vault, provider, cards.asks_always)
        answer = charge(gateway, provider, saved.method)
        assert isinstance(answer, Declined)
        assert answer.code is DeclineCode.AUTHENTICATION_FAILED

    def test_beginning_again_under_the_same_key_is_the_same(self, vault: CardVault) -> None:
        begun = vault.begin("k1", "guest-7")
        assert (begun.state, begun.method) == (SetUpState.REQUIRES_ACTION, "")
        assert vault.begin("k1", "guest-7") == begun
        assert vault.begin("k2", "guest-7").reference != begun.reference

    def test_a_key_that_comes_with_another_guest_is_for_people(self, vault: CardVault) -> None:
        vault.begin("k1", "guest-7")
        with pytest.raises(GatewayMisused):
            vault.begin("k1", "guest-8")

    def test_a_card_whose_holder_fails_to_answer_is_not_saved(
        self, vault: CardVault, provider: Provider, cards: TestCards
    ) -> None:
        begun = vault.begin("k1", "guest-7")
        provider.present_card(begun.reference, cards.asks_always)
        assert vault.look_up(begun.reference).state is SetUpState.REQUIRES_ACTION
        provider.authenticate(begun.reference, succeeds=False)
        failed = vault.look_up(begun.reference)
        assert (failed.state, failed.method) == (SetUpState.FAILED, "")

    def test_a_forgotten_card_is_gone_and_forgetting_again_changes_nothing(
        self, vault: CardVault, gateway: PaymentGateway, provider: Provider, cards: TestCards
    ) -> None:
        saved = save(vault, provider, cards.good)
        vault.forget(saved.method)
        vault.forget(saved.method)
        assert isinstance(charge(gateway, provider, saved.method), Declined)

    def test_what_does_not_exist_is_not_found(self, vault: CardVault) -> None:
        with pytest.raises(NotFound):
            vault.look_up("seti_none")

    def test_a_client_secret_is_not_shown(self, vault: CardVault) -> None:
        begun = vault.begin("k1", "guest-7")
        assert begun.client_secret
        assert begun.client_secret not in repr(begun)


def save(vault: CardVault, provider: Provider, card: str) -> SetUp:
    """The guest saves a card, and answers their bank where it asks."""
    begun = vault.begin("k1", "guest-7")
    provider.present_card(begun.reference, card)
    if vault.look_up(begun.reference).state is SetUpState.REQUIRES_ACTION:
        provider.authenticate(begun.reference)
    saved = vault.look_up(begun.reference)
    assert saved.state is SetUpState.SAVED
    assert saved.method
    return saved


def charge(gateway: PaymentGateway, provider: Provider, method: str) -> Answer:
    """Charge a saved card while the guest is away."""
    return gateway.take(an_intent(Operation.CHARGE, provider.now(), method=method, is_off_session=True))
