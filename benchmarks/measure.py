"""Timing side by side: contestants take turns, so that a noisy machine is noisy for all of them."""

import statistics
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

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
    return [spread(workload, name, figures) for name, figures in taken.items()]


Rate = Callable[[float], float]
"""Works for so many seconds and returns operations a second."""


def rates_in_turns(
    workload: str, contestants: Mapping[str, Rate], *, rounds: int = 3, seconds: float = 1.5
) -> list[Figure]:
    """Let each contestant work for so many seconds, in rounds."""
    reached: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, work in contestants.items():
            reached[name].append(work(seconds))
    return [spread(workload, name, figures, unit="/s") for name, figures in reached.items()]


def spread(workload: str, contestant: str, figures: Sequence[float], *, unit: str = "ms") -> Figure:
    """Median, least and most of some figures."""
    return Figure(
        workload=workload,
        contestant=contestant,
        median=statistics.median(figures),
        least=min(figures),
        most=max(figures),
        rounds=len(figures),
        unit=unit,
    )


def crowd(act: Callable[[], object], threads: int, seconds: float) -> float:
    """How often a second so many threads of this process get something done; the first failure is raised."""
    until = time.perf_counter() + seconds

    def work() -> int:
        done = 0
        while time.perf_counter() < until:
            act()
            done += 1
        return done

    started = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        done = sum(each.result() for each in [pool.submit(work) for _ in range(threads)])
    return done / (time.perf_counter() - started)


def settled(act: Callable[[], object], threads: int) -> list[float]:
    """All threads do the same at once: how many milliseconds each of them waits for its answer."""
    together = threading.Barrier(threads)

    def work() -> float:
        together.wait()
        started = time.perf_counter()
        act()
        return (time.perf_counter() - started) * 1e3

    with ThreadPoolExecutor(threads) as pool:
        return [each.result() for each in [pool.submit(work) for _ in range(threads)]]


def percentile(figures: Sequence[float], share: float) -> float:
    """The figure that `share` (0 to 1) of them do not exceed."""
    return sorted(figures)[min(len(figures) - 1, int(len(figures) * share))]


def _calls_that_fit(act: Callable[[], object], seconds: float) -> int:
    act()
    started = time.perf_counter()
    act()
    return max(1, int(seconds / max(1e-7, time.perf_counter() - started)))
