"""/api/schema describes every endpoint, and drf-spectacular has nothing to complain of."""

import os
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
from django.core.management import CommandError, call_command
from django.urls import URLPattern, URLResolver, get_resolver, path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

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
