"""One database session per request, one commit at its end.

The session opens with its first use. If the response's status is below 400 it is committed once,
before the response leaves; otherwise everything is rolled back. Nothing else in a request commits.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, Response, current_app, g, request
from sqlalchemy.orm import Session

from directory.database import SessionFactory

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
View = TypeVar("View", bound=Callable[..., Any])


def writes(view: View) -> View:
    """A GET view that must write, such as the log of who read what, takes the writing session."""
    view.writes = True  # type: ignore[attr-defined]  # read by ``db``
    return view


def reads(view: View) -> View:
    """A POST view that only asks takes the reading session and waits for no writer."""
    view.reads = True  # type: ignore[attr-defined]  # read by ``db``
    return view


def install(app: Flask, *, reading: SessionFactory, writing: SessionFactory) -> None:
    """Give ``app`` its sessions: reading ones for GET, writing ones for everything else."""
    app.extensions["homeward_sessions"] = {"reading": reading, "writing": writing}
    app.after_request(_finish)
    app.teardown_request(_close)


def db() -> Session:
    """The session of this request."""
    if "db" not in g:
        kind = "writing" if _view_writes() else "reading"
        g.db = current_app.extensions["homeward_sessions"][kind]()
    return cast("Session", g.db)


def _view_writes() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method in _SAFE:
        return bool(getattr(view, "writes", False))
    return not getattr(view, "reads", False)


def _finish(response: Response) -> Response:
    session: Session | None = g.get("db")
    if session is None:
        return response
    if response.status_code < 400:
        session.commit()
    else:
        session.rollback()
    return response


def _close(_error: BaseException | None) -> None:
    session: Session | None = g.pop("db", None)
    if session is not None:
        session.close()
