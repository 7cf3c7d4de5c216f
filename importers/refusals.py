"""Why a whole file is refused: a code, a sentence and what to do, for the page and the command."""

from collections.abc import Mapping
from typing import Any, Final

from directory.errors import Invalid
from directory.text import N_


class FileRefused(Invalid):
    """The file cannot be read as a list of services; nothing of it was kept."""

    code = "file_refused"
    message = N_("We could not read this file.")

    def __init__(self, reason: str, **values: Any) -> None:
        message, remedy = REASONS[reason]
        super().__init__(message, code=reason, remedy=remedy, values=values)


REASONS: Final[Mapping[str, tuple[str, str]]] = {
    "empty_file": (
        N_("The file is empty."),
        N_("Choose the file again; if it is empty there too, ask its author for a new copy."),
    ),
    "no_rows": (
        N_("The file has column titles but no rows below them."),
        N_("Add at least one row with a service."),
    ),
    "file_too_large": (
        N_("The file is larger than %(limit_mb)s MB."),
        N_("Split it, for example by country, or compress a CSV file with gzip."),
    ),
    "wrong_type": (
        N_("This is not a list that we can read: its content is %(found)s."),
        N_("Save the list as CSV, Excel (.xlsx), OpenDocument (.ods) or GeoJSON, and choose that file."),
    ),
    "archive_unsafe": (
        N_("The file is an archive built in a way that is not safe to open (%(why)s)."),
        N_("Save or pack it again with a usual program, without folders above it or archives in it, and choose that file."),
    ),
    "file_damaged": (
        N_("The file is damaged: it ends or breaks before its end."),
        N_("Download or copy it again, then try once more."),
    ),
    "password_protected": (
        N_("The file is protected with a password."),
        N_("Save a copy without a password, and choose that file."),
    ),
    "encoding_unknown": (
        N_("We could not tell which letters the file is written in."),
        N_("Save it as CSV with the encoding UTF-8, and choose that file."),
    ),
    "cells_malformed": (
        N_("Row %(row)s cannot be split into cells: a quotation mark is not closed, or a cell is far too long."),
        N_("Open the file in a spreadsheet program, correct that row and save it again."),
    ),
    "json_malformed": (
        N_("The file begins like JSON but is not well formed."),
        N_("Export it again from the program that made it."),
    ),
    "json_unknown": (
        N_("The file is JSON, but neither GeoJSON, nor HSDS, nor an Overpass answer."),
        N_("Export the list as GeoJSON or CSV, and choose that file."),
    ),
    "json_too_deep": (
        N_("Records in the file are nested more than %(limit)s deep."),
        N_("Export the list again, one record per service."),
    ),
    "services_missing": (
        N_("The file has no table of services."),
        N_("Add the table services.csv, or export the whole feed again."),
    ),
    "xml_malformed": (
        N_("The file begins like KML but is not well formed."),
        N_("Export it again from the program that made it."),
    ),
    "xml_unsafe": (
        N_("The file defines entities of its own or points at other files, which is not safe to open."),
        N_("Save or export it again without a document type."),
    ),
    "network_link": (
        N_("The file links to a list somewhere else (%(link)s), and we never fetch what a file points at."),
        N_("Open the link yourself, save all that it shows as KML without links, and choose that file."),
    ),
    "projection_missing": (
        N_("The Shapefile does not say which projection its positions are in: the part .prj is missing."),
        N_("Pack the .prj file with the others, or export again in WGS 84 (EPSG:4326)."),
    ),
    "projection_unknown": (
        N_("We cannot turn the positions of the file into latitude and longitude: its projection is %(system)s."),
        N_("Export the file again in WGS 84, also called EPSG:4326."),
    ),
    "parts_missing": (
        N_("The Shapefile is not whole: the part %(part)s is missing."),
        N_("Pack all its parts (.shp, .shx, .dbf, .prj) into one zip file."),
    ),
    "reading_too_slow": (
        N_("Reading the file took longer than %(seconds)s seconds, so we stopped."),
        N_("Split the file, or save it as CSV."),
    ),
    "reference_system": (
        N_("The positions in the file are not in WGS 84 (latitude and longitude)."),
        N_("Export the file again in WGS 84, also called EPSG:4326."),
    ),
    "header_missing": (
        N_("We found no row with column titles among the first rows."),
        N_("Write a title above each column, for example organization_name, service_name, taxonomy_terms."),
    ),
    "columns_unknown": (
        N_("None of the columns tells us the name of a service: %(columns)s."),
        N_("Rename a column to service_name, or say in the preview which column holds it."),
    ),
    "too_many_rows": (
        N_("The file has more than %(limit)s rows."),
        N_("Split it, for example by country."),
    ),
    "too_many_columns": (
        N_("The file has more than %(limit)s columns."),
        N_("Delete the columns that are not needed."),
    ),
    "term_not_known": (
        N_("There is no category with the code %(term)s."),
        N_("Choose a code from the list of categories, for example health.primary."),
    ),
    "country_not_known": (
        N_("There is no country with the code %(country)s."),
        N_("Use the two letters of ISO 3166, for example GH."),
    ),
    "mapping_not_known": (
        N_("No mapping is stored under the name %(name)s."),
        N_("Store it in the preview of an import first, or leave the name out."),
    ),
}  # fmt: skip
