from datetime import UTC, datetime

from factory.declarations import Sequence, SubFactory
from factory.django import DjangoModelFactory

from secrets_vault.models import Secret, SecretAccess
from tests.factories.catalog import EnvironmentFactory


class SecretFactory(DjangoModelFactory[Secret]):
    class Meta:
        model = Secret

    environment = SubFactory(EnvironmentFactory)
    name = Sequence(lambda n: f"secret-{n}")
    secret_type = Secret.Type.API_KEY
    rotation_policy = Secret.RotationPolicy.MONTHLY


class SecretAccessFactory(DjangoModelFactory[SecretAccess]):
    class Meta:
        model = SecretAccess

    at = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    actor = "alice"
    action = SecretAccess.Action.REVEAL
    secret_name = "secret"
    environment = "production"
    outcome = SecretAccess.Outcome.SUCCEEDED
