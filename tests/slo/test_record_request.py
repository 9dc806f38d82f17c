"""Counting one request, and whole batches of them."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings

from catalog.models import Service
from slo import services
from slo.errors import RequestsRefused, TooManyRequestsAtOnce
from slo.models import Bucket, Indicator
from tests.factories.catalog import ServiceFactory
from tests.factories.slo import IndicatorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Service:
    return ServiceFactory.create(slug="shop")


def item(**changed: Any) -> dict[str, Any]:
    right = {"service": "shop", "endpoint": "/", "method": "GET", "status_code": 200}
    return {**right, **changed}


def test_counts_for_the_portal_itself_by_default(at: datetime) -> None:
    portal = ServiceFactory.create(slug=settings.SLO_OWN_SERVICE)
    indicator = IndicatorFactory.create(service=portal)

    services.record_request("/orders", "GET", 503, 12.5, at=at)
    services.record_request("/orders", "GET", 200, None, at=at)

    bucket = Bucket.objects.get()
    assert (bucket.indicator, bucket.minute, bucket.good, bucket.total) == (indicator, at, 1, 2)


def test_counts_in_every_indicator_that_matches(shop: Service, at: datetime) -> None:
    latency = IndicatorFactory.create(
        service=shop, kind=Indicator.Kind.LATENCY, latency_threshold_ms=100
    )
    availability = IndicatorFactory.create(service=shop)
    IndicatorFactory.create(service=shop, endpoint="/other/*")
    IndicatorFactory.create(service=shop, method="POST")
    IndicatorFactory.create()

    services.record_request("/orders", "GET", 200, 101, service="shop", at=at)

    found = {bucket.indicator: bucket.good for bucket in Bucket.objects.all()}
    assert found == {latency: 0, availability: 1}


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("/", "GET", 999, 1), "/status_code"),
        (("/", "GET", 200, float("nan")), "/response_time_ms"),
        (("/", "FETCH", 200, 1), "/method"),
        (("orders", "GET", 200, 1), "/endpoint"),
    ],
)
def test_refuses_what_cannot_be(
    shop: Service, at: datetime, arguments: tuple[Any, ...], field: str
) -> None:
    with pytest.raises(RequestsRefused) as refusal:
        services.record_request(*arguments, service="shop", at=at)

    assert [error.field for error in refusal.value.fields] == [field]


def test_refuses_an_unknown_service_and_a_time_without_offset(at: datetime) -> None:
    with pytest.raises(RequestsRefused) as refusal:
        services.record_request("/", "GET", 200, 1, service="no", at=at.replace(tzinfo=None))

    assert [error.field for error in refusal.value.fields] == ["/service", "/at"]


def test_counts_a_batch_by_minute(shop: Service, at: datetime) -> None:
    IndicatorFactory.create(service=shop)
    earlier = (at - timedelta(minutes=7)).isoformat()

    done = services.ingest_requests(
        [item(), item(status_code=500), item(at=earlier)], partial=False, at=at
    )

    assert (done.accepted, done.rejected) == (3, ())
    found = [(b.minute, b.good, b.total) for b in Bucket.objects.order_by("minute")]
    assert found == [(at - timedelta(minutes=7), 1, 1), (at, 1, 2)]


def test_counts_nothing_of_a_batch_with_one_wrong_item(shop: Service, at: datetime) -> None:
    IndicatorFactory.create(service=shop)

    with pytest.raises(RequestsRefused) as refusal:
        services.ingest_requests([item(), item(status_code=999)], partial=False, at=at)

    assert [error.field for error in refusal.value.fields] == ["/requests/1/status_code"]
    assert not Bucket.objects.exists()


def test_counts_what_is_right_of_a_partial_batch(shop: Service, at: datetime) -> None:
    IndicatorFactory.create(service=shop)

    done = services.ingest_requests([item(method="X"), item(), 7], partial=True, at=at)  # type: ignore[list-item]  # what a client may send

    assert done.accepted == 1
    assert [rejected.index for rejected in done.rejected] == [0, 2]
    assert Bucket.objects.get().total == 1


def test_lists_at_most_a_hundred_errors(shop: Service, at: datetime) -> None:
    with pytest.raises(RequestsRefused, match="150 requests are wrong") as refusal:
        services.ingest_requests([item(method="X")] * 150, partial=False, at=at)

    assert len(refusal.value.fields) == 100


def test_refuses_more_than_ten_thousand_at_once(shop: Service, at: datetime) -> None:
    with pytest.raises(TooManyRequestsAtOnce):
        services.ingest_requests([item()] * 10_001, partial=True, at=at)
