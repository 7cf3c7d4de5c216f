"""One map document: layers drawn by folium, with a content policy of its own."""

from collections.abc import Sequence

from flask import Response, make_response, request
from flask_babel import gettext

from directory.maps import outlines
from directory.web.locale import current_language, direction
from directory.web.session import db
from directory.web.templating import static_url
from geo.layers import Frame, Layer


def document(title: str, drawn: Sequence[Layer], countries: set[str]) -> Response:
    """Return layers as a map document of its own, with its content policy."""
    language = current_language()
    frame = Frame(
        title=title,
        language=language,
        direction=direction(language),
        asset=static_url,
        words={
            "zoom_in": gettext("Zoom in"),
            "zoom_out": gettext("Zoom out"),
            "close": gettext("Close"),
            "no_script": gettext(
                "This map needs scripts. The list holds the same content."
            ),
        },
    )
    from geo.maps import render  # noqa: PLC0415 -- folium takes half a second to import

    document = render(
        drawn,
        frame=frame,
        outlines=outlines.base_map(db(), countries),
        view=None if any(map(bool, drawn)) else outlines.extent_of(db(), countries),
    )
    response = make_response(document.html)
    response.headers["Content-Security-Policy"] = document.policy(
        request.host_url.rstrip("/")
    )
    return response
