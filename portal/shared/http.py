"""The one HTTP client: a deadline for the whole call, and no way into private networks.

The name is resolved once, every address it has is checked, and the connection goes to a
checked address, so that a second answer of the name server cannot point elsewhere.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

import httpcore
import httpx
from django.conf import settings

from portal.shared import effects
from portal.shared.deadline import DeadlinePassed, within
from portal.shared.errors import DomainError, InvalidInput

BODY_LIMIT_BYTES = 1_000_000
# Where nothing is called, and so no deadline given.
SECONDS_TO_RESOLVE = 5.0
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class AddressRefused(DomainError):
    """The URL leads to an address the portal must not call."""

    status = 400
    title = "The address may not be called"


class CallFailed(DomainError):
    """No answer came within the deadline, or the connection broke."""

    status = 502
    title = "The other side did not answer"


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is at most as long as was asked for; the rest is not read."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


def redacted(url: str) -> str:
    """This will return scheme and host only: paths and queries often hold tokens."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "…"
    return f"{parts.scheme}://{parts.hostname}{port}/…"


def refuse_unless_callable(url: str) -> None:
    """This will raise InvalidInput or AddressRefused for a URL that `call` would refuse."""
    _checked_addresses(_parsed(url), deadline=time.monotonic() + SECONDS_TO_RESOLVE)


def call(
    method: str,
    url: str,
    *,
    deadline_seconds: float,
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
    body_limit: int = BODY_LIMIT_BYTES,
) -> Answer:
    """This will make one request and read the answer, all within the deadline.

    Redirects are not followed. Raises AddressRefused, or CallFailed when no whole answer
    came in time; an answer of any status is returned.
    """
    effects.about_to("http", f"{method} {redacted(url)}")
    started = time.monotonic()
    deadline = started + deadline_seconds
    target = _parsed(url)
    addresses = _checked_addresses(target, deadline=deadline)
    transport = _PinnedTransport(addresses, deadline=deadline)
    try:
        with (
            httpx.Client(transport=transport, trust_env=False, timeout=deadline_seconds) as client,
            client.stream(method, target, headers=headers, content=content) as response,
        ):
            body = _read(response, limit=body_limit)
    except httpx.HTTPError as error:
        raise CallFailed(
            f"{method} {redacted(url)} failed after "
            f"{time.monotonic() - started:.1f} s: {type(error).__name__}."
        ) from error
    return Answer(
        status=response.status_code,
        headers=dict(response.headers),
        body=body,
        seconds=time.monotonic() - started,
    )


def _read(response: httpx.Response, *, limit: int) -> bytes:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) >= limit:
            return bytes(body[:limit])
    return bytes(body)


def _parsed(url: str) -> httpx.URL:
    try:
        target = httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise InvalidInput(f"{redacted(url)} is not a URL: {error}.") from error
    if target.scheme not in {"http", "https"} or not target.host:
        raise InvalidInput("A URL to call begins with http:// or https:// and a host.")
    return target


def _checked_addresses(target: httpx.URL, *, deadline: float) -> list[str]:
    """The host is asked for as httpx will call it, so that no two parsers can differ."""
    host = target.raw_host.decode("ascii")
    port = target.port or (443 if target.scheme == "https" else 80)
    try:
        # The system's resolver has patience of its own: half a minute, usually.
        found = within(
            deadline - time.monotonic(),
            lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM),
        )
    except DeadlinePassed as error:
        raise CallFailed(f"The name {host} was not resolved in time.") from error
    except OSError as error:
        raise CallFailed(f"The name {host} could not be resolved ({error.strerror}).") from error
    except (UnicodeError, OverflowError) as error:
        raise InvalidInput(f"{redacted(str(target))} cannot be a host and port.") from error
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    for address in addresses:
        _refuse_private(address, host=host)
    return addresses


def _refuse_private(address: str, *, host: str) -> None:
    ip = _reached(ipaddress.ip_address(address))
    allowed = (ipaddress.ip_network(network) for network in settings.OUTGOING_PRIVATE_NETWORKS)
    is_public = ip.is_global and not (ip.is_multicast or ip.is_reserved)
    if is_public or any(ip in network for network in allowed):
        return
    raise AddressRefused(
        f"{host} leads to {address}, which is not a public address. To allow it, name its "
        "network in OUTGOING_PRIVATE_NETWORKS."
    )


def _reached(ip: IPAddress) -> IPAddress:
    """The IPv4 address that mapping, 6to4 or NAT64 would carry the call to."""
    if not isinstance(ip, ipaddress.IPv6Address):
        return ip
    if ip in _NAT64:
        return ipaddress.IPv4Address(ip.packed[-4:])
    return ip.ipv4_mapped or ip.sixtofour or ip


@cache
def _trusted() -> ssl.SSLContext:
    # SSL_CERT_FILE is read: inside a company, receivers have certificates of its own.
    return httpx.create_ssl_context()


class _PinnedTransport(httpx.HTTPTransport):
    """Connects to the checked addresses only, and stops whatever passes the deadline.

    httpx's own timeouts begin anew with every read, so a server that sends a byte now and
    then could hold the call for ever.
    """

    def __init__(self, addresses: Sequence[str], *, deadline: float) -> None:
        super().__init__(verify=_trusted(), trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=_trusted(), network_backend=_PinnedNetwork(addresses, deadline=deadline)
        )


class _PinnedNetwork(httpcore.NetworkBackend):
    def __init__(self, addresses: Sequence[str], *, deadline: float) -> None:
        self._addresses = list(addresses)
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Tries each address; an early one that never answers leaves time for the rest."""
        while True:
            address, *others = self._addresses
            share = _left_until(self._deadline, httpcore.ConnectTimeout) / (len(others) + 1)
            try:
                stream = httpcore.SyncBackend().connect_tcp(
                    address, port, share, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if not others:
                    raise
                self._addresses = others
            else:
                return _DeadlineStream(stream, deadline=self._deadline)


class _DeadlineStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, *, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left_until(self._deadline, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left_until(self._deadline, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = _left_until(self._deadline, httpcore.ConnectTimeout)
        stream = self._stream.start_tls(ssl_context, server_hostname, left)
        return _DeadlineStream(stream, deadline=self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _left_until(deadline: float, too_late: type[Exception]) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise too_late
    return left
