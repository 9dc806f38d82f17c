"""The Celery application whose outbox `events.relay` empties."""

from urllib.parse import quote

from django.conf import settings
from django_celery_outbox.app import OutboxCelery

_credentials = f"{quote(settings.RABBITMQ_USER)}:{quote(settings.RABBITMQ_PASSWORD)}"
_address = f"{settings.RABBITMQ_HOST}:{settings.RABBITMQ_PORT}"

app = OutboxCelery("benchmark", set_as_current=False)
app.conf.update(
    broker_url=f"amqp://{_credentials}@{_address}/{quote(settings.RABBITMQ_VHOST, safe='')}",
    broker_transport_options={"confirm_publish": True},
    task_default_queue=f"{settings.EVENT_BROKER_PREFIX}.celery",
    task_ignore_result=True,
)
