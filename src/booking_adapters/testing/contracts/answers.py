"""What everybody does who keeps the answers of the last minute."""

from collections.abc import Callable
from datetime import timedelta

import attrs
import pytest

from booking_adapters.testing.contracts.live import IDS
from booking_adapters.testing.contracts.scene import Scene, hours
from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.answers import ANSWERS_KEPT, Answers, GivenAnswer

SECOND = timedelta(seconds=1)


class AnswersContract:
    """Give it `answers`, as `elsewhere` those of another process, and `passes`, which lets some time pass for both."""

    @pytest.fixture
    def elsewhere(self, answers: Answers) -> Answers:
        """The same one where there is no other process."""
        return answers

    @pytest.fixture
    def tenant(self) -> TenantId:
        return TenantId(IDS.new())

    @pytest.fixture
    def answer(self, scene: Scene) -> GivenAnswer:
        """One that was given."""
        return GivenAnswer(fingerprint="print", reservation=scene.reserve("room", hours(10, 11)))

    def test_nothing_is_known_of_a_key_that_was_never_answered(
        self, answers: Answers, tenant: TenantId
    ) -> None:
        assert answers.recall(tenant, "key") is None

    def test_what_was_answered_is_recalled_whole_wherever_it_was_given(
        self, answers: Answers, elsewhere: Answers, tenant: TenantId, answer: GivenAnswer
    ) -> None:
        answers.keep(tenant, "key", answer)
        assert elsewhere.recall(tenant, "key") == answer
        assert elsewhere.recall(tenant, "another key") is None

    def test_other_tenants_use_the_same_key_for_themselves(
        self, answers: Answers, tenant: TenantId, answer: GivenAnswer
    ) -> None:
        answers.keep(tenant, "key", answer)
        assert answers.recall(TenantId(IDS.new()), "key") is None

    def test_a_later_answer_replaces_an_earlier_one(
        self, answers: Answers, tenant: TenantId, answer: GivenAnswer
    ) -> None:
        later = attrs.evolve(answer, fingerprint="another print")
        answers.keep(tenant, "key", answer)
        answers.keep(tenant, "key", later)
        assert answers.recall(tenant, "key") == later

    def test_any_text_is_a_key(self, answers: Answers, tenant: TenantId, answer: GivenAnswer) -> None:
        strange = ["", "{a}:b", "k" * 200, "ключ \N{SNOWMAN}", "a b\tc"]
        for key in strange:
            answers.keep(tenant, key, answer)
        assert [answers.recall(tenant, key) for key in strange] == [answer] * len(strange)

    def test_after_a_minute_it_is_forgotten(
        self,
        answers: Answers,
        tenant: TenantId,
        answer: GivenAnswer,
        passes: Callable[[timedelta], None],
    ) -> None:
        answers.keep(tenant, "key", answer)
        passes(ANSWERS_KEPT - SECOND)
        assert answers.recall(tenant, "key") == answer
        passes(2 * SECOND)
        assert answers.recall(tenant, "key") is None
