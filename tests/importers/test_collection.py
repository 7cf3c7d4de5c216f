"""The collector looks seldom during bulk work, and as usual afterwards."""

import gc

import pytest

from importers.collection import SELDOM, seldom_collected


def test_the_usual_thresholds_come_back_even_after_a_failure() -> None:
    usual = gc.get_threshold()

    @seldom_collected()
    def fail() -> None:
        assert gc.get_threshold()[:2] == SELDOM[:2]
        raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert gc.get_threshold() == usual
