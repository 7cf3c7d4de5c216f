"""What a map is made of: pins, shapes and their words, as plain values."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from geo.geojson import Json
from geo.points import Point

LOOKS: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "outline": {"color": "#47535f", "weight": 1, "fillColor": "#ffffff", "fillOpacity": 1},
        "coverage": {"color": "#0a5c63", "weight": 2, "fillColor": "#0a5c63", "fillOpacity": 0.14},
        "excluded": {"color": "#47535f", "weight": 1, "dashArray": "4 4", "fillOpacity": 0.06},
        "withheld": {"color": "#7b1e4b", "weight": 2, "dashArray": "6 4", "fillOpacity": 0.08},
        "place": {"color": "#17212b", "weight": 2, "dashArray": "2 4", "fillOpacity": 0.05},
        "advisory-suspend": {"color": "#9b1c1c", "weight": 3, "dashArray": "8 4", "fillColor": "#9b1c1c", "fillOpacity": 0.16},
        "advisory-caution": {"color": "#8a5a00", "weight": 3, "dashArray": "8 4", "fillColor": "#8a5a00", "fillOpacity": 0.12},
        "advisory-information": {"color": "#1d4f91", "weight": 2, "dashArray": "2 4", "fillOpacity": 0.04},
        "hidden": {"color": "#47535f", "weight": 1, "dashArray": "2 4", "fillOpacity": 0.03},
        "step-0": {"color": "#47535f", "weight": 1, "fillColor": "#eef3f3", "fillOpacity": 1},
        "step-1": {"color": "#47535f", "weight": 1, "fillColor": "#c3dcdd", "fillOpacity": 1},
        "step-2": {"color": "#47535f", "weight": 1, "fillColor": "#7fb6b9", "fillOpacity": 1},
        "step-3": {"color": "#47535f", "weight": 1, "fillColor": "#3a8388", "fillOpacity": 1},
        "step-4": {"color": "#17212b", "weight": 1, "fillColor": "#0a5c63", "fillOpacity": 1},
    }
)  # fmt: skip
"""How shapes are drawn. Leaflet needs the values in script; the hues are those of the stylesheet."""

_SAFE_LINK: Final = re.compile(r"/(?!/)[\w./?=&%-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Words:
    """What is said when a feature is opened: a title that may link, and lines under it."""

    title: str
    lines: tuple[str, ...] = ()
    link: str | None = None

    def __post_init__(self) -> None:
        """Refuse links that leave this site."""
        if self.link is not None and not _SAFE_LINK.fullmatch(self.link):
            raise ValueError("a link of a map must be a path of this site")


@dataclass(frozen=True, slots=True)
class Pin:
    """A point with its words; ``label`` is the number or letter that the list shows too."""

    point: Point
    words: Words
    look: str = "plain"
    """Name of the pin's style class: a category, ``place`` or ``plain``."""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """A polygon or multipolygon (GeoJSON geometry) drawn in one of ``LOOKS``."""

    geometry: Json
    look: str
    words: Words | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """Features drawn together; ``is_clustered`` gathers near pins under one number."""

    pins: tuple[Pin, ...] = ()
    shapes: tuple[Shape, ...] = ()
    is_clustered: bool = False

    def __bool__(self) -> bool:
        """Whether anything is drawn."""
        return bool(self.pins or self.shapes)


@dataclass(frozen=True, slots=True)
class Frame:
    """What the document says about itself, and where its files are.

    ``asset`` turns a path below ``static/`` into an address of this site. ``words`` are the labels of
    the controls: ``zoom_in``, ``zoom_out``, ``close``, ``no_script``.
    """

    title: str
    language: str
    direction: str
    asset: Callable[[str], str]
    words: Mapping[str, str] = field(default_factory=dict)
