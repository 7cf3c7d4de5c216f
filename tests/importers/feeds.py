"""Small feeds of HSDS, made for the tests."""

import io
import json
import zipfile
from typing import Any

TABLES = {
    "organizations.csv": ["id,name,description,email,url", "o1,Red Door,Helps,info@example.org,example.org", "o2,Unused,,,"],
    "services.csv": [
        "id,organization_id,name,description,status,fees,application_process",
        "12345678901234567,o1,Clinic,First aid,active,Free,Come in",
        "s2,o1,Food bank,,,,",
        "s3,nobody,Lost,,,,",
    ],
    "locations.csv": ["id,organization_id,name,latitude,longitude", "l1,o1,Main house,3.12345,11.12345", "l2,gone,Empty,,"],
    "services_at_location.csv": ["id,service_id,location_id", "a1,12345678901234567,l1", "a2,s2,nowhere", "a3,s3,l2"],
    "phones.csv": ["id,service_id,location_id,number", "p1,12345678901234567,,+233302223333", "p2,,missing,+233302224444"],
    "regular_schedules.csv": [
        "id,service_id,weekday,opens_at,closes_at",
        *(f",12345678901234567,{day},9:00am,5:00pm" for day in ("Monday", "Tuesday", "Wednesday")),
        ",12345678901234567,Saturday,9:00am,12:30 PM",
    ],
    "physical_addresses.csv": ["id,location_id,address_1,city,postal_code,country", "d1,l1,Market Road 5,Half Town,0001,"],
    "languages.csv": ["id,service_id,language", "1,12345678901234567,English", "2,12345678901234567,French; others on request"],
    "services_taxonomy.csv": ["id,service_id,taxonomy_id", "1,12345678901234567,t2", "2,s2,t3", "3,s3,t2", "4,s2,t9"],
    "taxonomy.csv": [
        "id,name,parent_id,vocabulary",
        "t1,Health care,t2,X",
        "t2,Clinics,t1,X",
        "t3,Food banks,,X",
    ],
    "eligibility.csv": ["id,service_id,eligibility", "e1,12345678901234567,Everybody", ",,Nobody"],
    "required_documents.csv": ["id,service_id,document", "1,12345678901234567,Passport"],
}  # fmt: skip


def zipped(files: dict[str, list[str]] | None = None, folder: str = "data/") -> bytes:
    """A tabular feed as a zip of CSV files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, lines in (files or TABLES).items():
            archive.writestr(folder + name, "\n".join(lines) + "\n")
    return stream.getvalue()


SERVICE: dict[str, Any] = {
    "id": "s1",
    "name": "Clinic",
    "status": "active",
    "minimum_age": 18,
    "eligibility_description": "Everybody",
    "organization": {"id": "o1", "name": "Red Door", "description": "", "website": "https://example.org"},
    "phones": [{"id": "p1", "number": "+233302223333"}],
    "attributes": [
        {"id": "x1", "link_entity": "service", "link_id": "s1", "taxonomy_term": {"id": "t1", "code": "health.primary", "name": "Primary health care", "description": ""}},
        {"id": "x2", "link_entity": "service", "link_id": "s1", "label": "sex", "value": "female"},
    ],
    "service_areas": [{"id": "v1", "name": "remote"}],
    "service_at_locations": [
        {
            "id": "a1",
            "location": {
                "id": "l1", "location_type": "physical", "name": "Main house", "latitude": 3.12345, "longitude": 11.12345,
                "addresses": [{"id": "d1", "address_1": "Market Road 5", "city": "Half Town", "address_type": "physical"}],
            },
            "schedules": [{"id": "h1", "freq": "WEEKLY", "byday": "MO,TU,FR", "opens_at": "09:00:00", "closes_at": "17:00Z"}],
        }
    ],
}  # fmt: skip


def page(*services: dict[str, Any]) -> bytes:
    """A page of services as an HSDS API gives it."""
    return json.dumps(
        {"total_items": len(services), "contents": list(services)}
    ).encode()
