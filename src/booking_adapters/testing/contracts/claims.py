"""What all claims have in common, whoever writes them: a lane is never taken twice at once."""

import pytest

from booking_adapters.testing.contracts.scene import NOW, Scene, hours
from booking_adapters.testing.contracts.unit_of_work import StorageContract
from booking_core.domain.kernel.errors import LaneTaken
from booking_core.domain.kernel.period import Period

CLAIMS = ("reserve", "hold", "close")
OVERLAPS = [(9, 11), (9, 14), (10, 12), (10.5, 11.5), (11.99, 13), (10, 11), (11, 12)]
"""Against 10 to 12: over its start, around it, equal, inside, over its end, and at either edge of it."""
TOUCHING = [(9, 10), (12, 13)]


@pytest.mark.parametrize("second", CLAIMS)
@pytest.mark.parametrize("first", CLAIMS)
class LanesContract(StorageContract):
    """Every kind of claim against every kind of claim."""

    @pytest.mark.parametrize(("start", "end"), OVERLAPS)
    def test_a_taken_lane_is_refused(
        self, scene: Scene, first: str, second: str, start: float, end: float
    ) -> None:
        getattr(scene, first)("room", hours(10, 12))
        with pytest.raises(LaneTaken):
            getattr(scene, second)("room", hours(start, end))
        assert scene.taken("room") == [(1, hours(10, 12))]

    @pytest.mark.parametrize(("start", "end"), TOUCHING)
    def test_claims_may_touch(self, scene: Scene, first: str, second: str, start: float, end: float) -> None:
        getattr(scene, first)("room", hours(10, 12))
        getattr(scene, second)("room", hours(start, end))
        assert len(scene.taken("room")) == 2

    def test_other_lanes_and_other_resources_are_free(self, scene: Scene, first: str, second: str) -> None:
        getattr(scene, first)("pool", hours(10, 12), lanes=(1, 3))
        getattr(scene, second)("pool", hours(10, 12), lanes=(2, 4))
        getattr(scene, second)("room", hours(10, 12))
        assert [lane for lane, _ in scene.taken("pool")] == [1, 2, 3, 4]

    def test_all_lanes_or_none(self, scene: Scene, first: str, second: str) -> None:
        getattr(scene, first)("pool", hours(10, 12), lanes=(3,))
        with pytest.raises(LaneTaken):
            getattr(scene, second)("pool", hours(11, 13), lanes=(1, 2, 3, 4))
        assert scene.taken("pool") == [(3, hours(10, 12))]


class ManyResourcesContract(StorageContract):
    """One claim on several resources: a doctor, a room and a device."""

    @pytest.mark.parametrize("taken", ["room", "hall", "pool"])
    def test_all_resources_or_none(self, scene: Scene, taken: str) -> None:
        scene.reserve(taken, hours(11, 12))
        with pytest.raises(LaneTaken), scene.begin() as tx:
            tx.holds.save(scene.a_hold("room", hours(10, 12), also=("hall", "pool")))
        others = {"room", "hall", "pool"} - {taken}
        assert [scene.taken(key) for key in sorted(others)] == [[], []]

    def test_a_claim_gives_back_all_its_resources(self, scene: Scene) -> None:
        held = scene.hold("room", hours(10, 12), also=("hall", "pool"))
        assert [scene.taken(key) for key in ("room", "hall", "pool")] == [[(1, hours(10, 12))]] * 3
        assert scene.held(held.id) == held
        with scene.begin() as tx:
            tx.holds.save(held.release(NOW))
        assert [scene.taken(key) for key in ("room", "hall", "pool")] == [[]] * 3

    def test_pieces_on_several_lanes_are_one_claim(self, scene: Scene) -> None:
        scene.reserve("pool", hours(11, 12), lanes=(1,))
        pieces = (*scene.lanes("pool", hours(10, 11), [1]), *scene.lanes("pool", hours(11, 12), [2]))
        held = scene.hold("pool", hours(10, 12), pieces=pieces)
        expected: list[tuple[int, Period]] = [(1, hours(10, 11)), (1, hours(11, 12)), (2, hours(11, 12))]
        assert scene.taken("pool") == expected
        assert scene.held(held.id) == held
