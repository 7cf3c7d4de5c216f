"""Organizations, services and locations: show, edit, assure, history."""
