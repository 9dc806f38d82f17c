"""GET /api/config/environments"""

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from tests.factories.catalog import EnvironmentFactory
from tests.factories.secrets_vault import SecretFactory

pytestmark = pytest.mark.django_db


def test_counts_the_secrets_of_each_environment_in_order_of_promotion(
    alice_api: APIClient,
) -> None:
    production = EnvironmentFactory.create(
        slug="production", name="Production", position=3, is_production=True
    )
    EnvironmentFactory.create(slug="development", name="Development", position=1)
    SecretFactory.create_batch(2, environment=production)

    answer = alice_api.get("/api/config/environments")

    assert answer.status_code == 200
    assert [(e["slug"], e["secrets"]) for e in answer.json()["results"]] == [
        ("development", 0),
        ("production", 2),
    ]
    assert answer.json()["results"][1] == {
        "slug": "production",
        "name": "Production",
        "position": 3,
        "is_production": True,
        "secrets": 2,
    }


def test_asks_the_database_as_often_for_many_as_for_few(
    alice_api: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    SecretFactory.create_batch(5)

    with django_assert_num_queries(2):
        alice_api.get("/api/config/environments")


def test_answers_nobody_without_the_right(charlie_api: APIClient) -> None:
    assert charlie_api.get("/api/config/environments").status_code == 403
    assert APIClient().get("/api/config/environments").status_code == 401
