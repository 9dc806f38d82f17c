"""A list that shows what is new while somebody looks at it; `static/events/tail.js` asks."""

from dataclasses import dataclass

from django.http import HttpRequest, JsonResponse
from django.utils.cache import add_never_cache_headers

SCRIPT = "events/tail.js"
# More than this is told as this.
NEWER_AT_MOST = 100


@dataclass(frozen=True, slots=True)
class Tail:
    """`address` answers how much is newer than `at`; `page` is the same page without a script."""

    address: str
    at: int
    target: str
    page: str


def asked_after(request: HttpRequest) -> int:
    """This will return how far the page has seen; nonsense has seen nothing."""
    return number(request.GET.get("after", ""))


def number(text: str) -> int:
    """This will read a version or a position as every database can hold it, 0 for nonsense."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def answer(*, newer: int, at: int) -> JsonResponse:
    response = JsonResponse({"newer": newer, "at": at})
    add_never_cache_headers(response)
    return response
