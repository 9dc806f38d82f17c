"""What is promised and what is counted: listed, created and changed."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, cast
from zoneinfo import ZoneInfo, available_timezones

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.selectors import get_service
from portal.shared import clock
from portal.shared.api.idempotency import answer_once
from slo import selectors, services
from slo.api.serializers import IndicatorSerializer, ObjectiveSerializer
from slo.models import Indicator, Objective
from slo.rules.composite import Blend
from slo.rules.request_outcome import Kind
from slo.rules.time_slice import SLICE_MINUTES, Budgeting, Slices
from slo.rules.window import CalendarUnit, CalendarWindow, RollingWindow, Window

KINDS = [kind.value for kind in Kind if kind is not Kind.SLICES]


class ComponentSerializer(serializers.Serializer[None]):
    indicator = serializers.SlugField()
    weight = serializers.IntegerField(min_value=1, max_value=1_000_000, default=1)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Checkout's latency",
            {
                "slug": "checkout-latency",
                "name": "Checkout: latency",
                "service": "checkout",
                "kind": "latency",
                "endpoint": "/orders/*",
                "latency_threshold_ms": 300,
            },
            request_only=True,
        )
    ]
)
class NewIndicatorSerializer(serializers.Serializer[None]):
    slug = serializers.SlugField(max_length=80)
    name = serializers.CharField(max_length=120)
    service = serializers.SlugField()
    kind = serializers.ChoiceField(KINDS)
    endpoint = serializers.CharField(max_length=500, default="*")
    method = serializers.CharField(max_length=10, default="", allow_blank=True)
    latency_threshold_ms = serializers.IntegerField(min_value=1, allow_null=True, default=None)
    report_minutes = serializers.IntegerField(
        min_value=1, max_value=1440, allow_null=True, default=None
    )
    components = ComponentSerializer(many=True, default=list, help_text="Of a composite.")
    blend = serializers.ChoiceField([b.value for b in Blend], default=Blend.WEIGHTED_MEAN.value)


class NewWindowSerializer(serializers.Serializer[None]):
    """The last so many days, or a calendar period of a zone."""

    rolling_days = serializers.IntegerField(min_value=1, max_value=90, required=False)
    calendar_unit = serializers.ChoiceField([u.value for u in CalendarUnit], required=False)
    time_zone = serializers.CharField(default="UTC")

    def validate_time_zone(self, name: str) -> str:
        if name not in available_timezones():
            raise serializers.ValidationError("There is no such time zone: Europe/Berlin is one.")
        return name

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("rolling_days" in attrs) == ("calendar_unit" in attrs):
            raise serializers.ValidationError("Send rolling_days or calendar_unit, not both.")
        return attrs


class SlicesSerializer(serializers.Serializer[None]):
    """A budget of time; the target is that of a slice, in percent."""

    budgeting = serializers.ChoiceField(
        [b.value for b in Budgeting if b is not Budgeting.OCCURRENCES]
    )
    minutes = serializers.ChoiceField(SLICE_MINUTES)
    target = serializers.DecimalField(max_digits=7, decimal_places=4, allow_null=True, default=None)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A month in Berlin",
            {
                "slug": "checkout-latency",
                "name": "Checkout: latency",
                "indicator": "checkout-latency",
                "target": "99.5",
                "window": {"calendar_unit": "month", "time_zone": "Europe/Berlin"},
                "slices": {"budgeting": "timeslices", "minutes": 5, "target": "95"},
            },
            request_only=True,
        )
    ]
)
class NewObjectiveSerializer(serializers.Serializer[None]):
    slug = serializers.SlugField(max_length=80)
    name = serializers.CharField(max_length=120)
    indicator = serializers.SlugField()
    target = serializers.DecimalField(max_digits=7, decimal_places=4, help_text="Percent.")
    window = NewWindowSerializer(required=False, help_text="30 days if left out.")
    slices = SlicesSerializer(required=False, help_text="A budget of requests if left out.")


@extend_schema_serializer(
    examples=[OpenApiExample("A looser target", {"target": "99.5"}, request_only=True)]
)
class ObjectiveChangeSerializer(serializers.Serializer[None]):
    name = serializers.CharField(max_length=120, required=False)
    target = serializers.DecimalField(max_digits=7, decimal_places=4, required=False)
    window = NewWindowSerializer(required=False)
    is_active = serializers.BooleanField(required=False)


class IndicatorsView(generics.ListAPIView[Indicator]):
    """What is counted."""

    queryset = selectors.all_indicators()
    serializer_class = IndicatorSerializer
    filterset_fields: ClassVar[tuple[str, ...]] = ("kind",)

    @extend_schema(request=NewIndicatorSerializer, responses={201: IndicatorSerializer})
    def post(self, request: Request) -> Response:
        """Begin to count something; a composite counts nothing and blends its components."""
        wanted = _validated(NewIndicatorSerializer, request)

        def create() -> Response:
            return Response(IndicatorSerializer(_new_indicator(**wanted)).data, status=201)

        return answer_once(request, at=clock.now(), answer=create)


class IndicatorView(generics.RetrieveAPIView[Indicator]):
    """One indicator, by slug."""

    queryset = selectors.all_indicators()
    serializer_class = IndicatorSerializer
    lookup_field = "slug"


class ObjectivesView(generics.ListAPIView[Objective]):
    """What is promised."""

    queryset = selectors.all_objectives()
    serializer_class = ObjectiveSerializer
    filterset_fields: ClassVar[tuple[str, ...]] = ("is_active", "level")

    @extend_schema(request=NewObjectiveSerializer, responses={201: ObjectiveSerializer})
    def post(self, request: Request) -> Response:
        """Promise something; what was counted so far counts at once."""
        wanted = _validated(NewObjectiveSerializer, request)
        return _answer(request, lambda _at: _new_objective(**wanted), status=201)


class ObjectiveView(generics.RetrieveAPIView[Objective]):
    """One promise, by slug."""

    queryset = selectors.all_objectives()
    serializer_class = ObjectiveSerializer
    lookup_field = "slug"

    @extend_schema(request=ObjectiveChangeSerializer, responses=ObjectiveSerializer)
    def patch(self, request: Request, slug: str) -> Response:
        """Change a promise; alerts that could never fire then are refused."""
        changes = _validated(ObjectiveChangeSerializer, request)
        if "window" in changes:
            changes["window"] = _window(**changes["window"])
        return _answer(request, lambda _at: services.change_objective(slug=slug, **changes))


def _validated(serializer: type[serializers.Serializer[None]], request: Request) -> dict[str, Any]:
    wanted = serializer(data=request.data)
    wanted.is_valid(raise_exception=True)
    return cast("dict[str, Any]", wanted.validated_data)


def _answer(
    request: Request, verb: Callable[[datetime], Objective], *, status: int = 200
) -> Response:
    at = clock.now()

    def answer() -> Response:
        objective = selectors.get_objective(verb(at).slug)
        return Response(ObjectiveSerializer(objective).data, status=status)

    return answer_once(request, at=at, answer=answer)


def _new_indicator(
    *,
    service: str,
    kind: str,
    components: list[dict[str, Any]],
    blend: str,
    slug: str,
    name: str,
    **counted: Any,
) -> Indicator:
    owner = get_service(service)
    if kind != Kind.COMPOSITE:
        return services.create_indicator(
            slug=slug, name=name, service=owner, kind=Kind(kind), **counted
        )
    found = selectors.get_indicators(
        [part["indicator"] for part in components], field="/components"
    )
    weights = [part["weight"] for part in components]
    return services.create_composite(
        slug=slug,
        name=name,
        service=owner,
        components=list(zip(found, weights, strict=True)),
        blend=Blend(blend),
    )


def _new_objective(
    *,
    slug: str,
    name: str,
    indicator: str,
    target: Decimal,
    window: dict[str, Any] | None = None,
    slices: dict[str, Any] | None = None,
) -> Objective:
    return services.create_objective(
        slug=slug,
        name=name,
        indicator=selectors.get_indicators([indicator], field="/indicator")[0],
        target=target,
        window=_window(**window) if window else services.DEFAULT_WINDOW,
        slices=_slices(**slices) if slices else None,
    )


def _window(
    *, time_zone: str, rolling_days: int | None = None, calendar_unit: str | None = None
) -> Window:
    if calendar_unit is not None:
        return CalendarWindow(CalendarUnit(calendar_unit), ZoneInfo(time_zone))
    return RollingWindow(rolling_days or 0)


def _slices(*, budgeting: str, minutes: int, target: Decimal | None) -> Slices:
    return Slices(Budgeting(budgeting), minutes, target)
