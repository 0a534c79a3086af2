"""Timing side by side: contestants take turns, so that a noisy machine is noisy for all of them."""

import statistics
import time
from collections.abc import Callable, Mapping

import attrs


@attrs.frozen(kw_only=True)
class Figure:
    """What one contestant did on one workload: median and spread, in `ms` a call or operations a second (`/s`)."""

    workload: str
    contestant: str
    median: float
    least: float
    most: float
    rounds: int
    unit: str = "ms"


def in_turns(
    workload: str,
    contestants: Mapping[str, Callable[[], object]],
    *,
    rounds: int = 7,
    budget_seconds: float = 2.0,
) -> list[Figure]:
    """Time each contestant in `rounds` rounds of as many calls as fit its share of the budget."""
    calls = {
        name: _calls_that_fit(act, budget_seconds / rounds / len(contestants))
        for name, act in contestants.items()
    }
    taken: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, act in contestants.items():
            started = time.perf_counter()
            for _ in range(calls[name]):
                act()
            taken[name].append((time.perf_counter() - started) / calls[name] * 1e3)
    return [
        Figure(
            workload=workload,
            contestant=name,
            median=statistics.median(figures),
            least=min(figures),
            most=max(figures),
            rounds=rounds,
        )
        for name, figures in taken.items()
    ]


def _calls_that_fit(act: Callable[[], object], seconds: float) -> int:
    act()
    started = time.perf_counter()
    act()
    return max(1, int(seconds / max(1e-7, time.perf_counter() - started)))
