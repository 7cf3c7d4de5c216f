"""Words of real lists in five languages, and the categories they stand for."""

import csv

import pytest

from directory.config import ROOT
from importers import kinds
from importers.kinds import provider_type_of, term_of, term_of_code


@pytest.mark.parametrize(
    ("words", "term"),
    [
        ("Health Centre II|Centre de Santé Intégré|Posto de Saúde|CSPS|CHPS |Dispensaire|Unité de Soins Périphérique|مركز صحي|Clinic without Maternity|PS", "health.primary"),
        ("District Hospital|Hôpital de Zone|Hospitais Centrais|CHU|مستشفى|Federal Medical Centre|Centre Médical Avec Antenne Chirurgicale", "health.hospital"),
        ("Maternity Home|Centro Materno Infantil|RCH|Maternal & Child Health Post", "health.maternal_child"),
        ("Pharmacie|Farmacia|Drug shop|صيدلية", "health.medicines"),
        ("Psychiatric Hospital", "psychosocial.psychiatry"),
        ("VCT Centre|TB clinic", "health.hiv_tb"),
        ("District Health Directorate|Mairie", "information.authority"),
        ("Women's shelter|Foyer pour femmes|Safe house|Casa de acogida", "housing.safe_shelter"),
        ("Domestic Violence Shelters|Refugio para mujeres víctimas de violencia|Hébergement de femmes", "housing.safe_shelter"),
        ("GBV response|VBG|Sexual Assault Counseling|Violences conjugales", "protection.gbv"),
        ("LGBT centre", "protection.lgbti"),
        ("Food bank|Banque alimentaire|Banco de alimentos", "basic_needs.food"),
        ("Banque|World Bank", "business.banking_credit"),
        ("Consulado|Bureau consulaire", "information.consular"),
        ("CCCM|Gestión de campamentos", "housing"),
        ("École primaire|Primary|Secondary School|Lycée|مدرسة", "education.school"),
        ("TVET|Centre de formation|Training Institution|Formation professionnelle", "training.vocational"),
        ("Seguridad Alimentaria|Food Security|Nutrition", "basic_needs.food"),
        ("WASH|Agua, Saneamiento e Higiene", "basic_needs.wash"),
        ("Protección|Protection", "protection"),
        ("Salud|Health|Santé", "health"),
        ("MHPSS", "psychosocial"),
        ("Return counselling|Conseil au retour", "information.return_counselling"),
        ("Reintegration|إعادة الإدماج", "information.case_management"),
    ],
)  # fmt: skip
def test_words_become_categories(words: str, term: str) -> None:
    assert {word: term_of(word) for word in words.split("|")} == dict.fromkeys(
        words.split("|"), term
    )


@pytest.mark.parametrize(
    "word",
    ["Others", "Research Institution", "Logistics", "Consultation", "Wibble", ""],
)
def test_words_that_say_nothing_stand_for_nothing(word: str) -> None:
    assert term_of(word) is None


def test_codes_of_the_211_taxonomy_become_categories() -> None:
    assert term_of_code("BH-1800.1500-100") == "housing.safe_shelter"
    assert term_of_code("LN-0600") == "health.primary"
    assert term_of_code("LX") == "health"
    assert term_of_code("Health") is None


def test_every_rule_names_a_category_that_exists() -> None:
    with (ROOT / "data" / "taxonomy.csv").open(encoding="utf-8") as stream:
        codes = {row["code"] for row in csv.DictReader(stream)}
    named = (
        {term for term, _ in kinds._TERM_RULES}
        | {term for _, term in kinds._CODE_RULES}
        | set(kinds_of_titles())
    )
    assert named <= codes


def kinds_of_titles() -> list[str]:
    from importers.column_names import IMPLIED_TERMS  # noqa: PLC0415 -- only here

    return list(IMPLIED_TERMS.values())


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("MoH|Govt.|Publique|CENTRAL GOVERNMENT/DEB|حكومي", "national_authority"),
        ("Local authority|Municipal", "local_authority"),
        ("FBO|CHAG|Confessionnel|Mission", "faith"),
        ("Private|Privé|PRIVATE INDIVIDUAL", "private"),
        ("ONG Internacional|INGO", "ingo"),
        ("NGO|Private not for profit|ONG/non-lucratif", "nngo_cso"),
        ("Naciones Unidas|UN", "un"),
        ("Movimiento de la Cruz Roja Media Luna Roja", "red_cross"),
    ],
)
def test_owners_become_provider_types(words: str, kind: str) -> None:
    assert {word: provider_type_of(word) for word in words.split("|")} == dict.fromkeys(
        words.split("|"), kind
    )
