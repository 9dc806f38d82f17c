"""Dead letters over HTTP: look, let out again, edit, give up; one by one or many at a rate."""

from typing import cast

from django.contrib.auth.models import User
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from events import bus
from events.api.dead_letter_serializers import (
    ChosenSerializer,
    DeadLetterSerializer,
    DiscardSerializer,
    RedriveManySerializer,
    RedrivenSerializer,
    RedriveSerializer,
    RefusedArrivalSerializer,
    TakeInSerializer,
)
from events.bus import Command, Order
from events.models import Delivery, RefusedArrival
from events.rules.dead_letters import Chosen
from events.selectors import dead_letters
from events.services.commands import (
    DiscardDelivery,
    DiscardRefused,
    RedriveDelivery,
    RedriveParked,
    TakeInRefused,
)
from events.services.questions import HowManyLetters
from portal.shared import clock
from portal.shared.api.idempotency import answer_once
from portal.shared.api.views import Endpoint, ReadOnlyViewSet

RIGHT = "events.change_delivery"


def carry_out(request: Request, command: Command) -> Response:
    """This will give the order once for its key, and answer with its result under `result`."""
    at = clock.now()

    def carried_out() -> Response:
        result = bus.execute(command, Order(at=at, issuer=cast("User", request.user)))
        return Response({"result": result})

    return answer_once(request, at=at, answer=carried_out)


@extend_schema_view(
    list=extend_schema(
        parameters=[ChosenSerializer],
        description="What was given up, oldest first, with the reason and what waits behind it.",
    ),
    retrieve=extend_schema(description="One dead letter, with its stack and what was done to it."),
)
class DeadLetterViewSet(ReadOnlyViewSet):
    required_right = {"GET": "events.view_delivery", "POST": RIGHT}
    queryset = Delivery.objects.none()
    serializer_class = DeadLetterSerializer

    def get_queryset(self) -> QuerySet[Delivery]:
        chosen = Chosen()
        if self.action == "list":
            asked = ChosenSerializer(data=self.request.query_params)
            asked.is_valid(raise_exception=True)
            chosen = Chosen(**asked.validated_data)
        return dead_letters(chosen).select_related("event").prefetch_related("interventions")

    @extend_schema(request=RedriveSerializer, responses=RedrivenSerializer)
    def redrive(self, request: Request, pk: int) -> Response:
        """Let a dead letter be tried again, with another payload if one is sent.

        The event stays as it is; what was sent instead is kept with who did it and why.
        """
        wanted = RedriveSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        return carry_out(request, RedriveDelivery(delivery=pk, **wanted.validated_data))

    @extend_schema(request=DiscardSerializer, responses=RedrivenSerializer)
    def discard(self, request: Request, pk: int) -> Response:
        """Give a dead letter up for good; what waits behind it goes on."""
        wanted = DiscardSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        return carry_out(request, DiscardDelivery(delivery=pk, **wanted.validated_data))


class RedriveMany(Endpoint):
    required_right = RIGHT

    @extend_schema(
        operation_id="events_dead_letters_redrive_many",
        request=RedriveManySerializer,
        responses=RedrivenSerializer,
    )
    def post(self, request: Request) -> Response:
        """Let many dead letters be tried again, so many a second.

        Without `confirm` nothing happens, and the answer says how many are meant. With it
        the number must still be right.
        """
        wanted = RedriveManySerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        answers = dict(wanted.validated_data)
        confirmed, rate, note = (
            answers.pop(name) for name in ("confirm", "rate_per_second", "note")
        )
        chosen = Chosen(**answers)
        if confirmed is None:
            found = bus.ask(HowManyLetters(chosen=chosen), at=clock.now())
            return Response({"result": 0, "letters": found.letters, "behind": found.behind})
        return carry_out(
            request,
            RedriveParked(chosen=chosen, confirmed=confirmed, rate_per_second=rate, note=note),
        )


@extend_schema_view(
    list=extend_schema(description="Messages from brokers that are no event, newest first."),
    retrieve=extend_schema(description="One refused message, as it came."),
)
class RefusedArrivalViewSet(ReadOnlyViewSet):
    queryset = RefusedArrival.objects.order_by("-id")
    serializer_class = RefusedArrivalSerializer
    filterset_fields = ("state", "channel")
    required_right = {
        "GET": "events.view_refusedarrival",
        "POST": "events.change_refusedarrival",
    }

    @extend_schema(request=TakeInSerializer, responses=RedrivenSerializer)
    def take_in(self, request: Request, pk: int) -> Response:
        """Try a refused message again, with another body if one is sent."""
        wanted = TakeInSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        body = wanted.validated_data["body"]
        command = TakeInRefused(arrival=pk, body=None if body is None else body.encode())
        return carry_out(request, command)

    @extend_schema(request=None, responses=RedrivenSerializer)
    def discard(self, request: Request, pk: int) -> Response:
        """Give a refused message up; it stays to be seen."""
        return carry_out(request, DiscardRefused(arrival=pk))
