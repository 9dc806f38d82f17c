from rest_framework import serializers

from governance.models import ApiVersion
from governance.rules.owasp import Verdict
from governance.selectors import Dashboard, NearSunset, OwaspCompliance


class NearSunsetSerializer(serializers.Serializer[NearSunset]):
    api = serializers.CharField()
    version = serializers.CharField()
    lifecycle = serializers.CharField()
    sunset_on = serializers.DateField()
    days_left = serializers.IntegerField()


class VersionsByLifecycleSerializer(serializers.Serializer[dict[str, int]]):
    def get_fields(self) -> dict[str, serializers.Field]:  # type: ignore[type-arg]  # any field
        return {name: serializers.IntegerField() for name in ApiVersion.Lifecycle.values}


class GovernanceDashboardSerializer(serializers.Serializer[Dashboard]):
    apis = serializers.IntegerField()
    versions = serializers.IntegerField()
    versions_by_lifecycle = VersionsByLifecycleSerializer()
    near_sunset = NearSunsetSerializer(many=True)
    score = serializers.FloatField(allow_null=True)
    score_reason = serializers.CharField()


class OwaspVerdictSerializer(serializers.Serializer[Verdict]):
    id = serializers.CharField()
    name = serializers.CharField()
    status = serializers.CharField()
    evidence = serializers.IntegerField()
    score = serializers.FloatField(allow_null=True)


class OwaspComplianceSerializer(serializers.Serializer[OwaspCompliance]):
    edition = serializers.CharField()
    score = serializers.FloatField(allow_null=True)
    score_reason = serializers.CharField()
    categories = OwaspVerdictSerializer(many=True)
