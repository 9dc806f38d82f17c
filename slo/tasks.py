from celery import shared_task

from portal.shared import clock
from slo import services


@shared_task(name="slo.evaluate_objectives")
def evaluate_objectives() -> None:
    services.evaluate_due_objectives(at=clock.now())


@shared_task(name="slo.adopt_spools")
def adopt_spools() -> None:
    services.adopt_spools(at=clock.now())


@shared_task(name="slo.thin_buckets")
def thin_buckets() -> None:
    services.thin_buckets(at=clock.now())


@shared_task(name="slo.pull_metrics")
def pull_metrics() -> None:
    services.pull_metrics(at=clock.now())


@shared_task(name="slo.settle_unmatched")
def settle_unmatched() -> None:
    services.settle_unmatched(at=clock.now())


@shared_task(name="slo.forget_series")
def forget_series() -> None:
    services.forget_series(at=clock.now())


@shared_task(name="slo.make_forecasts")
def make_forecasts() -> None:
    services.make_forecasts(at=clock.now())
