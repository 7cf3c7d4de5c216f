"""What people call the fields of a listing, and the ways in which one changes."""

from collections.abc import Mapping
from typing import Final

from directory.text import N_

FIELDS: Final[Mapping[str, str]] = {
    "organization_name": N_("Organization"),
    "organization_id": N_("Number of the organization"),
    "service_name": N_("Name of the service"),
    "service_id": N_("Number of the service"),
    "name": N_("Name"),
    "description": N_("What it does"),
    "taxonomy_terms": N_("Categories"),
    "latitude": N_("Latitude"),
    "longitude": N_("Longitude"),
    "precision_m": N_("Precision of the position, in metres"),
    "address": N_("Address"),
    "landmark": N_("Landmark"),
    "location_name": N_("Name of the place"),
    "area_code": N_("Area"),
    "country": N_("Country"),
    "coverage": N_("Reach"),
    "coverage_areas": N_("Areas served"),
    "coverage_excluded_areas": N_("Areas not served"),
    "coverage_radius_km": N_("Radius served, in kilometres"),
    "coverage_geojson": N_("Drawn area served"),
    "coverage_excluded_geojson": N_("Drawn area not served"),
    "coverage_travel_minutes": N_("Journey served, in minutes"),
    "coverage_travel_mode": N_("How people travel there"),
    "minimum_age": N_("Lowest age"),
    "maximum_age": N_("Highest age"),
    "sexes": N_("Sexes"),
    "profiles": N_("Situations"),
    "return_modalities": N_("Ways of return"),
    "host_countries": N_("Countries people return from"),
    "open_to": N_("Open to"),
    "eligibility_description": N_("Other conditions"),
    "required_documents": N_("Documents to bring"),
    "languages": N_("Languages spoken"),
    "access_flags": N_("Access"),
    "cost": N_("Cost"),
    "fees_description": N_("What is to be paid"),
    "opening_hours": N_("Opening hours"),
    "application_process": N_("How to apply"),
    "phone": N_("Telephone"),
    "email": N_("E-mail"),
    "website": N_("Website"),
    "referral_email": N_("E-mail for referrals"),
    "status": N_("Status"),
    "status_until": N_("Until"),
    "capacity_available": N_("Free places"),
    "wait_time_days": N_("Waiting time, in days"),
    "assured_date": N_("Verified on"),
    "verification_method": N_("Verified how"),
    "sensitivity": N_("Who may see it"),
    "provider_type": N_("Kind of organization"),
    "language": N_("Language it is written in"),
    "source": N_("Source"),
    "is_demonstration": N_("Demonstration"),
    "legal_status": N_("Legal status"),
    "alternate_name": N_("Other name"),
}

ACTIONS: Final[Mapping[str, str]] = {
    "create": N_("written down for the first time"),
    "delete": N_("removed"),
    "assure": N_("verified"),
    "restore": N_("restored"),
}

ORIGINS: Final[Mapping[str, str]] = {
    "form": N_("by form"),
    "import": N_("by import"),
    "api": N_("by program"),
    "command": N_("by command"),
    "link": N_("by link"),
}
