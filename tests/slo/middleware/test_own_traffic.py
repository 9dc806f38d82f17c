"""The portal measures itself: each request ends in the buckets of what it promises."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from django.conf import settings as portal_settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import AsyncClient, Client, RequestFactory
from pytest_django import Settings

from portal.asgi import application
from portal.settings import base
from slo import services
from slo.middleware import measurement
from slo.middleware.own_traffic import UNMATCHED, OwnTraffic
from slo.models import Bucket
from tests.slo.middleware.conftest import Recorded, in_a_loop

OWN = base.MIDDLEWARE[0]


@pytest.fixture
def measuring(settings: Settings) -> None:
    settings.MIDDLEWARE = [OWN, *settings.MIDDLEWARE]
    settings.SLO_UNMEASURED_PATHS = base.SLO_UNMEASURED_PATHS


def counted() -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for bucket in Bucket.objects.select_related("indicator"):
        good, total = found.get(bucket.indicator.slug, (0, 0))
        found[bucket.indicator.slug] = (good + bucket.good, total + bucket.total)
    return found


def test_the_settings_measure_first() -> None:
    assert OWN == "slo.middleware.own_traffic.OwnTraffic"
    assert OWN not in portal_settings.MIDDLEWARE


@pytest.mark.django_db
def test_traffic_ends_in_the_three_objectives(
    measuring: None, client: Client, at: datetime
) -> None:
    services.sow_defaults(at, None)

    client.get("/admin/login/")
    client.get("/nothing/here")
    client.get("/api/slo/dashboard")
    for path in ("/healthz", "/readyz", "/metrics", "/static/none.css"):
        client.get(path)

    found = counted()
    # How many were fast is for the machine to say.
    assert found.pop("portal-latency")[1] == 3
    assert found == {"portal-availability": (3, 3), "portal-error-rate": (3, 3)}


@pytest.mark.django_db(transaction=True)
def test_traffic_of_uvicorn_ends_there_too(
    measuring: None, settings: Settings, tmp_path: Path, at: datetime
) -> None:
    services.sow_defaults(at, None)
    settings.STATE_DIR = tmp_path
    settings.SLO_RECORDER_FLUSH_SECONDS = 60
    application.load_middleware(is_async=True)
    server = uvicorn.Server(uvicorn.Config(application, port=0, lifespan="off", log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(timeout=0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        for path in ("/admin/login/", "/nothing/here", "/healthz"):
            httpx.get(f"http://127.0.0.1:{port}{path}", trust_env=False)
    finally:
        server.should_exit = True
        thread.join()
        services.stop_recorder()

    assert {total for _good, total in counted().values()} == {2}
    assert len(counted()) == 3


@pytest.mark.django_db
def test_names_routes_and_not_what_was_asked_for(
    measuring: None, recorded: Recorded, alice_browser: Client
) -> None:
    alice_browser.get("/api/slo/burn-rate/none")
    alice_browser.get("/nothing/here")
    alice_browser.post("/api/slo/dashboard")

    assert [(endpoint, method, status) for endpoint, method, status, *_rest in recorded] == [
        ("/api/slo/burn-rate/<slug:slo_id>", "GET", 404),
        (UNMATCHED, "GET", 404),
        ("/api/slo/dashboard", "POST", 405),
    ]


@pytest.mark.django_db
def test_measures_in_an_event_loop(measuring: None, recorded: Recorded) -> None:
    async def ask() -> int:
        answer = await AsyncClient().get("/admin/login/")
        return answer.status_code

    assert in_a_loop(ask()) == 200

    assert [status for _endpoint, _method, status, *_rest in recorded] == [200]


def answer_with(response: Any) -> Any:
    return OwnTraffic(lambda _request: response)(RequestFactory().get("/"))


def test_counts_a_stream_at_its_first_part(recorded: Recorded) -> None:
    def parts() -> Iterator[bytes]:
        yield b"a"
        raise RuntimeError("in the middle")

    answer = answer_with(StreamingHttpResponse(parts()))

    assert recorded == []
    stream = iter(answer)
    assert next(stream) == b"a"
    with pytest.raises(RuntimeError):
        next(stream)
    assert [status for _endpoint, _method, status, *_rest in recorded] == [200]


def test_counts_a_stream_that_fails_before_as_500(recorded: Recorded) -> None:
    def parts() -> Iterator[bytes]:
        if recorded is not None:
            raise RuntimeError("at once")
        yield b""

    with pytest.raises(RuntimeError):
        list(answer_with(StreamingHttpResponse(parts())))

    assert [status for _endpoint, _method, status, *_rest in recorded] == [500]


def test_counts_a_stream_of_a_loop(recorded: Recorded) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"a"
        yield b"b"

    async def view(_request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(parts())

    async def ask() -> list[bytes]:
        answer: Any = OwnTraffic(view)(RequestFactory().get("/"))
        return [part async for part in await answer]

    assert in_a_loop(ask()) == [b"a", b"b"]
    assert [status for _endpoint, _method, status, *_rest in recorded] == [200]


@pytest.mark.parametrize(
    ("error", "status"), [(RuntimeError("x"), 500), (asyncio.CancelledError(), 499)]
)
def test_counts_what_was_not_answered(
    recorded: Recorded, error: BaseException, status: int
) -> None:
    async def view(_request: HttpRequest) -> HttpResponse:
        raise error

    async def ask() -> None:
        answer: Any = OwnTraffic(view)(RequestFactory().get("/"))
        await answer

    with pytest.raises(type(error)):
        in_a_loop(ask())

    assert [found for _endpoint, _method, found, *_rest in recorded] == [status]


def test_counts_an_exception_of_a_view(recorded: Recorded) -> None:
    def view(_request: HttpRequest) -> HttpResponse:
        raise RuntimeError("x")

    with pytest.raises(RuntimeError):
        OwnTraffic(view)(RequestFactory().get("/"))

    assert recorded == [(UNMATCHED, "GET", 500, True, portal_settings.SLO_OWN_SERVICE)]


@pytest.mark.django_db
def test_answers_although_it_cannot_count(
    measuring: None, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("WARNING")
    measurement._refused.clear()

    assert client.get("/admin/login/").status_code == 200

    assert not Bucket.objects.exists()
    assert "request_not_counted" in caplog.text
