from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from catalog.models import Environment, Membership, Service, Team
from catalog.rules.yaml_document import LARGEST_BYTES
from catalog.services import ImportOutcome


class ServiceSerializer(serializers.ModelSerializer[Service]):
    owner = serializers.SlugRelatedField[Team]("slug", read_only=True, allow_null=True)
    depends_on = serializers.SlugRelatedField[Service]("slug", many=True, read_only=True)
    dependents = serializers.SlugRelatedField[Service]("slug", many=True, read_only=True)

    class Meta:
        model = Service
        fields = (
            "slug",
            "name",
            "description",
            "tier",
            "owner",
            "depends_on",
            "dependents",
            "runbook_url",
        )


class MemberSerializer(serializers.ModelSerializer[Membership]):
    username = serializers.CharField(source="user.username", read_only=True)
    name = serializers.CharField(source="user.get_full_name", read_only=True)

    class Meta:
        model = Membership
        fields = ("username", "name", "role")


class TeamSerializer(serializers.ModelSerializer[Team]):
    members = MemberSerializer(source="memberships", many=True, read_only=True)

    class Meta:
        model = Team
        fields = ("slug", "name", "members")


class EnvironmentSerializer(serializers.ModelSerializer[Environment]):
    class Meta:
        model = Environment
        fields = ("slug", "name", "position", "is_production")


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Two services",
            {
                "source": "services.yaml",
                "document": "- slug: shop\n  name: Shop\n- slug: warehouse\n  name: Warehouse\n",
            },
            request_only=True,
        )
    ]
)
class ImportSerializer(serializers.Serializer[None]):
    document = serializers.CharField(
        # Trimming would move the lines that mistakes name.
        trim_whitespace=False,
        max_length=LARGEST_BYTES,
        help_text="The text of the YAML file, in either format of docs/catalog.md.",
    )
    source = serializers.CharField(  # type: ignore[assignment]  # DRF takes it off the class
        max_length=200, default="the document", help_text="What people call the file."
    )


class ImportOutcomeSerializer(serializers.Serializer[ImportOutcome]):
    created = serializers.ListField(child=serializers.CharField())
    updated = serializers.ListField(child=serializers.CharField())
    unchanged = serializers.ListField(child=serializers.CharField())
    skipped = serializers.ListField(child=serializers.CharField())
    teams_created = serializers.ListField(child=serializers.CharField())
    teams_renamed = serializers.ListField(child=serializers.CharField())
