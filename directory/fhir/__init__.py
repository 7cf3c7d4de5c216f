"""The directory in FHIR R4 after IHE mCSD, for the systems of ministries of health: public listings, to read."""
