"""The full-text engine of this installation, as SEARCH_ENGINE says."""

from functools import lru_cache

from directory.config import Config
from directory.search.engine import Engine
from directory.search.engines.postgresql import PostgresqlEngine
from directory.search.engines.whoosh import WhooshEngine


@lru_cache(maxsize=8)
def engine_for(config: Config) -> Engine:
    """Return the engine; Whoosh keeps its files in ``instance/search``."""
    if config.engine_name == "postgresql":
        return PostgresqlEngine()
    return WhooshEngine(config.instance_dir / "search")
