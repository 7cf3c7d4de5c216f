"""What every response and every form carries for safety: policy headers, CSRF, limits."""

import hashlib

from flask import Flask, Response, current_app, g, request
from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from directory.config import Config

csrf = CSRFProtect()
limiter = Limiter(get_remote_address, storage_uri="memory://", default_limits=[])


@limiter.request_filter
def _counts_no_tries() -> bool:
    # Asked of the site that answers: ``limiter.enabled`` would be that of the site made last.
    return bool(current_app.extensions["homeward"].testing)


POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self';"
    " manifest-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)

SECRET_PATHS = ("/r/", "/s/", "/v/", "/invitations/")
"""Addresses that hold a secret, or lead to one; they are told, kept and listed nowhere."""


def install(app: Flask, config: Config) -> None:
    """Set cookies, limits, CSRF protection and headers."""
    app.config.update(
        SECRET_KEY=config.secret_key,
        SESSION_COOKIE_NAME="__Host-homeward" if config.is_secure else "homeward",
        SESSION_COOKIE_SECURE=config.is_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=8 * 3600,
        MAX_CONTENT_LENGTH=config.max_upload_mb * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=2000,
        WTF_CSRF_TIME_LIMIT=None,
        RATELIMIT_HEADERS_ENABLED=False,
    )
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's documented way
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    app.config.update(
        COMPRESS_ALGORITHM=["br", "gzip"], COMPRESS_MIN_SIZE=500, COMPRESS_BR_LEVEL=4
    )
    Compress(app)
    csrf.init_app(app)
    limiter.init_app(app)
    app.after_request(_add_headers)


def _add_headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault(
        "Permissions-Policy", "camera=(), microphone=(), geolocation=(self)"
    )
    if request.endpoint == "static":
        # Read whole, so that the compression after us closes the file and may use gzip.
        response.direct_passthrough = False
        response.make_sequence()
        if "v" in request.args:
            headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        headers.setdefault("Vary", "Cookie, Accept-Language")
        actor = g.get("actor")
        if request.path == "/s" or request.path.startswith(SECRET_PATHS):
            headers["Referrer-Policy"] = "no-referrer"
            headers["X-Robots-Tag"] = "noindex"
            headers["Cache-Control"] = "no-store"
            return response
        private = request.path.startswith("/s") and not request.path.startswith(
            "/services"
        )
        if private or (actor is not None and actor.is_signed_in):
            headers["Cache-Control"] = "no-store"
        else:
            headers.setdefault("Cache-Control", "private, no-cache")
    return response


def token_hash(token: str) -> str:
    """How a secret of an address or a sheet is stored: SHA-256, in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()
