"""The wiring of the portal. Importing it makes its Celery application the current one."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
