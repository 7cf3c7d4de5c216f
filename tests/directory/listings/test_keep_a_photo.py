"""The photograph of the entrance: small, without metadata, and only of places that may be shown."""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from PIL.ExifTags import GPS, IFD
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.listings import photos
from directory.models import Change, Location, User
from tests.directory.listings.test_create_services import FULL, create
from tests.directory.listings.test_whole_listing import change
from tests.pages import Page

Fetch = Callable[..., Page]
SignIn = Callable[[User], FlaskClient]
SECRET = "Camera of Ana 1234567"


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (3000, 1500), mode: str = "RGB"
) -> bytes:
    """A noisy picture with a position, a serial number and a comment in it."""
    image = Image.effect_noise(size, 90).convert(mode)
    exif = Image.Exif()
    exif[0x0110] = SECRET
    exif[0x0112] = 6  # turned by a quarter
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (3.0, 30.0, 0.0)
    stream = io.BytesIO()
    image.save(stream, kind, exif=exif, comment=SECRET)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("JPEG", "RGB"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("WEBP", "RGB")],
)
def test_it_is_made_anew_small_upright_and_without_metadata(
    kind: str, mode: str
) -> None:
    data = picture(kind, (1600, 800) if kind != "JPEG" else (3000, 1500), mode)
    assert SECRET.encode() in data
    made = photos.prepare(data)
    assert len(made) <= photos.MOST_BYTES
    assert SECRET.encode() not in made
    with Image.open(io.BytesIO(made)) as image:
        assert image.format == "JPEG"
        assert not dict(image.getexif())
        assert not image.info.keys() & {"exif", "comment", "xmp", "icc_profile"}
        assert max(image.size) <= photos.LONGEST_SIDE
        assert image.height > image.width


def bomb() -> bytes:
    """A small file that would unfold to four hundred million pixels."""
    stream = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a" + bytes(200),
        b"\xff\xd8\xff\xe0" + bytes(50),
        picture()[:4000],
        b"%PDF-1.7\n",
        bytes(photos.MOST_UPLOADED + 1),
    ],
)  # fmt: skip
def test_it_refuses_what_is_no_photograph(data: bytes) -> None:
    with pytest.raises(photos.UnusablePhoto):
        photos.prepare(data)


def test_it_refuses_a_bomb_without_unfolding_it() -> None:
    with pytest.raises(photos.UnusablePhoto):
        photos.prepare(bomb())


def upload(client: FlaskClient, ids: Any, text: str = "Blue door", **more: str) -> int:
    data = {
        "photo": (io.BytesIO(picture(size=(400, 300))), "a.jpg"),
        "photo_text": text,
        **more,
    }
    return client.post(f"/services/{ids.service_id}/photo", data=data).status_code


def test_who_edits_keeps_it_and_everybody_sees_it(
    page: Fetch,
    session: Session,
    client: FlaskClient,
    client_of: SignIn,
    supervisor: User,
    stranger: User,
) -> None:
    ids = create(session, FULL)[0]
    path = f"/services/{ids.service_id}"
    assert client.get(f"{path}/photo").status_code == 404
    assert upload(client, ids) == 302
    assert upload(client_of(stranger), ids) == 403
    editor = client_of(supervisor)
    assert upload(editor, ids, text=" ") == 303
    session.expire_all()
    assert session.get_one(Location, ids.location_id).photo is None
    assert upload(editor, ids) == 303
    shown = client.get(f"{path}/photo")
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert [each.get("alt") for each in page(path).all("img")] == ["Blue door"]
    form = page(f"{path}/edit", by=editor)
    assert "this button keeps the photograph only" in form.words
    assert form.words.count("Keep the photograph") == 1
    logged = session.scalars(select(Change).where(Change.field_name == "photo")).one()
    assert logged.replacement_value == "Blue door"
    assert client.get(f"{path}/photo?at=nothing").status_code == 404
    editor.post(f"{path}/photo", data={"remove": "yes"})
    assert client.get(f"{path}/photo").status_code == 404


def test_no_protected_place_is_shown(
    session: Session, client: FlaskClient, client_of: SignIn, supervisor: User
) -> None:
    ids = create(session, FULL)[0]
    supervisor.can_see_restricted = True
    editor = client_of(supervisor)
    upload(editor, ids)
    change(session, ids, sensitivity="L1")
    assert client.get(f"/services/{ids.service_id}/photo").status_code == 404
    assert editor.get(f"/services/{ids.service_id}/photo").status_code == 200
    change(session, ids, sensitivity="L2")
    assert session.get_one(Location, ids.location_id).photo is None
    assert editor.get(f"/services/{ids.service_id}/photo").status_code == 404
    upload(editor, ids)
    session.expire_all()
    assert session.get_one(Location, ids.location_id).photo is None


def test_a_photograph_of_a_shared_door_stays_with_the_public_listing(
    session: Session, client: FlaskClient, client_of: SignIn, supervisor: User
) -> None:
    public, other = create(session, FULL, replace(FULL, service_id="s2"))
    assert public.location_id == other.location_id
    upload(client_of(supervisor), public)
    change(session, other, sensitivity="L2")
    assert client.get(f"/services/{public.service_id}/photo").status_code == 200
    assert client.get(f"/services/{other.service_id}/photo").status_code == 404
