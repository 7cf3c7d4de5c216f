"""The figures of a benchmark."""

import time

import pytest

from benchmarks import measure


def test_it_gives_median_and_p95_in_milliseconds() -> None:
    cases = [0.001] * 38 + [0.02] * 2
    timing = measure.measure("sleep", time.sleep, cases)
    assert timing.n == 40
    assert 1 <= timing.median_ms < 6
    assert timing.p95_ms > timing.median_ms


def test_it_refuses_too_few_cases_for_a_p95() -> None:
    with pytest.raises(ValueError, match="at least 20"):
        measure.measure("nothing", str, range(5))


def test_it_compares_medians() -> None:
    fast = measure.Timing("cells", 100, 0.5, 1.0)
    slow = measure.Timing("plain", 100, 5.0, 9.0)
    assert fast.times_faster_than(slow) == 10


def test_it_prints_one_line_for_each_timing(capsys: pytest.CaptureFixture[str]) -> None:
    measure.show("10 places", [measure.Timing("cells", 100, 0.5, 1.25)])
    assert capsys.readouterr().out.splitlines()[-1].split() == [
        "cells",
        "100",
        "0.50",
        "1.25",
    ]
