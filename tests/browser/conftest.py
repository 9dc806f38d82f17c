import os
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.chromium import chromium, find_chromium
from tests.cast import Cast

PHONE = 390
DESK = 1440

Look = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; without one the browser tests are skipped, but never in CI."""
    executable = find_chromium()
    if executable is None:
        told = "No Chromium is installed; install the package chromium."
        if os.environ.get("CI") == "true":
            pytest.fail(told)
        pytest.skip(told)
    # Playwright's loop runs in this thread, which Django takes for asynchronous code.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with chromium(executable) as started:
            yield started


@pytest.fixture
def look(browser: Browser, live_server: LiveServer, cast: Cast) -> Iterator[Look]:
    """Opens a page as Alice: `look("/admin/", width=390, theme="dark", language="en")`.

    At the end no page may have asked another host, or have written an error.
    """
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def open_page(
        address: str,
        *,
        width: int = DESK,
        theme: str = "light",
        language: str = "en",
        signed_in: bool = True,
    ) -> Page:
        context = browser.new_context(
            base_url=live_server.url, viewport={"width": width, "height": 844}
        )
        contexts.append(context)
        context.add_init_script(f"localStorage.setItem('adminTheme', '\"{theme}\"')")
        cookies = {settings.LANGUAGE_COOKIE_NAME: language}
        if signed_in:
            cookies[settings.SESSION_COOKIE_NAME] = _session_of(cast)
        for name, value in cookies.items():
            context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        page = context.new_page()
        _watch(page, live_server.url, troubles)
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


def _session_of(cast: Cast) -> str:
    client = Client()
    client.force_login(cast.alice)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _watch(page: Page, home: str, troubles: list[str]) -> None:
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((home, "data:", "blob:"))
            else troubles.append(f"asked {request.url}")
        ),
    )
    page.on("pageerror", lambda error: troubles.append(f"raised {error}"))
    page.on(
        "console",
        lambda message: (
            troubles.append(f"wrote {message.text}") if message.type == "error" else None
        ),
    )
