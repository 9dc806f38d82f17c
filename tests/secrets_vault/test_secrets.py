"""Which secrets may be named."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from secrets_vault.models import Secret
from tests.factories.catalog import EnvironmentFactory
from tests.factories.secrets_vault import SecretFactory

pytestmark = pytest.mark.django_db


def test_has_no_place_for_a_value() -> None:
    names = {field.name for field in Secret._meta.get_fields()}

    assert names == {
        "id",
        "environment",
        "name",
        "secret_type",
        "rotation_policy",
        "custom_rotation_days",
        "owner",
        "description",
    }


def test_refuses_a_second_secret_of_one_name_in_an_environment() -> None:
    secret = SecretFactory.create()

    with pytest.raises(IntegrityError), transaction.atomic():
        SecretFactory.create(environment=secret.environment, name=secret.name)

    assert SecretFactory.create(environment=EnvironmentFactory.create(), name=secret.name).pk


@pytest.mark.parametrize(
    ("policy", "days"), [("custom", None), ("custom", 0), ("monthly", 30), ("daily", 1)]
)
def test_refuses_days_that_do_not_fit_the_rotation(policy: str, days: int | None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        SecretFactory.create(rotation_policy=policy, custom_rotation_days=days)


def test_accepts_a_custom_rotation_with_its_days() -> None:
    assert SecretFactory.create(rotation_policy="custom", custom_rotation_days=10).pk


def test_shows_secrets_in_the_admin_and_lets_nobody_edit_them(alice_browser: Client) -> None:
    secret = SecretFactory.create(name="payment-key")

    listed = alice_browser.get(reverse("admin:secrets_vault_secret_changelist"))
    page = alice_browser.get(reverse("admin:secrets_vault_secret_change", args=[secret.pk]))
    added = alice_browser.get(reverse("admin:secrets_vault_secret_add"))

    assert "payment-key" in listed.content.decode()
    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()
    assert added.status_code == 403
