from celery import shared_task

from events import services
from portal.shared import clock


@shared_task(name="events.deliver_due_events")
def deliver_due_events() -> None:
    services.deliver_due_events(at=clock.now())


@shared_task(name="events.relay_events")
def relay_events() -> None:
    services.relay_events(at=clock.now())


@shared_task(name="events.prepare_partitions")
def prepare_partitions() -> None:
    services.prepare_partitions(at=clock.now())


@shared_task(name="events.restore_heads")
def restore_heads() -> None:
    services.restore_heads()


@shared_task(name="events.seal_days")
def seal_days() -> None:
    services.seal_days(at=clock.now())


@shared_task(name="events.drop_expired_days")
def drop_expired_days() -> None:
    services.drop_expired_days(at=clock.now())


@shared_task(name="events.forget_deliveries")
def forget_deliveries() -> None:
    services.forget_deliveries(at=clock.now())


@shared_task(name="events.forget_snapshots")
def forget_snapshots() -> None:
    services.forget_snapshots(at=clock.now())


@shared_task(name="events.deliver_webhooks")
def deliver_webhooks() -> None:
    services.deliver_webhooks(at=clock.now())


@shared_task(name="events.discard_strays")
def discard_strays() -> None:
    services.discard_strays()


@shared_task(name="events.project_events")
def project_events() -> None:
    services.project_events(at=clock.now())
