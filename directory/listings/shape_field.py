"""A shape as a form sends it: pasted or drawn as GeoJSON, or uploaded as a file of it."""

from collections.abc import Mapping
from typing import IO, Final, Protocol

from directory.listings import shapes

LARGEST_FILE: Final = 5_000_000


class Upload(Protocol):
    """A file as the web framework hands it over."""

    filename: str | None
    stream: IO[bytes]


def shape_text(
    form: Mapping[str, str], files: Mapping[str, Upload], name: str
) -> str | None:
    """Return the GeoJSON of a shape field, an uploaded file before what is pasted.

    ``None`` where the form has no such field; raises UnusableShape. Text that is valid as it
    stands is returned unchanged, so that a listing that is only looked at stays as it is.
    """
    file = files.get(f"{name}_file")
    if file is not None and file.filename:
        data = file.stream.read(LARGEST_FILE + 1)
        if len(data) > LARGEST_FILE:
            raise shapes.UnusableShape
        return shapes.written(shapes.take(data))
    if name not in form:
        return None
    text = form[name].strip()
    if not text:
        return ""
    try:
        shapes.read_shape(text)
    except shapes.UnusableShape:
        return shapes.written(shapes.take(text))
    return text
