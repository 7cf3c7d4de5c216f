"""What readers may ask behind the question mark of an address that lists things."""

from collections.abc import Mapping

# No question holds a word of a hidden listing: what is asked is said back.
SEARCHES = (
    "q=door",
    "q=clinic&sort=distance&lat=2.7&lon=10.3",
    "q=gender+violence",
    "term=health",
    "term=protection.gbv",
    "term=housing.safe_shelter&country=XA",
    "term=health.primary&country=XA&cost=paid",
    "lat=2.7&lon=10.3&radius_km=60&sort=distance",
    "covers=2.7,10.3",
    "area=XA-NW",
    "area=XA-N&language=ti",
    "country=XA&status=all",
    "bbox=10,2,11,3&zoom=11",
    "bbox=9,1,15,5&zoom=6",
    "place=North",
    "page=2",
    "mine=1",
    "sort=verified&country=XA",
    "limit=100&country=XA",
    "lang=fr&country=XA",
    "lang=ar&country=XA",
)
SUGGESTIONS = ("q=q", "q=qx", "q=cl", "q=clinic", "q=leg", "q=ti", "q=555", "q=xa")
PLACES = ("country=XA", "area=XA-N", "lat=2.7&lon=10.3", "q=north", "lang=fr")

FORMATS = ("csv", "xlsx", "geojson", "gpkg", "kml", "hxl", "hsds", "hsds-package")

QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "search.export": (
        *(f"format={name}&country=XA" for name in FORMATS),
        "format=csv&changed_since=2020-01-01",
        "format=hxl&term=protection.gbv&sort=distance&lat=2.7&lon=10.3",
    ),
    "openreferral_api.services": (
        "per_page=100",
        "search=door",
        "search=gender+violence",
        "modified_after=2020-01-01&per_page=1",
        "page=2",
    ),
    "fhir_api.organizations": (
        "_count=100",
        "name=office&_lastUpdated=ge2020-01-01&_count=1",
        "name:contains=o&active=true&type=ingo&page=2",
        "name:exact=Provider&partof=x&_id=x&identifier=x&lang=fr",
    ),
    "fhir_api.locations": (
        "_count=100",
        "near=2.7|10.3|60|km&_count=1",
        "name:contains=o&status=active,suspended,inactive&lang=ar",
        "name=clinic&name:exact=North&_lastUpdated=gt2020&organization=x&_id=x&page=2",
    ),
    "fhir_api.services": (
        "_count=100",
        "service-type=protection.gbv&_lastUpdated=ge2020-01-01",
        "service-type=health,housing.safe_shelter&active=true&_count=1",
        "name=clinic&lang=fr&page=2",
        "name:contains=i&name:exact=Clinic&organization=x&location=x&_id=x&identifier=x",
    ),
    "search.index": SEARCHES,
    "search_api.services": SEARCHES,
    "search_api.suggest": SUGGESTIONS,
    "maps_api.points": SEARCHES,
    "maps_api.borders": PLACES,
    "maps.services": (*PLACES, "term=health", "country=XA&status=all"),
    "maps.match": (
        "lat=2.7&lon=10.3&term=health.primary",
        "term=protection.gbv&area=XA-N",
    ),
    "matching.form": PLACES,
    "areas.index": PLACES,
    "areas_api.areas": (*PLACES, "geometry=1"),
    "areas_api.list_places": PLACES,
    "insights.index": PLACES,
    "insights.show_gaps": PLACES,
    "insights.gaps_file": PLACES,
    "insights.outcomes_file": PLACES,
    "overlaps.show": PLACES,
    "overlaps.file": PLACES,
    "unmet.show": (*PLACES, "country=XA&year=2026"),
    "unmet.file": (*PLACES, "country=XA&year=2026"),
    "figure_maps.referrals": PLACES,
    "figure_maps.unmet_needs": ("country=XA", "country=XA&year=2026"),
    "programmes.index": ("country=XA", "host=XA"),
    "upkeep.index": ("show=due", "show=red", "show=reported", "show=tasks", "show=all"),
    "upkeep.show_scores": ("page=1",),
    "duplicates.index": ("page=1",),
    "duplicates_api.similar": (
        "name=open+door&lat=2.718&lon=10.314",
        "name=clinic&phone=%2B12025550140",
    ),
    "feedback.form": (),
    "feedback.inbox": ("show=ended",),
}
