"""Which addresses may be called: never one of the network that this site runs in."""

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from directory.errors import Invalid
from directory.text import N_
from directory.upkeep import fetching
from directory.upkeep.fetching import Network

LONGEST: Final = 2000


class AddressRefused(Invalid):
    """The address is none, is not protected, or leads inside."""

    code = "webhook_address"
    message = N_(
        "This address cannot be called. It must begin with https:// and be reachable from the"
        " internet, at port 443 or 8443."
    )


def network_of(
    url: str, *, to_loopback: bool, outside: Network = fetching.OUTSIDE
) -> Network:
    """Return how an address is reached; raises AddressRefused where it must not be.

    Asked when it is registered and again before each call, as a name may lead elsewhere by then.
    ``to_loopback``: http to this very machine is allowed too (WEBHOOKS_TO_LOOPBACK, for trying out).
    """
    network = _loopback(url) if to_loopback else None
    network = network or outside
    is_allowed = url.startswith("https://") or network is not outside
    if len(url) > LONGEST or not is_allowed or not fetching.may_ask(url, network):
        raise AddressRefused(fields={"url": AddressRefused.message})
    return network


def _loopback(url: str) -> Network | None:
    """The network that is this machine alone, for an http address; None for others."""
    try:
        parts = urlsplit(url)
        port = parts.port or 80
    except ValueError:
        return None
    if parts.scheme != "http":
        return None
    return Network(may_reach=_is_loopback, ports=frozenset({port}))


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def host_of(url: str) -> str:
    """The host of an address, which may be named where the rest of it may hold a secret."""
    return urlsplit(url).hostname or ""
