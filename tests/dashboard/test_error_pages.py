"""Pages that say what could not be, and the way back."""

import pytest
from django.test import Client
from django.urls import reverse
from knox.models import AuthToken

from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_says_that_there_is_no_such_page(client: Client) -> None:
    answer = client.get("/attic")

    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()
    assert reverse("admin:index") in answer.content.decode()


def test_says_that_a_right_is_missing(client: Client, cast: Cast) -> None:
    token, _text = AuthToken.objects.create(cast.alice)
    client.force_login(cast.bob)

    answer = client.get(reverse("admin:knox_authtoken_revoke", args=[token.token_key]))

    assert answer.status_code == 403
    assert "Your account lacks the right" in answer.content.decode()


def test_says_that_the_portal_has_failed(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_names: object, **_values: object) -> None:
        raise ValueError("broken")

    monkeypatch.setattr("portal.dashboard.views.home", fail)
    client.force_login(cast.alice)
    client.raise_request_exception = False

    answer = client.get(reverse("admin:index"))

    assert answer.status_code == 500
    assert "The portal could not do this" in answer.content.decode()
