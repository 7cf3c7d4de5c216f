"""The address of this site, for links on pages."""

from flask import current_app, request


def opened_at() -> str:
    """SITE_URL, else the address at which the reader has opened this page.

    Only for what nobody but this reader sees: a message takes ``Config.public_url``.
    """
    site: str = current_app.extensions["homeward"].site_url
    return site or request.host_url.rstrip("/")
