"""Giving everybody a different one of what they can use."""

from collections.abc import Hashable, Sequence
from typing import TypeVar

H = TypeVar("H", bound=Hashable)


def matched(choices: Sequence[Sequence[H]]) -> list[H] | None:
    """One of its choices for each, all different, earlier choices first where possible; None where it cannot be.

    Whoever comes later makes earlier ones move on along augmenting paths: the work grows with the number of choices,
    never with the number of ways to seat everybody.
    """
    given: dict[H, int] = {}

    def seat(position: int, tried: set[H]) -> bool:
        for choice in choices[position]:
            if choice not in tried:
                tried.add(choice)
                if choice not in given or seat(given[choice], tried):
                    given[choice] = position
                    return True
        return False

    if not all(seat(position, set()) for position in range(len(choices))):
        return None
    by_position = {position: choice for choice, position in given.items()}
    return [by_position[position] for position in range(len(choices))]
