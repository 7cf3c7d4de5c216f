"""render(): folium in, one safe HTML document out; knows nothing of services.

The only module that names folium. Its maps take their scripts and styles from this site alone, and
no text of a listing ever becomes markup or script: words travel as JSON literals (``map_text``) and
are put on the page by ``static/js/map-document.js`` through ``textContent``.
"""

import base64
import hashlib
import html
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import folium
import orjson
from branca.element import Element, Figure, MacroElement
from folium.plugins import FastMarkerCluster
from folium.template import Template

from geo.geojson import Json
from geo.layers import LOOKS, Frame, Layer, Pin, Words
from geo.points import BoundingBox

MAX_FEATURES: Final = 1_000
"""A map of more is slow on a phone and hides what it shows; the caller chooses the nearest."""

SCRIPTS: Final = (
    "vendor/leaflet/leaflet.js",
    "vendor/leaflet/leaflet.markercluster.js",
    "js/map-document.js",
)
STYLES: Final = ("vendor/leaflet/leaflet.css", "css/map-document.css")

_SAFE_NAME: Final = re.compile(r"[a-z0-9_-]{1,40}")


class TooManyFeatures(ValueError):
    """More pins and shapes than one document may hold."""


@dataclass(frozen=True, slots=True)
class MapDocument:
    """A whole HTML page and the digests of the scripts written into it."""

    html: str
    script_hashes: tuple[str, ...]

    def policy(self, origin: str) -> str:
        """Return the page's own content policy; ``origin`` is this site's, such as https://a.org.

        The page is sandboxed into an origin of its own, so ``'self'`` would not name the site.
        """
        scripts = " ".join(f"'sha256-{digest}'" for digest in self.script_hashes)
        return (
            f"default-src 'none'; script-src {origin} {scripts}; style-src {origin};"
            f" img-src {origin} data:; base-uri 'none'; form-action 'none';"
            " frame-ancestors 'self'; sandbox allow-scripts allow-popups"
            " allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
        )


Literal = str | float | None | Sequence["Literal"]
"""What ``map_text`` writes: no objects, so that a brace can only come from a text."""


def map_text(value: Literal) -> str:
    """Write words as a JSON literal that is inert in scripts, attributes, comments and templates.

    Signs that could end a script, a string or a JavaScript template are written as JSON escapes;
    so are braces, because folium runs what it has rendered through Jinja a second time.

    >>> map_text("</script>${1}{{ 7*7 }}")
    '"\\u003c/script\\u003e\\u0024\\u007b1\\u007d\\u007b\\u007b 7*7 \\u007d\\u007d"'
    """
    text = orjson.dumps(value).decode()
    return _UNSAFE.sub(lambda sign: f"\\u{ord(sign.group()):04x}", text)


_UNSAFE: Final = re.compile("[<>&'`${}%#\u2028\u2029]")


def render(
    layers: Sequence[Layer],
    *,
    frame: Frame,
    outlines: Sequence[Json] = (),
    view: BoundingBox | None = None,
) -> MapDocument:
    """Draw layers over outlines (GeoJSON geometries) as one document of its own.

    ``view`` is what to show first; without it, everything drawn. Equal input gives equal output.
    Raises TooManyFeatures above MAX_FEATURES, ValueError for an unknown look or a foreign link.
    """
    drawn = sum(len(layer.pins) + len(layer.shapes) for layer in layers)
    if drawn > MAX_FEATURES:
        raise TooManyFeatures(f"{drawn} features; a map holds at most {MAX_FEATURES}")
    figure = _Document(frame)
    leaflet_map = _Map(frame)
    figure.add_child(leaflet_map)
    if outlines:
        _drawn(outlines, "outline", interactive=False).add_to(leaflet_map)
    for layer in layers:
        _draw(layer, leaflet_map)
    _View(view or _extent(layers, outlines)).add_to(leaflet_map)
    _number(figure, itertools.count(1))
    page = figure.render()
    return MapDocument(html=page, script_hashes=_hashes(page))


def _draw(layer: Layer, leaflet_map: folium.Map) -> None:
    for shape in layer.shapes:
        drawn = _drawn(
            [shape.geometry], shape.look, interactive=shape.words is not None
        )
        drawn.add_to(leaflet_map)
        if shape.words is not None:
            _Said(shape.words).add_to(drawn)
    if layer.pins:
        _Pins(layer.pins, is_clustered=layer.is_clustered).add_to(leaflet_map)


def _drawn(
    geometries: Sequence[Json], look: str, *, interactive: bool
) -> folium.GeoJson:
    style = dict(LOOKS[look])
    # Properties stay empty: folium would write them into markup.
    features = [
        {"type": "Feature", "properties": {}, "geometry": geometry}
        for geometry in geometries
    ]
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        style_function=lambda _feature: style,
        interactive=interactive,
        smooth_factor=0.5,
    )


class _Map(folium.Map):
    """folium's map with our own files only, no foreign tiles, and controls that speak."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(
            tiles=None,
            zoom_control=False,
            attribution_control=False,
            world_copy_jump=True,
        )
        self.default_js, self.default_css = [], []
        _Controls(frame.words).add_to(self)


class _Document(Figure):
    """The page around the map: language, direction, title, our files, and the script folium wrote."""

    _template = Template(
        '<!doctype html>\n<html lang="{{ this.language }}" dir="{{ this.direction }}">\n<head>\n'
        '<meta charset="utf-8">\n<title>{{ this.title }}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n'
        '{% for sheet in this.sheets %}<link rel="stylesheet" href="{{ sheet }}">\n{% endfor %}'
        '</head>\n<body class="map-document">\n<h1 class="hidden-text">{{ this.title }}</h1>\n'
        "<noscript><p>{{ this.no_script }}</p></noscript>\n"
        "{{ this.html.render() }}\n"
        '{% for script in this.scripts %}<script src="{{ script }}"></script>\n{% endfor %}'
        "<script>{{ this.script.render() }}</script>\n</body>\n</html>\n"
    )

    def __init__(self, frame: Frame) -> None:
        super().__init__()
        self.language = html.escape(frame.language)
        self.direction = "rtl" if frame.direction == "rtl" else "ltr"
        self.title = html.escape(frame.title)
        self.no_script = html.escape(frame.words.get("no_script", ""))
        self.sheets = [html.escape(frame.asset(path)) for path in STYLES]
        self.scripts = [html.escape(frame.asset(path)) for path in SCRIPTS]


class _Controls(MacroElement):
    """Zoom and scale, with their names in the reader's language."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "homewardMap.controls({{ this._parent.get_name() }}, {{ this.words }});"
        "{% endmacro %}"
    )

    def __init__(self, words: Mapping[str, str]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca has no types here
        self._name = "controls"
        self.words = map_text(
            [words.get(name, "") for name in ("zoom_in", "zoom_out", "close")]
        )


class _Said(MacroElement):
    """The words of one shape."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "homewardMap.say({{ this._parent.get_name() }}, {{ this.words }});"
        "{% endmacro %}"
    )

    def __init__(self, words: Words) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca has no types here
        self._name = "said"
        self.words = map_text(_as_list(words))


class _Pins(FastMarkerCluster):
    """Pins as folium's fast cluster: one list of rows, drawn by our own callback.

    folium writes the rows itself; ours replaces that line so that they pass ``map_text``.
    """

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "var {{ this.get_name() }} = homewardMap.pins({{ this._parent.get_name() }},"
        " {{ this.rows }}, {{ this.is_clustered }});"
        "{% endmacro %}"
    )

    def __init__(self, pins: Sequence[Pin], *, is_clustered: bool) -> None:
        super().__init__(data=[])  # type: ignore[no-untyped-call]  # folium has no types here
        self.default_js, self.default_css = [], []
        self._name = "pins"
        self.rows = map_text([_pin_row(pin) for pin in pins])
        self.is_clustered = "true" if is_clustered else "false"


class _View(MacroElement):
    """What is shown first."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "homewardMap.view({{ this._parent.get_name() }}, {{ this.corners }});"
        "{% endmacro %}"
    )

    def __init__(self, view: BoundingBox | None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca has no types here
        self._name = "view"
        corners = [[view.south, view.west], [view.north, view.east]] if view else None
        self.corners = map_text(corners)


def _pin_row(pin: Pin) -> Literal:
    if not _SAFE_NAME.fullmatch(pin.look):
        raise ValueError(f"{pin.look!r} is no name of a style")
    place = [round(pin.point.latitude, 6), round(pin.point.longitude, 6)]
    return [*place, pin.look, pin.label, _as_list(pin.words)]


def _as_list(words: Words) -> Literal:
    return [words.title, list(words.lines), words.link]


def _extent(layers: Sequence[Layer], outlines: Sequence[Json]) -> BoundingBox | None:
    """The box round all that is drawn, or round the outlines when nothing is."""
    pins = [
        (p.point.longitude, p.point.latitude) for layer in layers for p in layer.pins
    ]
    shapes = [shape.geometry for layer in layers for shape in layer.shapes]
    positions = [*pins, *_positions(shapes)] or list(_positions(outlines))
    if not positions:
        return None
    longitudes, latitudes = zip(*positions, strict=True)
    return BoundingBox(
        south=min(latitudes),
        west=min(longitudes),
        north=max(latitudes),
        east=max(longitudes),
    )


def _positions(geometries: Sequence[Json]) -> Iterator[tuple[float, float]]:
    waiting: list[Any] = [geometry["coordinates"] for geometry in geometries]
    while waiting:
        part = waiting.pop()
        if part and isinstance(part[0], (int, float)):
            yield part[0], part[1]
        else:
            waiting.extend(part)


def _number(element: Element, numbers: Iterator[int]) -> None:
    """Give every part a number instead of folium's random name, so that equal maps are equal."""
    element._id = str(next(numbers))
    for child in element._children.values():
        _number(child, numbers)


def _hashes(page: str) -> tuple[str, ...]:
    """The SHA-256 of each script written into the page, as content policies want it."""
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return tuple(base64.b64encode(digest).decode() for digest in digests)
