"""/api/schema describes every endpoint, and drf-spectacular has nothing to complain of."""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path
from drf_spectacular.drainage import get_override
from drf_spectacular.generators import SchemaGenerator
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from catalog.api.serializers import ImportSerializer
from events.api.serializers import PUBLISHED, PublishSerializer
from incidents.api.serializers import DeclareSerializer, NoteSerializer, ResolveSerializer
from portal.shared.api.idempotency import HEADER
from recovery.api.serializers import FailoverSerializer
from slo.api.changes import ChangeSerializer
from slo.api.corrections import EnterCorrectionSerializer
from slo.api.gate import GrantSerializer
from slo.api.interchange import ObjectiveImportSerializer
from slo.api.serializers import ReportSerializer
from tests.cast import Cast

API = "api/"


def addresses(entries: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for entry in entries:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, address)
        else:
            yield address


def slashed(found: list[str]) -> list[str]:
    """This will name the API's addresses that end with a slash; users know them without."""
    return [address for address in found if address.startswith(API) and address.endswith("/")]


def test_is_complete_and_without_warnings() -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, file=os.devnull)


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    found: dict[str, Any] = SchemaGenerator().get_schema(  # type: ignore[no-untyped-call]  # untyped there
        request=None, public=True
    )
    return found


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for address, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield method, address, operation


def test_says_of_each_operation_what_it_does_and_who_may(schema: dict[str, Any]) -> None:
    tags = {tag["name"] for tag in schema["tags"]}
    described = Counter(operation.get("description") for _m, _a, operation in operations(schema))

    assert [text for text, times in described.items() if not text or times > 1] == []
    for _method, address, operation in operations(schema):
        assert set(operation["tags"]) <= tags, address
        assert operation["security"] == [{"BearerToken": []}, {"cookieAuth": []}], address


def test_says_that_each_verb_takes_a_key(schema: dict[str, Any]) -> None:
    for method, address, operation in operations(schema):
        headers = {parameter["name"] for parameter in operation.get("parameters", [])}

        assert (HEADER in headers) is (method != "get"), address


def test_has_an_example_of_each_body(schema: dict[str, Any]) -> None:
    for _method, address, operation in operations(schema):
        for media in operation.get("requestBody", {}).get("content", {}).values():
            assert media.get("examples"), address


@pytest.mark.parametrize(
    "serializer",
    [
        ChangeSerializer,
        DeclareSerializer,
        EnterCorrectionSerializer,
        FailoverSerializer,
        GrantSerializer,
        ImportSerializer,
        NoteSerializer,
        ObjectiveImportSerializer,
        ReportSerializer,
        ResolveSerializer,
    ],
)
def test_has_examples_that_are_accepted(serializer: type[Serializer[None]]) -> None:
    for example in get_override(serializer, "examples"):
        serializer(data=example.value).is_valid(raise_exception=True)


def test_has_an_event_that_is_accepted() -> None:
    PublishSerializer(data=PUBLISHED.value).is_valid(raise_exception=True)


class Undescribed(APIView):
    def get(self, request: Request) -> Response:
        return Response()


def test_is_refused_when_a_view_does_not_describe_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    planted = ModuleType("planted_urls")
    vars(planted)["urlpatterns"] = [path("api/planted", Undescribed.as_view())]
    monkeypatch.setitem(sys.modules, "planted_urls", planted)

    with pytest.raises(CommandError, match="warnings"):
        call_command("spectacular", fail_on_warn=True, file=os.devnull, urlconf="planted_urls")


def test_has_addresses_without_trailing_slashes() -> None:
    found = list(addresses(get_resolver().url_patterns))

    assert "api/disaster-recovery/status" in found
    assert slashed(found) == []


def test_tells_an_address_with_a_trailing_slash() -> None:
    assert slashed(["api/slo/dashboard", "api/slo/", "admin/"]) == ["api/slo/"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/api/schema", "/api/docs"])
def test_is_for_those_who_are_signed_in(client: Client, cast: Cast, address: str) -> None:
    stranger = client.get(address)
    client.force_login(cast.charlie)

    assert stranger.status_code == 401
    assert client.get(address).status_code == 200
