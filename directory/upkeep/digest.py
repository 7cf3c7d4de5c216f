"""The weekly e-mail: what came through one's listings, what needs a look, what watched ones changed."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from directory.authz import Actor
from directory.models import Case, Message, Referral, Role, User, Watch
from directory.upkeep import kinds, letters, named, queries, watching

WEEK: Final = timedelta(days=7)
MOST_NAMED: Final = 10
"""Listings named in one message: the queue has all."""
KEEPERS: Final = (Role.PROVIDER, Role.AUTHORITY)


def send(session: Session, *, now: datetime) -> int:
    """Queue this week's message for everybody who has news, and return how many there are.

    Nobody gets two within six days, however often this runs.
    """
    written = 0
    for user in _readers(session, now):
        parts = _parts(session, actor_of(user), user.locale or "en", now)
        if parts:
            letters.write(
                session,
                kind=letters.DIGEST,
                recipient=user.email,
                language=user.locale or "en",
                subject=letters.NEWS,
                parts=parts,
                now=now,
            )
            written += 1
    return written


def actor_of(user: User) -> Actor:
    """The account as rules see it; its memberships are loaded."""
    return Actor(
        role=Role(user.role),
        user_id=user.id,
        email=user.email,
        organization_ids=frozenset(
            each.organization_id for each in user.memberships if each.organization_id
        ),
        area_ids=frozenset(each.area_id for each in user.memberships if each.area_id),
        can_see_restricted=user.can_see_restricted,
    )


def _readers(session: Session, now: datetime) -> Iterable[User]:
    """Active accounts that keep or watch something and had no message this week."""
    had = select(Message.recipient).where(
        Message.kind == letters.DIGEST,
        Message.created_at > now - WEEK + timedelta(days=1),
    )
    watchers = select(Watch.user_id)
    query = (
        select(User)
        .where(
            User.is_active.is_(True),
            User.is_demonstration.is_(False),
            User.email.not_in(had),
            User.role.in_(KEEPERS) | User.id.in_(watchers),
        )
        .options(selectinload(User.memberships))
        .order_by(User.email)
    )
    return session.scalars(query).all()


def _parts(session: Session, actor: Actor, language: str, now: datetime) -> list[str]:
    found = []
    if actor.role is Role.PROVIDER:
        came = letters.referrals_sentence(language, _referrals(session, actor, now))
        found += [came] if came else []
    if actor.role in KEEPERS:
        due = queries.count_due(session, actor=actor, today=now.date())
        if due:
            sentence = letters.say(language, letters.TO_CHECK, {"count": due})
            link = f"{letters.say(language, letters.SIGN_IN)}\n{letters.SITE}/upkeep"
            found += [sentence, link]
        found += _to_look_into(session, actor, language, now)
    changed = watching.changed_listings(session, actor=actor, since=now - WEEK)
    if changed:
        lines = "\n".join(f"- {named.placeholder(key, language)}" for key in changed)
        found.append(f"{letters.say(language, letters.CHANGED)}\n{lines}")
    return found


def _to_look_into(
    session: Session, actor: Actor, language: str, now: datetime
) -> list[str]:
    """What of which listing needs a look, the most urgent first; of public ones only, as it is an e-mail."""
    wanted = queries.Wanted(show=queries.Show.TASKS)
    rows = queries.queue(
        session, wanted, actor=actor, today=now.date(), start=0, limit=MOST_NAMED
    )
    lines = [
        f"- {named.placeholder(row.service_id, language)}: {letters.say(language, kinds.KINDS[task.kind])}"
        for row in rows
        if row.is_public
        for task in row.tasks
        if task.kind in kinds.KINDS
    ]
    if not lines:
        return []
    return [f"{letters.say(language, letters.LOOK)}\n" + "\n".join(lines)]


def _referrals(session: Session, actor: Actor, now: datetime) -> int:
    """Referrals that reached the actor's organizations this week; restricted cases count nowhere."""
    query = (
        select(func.count())
        .select_from(Referral)
        .join(Case, Case.id == Referral.case_id)
        .where(
            Referral.organization_id.in_(sorted(actor.organization_ids)),
            Referral.sent_at > now - WEEK,
            Case.is_restricted.is_(False),
        )
    )
    return session.scalar(query) or 0
