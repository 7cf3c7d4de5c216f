"""A service and its organization are called as their reader knows them, on every page of case work."""

from collections.abc import Callable

from flask.testing import FlaskClient

from directory.areas import queries
from directory.cases import operations as cases
from directory.models import AreaName, Place, Translation, User
from directory.text import normalise
from tests.directory.referrals.conftest import World
from tests.pages import Page

SERVICE, ORGANIZATION = "Poste de santé", "Porte rouge"


def translate(world: World) -> None:
    for entity, entity_id, text in (
        ("service", world.listing.service_id, SERVICE),
        ("organization", world.listing.organization_id, ORGANIZATION),
    ):
        row = Translation(
            entity=entity, entity_id=entity_id, field="name", language="fr",
            text=text, updated_at=world.now,
        )  # fmt: skip
        world.session.add(row)


def test_every_page_of_a_referral_names_them_in_the_readers_language(
    world: World,
    client: FlaskClient,
    client_of: Callable[[User], FlaskClient],
    provider: User,
    page: Callable[..., Page],
) -> None:
    translate(world)
    case, key = world.case, world.listing.service_at_location_id
    cases.keep(
        world.session,
        actor=world.actor,
        case=case,
        need_id=world.need.id,
        service_at_location_id=key,
        snapshot={},
        now=world.now,
    )
    referral = world.sent()
    code = cases.sheet_code(
        world.session, actor=world.actor, case=case, secret_key=world.secret_key
    )
    staff = client_of(world.worker)
    new = f"/cases/{case.id}/referrals/new?service_at_location={key}&need="
    for path in (
        f"{new}{world.need.id}",
        f"/cases/{case.id}/matches",
        f"/cases/{case.id}",
        f"/referrals/{referral.id}",
        "/referrals",
        f"/cases/{case.id}/sheet",
    ):
        joint = "&" if "?" in path else "?"
        words = page(f"{path}{joint}lang=fr", by=staff).words
        assert SERVICE in words, path
        assert ORGANIZATION in words, path
        assert "Health post" not in words, path
        assert "Red Door" not in words.replace("Red Door counsellor", ""), path
        assert "Red Door" in page(f"{path}{joint}lang=en", by=staff).words, path
    for path, reader in (
        ("/inbox", client_of(provider)),
        (f"/inbox/{referral.id}", client_of(provider)),
        (f"/r/{world.token(referral)}", client),
        (f"/s/{code}", client),
    ):
        words = page(f"{path}?lang=fr", by=reader).words
        assert SERVICE in words, path
        assert "Health post" not in words, path


def test_a_place_chosen_from_the_list_is_named_in_the_readers_language(
    world: World, client_of: Callable[[User], FlaskClient], page: Callable[..., Page]
) -> None:
    session, case = world.session, world.case
    north = queries.area_by_code(session, "XA-N")
    assert north is not None
    session.add_all(
        AreaName(
            area_id=north.id, language=language, name=name, normalised=normalise(name)
        )
        for language, name in (("fr", "Nord"), ("ar", "الشمال"))
    )
    town = Place(
        id=1, name="Milltown", country="XA", latitude=3.1, longitude=11.1,
        area_id=north.id,
    )  # fmt: skip
    session.add(town)
    staff, path = client_of(world.worker), f"/cases/{case.id}"
    case.area_id = north.id
    case.place_label = "North, Exampleland"
    for (latitude, longitude), label, expected in (
        ((north.latitude, north.longitude), "North, Exampleland", "Nord, Exampleland"),
        ((3.1, 11.1), "Milltown, الشمال", "Milltown, Nord, Exampleland"),
        ((3.2, 11.2), "By the well، الشمال", "By the well, Nord, Exampleland"),
    ):
        case.latitude, case.longitude, case.place_label = latitude, longitude, label
        case.arrival_date = world.now.date()
        session.commit()
        own = (f"{path}?lang=fr", f"{path}/matches", f"{path}/sheet?lang=fr")
        for address in (*own, "/cases", "/arrivals"):
            words = page(address, by=staff).words
            assert words.count(expected) == 1, (address, words)
            assert f"{expected}, " not in words
    words = page(f"{path}/sheet?lang=en", by=staff).words
    assert "Call " not in words.split("If something does not work")[1]
