"""Which role a chosen resource fills."""

import attrs
import pytest

from booking_adapters.testing.builders import a_business
from booking_core.domain.availability.matching import matched
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.kernel.errors import InvalidInput, NotFound
from booking_core.usecases.wanted import chosen_roles


@pytest.fixture
def theatre() -> Catalog:
    """A play needs two actors; Ada plays either part, Bo only the first, Cy only the second."""
    cast = a_business("theatre", code="PLAY").with_any("hero", "ada", "bo").with_any("villain", "cy")
    catalog = cast.offering("play", "hero", "villain", minutes=60).catalog
    play = catalog.service("play")
    hero, villain = play.needs
    either = attrs.evolve(villain, any_of=(catalog.resource("ada").id, *villain.any_of))
    return attrs.evolve(catalog, services={play.id: attrs.evolve(play, needs=(hero, either))})


@pytest.mark.parametrize(
    ("keys", "roles"),
    [
        ((), {}),
        (("bo",), {"hero": "bo"}),
        (("cy",), {"villain": "cy"}),
        (("ada",), {"hero": "ada"}),
        (("ada", "ada"), {"hero": "ada"}),
        (("ada", "bo"), {"hero": "bo", "villain": "ada"}),
        (("bo", "ada"), {"hero": "bo", "villain": "ada"}),
        (("cy", "ada"), {"hero": "ada", "villain": "cy"}),
    ],
)
def test_everybody_who_was_chosen_gets_a_role_whatever_the_order(
    theatre: Catalog, keys: tuple[str, ...], roles: dict[str, str]
) -> None:
    chosen = chosen_roles(theatre, theatre.service("play"), keys)
    assert {role: theatre.resource(who).key for role, who in chosen.items()} == roles


def test_too_many_for_the_roles_are_refused(theatre: Catalog) -> None:
    with pytest.raises(InvalidInput) as refused:
        chosen_roles(theatre, theatre.service("play"), ("ada", "bo", "cy"))
    assert (refused.value.field, refused.value.reason) == ("resources", "do not fit together")


def test_who_plays_no_part_is_refused_by_name() -> None:
    catalog = (
        a_business("shop", code="SHOP")
        .with_any("hero", "ada")
        .with_any("audience", "dan")
        .offering("play", "hero", minutes=60)
        .catalog
    )
    with pytest.raises(InvalidInput) as refused:
        chosen_roles(catalog, catalog.service("play"), ("ada", "dan"))
    assert refused.value.details == {
        "field": "resources",
        "reason": "does not perform this service",
        "value": "dan",
    }
    with pytest.raises(NotFound):
        chosen_roles(catalog, catalog.service("play"), ("nobody",))


def test_matching_moves_earlier_ones_on_and_says_when_it_cannot() -> None:
    assert matched([]) == []
    assert matched([[1, 2], [1]]) == [2, 1]
    assert matched([[1, 2], [1, 3], [1]]) == [2, 3, 1]
    assert matched([[1, 2], [1, 2], [1, 2]]) is None
    assert matched([[1], []]) is None


def test_matching_stays_quick_where_the_ways_to_seat_are_many() -> None:
    assert matched([list(range(30))] * 31) is None
