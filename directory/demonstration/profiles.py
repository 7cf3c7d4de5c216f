"""The demonstration's profiles of areas: invented, and every one of them says so in its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from directory.areas import queries as areas
from directory.demonstration.cast import STAFF
from directory.listings.translations import HUMAN, MACHINE
from directory.profiles import operations
from directory.profiles.operations import Details
from directory.profiles.queries import Figure, Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Invented:
    """One profile: written in ``language``, its source so many days old."""

    area: str
    language: str
    days: int
    texts: Mapping[str, str]
    others: Mapping[Key, str]
    figures: tuple[tuple[str, float, str], ...] = ()


SOURCE: Final = {
    "ar": "مختلَق لأغراض العرض",
    "es": "Inventado para la demostración",
    "fr": "Inventé pour la démonstration",
}

INVENTED: Final = (
    Invented(
        area="SN-DK",
        language="fr",
        days=120,
        texts={
            "labour_demand": "On cherche des maçons, des électriciens et du personnel de cuisine ; peu d'offres sans expérience.",
            "main_sectors": "Commerce, bâtiment, pêche, services aux bureaux et au port.",
            "market_access": "Marchés tous les jours dans chaque quartier ; étal à louer au mois.",
            "road_season": "Accessible toute l'année ; inondations de rues en août et septembre.",
            "network": "Réseau mobile de trois opérateurs partout ; coupures dans les sous-sols.",
            "risks": "Loyers élevés, inondations, emprunts à intérêt trop lourd.",
            "participants": "Deux groupements de femmes et une association de jeunes",
        },
        others={
            ("labour_demand", "en"): "Masons, electricians and kitchen staff are sought; little for people without experience.",
            ("main_sectors", "en"): "Trade, building, fishing, services for offices and the harbour.",
            ("risks", "en"): "High rents, floods, loans with heavy interest.",
            ("labour_demand", "es"): "Se buscan albañiles, electricistas y personal de cocina; pocas ofertas sin experiencia.",
            ("labour_demand", "ar"): "يُطلب بنّاؤون وكهربائيون وعاملون في المطابخ؛ والعروض قليلة لمن لا خبرة له.",
            ("main_sectors", "ar"): "التجارة والبناء وصيد السمك وخدمات المكاتب والميناء.",
            ("risks", "ar"): "إيجارات مرتفعة وفيضانات وقروض بفوائد ثقيلة.",
        },
        figures=(("youth_unemployment", 19.5, "%"), ("food_basket", 64_000.0, "XOF")),
    ),
    Invented(
        area="IQ-BG",
        language="ar",
        days=900,
        texts={
            "labour_demand": "يزداد الطلب على عمال البناء وفنيي التكييف في الصيف.",
            "main_sectors": "الوظائف العامة والتجارة والبناء.",
            "risks": "انقطاع الكهرباء وارتفاع أسعار السكن.",
        },
        others={
            ("labour_demand", "en"): "Demand for builders and for air-conditioning technicians grows in summer.",
        },
    ),
    Invented(
        area="GT-GU",
        language="es",
        days=500,
        texts={
            "main_sectors": "Comercio, maquila, servicios y construcción.",
            "market_access": "Mercado mayorista todos los días; transporte público desde todos los municipios.",
            "network": "Buena cobertura móvil; internet caro en las afueras.",
        },
        others={},
    ),
)  # fmt: skip


def add(session: Session, *, now: datetime) -> int:
    """Write them for the areas that are loaded; return how many there are."""
    found = areas.areas_by_codes(session, [one.area for one in INVENTED])
    known = [one for one in INVENTED if one.area in found]
    for one in known:
        day = now.date() - timedelta(days=one.days)
        operations.save(
            session,
            actor=STAFF,
            area=found[one.area],
            details=Details(
                columns={
                    **one.texts,
                    "language": one.language,
                    "source": SOURCE[one.language],
                    "source_date": day,
                },
                texts=one.others,
                states={
                    key: MACHINE if key[1] == "es" else HUMAN for key in one.others
                },
            ),
            expected_version=0,
            now=now,
            origin="command",
        )
        figures = [
            Figure(code, value, unit, day, SOURCE[one.language])
            for code, value, unit in one.figures
        ]
        operations.note_figures(
            session,
            actor=STAFF,
            area=found[one.area],
            figures=figures,
            now=now,
            origin="command",
        )
    return len(known)
