"""The catalogue of problems of a row: code, severity, message, what to do.

An ``error`` means that something of the row was not taken: the whole row (``skips``), or the value
named. A ``warning`` means that all was taken, and somebody should look. Codes are promised to
programs; docs/importing.md lists them all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from directory.text import N_


class Severity(StrEnum):
    """Whether something was left out (error) or only deserves a look (warning)."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem. ``message`` and ``remedy`` are message ids with named placeholders."""

    severity: Severity
    message: str
    remedy: str
    skips: bool = False


_ERROR, _WARNING = Severity.ERROR, Severity.WARNING

CATALOGUE: Final[Mapping[str, Kind]] = {
    "coordinates_missing": Kind(
        _WARNING,
        N_("There is no position. The listing is taken without one, so it cannot be found by distance."),
        N_("Add latitude and longitude in degrees, or draw the position on the listing's page."),
    ),
    "coordinates_range": Kind(
        _ERROR,
        N_("%(value)s is no position on the earth: latitude goes from -90 to 90, longitude from -180 to 180. The position is left out."),
        N_("Correct the number. Proposal: %(proposal)s"),
    ),
    "coordinates_zero": Kind(
        _ERROR,
        N_("The position is 0, 0, which lies in the sea and usually means “not known”. It is left out."),
        N_("Write the true position, or leave both cells empty."),
    ),
    "coordinates_exchanged": Kind(
        _ERROR,
        N_("Latitude and longitude seem to be exchanged: %(value)s lies outside of %(country)s, the other way round it lies inside. The position is left out."),
        N_("Exchange the two numbers. Proposal: %(proposal)s"),
    ),
    "coordinates_other_country": Kind(
        _ERROR,
        N_("%(value)s lies in %(found)s, not in %(country)s. The position is left out."),
        N_("Correct the position or the country. Proposal: %(proposal)s"),
    ),
    "coordinates_nowhere": Kind(
        _ERROR,
        N_("%(value)s lies in the sea, far from %(country)s. The position is left out."),
        N_("Correct the position. Proposal: %(proposal)s"),
    ),
    "coordinates_imprecise": Kind(
        _WARNING,
        N_("%(value)s has few decimals: the place may be up to %(kilometres)s km away."),
        N_("Write the position with at least four decimals where it is known."),
    ),
    "area_unknown": Kind(
        _WARNING,
        N_("We do not know an area named %(value)s in %(country)s."),
        N_("Use the official name or code. Did you mean %(proposal)s?"),
    ),
    "country_unknown": Kind(
        _WARNING,
        N_("We do not know a country named %(value)s."),
        N_("Use the name of the country or its two letters of ISO 3166, for example GH."),
    ),
    "area_mismatch": Kind(
        _WARNING,
        N_("The position %(value)s lies in %(found)s, but the row says %(area)s."),
        N_("Check which of the two is right. Proposal: %(found)s"),
    ),
    "term_unknown": Kind(
        _ERROR,
        N_("We do not know which category “%(value)s” means."),
        N_("Use a code from the list of categories, choose one for this word in the preview, or give a category for the whole file. Proposal: %(proposal)s"),
    ),
    "required_missing": Kind(
        _ERROR,
        N_("The column %(field)s is empty. The row is left out."),
        N_("Fill in the cell: every listing needs an organization, a service and a category."),
        skips=True,
    ),
    "category_column_missing": Kind(
        _ERROR,
        N_("No column of categories was recognised, so %(rows)s rows are left out. Columns not used: %(columns)s."),
        N_("Say which column holds the category, or choose one category for the whole file."),
    ),
    "number_invalid": Kind(
        _ERROR,
        N_("“%(value)s” is not a number that fits here. It is left out."),
        N_("Write a plain number, for example 18 or 2.5."),
    ),
    "range_invalid": Kind(
        _ERROR,
        N_("%(value)s is outside of what is possible here (%(allowed)s). The row is left out."),
        N_("Correct the number, or the two numbers where one must not be above the other."),
        skips=True,
    ),
    "date_invalid": Kind(
        _ERROR,
        N_("“%(value)s” is not a date that we can read. It is left out."),
        N_("Write dates as 2026-11-23."),
    ),
    "hours_invalid": Kind(
        _WARNING,
        N_("We cannot read the opening hours “%(value)s”. They are shown as written, and count as not known."),
        N_("Write them like Mo-Fr 08:00-16:00; Sa 08:00-12:00."),
    ),
    "phone_invalid": Kind(
        _WARNING,
        N_("“%(value)s” does not look like a telephone number of %(country)s. It is kept as written."),
        N_("Write the number with its country code, for example +233 30 222 3333."),
    ),
    "email_invalid": Kind(
        _ERROR,
        N_("“%(value)s” is not an e-mail address. It is left out."),
        N_("Write an address like name@example.org."),
    ),
    "website_invalid": Kind(
        _ERROR,
        N_("“%(value)s” is not a web address. It is left out."),
        N_("Write an address that begins with https:// or http://."),
    ),
    "geometry_invalid": Kind(
        _ERROR,
        N_("The coverage shape cannot be used (%(reason)s). It is left out."),
        N_("Draw the shape again, or give coverage_areas or coverage_radius_km instead."),
    ),
    "geometry_repaired": Kind(
        _WARNING,
        N_("The outline of the coverage shape crosses itself or is not closed. It was repaired."),
        N_("Look at the shape on the listing's page."),
    ),
    "radius_without_position": Kind(
        _ERROR,
        N_("A radius needs a position to be measured from. The radius is left out."),
        N_("Add the position, or name the areas in coverage_areas."),
    ),
    "duplicate_id": Kind(
        _ERROR,
        N_("The id %(value)s stands in row %(other)s already. The row is left out."),
        N_("Give each service its own service_id; use one id twice only for one service at two places."),
        skips=True,
    ),
    "duplicate_listing": Kind(
        _ERROR,
        N_("This seems to be the same listing as in row %(other)s: same name, category and place."),
        N_("Delete one of the two rows, or give each its own service_id if they are two services."),
    ),
    "reference_dangling": Kind(
        _ERROR,
        N_("The row refers to the organization %(value)s, which is neither in the file nor in the directory. The row is left out."),
        N_("Write the organization's name in organization_name."),
        skips=True,
    ),
    "link_dangling": Kind(
        _WARNING,
        N_("Table %(table)s, row %(row)s (id %(id)s): it refers to %(target)s %(value)s, which is not in the file. The row is used without this link."),
        N_("Add the missing record to the feed, or empty the cell."),
    ),
    "reference_empty": Kind(
        _ERROR,
        N_("Table %(table)s, row %(row)s (id %(id)s): it does not say which service or place it belongs to. It is left out."),
        N_("Fill in the id of the service or place in the feed."),
    ),
    "id_missing": Kind(
        _WARNING,
        N_("Table %(table)s, row %(row)s: it has no id. What it says is used all the same."),
        N_("Give every row of the feed an id of its own."),
    ),
    "id_repeated": Kind(
        _ERROR,
        N_("Table %(table)s, row %(row)s: the id %(value)s was used before for something else. The row is left out."),
        N_("Give every row of the feed an id of its own."),
    ),
    "record_unused": Kind(
        _WARNING,
        N_("Table %(table)s, row %(row)s (id %(id)s): no service belongs to it, so nothing of it is taken."),
        N_("Add its services to the feed, or leave it out there."),
    ),
    "parents_cyclic": Kind(
        _WARNING,
        N_("Table %(table)s, row %(row)s (id %(id)s): it is its own ancestor. The circle is not followed."),
        N_("Correct the column of parents in the feed."),
    ),
    "sensitivity_raised": Kind(
        _WARNING,
        N_("The file says %(value)s, but this category needs %(level)s. %(level)s is used."),
        N_("Nothing is needed. A file may raise the protection of a category, never lower it below L2."),
    ),
    "position_refused": Kind(
        _WARNING,
        N_("This listing is sealed (L3): its position and address are not taken and stored nowhere."),
        N_("Remove the position and the address from your file as well."),
    ),
    "text_too_long": Kind(
        _ERROR,
        N_("The text has %(length)s characters; at most %(limit)s fit. It is left out."),
        N_("Shorten the text."),
    ),
    "control_characters": Kind(
        _WARNING,
        N_("The text holds characters that cannot be shown. They were taken out."),
        N_("Check the text; export the file again if words are broken."),
    ),
    "encoding_guessed": Kind(
        _WARNING,
        N_("The file does not say which letters it is written in. We read it as %(encoding)s."),
        N_("Check some names with accents or in Arabic. If they are wrong, save the file as UTF-8."),
    ),
    "value_unknown": Kind(
        _ERROR,
        N_("“%(value)s” is not a word that this column knows."),
        N_("Use one of: %(allowed)s"),
    ),
    "formula_cells": Kind(
        _WARNING,
        N_("Cells with formulas (column %(cells)s) were read by the value they showed when the file was saved."),
        N_("Replace the formulas by their values, and check that they are right."),
    ),
    "merged_cells": Kind(
        _WARNING,
        N_("Merged cells (column %(cells)s): their value was used for every row they span."),
        N_("Undo the merging and fill in each row."),
    ),
    "header_rows": Kind(
        _WARNING,
        N_("The titles of the columns stand in %(rows)s rows. They were joined."),
        N_("Keep one row of titles."),
    ),
    "sheet_unused": Kind(
        _WARNING,
        N_("The file has another list, “%(sheet)s”, with %(rows)s rows. It was not read."),
        N_("Save that list as a file of its own, and import it as well."),
    ),
    "listing_invalid": Kind(
        _ERROR,
        N_("What the row says about %(field)s cannot be stored. The row is left out."),
        N_("Compare the row with the documentation of the listing file."),
        skips=True,
    ),
    "conflict": Kind(
        _ERROR,
        N_("The directory and the file have both changed: %(fields)s. The row is not carried out."),
        N_("Say for the row which of the two counts. As long as nobody does, the directory stays as it is."),
    ),
}  # fmt: skip


VARIANTS: Final[Mapping[tuple[str, str], Kind]] = {
    ("sensitivity_raised", "directory"): Kind(
        _WARNING,
        N_("The file says %(value)s, but this listing is protected at %(level)s in the directory. %(level)s is used."),
        N_("Nothing is needed. A file may raise the protection of a category, never lower it below L2."),
    ),
    ("area_unknown", "unlike"): Kind(
        _WARNING,
        N_("We do not know an area named %(value)s in %(country)s."),
        N_("Use the official name or code."),
    ),
    ("category_column_missing", "empty"): Kind(
        _ERROR,
        N_("The column of categories (%(field)s) is empty in every row, so %(rows)s rows are left out. Columns not used: %(columns)s."),
        N_("Fill in the column, say which other column holds the category, or choose one category for the whole file."),
    ),
    ("phone_invalid", "nowhere"): Kind(
        _WARNING,
        N_("“%(value)s” does not look like a telephone number. It is kept as written."),
        N_("Write the number with its country code, for example +233 30 222 3333."),
    ),
    ("reference_dangling", "withheld"): Kind(
        _ERROR,
        N_("Your account does not allow this here."),
        N_("Ask the person who manages accounts in your office."),
        skips=True,
    ),
    ("reference_dangling", "part"): Kind(
        _ERROR,
        N_("Table %(table)s, row %(row)s (id %(id)s): it refers to %(target)s %(value)s, which is not in the file. It is left out."),
        N_("Add the missing record to the feed, or correct the reference."),
    ),
    ("id_missing", "lost"): Kind(
        _ERROR,
        N_("Table %(table)s, row %(row)s: it has no id, so nothing can refer to it. It is left out."),
        N_("Give every row of the feed an id of its own."),
    ),
    ("duplicate_listing", "own_ids"): Kind(
        _WARNING,
        N_("This seems to be the same listing as in row %(other)s, but its service_id is another. Both are taken."),
        N_("Delete one of the two rows if they are one service."),
    ),
    ("duplicate_listing", "directory"): Kind(
        _WARNING,
        N_("The directory has this listing already, from another source (%(other)s). It is brought up to date, not made a second time."),
        N_("Compare the two in the preview. If they are two services, give this one its own service_id."),
    ),
    ("duplicate_listing", "alike"): Kind(
        _WARNING,
        N_("The directory has a listing that looks like this one (%(other)s). This one is made all the same."),
        N_("Compare the two afterwards under “Listings that may be one”."),
    ),
    ("duplicate_listing", "alike_left_out"): Kind(
        _WARNING,
        N_("The directory has a listing that looks like this one (%(other)s). This row is left out."),
        N_("Where the two are not the same, write down the other’s name in full, or add the listing by hand."),
    ),
    ("duplicate_listing", "alike_row"): Kind(
        _WARNING,
        N_("Row %(other)s looks like the same listing in other words. Both are made."),
        N_("Delete one of the two rows, or compare the two afterwards under “Listings that may be one”."),
    ),
}  # fmt: skip
"""Other wordings of a code, where the same problem has another consequence."""


_WITHOUT_PROPOSAL: Final[Mapping[str, str]] = {
    "coordinates_range": N_("Correct the number."),
    "coordinates_other_country": N_("Correct the position or the country."),
    "coordinates_nowhere": N_("Correct the position."),
    "term_unknown": N_("Use a code from the list of categories, choose one for this word in the preview, or give a category for the whole file."),
}  # fmt: skip
"""What to do where there is nothing to propose."""
NO_PROPOSAL: Final = "–"


def kind_of(code: str, variant: str | None = None) -> Kind:
    """Return the catalogue's entry for a code, in the wording of a variant where there is one."""
    return VARIANTS[code, variant] if variant else CATALOGUE[code]


def remedy_of(code: str, variant: str | None, values: Mapping[str, object]) -> str:
    """Return what to do about a problem; of a proposal it speaks only where there is one."""
    if values.get("proposal") == NO_PROPOSAL and code in _WITHOUT_PROPOSAL:
        return _WITHOUT_PROPOSAL[code]
    return kind_of(code, variant).remedy
