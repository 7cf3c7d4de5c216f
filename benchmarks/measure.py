"""How a benchmark takes and prints its figures, so that all of them read alike."""

import resource
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median, quantiles
from typing import TypeVar


@dataclass(frozen=True, slots=True)
class Timing:
    """The times of one thing done n times, in milliseconds."""

    name: str
    n: int
    median_ms: float
    p95_ms: float

    def times_faster_than(self, other: "Timing") -> float:
        """How many times the other's median holds this one's."""
        return other.median_ms / self.median_ms


T = TypeVar("T")


def measure(name: str, do: Callable[[T], object], over: Iterable[T]) -> Timing:
    """Do something once for each case and keep the times; the first tenth only warms up."""
    cases = list(over)
    if len(cases) < 20:
        raise ValueError("A p95 needs at least 20 cases.")
    for case in cases[: len(cases) // 10]:
        do(case)
    times = []
    for case in cases:
        started = time.perf_counter()
        do(case)
        times.append((time.perf_counter() - started) * 1000)
    return Timing(name, len(times), median(times), quantiles(times, n=20)[-1])


def show(size: str, timings: Iterable[Timing]) -> None:
    """Print the size of the data and one line for each timing."""
    print(f"Data: {size}")
    print(f"{'':<44}{'n':>6}{'median ms':>12}{'p95 ms':>12}")
    for timing in timings:
        print(
            f"{timing.name:<44}{timing.n:>6}{timing.median_ms:>12.2f}{timing.p95_ms:>12.2f}"
        )


def peak_memory_mb() -> float:
    """The most memory this process has held, in megabytes (Linux counts in kilobytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
