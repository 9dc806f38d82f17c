from rest_framework import serializers

from catalog.models import Environment
from secrets_vault.models import SecretAccess


class EnvironmentSecretsSerializer(serializers.ModelSerializer[Environment]):
    secrets = serializers.IntegerField(source="secret_count", read_only=True)

    class Meta:
        model = Environment
        fields = ("slug", "name", "position", "is_production", "secrets")


class SecretAccessSerializer(serializers.ModelSerializer[SecretAccess]):
    secret = serializers.CharField(source="secret_name", read_only=True)

    class Meta:
        model = SecretAccess
        fields = (
            "at",
            "actor",
            "action",
            "secret",
            "environment",
            "outcome",
            "source_address",
            "reason",
        )
