"""The REST door of webhook subscriptions."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from django.urls import path
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from events import selectors, services
from events.models import WebhookSubscription
from portal.shared import clock
from portal.shared.api.idempotency import answer_once
from portal.shared.api.views import Endpoint
from portal.shared.http import redacted

RIGHT = "events.change_webhooksubscription"


class WebhookSerializer(serializers.ModelSerializer[WebhookSubscription]):
    url = serializers.SerializerMethodField(
        help_text="Scheme and host alone for those who may not change it."
    )
    event_types = serializers.ListField(child=serializers.CharField())
    is_failing = serializers.BooleanField(read_only=True)
    waiting = serializers.IntegerField(
        read_only=True, help_text="Events on their way that were not taken yet."
    )

    class Meta:
        model = WebhookSubscription
        fields = (
            "slug",
            "url",
            "event_types",
            "description",
            "contact",
            "state",
            "is_failing",
            "waiting",
            "failures",
            "failing_since",
            "rests_until",
            "last_success_at",
            "last_status",
            "last_error",
            "disabled_at",
            "disabled_reason",
            "secret_version",
            "secret_rotated_at",
            "created_by",
            "created_at",
        )

    def get_url(self, webhook: WebhookSubscription) -> str:
        """The path of a URL often holds a token."""
        may_see = self.context["request"].user.has_perm(RIGHT)
        return webhook.url if may_see else redacted(webhook.url)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "What a shop wants to know",
            {
                "slug": "shop",
                "url": "https://shop.example/hooks",
                "event_types": ["orders.*", "slo.burn_rate.critical"],
                "contact": "ops@shop.example",
            },
            request_only=True,
        )
    ]
)
class SubscribeSerializer(serializers.Serializer[None]):
    slug = serializers.CharField(max_length=80)
    url = serializers.CharField(max_length=500)
    event_types = serializers.ListField(
        child=serializers.CharField(max_length=120),
        help_text="Types, or patterns such as `orders.*`.",
    )
    description = serializers.CharField(max_length=2_000, required=False, allow_blank=True)
    contact = serializers.EmailField(
        required=False, allow_blank=True, help_text="Who is told when it is disabled."
    )


@extend_schema_serializer(
    examples=[
        OpenApiExample("Another address", {"url": "https://shop.example/new"}, request_only=True)
    ]
)
class ChangeSerializer(serializers.Serializer[None]):
    url = serializers.CharField(max_length=500, required=False)
    event_types = serializers.ListField(child=serializers.CharField(max_length=120), required=False)
    description = serializers.CharField(max_length=2_000, required=False, allow_blank=True)
    contact = serializers.EmailField(required=False, allow_blank=True)


class SecretSerializer(serializers.Serializer[None]):
    signing_secret = serializers.CharField()
    version = serializers.IntegerField()


class TestedSerializer(serializers.Serializer[None]):
    status = serializers.IntegerField(help_text="What the receiver answered.")


def _validated(serializer: serializers.Serializer[None]) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return cast("dict[str, Any]", serializer.validated_data)


def _who(request: Request) -> str:
    return request.user.get_username()


def _shown(request: Request, webhook: WebhookSubscription) -> dict[str, Any]:
    return WebhookSerializer(webhook, context={"request": request}).data


def _answer(
    request: Request, verb: Callable[[datetime], WebhookSubscription], *, status: int = 200
) -> Response:
    """Runs the verb once for its idempotency key, and answers with the webhook as it is then."""
    at = clock.now()

    def answer() -> Response:
        webhook = selectors.get_webhook(verb(at).slug)
        return Response(_shown(request, webhook), status=status)

    return answer_once(request, at=at, answer=answer)


class WebhookListView(generics.ListAPIView[WebhookSubscription]):
    """Webhook subscriptions by their slug, each with how it goes."""

    queryset = selectors.all_webhooks()
    serializer_class = WebhookSerializer

    @extend_schema(request=SubscribeSerializer, responses={201: WebhookSerializer})
    def post(self, request: Request) -> Response:
        """Subscribe an address to what is published from now on."""
        wanted = _validated(SubscribeSerializer(data=request.data))
        return _answer(
            request,
            lambda at: services.create_webhook(**wanted, acting_user=_who(request), at=at),
            status=201,
        )


class WebhookView(generics.GenericAPIView[WebhookSubscription]):
    queryset = selectors.all_webhooks()

    @extend_schema(responses=WebhookSerializer)
    def get(self, request: Request, webhook: str) -> Response:
        """One webhook subscription, by its slug."""
        return Response(_shown(request, selectors.get_webhook(webhook)))

    @extend_schema(request=ChangeSerializer, responses=WebhookSerializer)
    def patch(self, request: Request, webhook: str) -> Response:
        """Change the address, the types, the description or the contact, from now on."""
        changes = _validated(ChangeSerializer(data=request.data))
        found = selectors.get_webhook(webhook)
        return _answer(
            request,
            lambda at: services.change_webhook(
                webhook_id=found.pk, acting_user=_who(request), at=at, **changes
            ),
        )

    @extend_schema(responses={204: None})
    def delete(self, request: Request, webhook: str) -> Response:
        """Forget the subscription; what is on its way is discarded."""
        at = clock.now()

        def delete() -> Response:
            services.delete_webhook(
                webhook_id=selectors.get_webhook(webhook).pk, acting_user=_who(request), at=at
            )
            return Response(status=204)

        return answer_once(request, at=at, answer=delete)


class WebhookVerb(Endpoint):
    required_right = RIGHT


class PauseView(WebhookVerb):
    @extend_schema(request=None, responses=WebhookSerializer)
    def post(self, request: Request, webhook: str) -> Response:
        """Send nothing until it is enabled; what happens meanwhile is kept for it."""
        found = selectors.get_webhook(webhook)
        return _answer(
            request,
            lambda at: services.pause_webhook(
                webhook_id=found.pk, acting_user=_who(request), at=at
            ),
        )


class EnableView(WebhookVerb):
    @extend_schema(request=None, responses=WebhookSerializer)
    def post(self, request: Request, webhook: str) -> Response:
        """Go on where it stopped, after a pause or after it was disabled."""
        found = selectors.get_webhook(webhook)
        return _answer(
            request,
            lambda at: services.enable_webhook(
                webhook_id=found.pk, acting_user=_who(request), at=at
            ),
        )


class RotateSecretView(WebhookVerb):
    @extend_schema(request=None, responses=WebhookSerializer)
    def post(self, request: Request, webhook: str) -> Response:
        """Sign with another secret, and for a day with the last one too."""
        found = selectors.get_webhook(webhook)
        return _answer(
            request,
            lambda at: services.rotate_webhook_secret(
                webhook_id=found.pk, acting_user=_who(request), at=at
            ),
        )


class SecretView(WebhookVerb):
    @extend_schema(responses=SecretSerializer)
    def get(self, request: Request, webhook: str) -> Response:
        """The newest signing secret. Whoever reads it is named in the log."""
        found = selectors.get_webhook(webhook)
        secret = services.show_webhook_secret(
            webhook_id=found.pk, acting_user=_who(request), at=clock.now()
        )
        return Response(
            {"signing_secret": secret, "version": found.secret_version},
            headers={"Cache-Control": "no-store"},
        )


class TestView(WebhookVerb):
    @extend_schema(request=None, responses=TestedSerializer)
    def post(self, request: Request, webhook: str) -> Response:
        """Send one event `events.webhook.tested` now, whatever the state."""
        at = clock.now()
        found = selectors.get_webhook(webhook)

        def test() -> Response:
            answer = services.send_test(webhook_id=found.pk, acting_user=_who(request), at=at)
            return Response({"status": answer.status})

        return answer_once(request, at=at, answer=test)


_ONE = "events/webhooks/<slug:webhook>"
urlpatterns = [
    path("events/webhooks", WebhookListView.as_view(), name="webhooks"),
    path(_ONE, WebhookView.as_view(), name="webhook"),
    path(f"{_ONE}/pause", PauseView.as_view(), name="webhook-pause"),
    path(f"{_ONE}/enable", EnableView.as_view(), name="webhook-enable"),
    path(f"{_ONE}/rotate-secret", RotateSecretView.as_view(), name="webhook-rotate-secret"),
    path(f"{_ONE}/secret", SecretView.as_view(), name="webhook-secret"),
    path(f"{_ONE}/test", TestView.as_view(), name="webhook-test"),
]
