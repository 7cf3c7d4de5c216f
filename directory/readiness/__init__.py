"""Whether the directory of a country is ready to be used: what it has, and what it still lacks."""
