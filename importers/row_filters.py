"""Which rows of an import a page shows, read from its address and written into links."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import url_for

from directory.models import ImportRun
from importers.queries import RowFilter


def wanted(run: ImportRun, asked: Mapping[str, str]) -> RowFilter:
    """Return the filter of an address; of a source imported again first what it changes."""
    action = asked.get("action") or None
    return RowFilter(
        action=None if action == "all" else action,
        code=asked.get("code") or None,
        text=asked.get("q", "").strip()[:100] or None,
        hides_unchanged=_is_news(run) and not {"action", "code", "q"} & asked.keys(),
    )


def link(run: ImportRun, wanted: RowFilter) -> Callable[..., str]:
    """Return a maker of addresses of this page with one part of its filter changed."""
    shows_all = _is_news(run) and not wanted.hides_unchanged

    def address(**changed: Any) -> str:
        parts = {
            "action": wanted.action or ("all" if shows_all else None),
            "code": wanted.code,
            "q": wanted.text,
            **changed,
        }
        return url_for(
            "importers.show", run_id=run.id, **{k: v for k, v in parts.items() if v}
        )

    return address


def _is_news(run: ImportRun) -> bool:
    """Whether some rows of the run change nothing, and others are worth a look."""
    counts = run.counts or {}
    unchanged = int(counts.get("unchanged", 0))
    return 0 < unchanged < int(counts["rows"])
