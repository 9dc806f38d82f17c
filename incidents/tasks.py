from celery import shared_task

from incidents import services
from portal.shared import clock


@shared_task(name="incidents.start_due_steps")
def start_due_steps() -> None:
    services.start_due_steps(at=clock.now())


@shared_task(name="incidents.send_due_pages")
def send_due_pages() -> None:
    services.send_due_pages(at=clock.now())
