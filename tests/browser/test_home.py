"""The home page stays true while somebody looks at it, and says when it does not."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def ask_again(page: Page) -> None:
    page.evaluate("htmx.trigger(document.getElementById('home'), 'op:look')")


def test_refreshes_its_facts_in_place(look: Look) -> None:
    page = look("/admin/")
    page.evaluate("document.querySelector('.op-as-of').textContent = 'long ago'")

    ask_again(page)
    page.wait_for_function("!document.querySelector('.op-as-of').textContent.includes('long ago')")

    assert page.locator("#home .op-as-of").count() == 1


def test_says_when_the_portal_no_longer_answers_and_when_it_does_again(look: Look) -> None:
    page = look("/admin/")
    page.evaluate(
        """() => {
            const home = document.getElementById("home");
            home.dispatchEvent(new CustomEvent("htmx:sendError"));
        }"""
    )
    told = page.locator("#home.op-stale .op-as-of .op-alarm").inner_text()

    ask_again(page)
    page.wait_for_selector("#home:not(.op-stale)")

    assert "No answer from the portal" in told


def test_sends_a_person_who_is_no_longer_signed_in_to_sign_in(look: Look) -> None:
    page = look("/admin/")
    page.context.clear_cookies(name="sessionid")

    ask_again(page)
    page.wait_for_url("**/admin/login/**")

    assert page.locator("#id_username").is_visible()
