from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from catalog.models import Service
from incidents import selectors
from incidents.models import (
    EscalationLevel,
    EscalationPolicy,
    Incident,
    Page,
    PageAttempt,
    Review,
    TimelineEntry,
)
from portal.shared import clock


class IncidentSerializer(serializers.ModelSerializer[Incident]):
    reference = serializers.CharField(read_only=True)
    services: serializers.RelatedField[Service, str, str] = serializers.SlugRelatedField(
        slug_field="slug", many=True, read_only=True
    )
    escalation_policy = serializers.CharField(
        source="escalation_policy.slug", read_only=True, allow_null=True, default=None
    )
    page_state = serializers.SerializerMethodField(
        help_text="In words, how far the paging has come."
    )

    class Meta:
        model = Incident
        fields = (
            "incident_id",
            "reference",
            "title",
            "description",
            "severity",
            "status",
            "detected_by",
            "cause_key",
            "services",
            "escalation_policy",
            "page_state",
            "opened_at",
            "acknowledged_at",
            "acknowledged_by",
            "resolved_at",
            "resolved_by",
        )

    def get_page_state(self, incident: Incident) -> str:
        return selectors.page_state(incident, at=clock.now())


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A service is down",
            {
                "title": "Checkout is down",
                "description": "503 on every request",
                "severity": "SEV1",
                "detected_by": "probe",
                "affected_services": ["checkout"],
            },
            request_only=True,
        )
    ]
)
class DeclareSerializer(serializers.Serializer[None]):
    title = serializers.CharField(max_length=200)
    description = serializers.CharField(
        max_length=10_000, required=False, allow_blank=True, default=""
    )
    severity = serializers.ChoiceField(choices=Incident.Severity.choices)
    detected_by = serializers.CharField(max_length=150)
    affected_services = serializers.ListField(
        child=serializers.CharField(max_length=80),
        max_length=100,
        help_text="Slugs of the catalog; the first one's team is paged.",
    )


@extend_schema_serializer(
    examples=[OpenApiExample("What ended it", {"note": "Rolled back."}, request_only=True)]
)
class ResolveSerializer(serializers.Serializer[None]):
    note = serializers.CharField(max_length=10_000, required=False, allow_blank=True, default="")


@extend_schema_serializer(
    examples=[OpenApiExample("What is being done", {"text": "Rolling back."}, request_only=True)]
)
class NoteSerializer(serializers.Serializer[None]):
    text = serializers.CharField(max_length=10_000)


class TimelineEntrySerializer(serializers.ModelSerializer[TimelineEntry]):
    class Meta:
        model = TimelineEntry
        fields = ("at", "recorded_at", "kind", "text", "actor", "via")


class ReceiptSerializer(serializers.ModelSerializer[PageAttempt]):
    class Meta:
        model = PageAttempt
        fields = (
            "number",
            "started_at",
            "ended_at",
            "outcome",
            "status_code",
            "detail",
            "latency_ms",
        )


class PageSerializer(serializers.ModelSerializer[Page]):
    responder = serializers.CharField(source="responder.username", read_only=True)
    channel = serializers.CharField(source="contact_method.channel", read_only=True)
    level = serializers.IntegerField(source="step.position", read_only=True)
    cycle = serializers.IntegerField(source="step.cycle", read_only=True)
    receipts = ReceiptSerializer(many=True, read_only=True)

    class Meta:
        model = Page
        fields = (
            "page_id",
            "idempotency_key",
            "level",
            "cycle",
            "responder",
            "channel",
            "state",
            "attempts",
            "created_at",
            "due_at",
            "sent_at",
            "receipts",
        )


class OnCallSerializer(serializers.Serializer[selectors.OnCallRow]):
    schedule = serializers.CharField(source="schedule_slug")
    schedule_name = serializers.CharField()
    responder = serializers.CharField(help_text="Blank when nobody is on call.")
    until = serializers.DateTimeField(allow_null=True)
    next_responder = serializers.CharField(help_text="Blank when it is the same again.")
    is_reachable = serializers.BooleanField()


class LevelSerializer(serializers.ModelSerializer[EscalationLevel]):
    schedules = serializers.SerializerMethodField()
    users = serializers.SerializerMethodField()

    class Meta:
        model = EscalationLevel
        fields = ("position", "ack_window_seconds", "schedules", "users")

    def get_schedules(self, level: EscalationLevel) -> list[str]:
        return [target.schedule.slug for target in level.targets.all() if target.schedule]

    def get_users(self, level: EscalationLevel) -> list[str]:
        return [target.user.get_username() for target in level.targets.all() if target.user]


class PolicySerializer(serializers.ModelSerializer[EscalationPolicy]):
    team = serializers.CharField(source="team.slug", read_only=True, allow_null=True, default=None)
    levels = LevelSerializer(many=True, read_only=True)

    class Meta:
        model = EscalationPolicy
        fields = ("slug", "name", "severity", "team", "repeat_count", "levels")


class ReviewSerializer(serializers.ModelSerializer[Review]):
    incident = serializers.CharField(source="incident.reference", read_only=True)
    timeline = serializers.SerializerMethodField()

    class Meta:
        model = Review
        fields = (
            "incident",
            "state",
            "summary",
            "seconds_to_acknowledge",
            "seconds_to_resolve",
            "drafted_at",
            "completed_at",
            "completed_by",
            "timeline",
        )

    def get_timeline(self, review: Review) -> list[dict[str, Any]]:
        return list(review.timeline)
