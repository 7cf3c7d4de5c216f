"""Large imports are shared with further processes: in order, with errors, and whoever of them dies."""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from directory.config import Config
from directory.listings.rules import InvalidListing
from importers import crew
from importers.crew import Desk, Member


def square(desk: Desk, about: int, number: int) -> tuple[int, bool]:
    """The square, and whether another process than ``about`` found it; there, 13 is deadly."""
    is_elsewhere = os.getpid() != about
    if is_elsewhere and number == 13:
        os._exit(1)
    desk.kept["last"] = number
    return number**2, is_elsewhere


def last_of(desk: Desk) -> int:
    """What the member was asked before."""
    found: int = desk.kept["last"]
    return found


def refuse(desk: Desk) -> None:
    """Raise as a rule of listings does."""
    raise InvalidListing(fields={"name": f"of {len(desk.kept)}"})


@pytest.fixture
def member(tmp_path: Path) -> Iterator[Member]:
    one = Member(f"sqlite:///{tmp_path}/own.sqlite3")
    yield one
    one.dismiss()


def test_members_take_their_part_and_what_a_dead_one_leaves_is_done_here(
    member: Member,
) -> None:
    here, me = Desk(None), os.getpid()  # type: ignore[arg-type]  # nothing is read here
    assert member.ask(square, me, 4).result() == (16, True)
    assert member.ask(last_of).result() == 4
    with pytest.raises(InvalidListing) as caught:
        member.ask(refuse).result()
    assert caught.value.fields == {"name": "of 1"}

    def slowly() -> Iterator[int]:
        for number in range(10, 30):
            time.sleep(0.01)
            yield number

    found = list(crew.share([member], here, square, slowly(), about=me))
    assert [one for one, _ in found] == [number**2 for number in range(10, 30)]
    assert found[0][1], "the member began"
    assert not found[-1][1]
    assert member.is_lost
    with pytest.raises(crew.MemberLost):
        member.ask(last_of).result()


def test_nobody_is_hired_for_small_files_or_where_one_process_is_asked_for() -> None:
    config = Config.from_environment({"SECRET_KEY": "0123456789abcdef", "JOBS": "none"})
    alone = replace(config, import_processes=1)
    at_once = replace(config, jobs="immediate")
    for each in (alone, at_once):
        with crew.crew_of(each) as nobody:
            assert not nobody.hire(1_000_000)
    with crew.crew_of(replace(config, import_processes=2)) as one:
        assert not one.hire(crew.FEWEST_ROWS - 1)
