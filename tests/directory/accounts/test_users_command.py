"""`flask users create`, on a database of its own."""

from pathlib import Path

import pytest
from alembic import command
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.accounts import passwords
from directory.accounts.cli import users
from directory.cli import alembic_config
from directory.database import make_engine
from directory.models import Area, Membership, User
from tests.factories import PASSWORD


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite:///{tmp_path}/users.sqlite3"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("INSTANCE_DIR", str(tmp_path))
    command.upgrade(alembic_config(url), "head")
    with Session(make_engine(url)) as session, session.begin():
        session.add(
            Area(code="XA-N", level=1, country="XA", name="North", source="test")
        )
    return url


def test_it_creates_bound_accounts_and_refuses_the_rest(url: str) -> None:
    run = CliRunner()
    invited = run.invoke(
        users,
        [
            "create",
            "--email",
            "mayor@example.org",
            "--role",
            "authority",
            "--area",
            "XA-N",
        ],
    )
    assert invited.exit_code == 0, invited.output
    assert "/invitations/" in invited.output
    with_password = run.invoke(
        users,
        [
            "create",
            "--email",
            "root@example.org",
            "--role",
            "admin",
            "--password-stdin",
        ],
        input=f"{PASSWORD}\n",
    )
    assert with_password.output == "root@example.org can sign in.\n"

    again = run.invoke(
        users, ["create", "--email", "root@example.org", "--role", "admin"]
    )
    assert again.exit_code == 1
    assert "already an account" in again.output
    unknown = run.invoke(
        users,
        ["create", "--email", "x@example.org", "--role", "authority", "--area", "ZZ"],
    )
    assert "no area with the code ZZ" in unknown.output
    weak = run.invoke(
        users,
        ["create", "--email", "y@example.org", "--role", "admin", "--password-stdin"],
        input="password1234\n",
    )
    assert weak.exit_code == 1

    with Session(make_engine(url)) as session:
        stored = {user.email: user for user in session.scalars(select(User))}
        assert set(stored) == {"mayor@example.org", "root@example.org"}
        assert passwords.is_correct(PASSWORD, stored["root@example.org"].password_hash)
        bound = session.scalars(select(Membership.user_id)).all()
        assert bound == [stored["mayor@example.org"].id]
    make_engine(url).dispose()
