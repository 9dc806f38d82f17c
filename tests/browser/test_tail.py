"""The log and a stream grow while somebody looks at them, and never under their hands."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from events import services as events
from portal.shared import clock
from tests.browser.conftest import Look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STREAM = "orders.1"


def publish(number: int) -> None:
    events.publish("orders.order.changed", {"number": number}, stream=STREAM)
    events.sequence_events(at=clock.now())


def rows(page: Page) -> list[str]:
    return page.locator("#stream-events .op-row-version").all_inner_texts()


def test_shows_new_events_of_a_stream_and_marks_them(look: Look) -> None:
    publish(1)
    page = look(f"/admin/events/stream/{STREAM}/change/")
    expect(page.locator(".op-tail [role=status]")).to_contain_text("Live")

    publish(2)

    expect(page.locator("#stream-events .op-row-version")).to_have_count(2)
    expect(page.locator(".op-fresh .op-row-version")).to_have_text(["2"])
    expect(page.locator(".op-tail [role=status]")).to_have_text("New events: 1")
    assert rows(page) == ["2", "1"]


def test_shows_new_events_of_the_log(look: Look) -> None:
    publish(1)
    page = look("/admin/events/event/")

    publish(2)

    expect(page.locator("#result_list tbody tr")).to_have_count(2)
    expect(page.locator("#result_list tr.op-fresh")).to_contain_text(["#2"])


def test_leaves_the_list_alone_while_somebody_works_in_it(look: Look) -> None:
    publish(1)
    page = look(f"/admin/events/stream/{STREAM}/change/")
    page.locator("#stream-events a").first.focus()

    publish(2)

    expect(page.locator(".op-tail [role=status]")).to_contain_text("wait")
    expect(page.locator(".op-tail a")).to_be_visible()
    assert rows(page) == ["1"]

    page.locator(".op-tail a").focus()
    expect(page.locator("#stream-events .op-row-version")).to_have_count(2)


def test_stands_still_when_it_is_told_to(look: Look) -> None:
    publish(1)
    page = look(f"/admin/events/stream/{STREAM}/change/")
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".op-tail [role=status]")).to_contain_text("Paused")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    publish(2)
    page.wait_for_timeout(2500)
    assert asked == []

    page.get_by_role("button", name="Follow").click()
    expect(page.locator("#stream-events .op-row-version")).to_have_count(2)


def test_says_when_the_portal_no_longer_answers(look: Look) -> None:
    publish(1)
    page = look(f"/admin/events/stream/{STREAM}/change/")
    page.context.clear_cookies(name="sessionid")

    expect(page.locator(".op-tail.op-tail-stale [role=status]")).to_contain_text("No answer")


def test_is_whole_without_a_script(look: Look, live_server: LiveServer) -> None:
    publish(1)
    signed_in = look("/admin/").context
    browser = signed_in.browser
    assert browser is not None
    plain = browser.new_context(java_script_enabled=False, storage_state=signed_in.storage_state())
    page = plain.new_page()
    page.goto(f"{live_server.url}/admin/events/stream/{STREAM}/change/?version=1")
    publish(2)

    page.get_by_role("link", name="Newer events").click()
    page.get_by_role("link", name="Next").click()

    assert rows(page) == ["2", "1"]
    assert '"number": 2' in page.locator(".op-json").inner_text()
    assert page.get_by_role("button", name="Pause").count() == 0
    plain.close()
