"""What a commander does at night works by keyboard, on a phone and without a script."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from incidents.models import Incident
from incidents.services.links import acknowledge_address
from tests.browser.conftest import PHONE, Look
from tests.browser.furniture import first_page, page_somebody
from tests.cast import Cast
from tests.factories.catalog import ServiceFactory
from tests.factories.slo import BurnWindowFactory
from tests.incidents.ladder import make_ladder

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TABS_AT_MOST = 4


@pytest.fixture
def incident(cast: Cast) -> Incident:
    make_ladder()
    return page_somebody(service=ServiceFactory.create().slug)


@pytest.fixture
def plain_phone(browser: Browser) -> Iterator[Page]:
    """A phone without scripts, and without an account."""
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": PHONE, "height": 844}
    )
    yield context.new_page()
    context.close()


def tab_to(page: Page, name: str) -> None:
    for _press in range(TABS_AT_MOST):
        page.keyboard.press("Tab")
        if page.locator(":focus").inner_text().strip().endswith(name):
            return
    pytest.fail(f"{name} is not reached by {TABS_AT_MOST} presses of Tab.")


def test_acknowledges_by_keyboard_alone(look: Look, incident: Incident) -> None:
    page = look(f"/admin/incidents/incident/{incident.pk}/change/")

    tab_to(page, "Skip to the content")
    page.keyboard.press("Enter")
    tab_to(page, "Acknowledge")
    page.keyboard.press("Enter")
    page.wait_for_url("**/verb/acknowledge/")
    page.wait_for_selector(".op-confirmation button:focus")
    page.keyboard.press("Enter")
    page.wait_for_url("**/change/")

    incident.refresh_from_db()
    assert (incident.status, incident.acknowledged_by) == ("acknowledged", "alice")


def test_shows_state_and_verbs_before_anything_else_on_a_phone(
    look: Look, incident: Incident
) -> None:
    page = look(f"/admin/incidents/incident/{incident.pk}/change/", width=PHONE)

    parts = (".op-state", "nav.op-verbs", ".op-ladder", ".op-timeline")
    boxes = [page.locator(part).bounding_box() for part in parts]

    tops = [box["y"] for box in boxes if box]
    assert len(tops) == len(parts)
    assert tops == sorted(tops)


def test_acknowledges_by_link_without_a_script(
    plain_phone: Page, live_server: LiveServer, incident: Incident
) -> None:
    link = acknowledge_address(first_page())
    plain_phone.goto(f"{live_server.url}/{link.split('/', 3)[3]}")

    button = plain_phone.get_by_role("button", name="Acknowledge")
    size = button.bounding_box()
    button.click()
    plain_phone.get_by_text("You acknowledged this incident.").wait_for()

    incident.refresh_from_db()
    assert incident.status == "acknowledged"
    assert size is not None
    assert size["height"] >= 44
    assert size["x"] + size["width"] <= PHONE


def test_shows_how_an_objective_stands(look: Look) -> None:
    window = BurnWindowFactory.create()

    page = look(f"/admin/slo/objective/{window.objective_id}/change/")

    assert page.locator("#id_target").input_value() == "99.9"
    assert page.locator(".op-chart-wide svg").is_visible()
    assert page.locator(".op-figures dt").count() >= 5
    assert page.get_by_label("Consumption").first.is_visible()
