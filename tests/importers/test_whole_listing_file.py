"""The further columns of the listing file: titles and words in four languages, and a lossless way back."""

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from directory.listings import exporting, extracts
from directory.listings.record import ListingRecord
from directory.models import ImportRun
from importers import values
from importers.columns import target_of
from tests.directory.listings.test_create_services import create
from tests.directory.listings.test_edit_page import read
from tests.directory.listings.test_whole_listing import WHOLE

Run = Callable[..., ImportRun]


@pytest.mark.parametrize(
    ("field", "titles"),
    [
        ("alternate_name", ("Other name", "Autre nom", "Otro nombre", "اسم آخر")),
        ("programmes", ("Programmes", "Programmes requis", "Programas", "البرامج")),
        ("intake", ("Admissions", "Admission", "Admisión", "القبول")),
        ("referral_channel", ("How to refer", "Mode de référence", "Canal de remisión", "طريقة الإحالة")),
        ("response_hours", ("Response time", "Délai de réponse", "Tiempo de respuesta", "مدة الرد")),
        ("capacity_maximum", ("Total capacity", "Capacité totale", "Capacidad total", "السعة الكلية")),
        ("cost_amount", ("Amount", "Montant", "Monto", "المبلغ")),
        ("cost_currency", ("Currency", "Devise", "Moneda", "العملة")),
        ("cost_waiver", ("Fee waiver", "Exonération", "Exención", "الإعفاء")),
        ("alert", ("Notice", "Avis", "Aviso", "تنبيه")),
        ("valid_from", ("Start date", "Date de début", "Fecha de inicio", "تاريخ البدء")),
        ("valid_to", ("End date", "Date de fin", "Fecha de fin", "تاريخ الانتهاء")),
        ("funding_source", ("Donor", "Bailleur", "Donante", "المانح")),
        ("transportation", ("How to get there", "Comment s’y rendre", "Cómo llegar", "كيفية الوصول")),
        ("complaint_channel", ("Complaints", "Plaintes", "Quejas", "الشكاوى")),
    ],
)  # fmt: skip
def test_titles_are_recognised_in_four_languages(
    field: str, titles: tuple[str, ...]
) -> None:
    for title in titles:
        assert target_of(title) == (field, None), title


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("intake", "liste d'attente", "waiting_list"),
        ("intake", "مغلق", "closed"),
        ("referral_channel", "Teléfono", "phone"),
        ("help_level", "communautaire", "community"),
        ("location_type", "virtuel", "virtual"),
        ("cost_waiver", "Sí", True),
        ("cost_waiver", "لا", False),
        ("cost_amount", "1 234,50", 1234.5),
        ("cost_currency", "xof", "XOF"),
        ("response_hours", "48 h", 48),
        ("minimum_months_since_return", "6", 6),
        ("programmes", "Home, again; Safe  Return", ("Home, again", "Safe Return")),
        ("further_facts", "Dress: none; nonsense", ("Dress: none",)),
        ("valid_to", "31/12/2026", values.day("2026-12-31")),
    ],
)
def test_words_and_numbers_are_understood(
    field: str, text: str, expected: object
) -> None:
    assert values.PARSERS[field](text) == expected


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("cost_currency", "euros"),
        ("cost_waiver", "perhaps"),
        ("cost_amount", "-3"),
        ("response_hours", "0"),
        ("minimum_months_since_return", "9999"),
        ("intake", "sometimes"),
    ],
)
def test_what_cannot_be_read_is_named(field: str, text: str) -> None:
    with pytest.raises(values.Unreadable):
        values.PARSERS[field](text)


def test_every_field_survives_the_way_out_and_back(
    session: Session, planned: Run, tmp_path: Path
) -> None:
    whole = replace(WHOLE, source="file")
    ids = create(session, whole)[0]
    before = read(session, ids)
    path = tmp_path / "out.csv"
    exporting.WRITERS["csv"](session, extracts.prepare(session), path)
    run = planned(path.read_bytes(), "out.csv")
    assert run.counts is not None
    assert run.counts["unchanged"] == 1, run.counts
    lines = path.read_text(encoding="utf-8-sig")
    changed = lines.replace("Nurse on duty", "Doctor on duty").replace("HP-77", "HP-78")
    run = planned(changed.encode(), "out.csv")
    assert run.counts is not None
    assert run.counts["update"] == 1, run.counts
    assert read(session, ids) == before
    assert {one.name for one in fields(ListingRecord)} >= {"further_facts", "intake"}
