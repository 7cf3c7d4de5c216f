"""What an account watches: listings and areas whose changes it is told of."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import authz
from directory.authz import Actor
from directory.models import Area, Service, Watch


@dataclass(frozen=True, slots=True)
class Watched:
    """One thing that is watched: its name, its page, and where to stop watching."""

    name: str
    url: str

    @property
    def stop_url(self) -> str:
        """Where a form is posted to stop watching it."""
        return f"{self.url}/watch"


def list_watched(session: Session, *, actor: Actor) -> list[Watched]:
    """Return what the actor watches and may still know of, by name."""
    services = session.execute(
        select(Service.name, Service.id)
        .join(Watch, Watch.service_id == Service.id)
        .where(Watch.user_id == actor.user_id, authz.visible_services(actor))
    )
    areas = session.execute(
        select(Area.name, Area.code)
        .join(Watch, Watch.area_id == Area.id)
        .where(Watch.user_id == actor.user_id)
    )
    found = [Watched(name, f"/services/{key}") for name, key in services]
    found += [Watched(name, f"/areas/{code}") for name, code in areas]
    return sorted(found, key=lambda each: each.name)


def own_watches(
    session: Session,
    *,
    actor: Actor,
    service_id: uuid.UUID | None = None,
    area_id: uuid.UUID | None = None,
) -> Sequence[Watch]:
    """Return the actor's watches of one listing or area: one or none."""
    if actor.user_id is None:
        return ()
    thing = Watch.service_id == service_id if service_id else Watch.area_id == area_id
    return session.scalars(
        select(Watch).where(Watch.user_id == actor.user_id, thing)
    ).all()
