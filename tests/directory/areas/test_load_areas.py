import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.areas import files, operations, queries, records
from directory.areas.operations import LoadReport, load_areas
from directory.areas.recognition import Fields
from directory.models import Area, AreaCell, AreaName, Location, Membership
from tests import factories
from tests.directory.areas.conftest import TODAY

WriteFile = Callable[..., Path]
WEST, EAST = (10, 2, 12, 4), (12, 2, 14, 4)


def load(
    session: Session, path: Path, level: int, country: str = "XA", **fields: object
) -> LoadReport:
    read = records.read_records(
        files.read_features(path),
        country=country,
        level=level,
        fields=Fields(**fields),  # type: ignore[arg-type]  # as the command passes them
    )
    return load_areas(
        session,
        country=country,
        level=level,
        records=read.records,
        source=path.stem,
        today=TODAY,
    )


def test_it_takes_the_parent_from_the_stated_code(
    session: Session, geojson_file: WriteFile
) -> None:
    # The code does not begin with its parent's, and the position would say otherwise.
    path = geojson_file(
        (
            {"ADM3_PCODE": "Q7", "ADM3_FR": "Est", "ADM2_PCODE": "XA-NW"},
            (12.1, 2.1, 13, 3),
        )
    )
    report = load(session, path, 3)
    area = queries.area_by_code(session, "Q7")
    assert area is not None
    assert report.parents_by_code == 1
    assert [above.code for above in queries.ancestors(session, area.id)] == [
        "XA",
        "XA-N",
        "XA-NW",
    ]


def test_it_finds_the_parent_by_position_never_by_cutting_the_code(
    session: Session, geojson_file: WriteFile
) -> None:
    # Cut after four letters the code would name XA-N; it lies in XA-S.
    path = geojson_file(({"code": "XA-N99", "name": "Riverside"}, (10.2, 0.2, 11, 1)))
    report = load(session, path, 3)
    area = queries.area_by_code(session, "XA-N99")
    assert area is not None
    assert report.parents_by_position == 1
    assert queries.ancestors(session, area.id)[-1].code == "XA-SW"


def test_loading_the_same_file_again_changes_nothing(
    session: Session, geojson_file: WriteFile
) -> None:
    path = geojson_file(({"code": "N1", "name": "One"}, WEST))
    load(session, path, 2)
    before = session.scalar(select(func.count()).select_from(AreaCell))
    again = load(session, path, 2)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)
    assert again.replaced == 0
    assert session.scalar(select(func.count()).select_from(AreaCell)) == before


def test_an_official_set_replaces_the_older_areas_and_what_refers_to_them_moves(
    session: Session, geojson_file: WriteFile
) -> None:
    old = factories.area(session, "XA-NW")
    user = factories.make_user(session, role="authority", area_code="XA-NW")
    spot = Location(latitude=3.0, longitude=11.0, area_id=old.id)
    session.add(spot)
    session.flush()
    path = geojson_file(
        ({"admin2Pcode": "P1", "admin2Name": "North W"}, (10, 2, 12.1, 4)),
        ({"admin2Pcode": "P2", "admin2Name": "North E"}, (12.1, 2, 14, 4)),
    )
    report = load(session, path, 2)
    new = queries.area_by_code(session, "P1")
    assert new is not None
    assert report.replaced == 2
    session.refresh(old)
    session.refresh(spot)
    assert old.valid_to == TODAY
    assert spot.area_id == new.id
    assert report.references_moved >= 1
    memberships = session.execute(
        select(Membership.area_id).where(
            Membership.user_id == user.id,
            Membership.area_id.is_not(None),
        )
    ).scalars()
    assert list(memberships) == [new.id]
    # The south is not in the file and stays in force; the old north is shown no more.
    assert queries.area_by_code(session, "XA-SW") is not None
    assert queries.area_by_code(session, "XA-NW") is None
    found = queries.areas_containing(session, 3.0, 11.0)
    assert [area.code for area in found] == ["XA", "XA-N", "P1"]


def test_a_district_does_not_become_the_region_around_it(
    session: Session, geojson_file: WriteFile
) -> None:
    old = factories.area(session, "XA-NW")
    user = factories.make_user(session, role="authority", area_code="XA-NW")
    path = geojson_file(({"code": "WHOLE", "name": "North"}, (10, 2, 14, 4)))
    load(session, path, 2)
    held = session.scalars(
        select(Membership.area_id).where(
            Membership.user_id == user.id,
            Membership.area_id.is_not(None),
        )
    ).all()
    assert held == [old.id]
    # A later set with a match takes the reference over, on any level.
    path = geojson_file(({"code": "D1", "name": "North W"}, WEST))
    load(session, path, 3)
    moved = session.scalars(
        select(Area.code)
        .join(Membership, Membership.area_id == Area.id)
        .where(Membership.user_id == user.id)
    ).all()
    assert moved == ["D1"]


def test_names_of_the_replaced_area_are_handed_on_in_other_languages(
    session: Session, geojson_file: WriteFile
) -> None:
    old = factories.area(session, "XA-NW")
    session.add(AreaName(area_id=old.id, language="ar", name="شمال", normalised="شمال"))
    session.flush()
    path = geojson_file(({"admin2Pcode": "P1", "admin2Name_fr": "Nord-Ouest"}, WEST))
    load(session, path, 2)
    new = queries.area_by_code(session, "P1")
    assert new is not None
    assert queries.names(session, [new.id], "ar") == {new.id: "شمال"}
    assert queries.names(session, [new.id], "fr") == {new.id: "Nord-Ouest"}


def test_a_self_crossing_outline_is_repaired_and_reported(
    session: Session, tmp_path: Path
) -> None:
    bow_tie = [[10, 2], [12, 4], [12, 2], [10, 4], [10, 2]]
    feature = {
        "type": "Feature",
        "properties": {"code": "B1", "name": "Tie"},
        "geometry": {"type": "Polygon", "coordinates": [bow_tie]},
    }
    path = tmp_path / "tie.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    read = records.read_records(files.read_features(path), country="XA", level=2)
    (notice,) = read.notices
    assert notice.code == "geometry_repaired"
    assert notice.values["name"] == "Tie"
    assert load(session, path, 2).created == 1


def test_features_without_code_or_surface_are_left_out_with_a_notice(
    tmp_path: Path,
) -> None:
    line = {"type": "LineString", "coordinates": [[10, 2], [11, 3]]}
    features = [
        {"type": "Feature", "properties": {"code": "A", "name": "A"}, "geometry": line},
        {"type": "Feature", "properties": {"code": "B", "name": "B"}, "geometry": None},
        {"type": "Feature", "properties": {"code": "", "name": ""}, "geometry": None},
    ]
    path = tmp_path / "some.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    read = records.read_records(files.read_features(path), country="XA", level=2)
    assert read.records == ()
    assert [(n.row, n.code) for n in read.notices] == [
        (1, "geometry_invalid"),
        (2, "geometry_invalid"),
        (3, "required_missing"),
    ]


def test_it_refuses_a_code_that_stands_twice(geojson_file: WriteFile) -> None:
    path = geojson_file(
        ({"code": "A", "name": "One"}, WEST), ({"code": "A", "name": "Two"}, EAST)
    )
    with pytest.raises(records.DuplicateCode) as caught:
        records.read_records(files.read_features(path), country="XA", level=2)
    assert caught.value.values == {"area": "A", "first": 1, "second": 2}


def test_it_refuses_a_file_without_codes_and_names_its_properties(
    geojson_file: WriteFile,
) -> None:
    path = geojson_file(({"label": "One"}, WEST))
    with pytest.raises(records.NoCodeField) as caught:
        records.read_records(files.read_features(path), country="XA", level=2)
    assert caught.value.values == {"properties": "label"}


def test_fields_can_be_named_by_hand(session: Session, geojson_file: WriteFile) -> None:
    path = geojson_file(({"kennung": "A", "wort": "One", "oben": "XA-N"}, WEST))
    report = load(
        session, path, 2, codes=("kennung",), names=("wort",), parents=("oben",)
    )
    assert report.parents_by_code == 1
    area = queries.area_by_code(session, "A")
    assert area is not None
    assert area.name == "One"


def test_it_refuses_outlines_of_another_country_and_writes_nothing(
    session: Session, geojson_file: WriteFile
) -> None:
    path = geojson_file(({"code": "A", "name": "One"}, (40, 40, 41, 41)))
    with pytest.raises(operations.OutsideCountry):
        load(session, path, 1)
    assert queries.area_by_code(session, "A") is None


def test_it_recognises_exchanged_latitude_and_longitude(
    session: Session, geojson_file: WriteFile
) -> None:
    path = geojson_file(({"code": "A", "name": "One"}, (2, 10, 4, 12)))
    with pytest.raises(operations.ExchangedOutlines):
        load(session, path, 1)


def test_it_refuses_a_country_that_does_not_exist(
    session: Session, geojson_file: WriteFile
) -> None:
    path = geojson_file(({"code": "A", "name": "One"}, WEST))
    with pytest.raises(operations.UnknownCountry):
        load(session, path, 1, country="ZZ")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("not json", "it is not JSON"),
        ('{"type": "Topology"}', "it is not GeoJSON"),
        ('{"type": "FeatureCollection", "features": []}', "it holds nothing"),
    ],
)
def test_it_says_why_a_file_cannot_be_read(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "broken.geojson"
    path.write_text(text)
    with pytest.raises(files.UnreadableFile) as caught:
        list(files.read_features(path))
    assert caught.value.values["why"] == why
    assert caught.value.remedy
