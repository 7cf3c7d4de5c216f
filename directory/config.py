"""Every setting, its default and its environment name; docs/settings.md lists them."""

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def _default_database(instance: Path) -> str:
    return f"sqlite:///{instance / 'homeward.sqlite3'}"


class SettingError(ValueError):
    """A setting cannot be used; the text says which one and what to write instead."""


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one running site. Field names are the environment names in small letters."""

    secret_key: str
    database_url: str
    instance_dir: Path
    search_engine: str = ""
    """``whoosh`` or ``postgresql``; empty chooses by database."""
    default_locale: str = "en"
    locales: tuple[str, ...] = ("en", "fr", "es", "ar")
    mail_server: str = ""
    """Empty: messages are written to ``instance/mail`` instead of sent."""
    mail_port: int = 587
    mail_username: str = ""
    mail_password: str = field(default="", repr=False)
    mail_use_tls: bool = True
    mail_sender: str = "homeward@localhost"
    office_name: str = "Homeward"
    office_phone: str = ""
    site_url: str = ""
    """The address that messages, invitations and printed sheets name; empty: see ``public_url``."""
    port: int = 8000
    """Where the site listens on this machine."""
    default_reach_km: float = 50.0
    travel_walk_kmh: float = 4.5
    travel_public_transport_kmh: float = 20.0
    travel_car_kmh: float = 40.0
    travel_detour: float = 1.4
    suppress_below: int = 5
    real_data_dir: Path = ROOT.parent / "shared" / "data"
    standards_dir: Path = ROOT.parent / "shared" / "standards"
    max_upload_mb: int = 64
    jobs: str = "threads"
    """``threads``: the serving process works the queue; ``none``: ``flask jobs run`` does;
    ``immediate``: at once (tests)."""
    import_processes: int = 0
    """Processes that work on one large import; 0: one for each core, four at most."""
    is_secure: bool = False
    """Cookies only over https. Set it wherever the site is served over https."""
    trusted_proxies: int = 0
    webhooks_to_loopback: bool = False
    """Webhooks may lead to this machine, over http: for trying them out."""
    testing: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Config":
        """Read the settings; raises SettingError naming the setting that cannot be used."""
        env = os.environ if environment is None else environment
        instance = Path(env.get("INSTANCE_DIR") or ROOT / "instance").resolve()
        return cls(
            secret_key=env.get("SECRET_KEY") or _stored_secret(instance),
            database_url=env.get("DATABASE_URL") or _default_database(instance),
            instance_dir=instance,
            search_engine=_choice(
                env, "SEARCH_ENGINE", "", ("", "whoosh", "postgresql")
            ),
            default_locale=env.get("DEFAULT_LOCALE") or "en",
            locales=_words(env.get("LOCALES") or "en,fr,es,ar"),
            mail_server=env.get("MAIL_SERVER", ""),
            mail_port=_whole(env, "MAIL_PORT", 587),
            mail_username=env.get("MAIL_USERNAME", ""),
            mail_password=env.get("MAIL_PASSWORD", ""),
            mail_use_tls=_flag(env, "MAIL_USE_TLS", default=True),
            mail_sender=env.get("MAIL_SENDER") or "homeward@localhost",
            office_name=env.get("OFFICE_NAME") or "Homeward",
            office_phone=env.get("OFFICE_PHONE", ""),
            site_url=env.get("SITE_URL", "").rstrip("/"),
            port=_whole(env, "PORT", 8000),
            default_reach_km=float(env.get("DEFAULT_REACH_KM") or 50),
            travel_walk_kmh=_above_zero(env, "TRAVEL_WALK_KMH", 4.5),
            travel_public_transport_kmh=_above_zero(
                env, "TRAVEL_PUBLIC_TRANSPORT_KMH", 20.0
            ),
            travel_car_kmh=_above_zero(env, "TRAVEL_CAR_KMH", 40.0),
            travel_detour=_above_zero(env, "TRAVEL_DETOUR", 1.4),
            suppress_below=_whole(env, "SUPPRESS_BELOW", 5),
            real_data_dir=Path(
                env.get("REAL_DATA_DIR") or ROOT.parent / "shared" / "data"
            ),
            standards_dir=Path(
                env.get("STANDARDS_DIR") or ROOT.parent / "shared" / "standards"
            ),
            max_upload_mb=_whole(env, "MAX_UPLOAD_MB", 64),
            jobs=_choice(env, "JOBS", "threads", ("threads", "none", "immediate")),
            import_processes=_whole(env, "IMPORT_PROCESSES", 0),
            is_secure=_flag(env, "IS_SECURE", default=False),
            trusted_proxies=_whole(env, "TRUSTED_PROXIES", 0),
            webhooks_to_loopback=_flag(env, "WEBHOOKS_TO_LOOPBACK", default=False),
        ).checked()

    def checked(self) -> "Config":
        """Return the settings, or raise SettingError for one that cannot be served safely."""
        if len(self.secret_key) < 16:
            raise SettingError(
                "SECRET_KEY is too short: use at least 16 random characters."
            )
        if self.default_locale not in self.locales:
            raise SettingError(
                f"DEFAULT_LOCALE is {self.default_locale!r}, which is not one of LOCALES"
                f" ({', '.join(self.locales)})."
            )
        if not self.database_url.startswith(("sqlite:", "postgresql")):
            raise SettingError(
                "DATABASE_URL must begin with sqlite: or postgresql+psycopg:."
            )
        return self

    @property
    def public_url(self) -> str:
        """The address that links in messages begin with: SITE_URL, else this machine and PORT.

        Never the Host of a request: whoever sends one could have secret links lead to a site of their own.
        """
        return self.site_url or f"http://127.0.0.1:{self.port}"

    @property
    def engine_name(self) -> str:
        """The full-text engine: as set, else Whoosh for SQLite and PostgreSQL's own for PostgreSQL."""
        if self.search_engine:
            return self.search_engine
        return "whoosh" if self.database_url.startswith("sqlite") else "postgresql"


def _stored_secret(instance: Path) -> str:
    """Keep one random key per installation in ``instance/secret_key``, readable by its owner only."""
    path = instance / "secret_key"
    if not path.exists():
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as stream:
            stream.write(os.urandom(32).hex())
    return path.read_text().strip()


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _whole(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name) or str(default)
    if not text.isdigit():
        raise SettingError(f"{name} is {text!r}; it must be a whole number.")
    return int(text)


def _above_zero(env: Mapping[str, str], name: str, default: float) -> float:
    text = env.get(name) or str(default)
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < math.inf:
        raise SettingError(f"{name} is {text!r}; it must be a number above 0.")
    return number


def _flag(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = env.get(name, "")
    return default if not text else text.lower() in {"1", "true", "yes", "on"}


def _choice(
    env: Mapping[str, str], name: str, default: str, allowed: tuple[str, ...]
) -> str:
    text = env.get(name) or default
    if text not in allowed:
        raise SettingError(
            f"{name} is {text!r}; it must be one of {', '.join(filter(None, allowed))}."
        )
    return text
