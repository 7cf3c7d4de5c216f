"""A whole directory in one file: written here, read by an empty installation, and proved equal."""
