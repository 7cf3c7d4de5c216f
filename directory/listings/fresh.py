"""The offer of a listing that was just created, from its record: spares reading it back."""

from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any, Final

from directory.countries.queries import NO_DAYS
from directory.listings.facts import Facts, OfferSource, review_days
from directory.listings.record import CreatedIds, ListingRecord
from directory.listings.rows import Place, Setting
from directory.models import CoverageKind
from directory.taxonomy.codes import DOCUMENTS


class OfferSources:
    """Makes what ``offer_sources.read`` would read back; equal statements share one ``Facts``."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._known: dict[tuple[Any, ...], Facts] = {}

    def __call__(
        self,
        record: ListingRecord,
        stated: ListingRecord,
        ids: CreatedIds,
        place: Place,
    ) -> OfferSource:
        """Return the source of one offer.

        ``record`` is the row of this place; ``stated`` is what was stored of the service: its
        first row in the batch, with the ``provider_type`` of the organization's first row.
        """
        is_remote = record.coverage == CoverageKind.REMOTE
        has_areas = bool(record.coverage_areas)
        is_partly_remote = is_remote and has_areas
        reach = record.coverage if record.coverage and not is_partly_remote else None
        review = self._setting.review_days.get(place.country or "", NO_DAYS)
        country = place.country if review else None
        key = (record.opening_hours, is_remote, country, *_FACTS(stated))
        facts = self._known.get(key)
        if facts is None:
            facts = _facts(
                record,
                stated,
                is_remote=is_remote,
                setting=self._setting,
                review=review,
            )
            self._known[key] = facts
        return OfferSource(
            service_at_location_id=ids.service_at_location_id,
            service_id=ids.service_id,
            organization_id=ids.organization_id,
            name=stated.service_name,
            country=place.country,
            area_id=place.area_id,
            latitude=record.latitude,
            longitude=record.longitude,
            states_coverage=bool(
                record.coverage
                or has_areas
                or record.coverage_geojson
                or record.coverage_radius_km is not None
                or record.coverage_travel_minutes is not None
            ),
            reach=reach,
            is_demonstration=stated.is_demonstration,
            facts=facts,
        )


_FACTS: Final = attrgetter(
    "taxonomy_terms", "sensitivity", "capacity_available", "status", "status_until",
    "minimum_age", "maximum_age", "sexes", "profiles", "required_documents", "languages",
    "cost", "access_flags", "capacity_updated", "wait_time_days", "assured_date",
    "verification_method", "provider_type", "return_modalities", "host_countries",
    "programmes", "minimum_months_since_return", "maximum_months_since_return",
    "residence_areas", "intake", "intake_until", "valid_from", "valid_to",
)  # fmt: skip
"""All that ``_facts`` reads of the stated record."""


def _facts(
    record: ListingRecord,
    stated: ListingRecord,
    *,
    is_remote: bool,
    setting: Setting,
    review: Mapping[str, int],
) -> Facts:
    terms = _sorted(stated.taxonomy_terms)
    level, kind = setting.level_of(stated), stated.provider_type
    days = review_days(terms, sensitivity=level, provider_type=kind, stated=review)
    return Facts(
        terms=terms,
        status=stated.status or "active",
        status_until=stated.status_until,
        minimum_age=stated.minimum_age,
        maximum_age=stated.maximum_age,
        sexes=_sorted(stated.sexes),
        profiles=_sorted(stated.profiles),
        documents=_sorted(d for d in stated.required_documents if d in DOCUMENTS),
        other_documents=_sorted(
            d for d in stated.required_documents if d not in DOCUMENTS
        ),
        languages=_sorted(stated.languages),
        cost=stated.cost,
        access=_sorted(stated.access_flags),
        capacity=stated.capacity_available,
        capacity_on=(stated.capacity_updated or setting.now.date())
        if stated.capacity_available is not None
        else None,
        wait_days=stated.wait_time_days,
        assured_date=stated.assured_date,
        verification=stated.verification_method,
        review_days=days,
        return_modalities=_sorted(stated.return_modalities),
        host_countries=_sorted(stated.host_countries),
        programmes=_sorted(stated.programmes),
        minimum_months_since_return=stated.minimum_months_since_return,
        maximum_months_since_return=stated.maximum_months_since_return,
        residence_areas=_sorted(stated.residence_areas),
        intake=stated.intake,
        intake_until=stated.intake_until,
        valid_from=stated.valid_from,
        valid_to=stated.valid_to,
        hours=record.opening_hours or None,
        is_remote=is_remote,
        sensitivity=level,
    )


def _sorted(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({value for value in values if value}))
