"""Every page fits a phone, in both themes and both directions, from this host alone."""

from contextlib import suppress

import pytest
from django.contrib import admin
from django.urls import NoReverseMatch, reverse
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from events import services as events
from tests.browser.conftest import DESK, PHONE, Look
from tests.browser.furniture import furnish
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

IN_BOTH_DIRECTIONS = (
    "/admin/",
    "/admin/events/event/",
    "/admin/auth/user/",
    "/admin/django_celery_beat/periodictask/add/",
)


def every_page() -> list[str]:
    """Each list, and the page of a row of it where a row has one."""
    pages = []
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        pages.append(reverse(f"{name}_changelist"))
        row = model._default_manager.order_by("pk").first()
        with suppress(NoReverseMatch):
            pages += [reverse(f"{name}_change", args=[row.pk])] if row else []
    return pages


def overflow(page: Page) -> int:
    """This will return by how many pixels the page is wider than the screen."""
    measured: int = page.evaluate("document.scrollingElement.scrollWidth - window.innerWidth")
    return measured


def background(page: Page) -> list[int]:
    found: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    painted: list[int] = page.evaluate(
        """colour => {
            const ink = new OffscreenCanvas(1, 1).getContext("2d");
            ink.fillStyle = colour;
            ink.fillRect(0, 0, 1, 1);
            return [...ink.getImageData(0, 0, 1, 1).data.slice(0, 3)];
        }""",
        found,
    )
    return painted


def test_signs_in_and_leads_home(look: Look, cast: Cast) -> None:
    page = look("/admin/", width=PHONE, signed_in=False)
    page.fill("#id_username", cast.alice.username)
    page.fill("#id_password", "alice-password")
    page.press("#id_password", "Enter")
    page.wait_for_selector("#home")

    assert page.locator(".op-as-of").is_visible()
    assert page.locator(".op-figures dt").count() >= 1


def test_fits_every_page_on_a_phone(look: Look) -> None:
    furnish()
    page = look("/admin/", width=PHONE)

    too_wide = {}
    for address in every_page():
        page.goto(address)
        if (pixels := overflow(page)) > 0:
            too_wide[address] = pixels

    assert too_wide == {}


@pytest.mark.parametrize("language", ["en", "ar"])
def test_fits_a_phone_in_both_directions(look: Look, language: str) -> None:
    events.publish("orders.order.shipped", {"note": "word-without-a-break-" * 12})
    page = look("/admin/", width=PHONE, language=language)

    widths = []
    for address in IN_BOTH_DIRECTIONS:
        page.goto(address)
        widths.append(overflow(page))

    assert widths == [0] * len(IN_BOTH_DIRECTIONS)


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_draws_both_themes(look: Look, width: int) -> None:
    light, dark = (background(look("/admin/", width=width, theme=t)) for t in ("light", "dark"))

    assert min(light) > 200
    assert max(dark) < 60


def test_mirrors_the_page_in_arabic(look: Look) -> None:
    page = look("/admin/", language="ar")

    sidebar = page.locator("#nav-sidebar-inner").bounding_box()
    assert page.evaluate("document.dir") == "rtl"
    assert sidebar is not None
    assert sidebar["x"] > DESK / 2


def test_is_whole_without_javascript(look: Look, live_server: LiveServer) -> None:
    signed_in = look("/admin/").context
    browser = signed_in.browser
    assert browser is not None
    plain = browser.new_context(java_script_enabled=False, storage_state=signed_in.storage_state())
    page = plain.new_page()
    page.goto(f"{live_server.url}/admin/")

    figures = page.locator(".op-figures dt").count()
    is_seen = page.locator(".op-figures dt").first.is_visible()
    plain.close()

    assert figures >= 1
    assert is_seen
