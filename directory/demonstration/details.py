"""What a few of the invented services say beyond the usual: notices, dates, prices, referrals, places."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

Texts = Mapping[tuple[str, str], str]

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "alert": {
        "en": "Closed for repairs in the afternoons",
        "fr": "Fermé l'après-midi pour travaux",
        "es": "Cerrado por las tardes por obras",
        "ar": "مغلق بعد الظهر بسبب أعمال الصيانة",
    },
    "transportation": {
        "en": "Minibuses stop in front of the market",
        "fr": "Les minibus s'arrêtent devant le marché",
        "es": "Los microbuses paran frente al mercado",
        "ar": "تتوقف الحافلات الصغيرة أمام السوق",
    },
    "referral_role": {
        "en": "Social worker on duty",
        "fr": "Assistant social de permanence",
        "es": "Trabajador social de turno",
        "ar": "الأخصائي الاجتماعي المناوب",
    },
    "interpretation_services": {
        "en": "An interpreter by phone, on request",
        "fr": "Un interprète par téléphone, sur demande",
        "es": "Un intérprete por teléfono, a pedido",
        "ar": "مترجم شفوي عبر الهاتف عند الطلب",
    },
    "complaint_channel": {
        "en": "A letter box at the entrance, opened every week",
        "fr": "Une boîte aux lettres à l'entrée, ouverte chaque semaine",
        "es": "Un buzón en la entrada, que se abre cada semana",
        "ar": "صندوق رسائل عند المدخل يُفتح كل أسبوع",
    },
}
CURRENCIES: Final[Mapping[str, str]] = {"SN": "XOF", "IQ": "IQD", "GT": "GTQ"}
PRICES: Final[Mapping[str, float]] = {"SN": 2000.0, "IQ": 5000.0, "GT": 25.0}
_OF_GROUPS: Final = frozenset({"psychosocial.groups", "business.savings"})
INTAKES: Final = ("open", "waiting_list", "by_appointment", "open", "closed")
CHANNELS: Final = ("phone", "email", "in_person", "letter", "electronic")
PROGRAMME: Final = "Fresh Start"
"""The programme that some services ask for; it is in the catalogue."""


def texts_of(number: int, *, has_door: bool) -> dict[tuple[str, str], str]:
    """Return the further texts of one service in all languages of the demonstration."""
    said = {
        "alert": number % 41 == 3,
        "transportation": has_door and number % 3 == 1,
        "referral_role": number % 4 == 0,
        "interpretation_services": number % 6 == 2,
        "complaint_channel": number % 5 == 1,
    }
    return {
        (column, language): text
        for column, is_said in said.items()
        if is_said
        for language, text in WORDS[column].items()
    }


def facts_of(
    number: int, template: Mapping[str, str], country: str, today: date
) -> dict[str, Any]:
    """Return the further facts of one service, made from the row of its kind."""
    found: dict[str, Any] = {
        "help_level": _level(number, template["code"], template["provider"])
    }
    if number % 41 == 3:
        found["alert_until"] = today + timedelta(days=10)
    if number % 4 == 0:
        found |= {"referral_channel": CHANNELS[number // 4 % 5], "response_hours": 48}
    if template["cost"] != "free" and number % 2 == 0:
        found |= {
            "cost_amount": PRICES[country],
            "cost_currency": CURRENCIES[country],
            "cost_waiver": number % 4 == 0,
        }
    if number % 3 == 0:
        found |= {
            "capacity_maximum": 12 + number % 9,
            # Some reports are too old to be believed.
            "capacity_updated": today - timedelta(days=number % 50),
            "intake": INTAKES[number // 3 % 5],
        }
    if number % 17 == 5:
        found |= {"funding_source": "Invented city fund"}
        found |= {"funding_until": today + timedelta(days=200)}
    if number % 29 == 11:
        found |= {"programmes": (PROGRAMME,), "maximum_months_since_return": 12}
    if number % 43 == 20:
        found["valid_to"] = today + timedelta(days=60)
    return found


def _level(number: int, term: str, provider: str) -> str | None:
    """Return on which level one service helps; some do not say."""
    if number % 7 == 3:
        return None
    if term.startswith("community.") or term in _OF_GROUPS:
        return "community"
    if provider in {"national_authority", "local_authority"} and number % 3 == 0:
        return "structural"
    return "individual"
