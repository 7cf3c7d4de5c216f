"""The profile of an area: written by those who keep it, read by everybody, with its past."""

from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.areas import succession
from directory.models import Area, AreaProfile, Change, Translation, User
from directory.profiles import queries
from tests.factories import (
    NOW,
    TODAY,
    area,
    make_area,
    make_case,
    make_need,
    make_service_at_location,
)
from tests.pages import Page

Sign = Callable[[User], FlaskClient]
Fetch = Callable[..., Page]
ADDRESS = "/areas/XA-NW/profile/edit"
TYPED = {
    "language": "fr",
    "version": "0",
    "labour_demand": "On cherche des maçons.",
    "main_sectors": "Pêche et maraîchage.",
    "labour_demand:en": "Masons are sought.",
    "machine:labour_demand:en": "yes",
    "participants": "Un groupement de femmes",
    "source": "Enquête du cercle",
    "source_date": "2026-05-02",
}


def written(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(AreaProfile)) or 0


def test_an_authority_writes_inside_its_boundary_and_nobody_else_does(
    session: Session,
    client_of: Sign,
    client: FlaskClient,
    page: Fetch,
    authority: User,
    supervisor: User,
    counsellor: User,
    provider: User,
) -> None:
    keeper = client_of(authority)
    for user in (counsellor, provider):
        assert client_of(user).get(ADDRESS).status_code == 403
        assert client_of(user).post(ADDRESS, data=TYPED).status_code == 403
    assert client.post(ADDRESS, data=TYPED).status_code == 302
    # Its boundary is the province of the North: neither the South nor the whole country.
    for code in ("XA-S", "XA-SW", "XA"):
        assert keeper.post(f"/areas/{code}/profile/edit", data=TYPED).status_code == 403
    assert written(session) == 0
    empty = page("/areas/XA-NW", by=keeper)
    assert "Nobody has written yet" in empty.words
    assert "Write the profile" in empty.words
    assert "Write the profile" not in page("/areas/XA-NW").words
    page(ADDRESS, by=keeper)
    assert keeper.post(ADDRESS, data=TYPED).status_code == 303
    assert written(session) == 1
    assert client_of(supervisor).get("/areas/XA-S/profile/edit").status_code == 200
    assert client.get("/areas/nowhere/profile/edit").status_code == 302
    assert keeper.get("/areas/nowhere/profile/edit").status_code == 404


def test_everybody_reads_it_in_their_language_and_how_old_it_is(
    session: Session, client_of: Sign, page: Fetch, supervisor: User
) -> None:
    keeper = client_of(supervisor)
    keeper.post(ADDRESS, data=TYPED)
    french, english = page("/areas/XA-NW?lang=fr").words, page("/areas/XA-NW?lang=en")
    assert "On cherche des maçons." in french
    assert "Masons are sought." in english.words
    assert "Translated by a machine, not checked" in english.words
    # Where there is no translation the original stands, and says so.
    assert "Pêche et maraîchage." in english.words
    assert "Shown in French" in english.words
    assert "Un groupement de femmes" in english.words
    assert "Enquête du cercle" in english.words
    assert "not written yet" in english.words
    assert "supervisor@example.org" not in english.text
    profile = session.scalars(select(AreaProfile)).one()
    for days, said in ((366, "a new look is due"), (740, "Old: ask whether")):
        profile.source_date = TODAY - timedelta(days=days)
        session.commit()
        old = page("/areas/XA-NW?lang=en").words
        assert said in old
        assert "Masons are sought." in old
    # An area around it has none; one below it is told of it.
    assert "What is known of life in a wider area" not in page("/areas/XA-N").words
    profile.area_id = area(session, "XA-N").id
    session.commit()
    assert "What is known of life in a wider area: North" in page("/areas/XA-NW").words


def test_every_change_is_kept_and_marks_what_was_translated_before(
    session: Session,
    client_of: Sign,
    page: Fetch,
    client: FlaskClient,
    supervisor: User,
    counsellor: User,
) -> None:
    keeper = client_of(supervisor)
    keeper.post(ADDRESS, data=TYPED)
    again = {**TYPED, "version": "1"}
    keeper.post(ADDRESS, data=again)
    assert session.scalars(select(AreaProfile.version)).one() == 1  # nothing changed
    again["labour_demand"] = "On ne cherche plus personne."
    del again["machine:labour_demand:en"]
    del again["participants"]
    keeper.post(ADDRESS, data=again | {"main_sectors:es": "Pesca."})
    text = session.scalars(
        select(Translation).where(Translation.field == "labour_demand")
    ).one()
    assert text.state == "human"  # the box was unticked: somebody has looked
    keeper.post(ADDRESS, data=again | {"version": "2", "labour_demand": "Peu."})
    session.refresh(text)
    assert text.state == "outdated"
    changes = {
        (change.field_name, change.last_action_type)
        for change in session.scalars(
            select(Change).where(Change.resource_type == "area_profile")
        )
    }
    assert ("labour_demand", "create") in changes
    assert ("labour_demand:en", "create") in changes
    assert ("labour_demand", "update") in changes
    assert ("participants", "update") in changes
    assert ("main_sectors:es", "update") in changes
    past = page("/areas/XA-NW/profile/history", by=client_of(counsellor))
    assert "On cherche des maçons." in past.words
    assert "On ne cherche plus personne." in past.words
    assert "supervisor@example.org" not in past.text
    assert (
        "supervisor@example.org"
        in page("/areas/XA-NW/profile/history", by=keeper).words
    )
    assert client.get("/areas/XA-NW/profile/history").status_code == 302


def test_what_cannot_be_right_is_refused_and_a_conflict_shows_both(
    session: Session, client_of: Sign, page: Fetch, supervisor: User
) -> None:
    keeper = client_of(supervisor)
    for wrong, said in (
        ({"labour_demand": "", "main_sectors": ""}, "Write at least one of the texts."),
        ({"source_date": "2030-01-01"}, "cannot be from a day to come"),
        ({"risks": "x" * 1001}, "Write at most 1,000 characters."),
        ({"risks:ar": "x" * 1001}, "Write at most 1,000 characters."),
        ({"language": "xx"}, "Choose the language"),
    ):
        data = TYPED | wrong
        found = page(ADDRESS, by=keeper, method="POST", data=data, status=422)
        assert said in found.words, wrong
    assert written(session) == 0
    keeper.post(ADDRESS, data=TYPED)
    other = TYPED | {"main_sectors": "Élevage."}
    clash = page(ADDRESS, by=keeper, method="POST", data=other, status=409)
    assert "Someone else changed this profile" in clash.words
    assert "Now stands there: Pêche et maraîchage." in clash.words
    assert (
        session.scalars(select(AreaProfile.main_sectors)).one() == TYPED["main_sectors"]
    )
    assert keeper.post(ADDRESS, data=other | {"version": "1"}).status_code == 303


def test_a_profile_follows_its_area_unless_the_new_one_has_its_own(
    session: Session,
) -> None:
    province = area(session, "XA-N")
    old = area(session, "XA-NW")
    new = make_area(session, "XA-NW2", 2, province, "North W", (10, 2, 12, 4))
    session.add(
        AreaProfile(area_id=old.id, language="en", risks="Floods", last_modified=NOW)
    )
    session.flush()
    session.get_one(Area, old.id).valid_to = TODAY
    session.flush()
    succession.move_references(session, "XA")
    found = queries.nearest(session, new.id, language="en", today=TODAY)
    assert found is not None
    assert found.area.code == "XA-NW2"
    session.add(
        AreaProfile(area_id=old.id, language="en", risks="Drought", last_modified=NOW)
    )
    session.flush()
    succession.move_references(session, "XA")
    assert written(session) == 2


def test_a_counsellor_reads_it_where_a_return_is_talked_about(
    session: Session, client_of: Sign, page: Fetch, supervisor: User, counsellor: User
) -> None:
    client_of(supervisor).post("/areas/XA-N/profile/edit", data=TYPED)
    make_service_at_location(session, latitude=3.0, longitude=11.0)
    asked = {"place": "XA-NW", "term": "health.primary"}
    match = page("/match", method="POST", data=asked).words
    assert "Life and work in North" in match
    assert "Masons are sought." in match
    assert "Of the place itself nothing is written yet" in match
    case = make_case(session, counsellor, area_id=area(session, "XA-N").id)
    make_need(session, case, "health.primary")
    matches = page(f"/cases/{case.id}/matches", by=client_of(counsellor)).words
    assert "Masons are sought." in matches
    assert "Of the place itself nothing is written yet" not in matches
    south = page("/match", method="POST", data=asked | {"place": "XA-SE"}).words
    assert "Life and work in" not in south
