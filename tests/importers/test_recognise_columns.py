"""Titles in four languages, per language, by hand, by hashtag and by the look of the cells."""

import pytest

from directory.listings.record import FILE_COLUMNS
from importers import columns


def fields_of(*titles: str, **said: object) -> list[str]:
    layout = columns.recognise(titles, **said)  # type: ignore[arg-type]  # options of the test
    return [
        f"{c.field}:{c.language}" if c.language else c.field for c in layout.columns
    ]


def test_every_column_of_the_listing_file_is_recognised() -> None:
    assert fields_of(*FILE_COLUMNS) == list(FILE_COLUMNS)


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (("Country", "Admin1", "Facility name", "Facility type", "Ownership", "Lat", "Long"),
         ["country", "region", "service_name", "kind", "ownership", "latitude", "longitude"]),
        (("Pays", "Région", "Nom de la structure", "Type de structure", "Téléphone", "Adresse"),
         ["country", "region", "service_name", "kind", "phone", "address"]),
        (("País", "Departamento", "Nombre del establecimiento", "Tipo", "Latitud", "Longitud"),
         ["country", "region", "service_name", "kind", "latitude", "longitude"]),
        (("البلد", "المحافظة", "اسم المرفق", "نوع المرفق", "خط العرض", "خط الطول"),
         ["country", "region", "service_name", "kind", "latitude", "longitude"]),
        (("Província", "Nome da unidade", "Tipo de unidade", "Telefone"),
         ["region", "service_name", "kind", "phone"]),
    ],
)  # fmt: skip
def test_titles_are_recognised_in_many_languages(
    titles: tuple[str, ...], expected: list[str]
) -> None:
    assert fields_of(*titles) == expected


def test_texts_may_be_repeated_per_language() -> None:
    titles = (
        "service_name",
        "service_name:fr",
        "description:ar",
        "name_es",
        "description::Français (fr)",
    )
    assert fields_of(*titles) == [
        "service_name", "service_name:fr", "description:ar", "service_name:es", "description:fr",
    ]  # fmt: skip


def test_the_better_title_wins_and_the_other_is_said_to_be_unused() -> None:
    layout = columns.recognise(("Name", "service_name", "Colour"))
    assert [c.title for c in layout.columns] == ["service_name"]
    assert layout.unused == ("Name", "Colour")


def test_a_mapping_by_hand_goes_before_everything() -> None:
    mapping = {"Colour": "service_name", "service_name": "", "Naam": "service_name:fr"}
    assert fields_of("Colour", "service_name", "Naam", mapping=mapping) == [
        "service_name",
        "service_name:fr",
    ]


def test_a_column_of_positions_is_seen_by_its_cells() -> None:
    titles = ("Name of School", "Location", "Where")
    samples = [
        ["A", "Gakindu", "(-0.524287, 37.019456)"],
        ["B", "Muhito", "(-0.53, 37.02)"],
    ]
    assert fields_of(*titles, samples=samples) == ["service_name", "town", "position"]


def test_hashtags_name_what_titles_do_not() -> None:
    hashtags = ("#org+name", "#sector+name", "#adm1+pcode", "#geo+lat", "")
    titles = ("Wer", "Was", "Wo", "Breite", "Sonst")
    assert fields_of(*titles, hashtags=hashtags) == [
        "organization_name",
        "kind",
        "region_code",
        "latitude",
    ]


def test_a_title_can_say_what_every_row_is() -> None:
    assert columns.recognise(("Name of School",)).implied_term == "education.school"
    assert columns.recognise(("Name",)).implied_term is None


def test_tags_keep_their_own_meaning() -> None:
    titles = ("@id", "@lat", "@lon", "name", "name:am", "office", "area", "level")
    assert fields_of(*titles, is_osm=True) == [
        "service_id",
        "latitude",
        "longitude",
        "service_name",
        "service_name:am",
    ]


@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("Facilty Name", "service_name"), ("Facility_n", "service_name"), ("facility/name", "service_name"),
        ("Latitude (WGS84)", "latitude"), ("_gps_longitude", "longitude"), ("lga_name", "district"),
        ("ADM1_PCODE", "region_code"), ("Téléphone portable", "phone"),
    ],
)  # fmt: skip
def test_titles_of_other_makers_are_recognised(title: str, field: str) -> None:
    assert fields_of(title) == [field]


@pytest.mark.parametrize(
    "title", ["Total Enrolment 2007", "Acreage", "Weight", "Costituency", "Data source"]
)
def test_other_titles_are_left_alone(title: str) -> None:
    assert fields_of(title) == []


@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("اسم المركز الصحي", "service_name"),
        ("Nom du poste de santé", "service_name"),
        ("Tipo de hospital", "kind"),
        ("Name of doctor in charge", None),
        ("Nom du médecin", None),
        ("Coordenada X", "longitude"),
        ("geometry", "shape"),
        ("closedDate", "valid_to"),
    ],
)
def test_a_title_may_name_the_kind_of_place_but_not_a_person(
    title: str, field: str | None
) -> None:
    assert columns.target_of(title) == ((field, None) if field else None)


def test_cells_may_speak_against_a_title() -> None:
    assert fields_of("Nom", "Statut", samples=[("A", "Public"), ("B", "Privé")]) == [
        "service_name", "ownership",
    ]  # fmt: skip
    assert fields_of("Nom", "Statut", samples=[("A", "Fonctionnel"), ("B", "?")]) == [
        "service_name", "status",
    ]  # fmt: skip
    layout = columns.recognise(
        ("Nombre", "Tipo de lugar"), samples=[("A", "Hospital"), ("B", "Comunidad")]
    )
    assert layout.unused == ("Tipo de lugar",)
