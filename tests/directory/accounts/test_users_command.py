"""`flask users create`, on a database of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.accounts import passwords
from directory.accounts.cli import users
from directory.cli import alembic_config
from directory.database import make_engine
from directory.models import Area, Membership, User
from tests.factories import PASSWORD


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    url = f"sqlite:///{tmp_path}/users.sqlite3"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("INSTANCE_DIR", str(tmp_path))
    command.upgrade(alembic_config(url), "head")
    with Session(make_engine(url)) as session, session.begin():
        session.add(
            Area(code="XA-N", level=1, country="XA", name="North", source="test")
        )
    yield url
    make_engine(url).dispose()


def run(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(users, ["create", *arguments], input=typed)


def test_it_creates_accounts_bound_to_areas_or_with_a_password(url: str) -> None:
    invited = run(
        "--email", "mayor@example.org", "--role", "authority", "--area", "XA-N"
    )
    assert invited.exit_code == 0, invited.output
    assert "/invitations/" in invited.output
    root = ("--email", "root@example.org", "--role", "admin", "--password-stdin")
    assert run(*root, typed=f"{PASSWORD}\n").output == "root@example.org can sign in.\n"

    with Session(make_engine(url)) as session:
        stored = {user.email: user for user in session.scalars(select(User))}
        assert set(stored) == {"mayor@example.org", "root@example.org"}
        assert passwords.is_correct(PASSWORD, stored["root@example.org"].password_hash)
        bound = session.scalars(select(Membership.user_id)).all()
        assert bound == [stored["mayor@example.org"].id]


def test_it_refuses_in_words_and_adds_nothing(url: str) -> None:
    admin = ("--email", "root@example.org", "--role", "admin")
    assert run(*admin).exit_code == 0
    again = run(*admin)
    assert again.exit_code == 1
    assert "already an account" in again.output
    unknown = run("--email", "x@example.org", "--role", "authority", "--area", "ZZ")
    assert "no area with the code ZZ" in unknown.output
    weak = run(
        "--email", "y@example.org", "--role", "admin", "--password-stdin",
        typed="password1234\n",
    )  # fmt: skip
    assert weak.exit_code == 1
    with Session(make_engine(url)) as session:
        assert session.scalars(select(User.email)).all() == ["root@example.org"]
