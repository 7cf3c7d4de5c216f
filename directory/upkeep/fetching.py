"""Asks a web address whether it answers, without ever reaching into the network this runs in.

The name is resolved once, every address is checked, and the connection goes to the address that was
checked: a name that resolves differently a moment later gains nothing. Redirects are checked alike.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, quote, urljoin, urlsplit

TIMEOUT_SECONDS: Final = 5.0
MOST_REDIRECTS: Final = 5
PORTS: Final = frozenset({80, 443, 8080, 8443})
_KEPT: Final = "/%:=&?~+!$,;'@()*[]"
"""Signs of a path that stay as they are."""
_NAME: Final = "Homeward link check"
_ALIVE: Final = frozenset({401, 403, 405, 429})
"""Answers of a site that is there, but does not talk to programs."""
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
Resolve = Callable[[str, int], Sequence[str]]


def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a host; raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def is_public(address: str) -> bool:
    """Whether an address belongs to the open internet: not private, loopback, link-local, reserved."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour
        if inner is not None and not inner.is_global:
            return False
    return parsed.is_global and not parsed.is_multicast


@dataclass(frozen=True, slots=True)
class Network:
    """How the outside is reached; tests bring their own resolver and rule."""

    resolve: Resolve = resolve
    may_reach: Callable[[str], bool] = is_public
    ports: frozenset[int] = PORTS
    timeout: float = TIMEOUT_SECONDS


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the last status, or None where nothing could be asked."""

    status: int | None

    @property
    def is_alive(self) -> bool:
        """Whether somebody answered as if the page were there."""
        if self.status is None:
            return False
        return self.status < 400 or self.status in _ALIVE


OUTSIDE: Final = Network()


def ask(url: str, network: Network = OUTSIDE) -> Answer:
    """Ask for the head of a page, and for the page where a head is refused; never raises."""
    try:
        for _ in range(MOST_REDIRECTS + 1):
            status, target = _request(url, network)
            if status not in _REDIRECTS or not target:
                return Answer(status)
            url = urljoin(url, target)
    except (OSError, ValueError, http.client.HTTPException):
        return Answer(None)
    return Answer(None)


def post(
    url: str, body: bytes, headers: Mapping[str, str], network: Network = OUTSIDE
) -> Answer:
    """Send a body and return what was answered, unread; follows no redirect, never raises."""
    try:
        status, _ = _send("POST", urlsplit(url), network, body, headers)
    except (OSError, ValueError, http.client.HTTPException):
        return Answer(None)
    return Answer(status)


def may_ask(url: str, network: Network = OUTSIDE) -> bool:
    """Whether an address lies outside; asks the name service, and nobody else."""
    try:
        _connection(urlsplit(url), network)
    except (OSError, ValueError):
        return False
    return True


def _request(url: str, network: Network) -> tuple[int, str | None]:
    """Status and redirect target of one address; raises OSError or ValueError."""
    parts = urlsplit(url)
    status, target = _send("HEAD", parts, network)
    if status in {400, 404, 405, 501}:
        status, target = _send("GET", parts, network)
    return status, target


def _send(
    method: str,
    parts: SplitResult,
    network: Network,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[int, str | None]:
    connection = _connection(parts, network)
    path = quote(parts.path or "/", safe=_KEPT)
    query = f"?{quote(parts.query, safe=_KEPT)}" if parts.query else ""
    # A server that sends a byte now and then must not hold the worker.
    watchdog = threading.Timer(2 * network.timeout, connection.cut)
    watchdog.daemon = True
    watchdog.start()
    try:
        stated = {"User-Agent": _NAME, "Accept": "*/*", **(headers or {})}
        connection.request(method, path + query, body=body, headers=stated)
        response = connection.getresponse()
        return response.status, response.getheader("Location")
    finally:
        watchdog.cancel()
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was checked, under the name that was asked for."""

    def __init__(
        self, host: str, port: int, *, address: str, timeout: float, is_secure: bool
    ) -> None:
        super().__init__(host, port, timeout=timeout)
        self._address, self._is_secure = address, is_secure

    def connect(self) -> None:
        """Open the socket to the checked address; over TLS the certificate is the name's."""
        self.sock = socket.create_connection(
            (self._address, self.port), timeout=self.timeout
        )
        if self._is_secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)

    def cut(self) -> None:
        """End it from another thread."""
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


def _connection(parts: SplitResult, network: Network) -> _Pinned:
    """A connection that is allowed; raises ValueError for one that is not."""
    is_secure = parts.scheme == "https"
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise ValueError(parts.scheme)
    port = parts.port or (443 if is_secure else 80)
    if port not in network.ports:
        raise ValueError(port)
    addresses = network.resolve(parts.hostname, port)
    if not addresses or not all(network.may_reach(each) for each in addresses):
        raise ValueError(parts.hostname)
    host = parts.hostname.encode("idna").decode()
    return _Pinned(
        host, port, address=addresses[0], timeout=network.timeout, is_secure=is_secure
    )
