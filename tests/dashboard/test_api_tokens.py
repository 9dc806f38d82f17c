"""API tokens in the admin: known by their first characters, revoked by a verb."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from knox.models import AuthToken

from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(cast: Cast) -> AuthToken:
    made, _text = AuthToken.objects.create(cast.charlie)
    return made


def revoke_address(token: AuthToken) -> str:
    return reverse("admin:knox_authtoken_revoke", args=[token.token_key])


def test_never_shows_the_digest(alice_browser: Client, token: AuthToken) -> None:
    pages = [reverse("admin:knox_authtoken_changelist"), revoke_address(token)]

    shown = [alice_browser.get(page).content.decode() for page in pages]

    assert all(token.token_key in page for page in shown)
    assert not any(token.digest in page for page in shown)


@pytest.mark.parametrize("page", ["change/", "history/", "delete/"])
def test_has_no_page_that_goes_by_the_digest(
    alice_browser: Client, token: AuthToken, page: str
) -> None:
    answer = alice_browser.get(f"/admin/knox/authtoken/{token.digest}/{page}")

    assert answer.status_code == 404


def test_revokes_a_token_and_records_who_did(
    alice_browser: Client, token: AuthToken, cast: Cast
) -> None:
    answer = alice_browser.post(revoke_address(token))

    entry = LogEntry.objects.get()
    assert answer.headers["Location"] == reverse("admin:knox_authtoken_changelist")
    assert not AuthToken.objects.exists()
    assert entry.user == cast.alice
    assert "charlie" in entry.object_repr
    assert token.digest not in entry.object_repr


def test_does_not_revoke_when_only_asked(alice_browser: Client, token: AuthToken) -> None:
    alice_browser.get(revoke_address(token))

    assert AuthToken.objects.filter(pk=token.pk).exists()


def test_refuses_those_who_may_only_look(client: Client, cast: Cast, token: AuthToken) -> None:
    cast.bob.user_permissions.add(Permission.objects.get(codename="view_authtoken"))
    client.force_login(cast.bob)

    answer = client.post(revoke_address(token))

    assert answer.status_code == 403
    assert AuthToken.objects.filter(pk=token.pk).exists()
