"""The one HTTP client, against a real server on this machine."""

import socket
import threading
import time
from typing import Any

import pytest
from pytest_django import Settings

from portal.demo.ports import free_port
from portal.shared import http
from portal.shared.errors import InvalidInput
from portal.shared.http import AddressRefused, CallFailed
from tests.receiver import Receiver, Server


def resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """What the name server says of names in .test and .com; the rest is real."""
    real = socket.getaddrinfo

    def getaddrinfo(host: str, *arguments: Any, **options: Any) -> list[Any]:
        if not host.endswith((".test", ".com")):
            return real(host, *arguments, **options)
        return [entry for address in addresses for entry in real(address, *arguments, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def test_sends_the_request_and_returns_the_answer(server: Server) -> None:
    answer = http.call("POST", f"{server.url}/page?a=1", deadline_seconds=5, content=b"hello")

    assert (answer.status, answer.body, answer.is_success) == (200, b"yes", True)
    assert 0 < answer.seconds < 5
    assert Receiver.received == [("/page?a=1", f"127.0.0.1:{server.server_port}", b"hello")]


def test_returns_an_answer_of_any_status(server: Server) -> None:
    answer = http.call("GET", f"{server.url}/broken", deadline_seconds=5)

    assert (answer.status, answer.is_success) == (500, False)


def test_does_not_follow_a_redirect(server: Server) -> None:
    answer = http.call("GET", f"{server.url}/moved", deadline_seconds=5)

    assert answer.status == 302
    assert [path for path, _host, _body in Receiver.received] == ["/moved"]


def test_reads_no_more_than_a_megabyte(server: Server) -> None:
    answer = http.call("GET", f"{server.url}/large", deadline_seconds=5)

    assert len(answer.body) == http.BODY_LIMIT_BYTES


def test_reads_as_much_as_is_asked_for(server: Server) -> None:
    more = http.call("GET", f"{server.url}/large", deadline_seconds=5, body_limit=2_000_000)
    less = http.call("GET", f"{server.url}/large", deadline_seconds=5, body_limit=10)

    assert (len(more.body), len(less.body)) == (1_500_000, 10)


@pytest.mark.parametrize("path", ["/drip-head", "/drip-body", "/silence"])
def test_stops_at_the_deadline_however_slowly_the_answer_comes(path: str, server: Server) -> None:
    started = time.monotonic()

    with pytest.raises(CallFailed, match="ReadTimeout"):
        http.call("GET", f"{server.url}{path}", deadline_seconds=0.4)

    assert 0.3 < time.monotonic() - started < 2


def test_tells_that_nobody_listens() -> None:
    with pytest.raises(CallFailed, match=r"failed after 0\.\d s: ConnectError\."):
        http.call("GET", f"http://127.0.0.1:{free_port()}/", deadline_seconds=5)


def test_tries_the_next_address_when_one_does_not_answer(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve_to(monkeypatch, "::1", "127.0.0.1")

    answer = http.call("GET", f"http://receiver.test:{server.server_port}/", deadline_seconds=5)

    assert answer.is_success
    assert Receiver.received[0][1] == f"receiver.test:{server.server_port}"


@pytest.mark.parametrize(
    "host",
    [
        "10.0.0.1",
        "169.254.169.254",
        "192.168.1.1",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104  (an address to refuse, not to listen on)
        "224.0.0.1",
        "255.255.255.255",
        "167772161",
        "[::1]",
        "[::]",
        "[fd00::1]",
        "[fe80::1]",
        "[::ffff:10.0.0.1]",
        "[64:ff9b::10.0.0.1]",
        "[2002:a00:1::]",
        "localhost",
        "example.com@10.0.0.1",
        "example.com:80@127.0.0.1",
    ],
)
def test_refuses_an_address_that_is_not_public(host: str, settings: Settings) -> None:
    settings.OUTGOING_PRIVATE_NETWORKS = []

    with pytest.raises(AddressRefused, match="OUTGOING_PRIVATE_NETWORKS"):
        http.call("GET", f"http://{host}/", deadline_seconds=1)
    with pytest.raises(AddressRefused):
        http.refuse_unless_callable(f"https://{host}/")


def test_refuses_a_name_with_one_private_address_among_public_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolve_to(monkeypatch, "93.184.216.34", "10.1.2.3")

    with pytest.raises(AddressRefused, match=r"leads to 10\.1\.2\.3"):
        http.refuse_unless_callable("https://example.com/")


def test_allows_a_private_network_that_is_named(settings: Settings) -> None:
    settings.OUTGOING_PRIVATE_NETWORKS = ["10.0.0.0/8"]

    http.refuse_unless_callable("http://10.1.2.3/")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://example.com/",
        "example.com",
        "//example.com/",
        "http://",
        "http:///path",
        "http://host:port/",
        "http://example.com:99999999999999999999/",
        "http://[::1/",
        "http://example.com/\x00",
        f"http://{'a' * 70}.example.com/",
    ],
)
def test_refuses_what_is_no_web_address(url: str) -> None:
    with pytest.raises(InvalidInput):
        http.call("GET", url, deadline_seconds=1)


def test_tells_that_a_name_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(*_arguments: Any, **_options: Any) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    with pytest.raises(CallFailed, match=r"nowhere\.test could not be resolved"):
        http.call("GET", "https://nowhere.test/", deadline_seconds=1)


def test_stops_at_the_deadline_when_no_name_server_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer = threading.Event()

    def getaddrinfo(*_arguments: Any, **_options: Any) -> list[Any]:
        answer.wait(10)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    started = time.monotonic()

    with pytest.raises(CallFailed, match=r"slow\.test was not resolved in time"):
        http.call("GET", "https://slow.test/", deadline_seconds=0.2)

    assert time.monotonic() - started < 2
    answer.set()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://hooks.example.com/T0/secret?token=x", "https://hooks.example.com/…"),
        ("https://user:secret@example.com:8443/", "https://example.com:8443/…"),
        ("https://example.com:secret/", "…"),
    ],
)
def test_keeps_tokens_out_of_what_is_shown(url: str, shown: str) -> None:
    assert http.redacted(url) == shown


def test_keeps_tokens_out_of_its_errors() -> None:
    with pytest.raises(CallFailed) as refusal:
        http.call("GET", f"http://u:secret@127.0.0.1:{free_port()}/secret", deadline_seconds=1)

    assert "secret" not in str(refusal.value)
