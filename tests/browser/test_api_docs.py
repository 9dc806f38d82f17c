"""/api/docs shows every operation, from this host alone, to those who are signed in."""

import pytest

from tests.browser.conftest import Look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_shows_every_part_and_opens_an_operation(look: Look) -> None:
    page = look("/api/docs")
    page.wait_for_selector(".opblock")
    page.locator("#operations-slo-slo_report_requests button").first.click()
    page.wait_for_selector("#operations-slo-slo_report_requests .body-param__example")

    assert page.locator(".opblock-tag").count() == 8
    assert page.locator(".opblock").count() >= 34
    example = page.locator("#operations-slo-slo_report_requests .body-param__example").inner_text()
    assert "checkout" in example


def test_sends_a_call_as_who_is_signed_in(look: Look) -> None:
    page = look("/api/docs")
    operation = page.locator("#operations-slo-slo_dashboard")
    operation.locator("button").first.click()
    operation.get_by_role("button", name="Try it out").click()
    with page.expect_response("**/api/slo/dashboard") as answered:
        operation.get_by_role("button", name="Execute").click()

    assert answered.value.status == 200
