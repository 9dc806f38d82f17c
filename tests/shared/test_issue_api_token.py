"""`manage.py issue_api_token`: the way in for automation."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from knox.models import AuthToken
from rest_framework.test import APIClient

from portal.shared.errors import DomainError, InvalidInput, NotFound
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def issue(username: str, *options: str) -> str:
    out = StringIO()
    call_command("issue_api_token", username, *options, stdout=out)
    return out.getvalue().strip()


def get_events(token: str) -> int:
    client = APIClient()
    return client.get("/api/events", headers={"Authorization": f"Bearer {token}"}).status_code


def test_prints_a_token_that_opens_the_api(cast: Cast) -> None:
    token = issue(cast.alice.username)

    assert get_events(token) == 200
    assert get_events(token[:-1] + "?") == 401


def test_keeps_only_a_hash(cast: Cast) -> None:
    token = issue(cast.alice.username)

    record = AuthToken.objects.get()
    assert token not in record.digest
    assert record.expiry is None


def test_makes_a_token_that_expires(cast: Cast, at: datetime) -> None:
    with time_machine.travel(at, tick=False):
        token = issue(cast.alice.username, "--expires-in-days", "2")

    with time_machine.travel(at + timedelta(days=1), tick=False):
        assert get_events(token) == 200
    with time_machine.travel(at + timedelta(days=3), tick=False):
        assert get_events(token) == 401


@pytest.mark.parametrize(
    ("username", "options", "error", "says"),
    [
        ("nobody", (), NotFound, "There is no user 'nobody'"),
        ("charlie", ("--expires-in-days", "0"), InvalidInput, "lives from 1 to 3650 days"),
        ("charlie", ("--expires-in-days", "99999"), InvalidInput, "lives from 1 to 3650 days"),
        ("retired", (), InvalidInput, "switched off"),
    ],
)
def test_refuses(
    username: str, options: tuple[str, ...], error: type[DomainError], says: str, cast: Cast
) -> None:
    type(cast.charlie).objects.create_user("retired", is_active=False)

    with pytest.raises(error, match=says) as refusal:
        issue(username, *options)

    assert refusal.value.exit_code == 2
    assert not AuthToken.objects.exists()
