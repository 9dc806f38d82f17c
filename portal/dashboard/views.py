from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from portal.dashboard.home import Home, home
from portal.shared import clock


def home_context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """This will add the home page's facts to the admin's index; Unfold's DASHBOARD_CALLBACK."""
    return {**context, "home": _home_for(request)}


@require_safe
def home_now(request: HttpRequest) -> HttpResponse:
    """This will draw the facts alone; the home page asks for them every ten seconds.

    A person who is no longer signed in is sent to sign in, and not shown the sign-in form
    in the middle of the page.
    """
    if not admin.site.has_permission(request):
        return HttpResponse(headers={"HX-Redirect": resolve_url("admin:index")})
    response = render(request, "dashboard/home.html", {"home": _home_for(request)})
    add_never_cache_headers(response)
    return response


def _home_for(request: HttpRequest) -> Home:
    return home(clock.now(), sees=request.user.has_perm)
