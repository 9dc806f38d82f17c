"""`Idempotency-Key`: the same call twice has its effect once."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient, APIRequestFactory

from events.models import Event
from portal.shared import services
from portal.shared.api.idempotency import answer_once
from portal.shared.api.parsers import StrictJSONParser
from portal.shared.errors import DomainError
from portal.shared.models import IdempotencyRecord
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def publish(client: APIClient, *, key: str, number: int = 1) -> Any:
    body = {"event_type": "orders.order.shipped", "payload": {"number": number}}
    return client.post("/api/events", body, headers={"Idempotency-Key": key})


def request_of(cast: Cast, *, key: str) -> Request:
    plain = APIRequestFactory().post("/x", {}, format="json", headers={"Idempotency-Key": key})
    request = Request(plain, parsers=[StrictJSONParser()])
    request.user = cast.alice
    return request


def test_repeats_the_first_answer(alice_api: APIClient) -> None:
    first = publish(alice_api, key="k")

    second = publish(alice_api, key="k")

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert Event.objects.count() == 1


def test_repeats_times_as_they_were_first_spelled(cast: Cast, at: datetime) -> None:
    def answer() -> Response:
        return Response({"at": at, "wait": timedelta(seconds=90), "id": Event().event_id})

    first = answer_once(request_of(cast, key="k"), at=at, answer=answer)
    second = answer_once(request_of(cast, key="k"), at=at, answer=answer)

    assert second.data["at"] == "2026-03-02T12:00:00Z"
    assert second.data["wait"] == "90.0"
    assert second.data["id"] == str(first.data["id"])


def test_runs_every_call_without_a_key(alice_api: APIClient) -> None:
    body = {"event_type": "orders.order.shipped", "payload": {}}

    alice_api.post("/api/events", body)
    alice_api.post("/api/events", body)

    assert Event.objects.count() == 2


def test_refuses_the_key_of_another_request(alice_api: APIClient) -> None:
    publish(alice_api, key="k", number=1)

    answer = publish(alice_api, key="k", number=2)

    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:portal:problem:idempotency-key-reused"
    assert Event.objects.count() == 1


def test_refuses_a_key_that_is_too_long(alice_api: APIClient) -> None:
    assert publish(alice_api, key="k" * 201).status_code == 400
    assert publish(alice_api, key="k" * 200).status_code == 201


def test_refuses_a_key_that_no_database_keeps(alice_api: APIClient) -> None:
    assert publish(alice_api, key="k\x00").status_code == 400


def test_keeps_the_keys_of_two_people_apart(alice_api: APIClient, cast: Cast) -> None:
    publish(alice_api, key="k", number=1)
    cast.bob.is_superuser = True
    cast.bob.save()
    bob_api = APIClient()
    bob_api.force_authenticate(cast.bob)

    answer = publish(bob_api, key="k", number=2)

    assert answer.status_code == 201
    assert Event.objects.count() == 2


def test_does_not_keep_a_refusal(alice_api: APIClient) -> None:
    wrong = {"event_type": "wrong", "payload": {}}
    refused = alice_api.post("/api/events", wrong, headers={"Idempotency-Key": "k"})

    answer = publish(alice_api, key="k")

    assert (refused.status_code, answer.status_code) == (400, 201)


@pytest.mark.parametrize("error", [DomainError("No."), ValidationError("No."), ValueError("No.")])
def test_keeps_neither_effect_nor_answer_when_the_effect_fails(
    error: Exception, cast: Cast, at: datetime
) -> None:
    def answer() -> Response:
        Group.objects.create(name="half")
        raise error

    with pytest.raises(type(error)):
        answer_once(request_of(cast, key="k"), at=at, answer=answer)

    assert not Group.objects.exists()
    assert not IdempotencyRecord.objects.exists()


def test_forgets_answers_after_two_days(cast: Cast, at: datetime) -> None:
    for key, age in (("old", timedelta(hours=49)), ("new", timedelta(hours=47))):
        answer_once(request_of(cast, key=key), at=at - age, answer=lambda: Response({}))

    forgotten = services.forget_idempotency_keys(at=at)

    assert forgotten == 1
    assert IdempotencyRecord.objects.get().key == "new"


@pytest.mark.skipif(connection.vendor == "sqlite", reason="threads cannot share it in memory")
@pytest.mark.django_db(transaction=True)
def test_has_one_effect_for_many_at_once(cast: Cast) -> None:
    alice, together, answers = cast.alice, threading.Barrier(4), []

    def call() -> None:
        client = APIClient()
        client.force_authenticate(alice)
        together.wait()
        answers.append(publish(client, key="k"))
        connection.close()

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.json()["event_id"] for answer in answers}) == 1
    assert Event.objects.count() == 1
