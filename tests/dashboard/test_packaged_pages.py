"""Pages that come with Django and its packages, in the portal's look."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from unfold.admin import ModelAdmin

pytestmark = pytest.mark.django_db


def test_leaves_no_page_in_another_look() -> None:
    strangers = [
        model._meta.label
        for model, page in admin.site._registry.items()
        if not isinstance(page, ModelAdmin)
    ]

    assert strangers == []


@pytest.mark.parametrize(
    "model",
    [
        "auth_user",
        "auth_group",
        "django_celery_beat_periodictask",
        "django_celery_beat_intervalschedule",
        "django_celery_beat_crontabschedule",
        "django_celery_beat_clockedschedule",
        "django_celery_beat_solarschedule",
    ],
)
def test_lists_and_adds(alice_browser: Client, model: str) -> None:
    for page in ("changelist", "add"):
        assert alice_browser.get(reverse(f"admin:{model}_{page}")).status_code == 200


def test_saves_a_periodic_task(alice_browser: Client) -> None:
    every = IntervalSchedule.objects.create(every=10, period="seconds")

    alice_browser.post(
        reverse("admin:django_celery_beat_periodictask_add"),
        {
            "name": "Sweep",
            "regtask": "",
            "task": "events.deliver_due_events",
            "enabled": "on",
            "interval": every.pk,
            "args": "[]",
            "kwargs": "{}",
            "headers": "{}",
        },
    )

    assert PeriodicTask.objects.get(name="Sweep").task == "events.deliver_due_events"
