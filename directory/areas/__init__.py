"""Administrative areas and the places people come from."""
