"""What `make check` says about a catalogue of interface sentences."""

from babel.messages.catalog import Catalog

from bin import translate


def french(**texts: str) -> Catalog:
    catalogue = Catalog(locale="fr")
    for message, text in texts.items():
        catalogue.add(message, text)
    return catalogue


def test_a_catalogue_with_every_sentence_is_fresh() -> None:
    assert list(translate.problems(french(Services="Services"), {"Services"})) == []


def test_it_names_a_sentence_that_is_missing() -> None:
    assert list(translate.problems(french(), {"Services"})) == ["lacks “Services”"]


def test_it_names_a_sentence_that_is_gone() -> None:
    held = french(Services="Services")
    assert list(translate.problems(held, set())) == ["keeps “Services”, which is gone"]


def test_it_names_a_sentence_without_translation() -> None:
    held = french(Services="")
    assert list(translate.problems(held, {"Services"})) == [
        "has no translation of “Services”"
    ]


def test_it_names_a_translation_that_lost_its_placeholder() -> None:
    held = Catalog(locale="fr")
    held.add("%(name)s is closed", "C'est fermé", flags=["python-format"])
    (problem,) = translate.problems(held, {"%(name)s is closed"})
    assert "placeholder" in problem


def test_it_accepts_plurals() -> None:
    held = Catalog(locale="fr")
    held.add(("%(n)s day", "%(n)s days"), ("%(n)s jour", "%(n)s jours"))
    assert list(translate.problems(held, {"%(n)s day"})) == []
