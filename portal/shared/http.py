"""The one HTTP client: a deadline for the whole call, and no way into private networks.

The name is resolved once, every address it has is checked, and the connection goes to the
checked address, so that a second answer of the name server cannot point elsewhere.
"""

import ipaddress
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from portal.shared.errors import DomainError, InvalidInput

BODY_LIMIT_BYTES = 1_000_000


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
    """`body` is at most a megabyte; the rest is not read."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


def redacted(url: str) -> str:
    """This will return scheme and host only: paths and queries often hold tokens."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}/…"


def refuse_unless_callable(url: str) -> None:
    """This will raise InvalidInput or AddressRefused for a URL that `call` would refuse."""
    _checked_address(url)


def call(
    method: str,
    url: str,
    *,
    deadline_seconds: float,
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
) -> Answer:
    """This will make one request and read the answer, all within the deadline.

    Redirects are not followed. Raises AddressRefused, or CallFailed when no whole answer
    came in time; an answer of any status is returned.
    """
    started = time.monotonic()
    address = _checked_address(url)
    parts = urlsplit(url)
    host_header = parts.netloc.rpartition("@")[2]
    target = httpx.URL(url).copy_with(host=address)
    request = httpx.Request(
        method,
        target,
        headers={**(headers or {}), "Host": host_header},
        content=content,
        extensions={
            "sni_hostname": parts.hostname,
            "timeout": httpx.Timeout(deadline_seconds).as_dict(),
        },
    )
    try:
        with httpx.Client(trust_env=False, follow_redirects=False) as client:
            response = client.send(request, stream=True)
            body = _read(response, deadline=started + deadline_seconds)
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


def _read(response: httpx.Response, *, deadline: float) -> bytes:
    body = b""
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) >= BODY_LIMIT_BYTES:
            return body[:BODY_LIMIT_BYTES]
        if time.monotonic() > deadline:
            raise httpx.ReadTimeout("the deadline passed while the answer was read")
    return body


def _checked_address(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise InvalidInput(f"{url!r} is not a URL.") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise InvalidInput("A URL to call begins with http:// or https:// and a host.")
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise CallFailed(
            f"The name {parts.hostname} could not be resolved ({error.strerror})."
        ) from error
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    for address in addresses:
        _refuse_private(address, host=parts.hostname)
    return addresses[0]


def _refuse_private(address: str, *, host: str) -> None:
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    allowed = (ipaddress.ip_network(network) for network in settings.OUTGOING_PRIVATE_NETWORKS)
    if (ip.is_global and not ip.is_multicast) or any(ip in net for net in allowed):
        return
    raise AddressRefused(
        f"{host} leads to {address}, which is not a public address. To allow it, name its "
        "network in OUTGOING_PRIVATE_NETWORKS."
    )
