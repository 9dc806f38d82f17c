"""Take the picture set of a running portal: widths × themes × languages × pages.

    PORTAL_USERNAME=… PORTAL_PASSWORD=… python -m tests.browser.screenshots OUT_DIR

PORTAL_URL names the portal, http://127.0.0.1:8000 by default. `--page /admin/…`, given as often
as needed, replaces the list of pages; pages that do not answer are passed over.
"""

import argparse
import os
import sys
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.chromium import chromium, find_chromium

PAGES = (
    "/admin/",
    "/admin/incidents/incident/",
    "/admin/incidents/schedule/",
    "/admin/slo/objective/",
    "/admin/catalog/service/",
    "/admin/recovery/plan/",
    "/admin/governance/api/",
    "/admin/secrets_vault/secret/",
    "/admin/events/event/",
    "/admin/events/stream/",
    "/admin/events/deadletter/",
    "/admin/events/consumer/",
    "/admin/events/delivery/",
    "/admin/events/seal/",
    "/admin/events/webhooksubscription/",
    "/admin/auth/user/",
    "/admin/knox/authtoken/",
    "/admin/django_celery_beat/periodictask/",
)
WIDTHS = {1440: 900, 390: 844}
THEMES = ("light", "dark")
LANGUAGES = ("en", "ar")


def main() -> int:
    wanted = _arguments()
    executable = find_chromium()
    if executable is None:
        print("No Chromium is installed; install the package chromium.", file=sys.stderr)  # noqa: T201  (a command)
        return 2
    wanted.out.mkdir(parents=True, exist_ok=True)
    with chromium(executable) as browser:
        for width, theme, language in product(wanted.width, wanted.theme, wanted.language):
            _picture_set(browser, wanted, width=width, theme=theme, language=language)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.screenshots")
    parser.add_argument("out", type=Path)
    parser.add_argument("--page", dest="pages", action="append")
    parser.add_argument("--url", default=os.environ.get("PORTAL_URL", "http://127.0.0.1:8000"))
    parser.add_argument("--width", type=int, action="append", choices=sorted(WIDTHS))
    parser.add_argument("--theme", action="append", choices=THEMES)
    parser.add_argument("--language", action="append", choices=LANGUAGES)
    parser.add_argument("--visible", action="store_true", help="only what fits the screen")
    wanted = parser.parse_args()
    wanted.pages = wanted.pages or PAGES
    wanted.width = wanted.width or list(WIDTHS)
    wanted.theme = wanted.theme or list(THEMES)
    wanted.language = wanted.language or list(LANGUAGES)
    return wanted


def _picture_set(
    browser: Browser, wanted: argparse.Namespace, *, width: int, theme: str, language: str
) -> None:
    context = browser.new_context(
        base_url=wanted.url, viewport={"width": width, "height": WIDTHS[width]}
    )
    _choose(context, wanted.url, theme=theme, language=language)
    page = context.new_page()
    suffix = f"{width}-{theme}-{language}.png"
    page.goto("/admin/login/")
    _take(page, wanted.out / f"login-{suffix}", whole=False)
    page.fill("#id_username", os.environ["PORTAL_USERNAME"])
    page.fill("#id_password", os.environ["PORTAL_PASSWORD"])
    page.press("#id_password", "Enter")
    page.wait_for_url("**/admin/")
    for address in wanted.pages:
        answer = page.goto(address)
        if answer is not None and answer.ok:
            name = address.removeprefix("/admin").strip("/").replace("/", "-") or "home"
            _take(page, wanted.out / f"{name}-{suffix}", whole=not wanted.visible)
    context.close()


def _choose(context: BrowserContext, url: str, *, theme: str, language: str) -> None:
    context.add_cookies([{"name": "django_language", "value": language, "url": url}])
    # Where Unfold keeps its switch.
    context.add_init_script(f"localStorage.setItem('adminTheme', '\"{theme}\"')")


def _take(page: Page, file: Path, *, whole: bool) -> None:
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready")
    page.screenshot(path=file, full_page=whole)


if __name__ == "__main__":
    raise SystemExit(main())
