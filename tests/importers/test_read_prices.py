"""Prices with their currency beside them, and remedies without a proposal."""

from collections.abc import Callable
from typing import Any

import pytest

from importers.drafting import Drafted
from importers.issues import remedy_of
from tests.importers.test_check_rows import codes_of, draft_of

Read = Callable[..., Drafted]


@pytest.mark.parametrize(
    ("cells", "expected", "codes"),
    [
        ({"cost": "99 euros"}, ("paid", 99.0, "EUR"), []),
        ({"cost": "EUR 1 200,50"}, ("paid", 1200.5, "EUR"), []),
        ({"cost": "0 €"}, ("free", 0.0, "EUR"), []),
        ({"cost_amount": "٥٠٠ FCFA"}, (None, 500.0, "XOF"), []),
        ({"cost": "paid", "cost_amount": "20", "cost_currency": "usd"}, ("paid", 20.0, "USD"), []),
        ({"cost_amount": "99 euros", "cost_currency": "USD"}, (None, None, "USD"), ["number_invalid"]),
        ({"cost_amount": "20 dollars"}, (None, None, None), ["number_invalid"]),
        ({"cost": "99"}, (None, None, None), ["value_unknown"]),
        ({"cost": "-5 euros"}, (None, None, None), ["value_unknown"]),
    ],
)  # fmt: skip
def test_a_price_is_read_with_its_currency_or_its_loss_is_told(
    read: Read, cells: dict[str, str], expected: tuple[Any, ...], codes: list[str]
) -> None:
    draft = draft_of(read, **cells)
    names = ("cost", "cost_amount", "cost_currency")
    assert tuple(draft.values.get(name) for name in names) == expected
    assert codes_of(draft) == codes


def test_a_remedy_speaks_of_a_proposal_only_where_there_is_one() -> None:
    for code in ("term_unknown", "coordinates_range", "coordinates_nowhere"):
        assert "roposal" not in remedy_of(code, None, {"proposal": "–"})
        assert "Proposal: %(proposal)s" in remedy_of(code, None, {"proposal": "3, 11"})
    assert "Proposal" in remedy_of("area_mismatch", None, {"found": "North"})
