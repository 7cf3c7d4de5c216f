"""One page of a longer list, and which page was asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from flask import request

Item = TypeVar("Item")
FURTHEST = 10_000


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """``items`` are those of page ``number`` (from 1); ``total`` counts all pages' items."""

    items: Sequence[Item]
    total: int
    number: int
    size: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def has_previous(self) -> bool:
        """Whether there is a page before."""
        return self.number > 1

    @property
    def has_next(self) -> bool:
        """Whether there is a page after."""
        return self.number < self.pages

    @property
    def first_index(self) -> int:
        """The number of the first item shown, from 1; 0 when there are none."""
        return 0 if not self.items else (self.number - 1) * self.size + 1

    @property
    def last_index(self) -> int:
        """The number of the last item shown."""
        return 0 if not self.items else self.first_index + len(self.items) - 1


def page_number() -> int:
    """``?page=`` of this request, 1 when absent or nonsense."""
    text = request.args.get("page", "1")
    return min(max(int(text), 1), FURTHEST) if text.isdecimal() else 1


def page_url(number: int) -> str:
    """The address of another page of the list that is shown now."""
    kept = [
        (key, value) for key, value in request.args.items(multi=True) if key != "page"
    ]
    return f"{request.path}?{urlencode([*kept, ('page', str(number))])}"
