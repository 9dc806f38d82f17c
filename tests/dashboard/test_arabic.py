"""The portal in Arabic: our words, Unfold's words, and the direction of the page."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from tests.dashboard.conftest import Furnish
from tests.dashboard.rooms import objective

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    """A request leaves its language behind in the thread, for the next test to find."""
    with override("en"):
        yield


def in_arabic(client: Client) -> str:
    return client.get(reverse("admin:index"), headers={"Accept-Language": "ar"}).content.decode()


def test_speaks_arabic_from_right_to_left(furnish: Furnish, alice_browser: Client) -> None:
    furnish(objectives=[objective(), objective()])

    page = in_arabic(alice_browser)

    assert 'lang="ar" dir="rtl"' in page
    assert "الحوادث المفتوحة" in page
    assert "هدفان محفوظان." in page


def test_translates_the_words_of_the_theme(alice_browser: Client) -> None:
    page = in_arabic(alice_browser)

    assert "كل التطبيقات" in page
    assert "All applications" not in page


def test_offers_both_languages_by_their_own_names(alice_browser: Client) -> None:
    page = alice_browser.get(reverse("admin:index")).content.decode()

    assert "العربيّة" in page
    assert "English" in page
