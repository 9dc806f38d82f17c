from celery import shared_task

from portal.shared import clock
from slo import services


@shared_task(name="slo.evaluate_objectives")
def evaluate_objectives() -> None:
    services.evaluate_objectives(at=clock.now())


@shared_task(name="slo.make_forecasts")
def make_forecasts() -> None:
    services.make_forecasts(at=clock.now())
