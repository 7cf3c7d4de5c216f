"""CSV and its cousins: encodings, separators, decimal commas, broken files."""

import pytest

from importers import headers, registry
from importers.refusals import FileRefused
from tests.importers.conftest import csv_bytes, gzipped

LIMIT = 1_000_000
TITLES = "service_name;organization_name;taxonomy_terms"


def rows_of(data: bytes) -> list[list[str]]:
    table = headers.choose(registry.read(data, max_bytes=LIMIT).tables)
    return [list(row) for row in table.rows]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_unicode_files_are_read_in_any_form(encoding: str) -> None:
    data = csv_bytes(TITLES, "Hôpital مستشفى;Croix;health.hospital", encoding=encoding)
    assert rows_of(data) == [["Hôpital مستشفى", "Croix", "health.hospital"]]


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1252", "Hôpital Général – Santé d’été"),
        ("cp1252", "Centro de Atención: niñez y señoras"),
        ("cp1256", "مركز الرعاية الصحية الأولية"),
        ("mac_roman", "Hôpital Général à l’école"),
        ("cp850", "Hôpital Général à école"),
        ("iso8859_6", "مركز الرعاية الصحية"),
    ],
)
def test_older_encodings_are_found_out_and_said(encoding: str, words: str) -> None:
    data = csv_bytes(TITLES, f"{words};Org;health.primary", encoding=encoding)
    contents = registry.read(data, max_bytes=LIMIT)
    table = headers.choose(contents.tables)
    assert table.rows[0][0] == words
    assert [issue.code for _, issue in table.notes] == ["encoding_guessed"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found_out(separator: str) -> None:
    data = csv_bytes(
        separator.join(("name", "lat", "lon", "notes")),
        separator.join(("Post", '"6,69"', '"-1,62"', '"a; b, c | d"')),
    )
    assert rows_of(data) == [["Post", "6,69", "-1,62", "a; b, c | d"]]


def test_a_line_break_inside_a_cell_stays_in_the_cell() -> None:
    data = csv_bytes("name,description", '"Post","first\nsecond"', "Other,x")
    assert rows_of(data) == [["Post", "first\nsecond"], ["Other", "x"]]


def test_gzip_is_unpacked() -> None:
    assert rows_of(gzipped(csv_bytes("name,lat", "Post,1"))) == [["Post", "1"]]


def test_titles_may_stand_below_a_heading() -> None:
    data = csv_bytes(
        "List of health facilities,,", "Ministry of Health,,", "",
        "Facility Name,Latitude,Longitude", "Post,1.5,2.5",
    )  # fmt: skip
    table = headers.choose(registry.read(data, max_bytes=LIMIT).tables)
    assert table.headers == ("Facility Name", "Latitude", "Longitude")
    assert list(table.lines) == [5]


def test_two_rows_of_titles_are_joined_and_said() -> None:
    data = csv_bytes(
        "Name,Place,Coordinates,", ",,Latitude,Longitude", "Post,Town,1.5,2.5",
    )  # fmt: skip
    table = headers.choose(registry.read(data, max_bytes=LIMIT).tables)
    assert table.headers == ("Name", "Place", "Latitude", "Longitude")
    assert [issue.code for _, issue in table.notes] == ["header_rows"]
    assert len(table.rows) == 1


def test_titles_in_two_languages_are_one_header() -> None:
    data = csv_bytes(
        "Name,Latitude,Longitude", "Nom,Latitude,Longitude", "Post,1.5,2.5"
    )
    assert rows_of(data) == [["Post", "1.5", "2.5"]]


def test_a_row_of_hxl_tags_is_recognised() -> None:
    data = csv_bytes(
        "Quién,Qué,Dónde", "#org+name,#sector,#adm1+name", "Cruz Roja,Salud,North"
    )
    table = headers.choose(registry.read(data, max_bytes=LIMIT).tables)
    assert table.hashtags == ("#org+name", "#sector", "#adm1+name")
    assert len(table.rows) == 1


def test_an_unclosed_quotation_mark_is_refused_with_its_row() -> None:
    data = csv_bytes("name,notes", 'Post,"' + "x" * 1_200_000)
    with pytest.raises(FileRefused) as refused:
        registry.read(data, max_bytes=LIMIT * 3)
    assert refused.value.code == "cells_malformed"
    assert refused.value.values["row"] == 2


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b"\x00\x00\x00"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    with pytest.raises(FileRefused) as refused:
        registry.read(data, max_bytes=LIMIT)
    assert refused.value.code == "empty_file"
    assert refused.value.remedy


def test_titles_without_rows_are_refused() -> None:
    with pytest.raises(FileRefused) as refused:
        rows_of(csv_bytes("service_name,organization_name"))
    assert refused.value.code == "no_rows"


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7 and so on",
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        b"<!DOCTYPE html><html><body><table></table></body></html>",
        b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><kml/>",
        bytes(range(1, 32)) * 100,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100,
    ],
)
def test_the_wrong_type_is_told_by_the_content(data: bytes) -> None:
    with pytest.raises(FileRefused) as refused:
        registry.read(data, max_bytes=LIMIT)
    assert refused.value.code == "wrong_type"


def test_a_file_over_the_limit_is_refused() -> None:
    with pytest.raises(FileRefused) as refused:
        registry.read(b"name\n" + b"x" * 100, max_bytes=50)
    assert refused.value.code == "file_too_large"


def test_a_gzip_bomb_is_refused() -> None:
    with pytest.raises(FileRefused) as refused:
        registry.read(gzipped(b"name\n" + b"0" * 30_000_000), max_bytes=LIMIT)
    assert refused.value.code == "archive_unsafe"


def test_a_damaged_gzip_is_refused() -> None:
    with pytest.raises(FileRefused) as refused:
        registry.read(gzipped(b"name,lat\nPost,1\n" * 500)[:40], max_bytes=LIMIT)
    assert refused.value.code == "file_damaged"


def test_cells_beyond_the_titles_are_not_read() -> None:
    assert rows_of(csv_bytes("name,lat", "Post,1,\x00,3", "Clinic")) == [
        ["Post", "1"],
        ["Clinic", ""],
    ]
