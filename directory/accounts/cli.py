"""`flask users`: accounts from the command line, for the first administrator above all."""

import sys
from datetime import UTC, datetime

import click
from sqlalchemy.orm import Session

from directory.accounts import operations, queries
from directory.authz import Actor
from directory.config import Config
from directory.database import unit_of_work
from directory.errors import DomainError
from directory.models import Role

COMMAND_LINE = Actor(role=Role.ADMIN, email="command line")
"""Who the change log names for what is done on the server's own command line."""


@click.group("users", help="Accounts of people who sign in.")
def users() -> None:
    """Group the account commands."""


@users.command("create")
@click.option("--email", required=True, help="The address the person signs in with.")
@click.option(
    "--role",
    required=True,
    type=click.Choice([role.value for role in Role if role is not Role.VISITOR]),
)
@click.option("--name", default="", help="How colleagues see the person.")
@click.option(
    "--area", "areas", multiple=True, help="Code of an area of a local authority."
)
@click.option(
    "--organization", "organizations", multiple=True, help="Id or exact name."
)
@click.option("--restricted", is_flag=True, help="Trained for protected services.")
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input."
)
def create(
    email: str,
    role: str,
    name: str,
    areas: tuple[str, ...],
    organizations: tuple[str, ...],
    restricted: bool,
    password_stdin: bool,
) -> None:
    """Add an account; prints the link with which its person chooses a password."""
    config = Config.from_environment()
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    try:
        with unit_of_work(config) as session:
            access = operations.Access(
                role=Role(role),
                can_see_restricted=restricted,
                area_ids=queries.find_area_ids(session, areas),
                organization_ids=queries.find_organization_ids(session, organizations),
            )
            newcomer = operations.Newcomer(email=email, role=Role(role), name=name)
            token = _create(session, newcomer, access, password)
    except DomainError as error:
        raise click.ClickException(str(error)) from None
    if token is None:
        click.echo(f"{email} can sign in.")
        return
    click.echo(f"{config.public_url}/invitations/{token}")


def _create(
    session: Session,
    newcomer: operations.Newcomer,
    access: operations.Access,
    password: str | None,
) -> str | None:
    now = datetime.now(UTC)
    user = operations.create_user(
        session, actor=COMMAND_LINE, newcomer=newcomer, now=now, origin="command"
    )
    operations.edit_access(
        session, actor=COMMAND_LINE, user=user, access=access, now=now, origin="command"
    )
    if password is None:
        return operations.invite(session, actor=COMMAND_LINE, user=user, now=now)
    operations.set_password(session, user=user, password=password)
    return None
