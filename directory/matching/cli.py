"""`flask cells rebuild`: the derived rows that lists and matching read, made anew."""

import click
from flask.cli import AppGroup

from directory.config import Config
from directory.database import unit_of_work
from directory.listings import offers, travel_time

cells_group = AppGroup(
    "cells", help="Derived rows: offers, their terms, cells of coverage."
)


@cells_group.command("rebuild")
def rebuild() -> None:
    """Make the derived rows of all listings anew, by the settings of today.

    Nothing changes but circles that stand for a journey, where the speeds of the settings did.
    """
    with unit_of_work(Config.from_environment()) as session:
        redrawn = travel_time.redraw(session)
        count = offers.rebuild(session, _tell)
    click.echo(f"{count} offers made anew, {redrawn} journeys measured anew.")


def _tell(done: int, total: int) -> None:
    click.echo(f"{done} of {total}", err=True)
