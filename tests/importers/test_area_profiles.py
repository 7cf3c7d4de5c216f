"""Profiles and figures of areas from a file: all or nothing, and the same file changes nothing."""

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.authz import Actor
from directory.database import make_engine
from directory.models import (
    AreaIndicator,
    AreaProfile,
    Change,
    Role,
    Translation,
    User,
)
from directory.profiles import queries
from importers import area_profiles
from importers.area_profiles import Done, ProfilesRefused
from importers.cli import area_profiles as command
from importers.refusals import FileRefused
from tests.factories import NOW, TODAY, area
from tests.importers.test_import_command import own_database
from tests.pages import Page

__all__ = ["own_database"]
ADMIN = Actor(role=Role.ADMIN)
SHEET = [
    ["admin2Pcode", "admin2Name", "Labour demand", "main_sectors:fr", "participants", "source", "source_date", "indicator:poverty:%", "indicator:unemployment"],
    ["#adm2+code", "#adm2+name", "#description", "#description+fr", "#meta", "#meta+source", "#date", "#indicator+num", "#indicator+num"],
    ["XA-NW", "North W", "Masons wanted", "Pêche", "Women's group", "Survey", "2026-03-01", "41,5", "12"],
    ["XA-SE", "South E", "", "Élevage", "", "Survey", "01/03/2026", "", "7"],
    ["XA-S", "South", "", "", "", "Census", "2025-01-31", "30", ""],
]  # fmt: skip


def as_csv(rows: list[list[str]]) -> bytes:
    return "\n".join(";".join(row) for row in rows).encode()


def as_workbook(rows: list[list[str]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append([date(2026, 3, 1) if cell == "2026-03-01" else cell or None for cell in row])  # fmt: skip
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def bring(session: Session, data: bytes, actor: Actor = ADMIN) -> Done:
    return area_profiles.bring(
        session, actor=actor, data=data, language="en", max_bytes=10**7, now=NOW
    )


def test_a_table_becomes_profiles_and_figures_and_again_changes_nothing(
    session: Session,
) -> None:
    assert bring(session, as_csv(SHEET)) == Done(created=2, figures=4)
    profile = queries.stored(session, area(session, "XA-NW").id)
    assert profile is not None
    assert (profile.labour_demand, profile.language) == ("Masons wanted", "en")
    assert (profile.source, profile.source_date) == ("Survey", date(2026, 3, 1))
    french = queries.translations(session, profile.id)["main_sectors", "fr"]
    assert (french.text, french.state) == ("Pêche", "human")
    # Where all that is said is French, French is the original.
    south = queries.stored(session, area(session, "XA-SE").id)
    assert south is not None
    assert (south.language, south.main_sectors) == ("fr", "Élevage")
    assert queries.stored(session, area(session, "XA-S").id) is None
    found = queries.figures(session, area(session, "XA-NW").id)
    assert [(one.code, one.value, one.unit) for one in found] == [
        ("poverty", 41.5, "%"),
        ("unemployment", 12.0, None),
    ]
    traces = session.scalar(select(func.count()).select_from(Change))
    # The same as a workbook, with typed cells: nothing is new.
    assert bring(session, as_workbook(SHEET)) == Done(unchanged=2)
    assert session.scalar(select(func.count()).select_from(Change)) == traces
    changed = [row.copy() for row in SHEET]
    changed[2][2], changed[2][7] = "Nobody is sought", "43"
    assert bring(session, as_csv(changed)) == Done(updated=1, unchanged=1, figures=1)
    assert len(queries.figures(session, area(session, "XA-NW").id)) == 2
    fields = set(session.scalars(select(Change.field_name).where(Change.origin == "import", Change.last_action_type == "update")))  # fmt: skip
    assert fields == {"labour_demand", "value"}


def test_figures_may_stand_one_on_each_row_and_texts_join_the_language_they_are_in(
    session: Session,
) -> None:
    session.add(
        AreaProfile(
            area_id=area(session, "XA-N").id,
            language="fr",
            risks="Inondations",
            last_modified=NOW,
        )
    )
    session.flush()
    rows = [
        ["area_code", "indicator", "value", "unit", "date", "risks"],
        ["XA-N", "house\0holds", "1200", "", "2025-05-01", "Flo\0ods"],
        ["XA-N", "households", "1350", "", "2026-05-01", ""],
    ]
    assert bring(session, as_csv(rows)) == Done(updated=1, figures=2)
    (latest,) = queries.figures(session, area(session, "XA-N").id)
    assert (latest.value, latest.measured_on) == (1350.0, date(2026, 5, 1))
    shown = queries.nearest(
        session, area(session, "XA-N").id, language="en", today=TODAY
    )
    assert shown is not None
    assert str(shown.texts["risks"]) == "Floods"
    stored = queries.stored(session, area(session, "XA-N").id)
    assert stored is not None
    assert stored.risks == "Inondations"


def test_every_wrong_cell_is_named_and_nothing_is_taken(session: Session) -> None:
    rows = [
        ["area_code", "labour_demand", "risks", "source_date", "indicator:poverty", "mood", "risks:de"],
        ["XA-NW", "Masons", "x" * 1001, "2026-01-01", "many", "", ""],
        ["QQ-1", "Masons", "", "", "", "", ""],
        ["", "Masons", "", "", "", "", ""],
        ["XA-SE", "Fishers", "", "2031-01-01", "4", "", ""],
        ["XA-SW", "", "", "", "4", "", ""],
        ["XA-NE", "", "", "yesterday", "4", "", ""],
        ["XA-SE", "Masons", "", "", "", "", ""],
    ]  # fmt: skip
    with pytest.raises(ProfilesRefused) as refused, session.begin_nested():
        bring(session, as_csv(rows))
    assert {(one.line, one.column) for one in refused.value.problems} == {
        (1, "mood"),
        (1, "risks:de"),
        (2, "indicator:poverty"),
        (2, "risks"),
        (3, "area_code"),
        (4, "area_code"),
        (5, "indicator:poverty"),
        (5, "source_date"),
        (6, "indicator:poverty"),
        (7, "source_date"),
        (7, "indicator:poverty"),
        (8, "labour_demand"),
    }
    assert "row 3, column area_code: There is no area with the code QQ-1." in map(
        str, refused.value.problems
    )
    for model in (AreaProfile, AreaIndicator, Translation, Change):
        assert session.scalar(select(func.count()).select_from(model)) == 0
    for data in (b"", b"name,text\nXA,none\n", b"%PDF-1.7"):
        with pytest.raises(FileRefused):
            bring(session, data)


def test_an_authority_brings_its_own_areas_by_the_page_and_none_else(
    session: Session,
    authority: User,
    counsellor: User,
    client: FlaskClient,
    client_of: Callable[[User], FlaskClient],
    page: Callable[..., Page],
) -> None:
    def sent(rows: list[list[str]]) -> dict[str, Any]:
        return {"file": (io.BytesIO(as_csv(rows)), "list.csv"), "lang": "en"}

    keeper, path = client_of(authority), "/areas/profiles"
    page(path, by=keeper)
    refused = page(path, by=keeper, method="POST", data=sent(SHEET), status=422)
    assert "Your account does not allow this here." in refused.words
    assert "Nothing was imported. Cells to correct: 2." in refused.words
    session.expire_all()
    assert queries.stored(session, area(session, "XA-NW").id) is None
    assert keeper.post(path, data=sent(SHEET[:3])).status_code == 303
    assert "Profiles: 1 new" in page(path, by=keeper).words
    assert "Masons wanted" in page("/areas/XA-NW").words
    assert "41.5 %" in page("/areas/XA-NW").words
    page(path, by=keeper, method="POST", data={}, status=422)
    assert client_of(counsellor).post(path, data=sent(SHEET)).status_code == 403
    assert client.post(path, data=sent(SHEET)).status_code == 302


def test_the_command_does_it_all_or_nothing(own_database: str, tmp_path: Path) -> None:
    path = tmp_path / "profiles.csv"

    def run() -> tuple[int, str]:
        result = CliRunner().invoke(command, [str(path), "--lang", "en"])
        return result.exit_code, result.output

    def profiles() -> int:
        with Session(make_engine(own_database)) as session:
            return session.scalar(select(func.count()).select_from(AreaProfile)) or 0

    path.write_bytes(as_csv([*SHEET, ["QQ-1", "", "Work", "", "", "", "", "", ""]]))
    code, said = run()
    assert code == 3
    assert "row 6, column admin2Pcode: There is no area with the code QQ-1." in said
    assert "Nothing was imported. Cells to correct: 1." in said
    assert profiles() == 0
    path.write_bytes(as_csv(SHEET))
    assert run() == (0, "profiles: created 2, updated 0, unchanged 0; figures new or changed: 4\n")  # fmt: skip
    assert profiles() == 2
