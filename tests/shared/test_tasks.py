"""Pokes: asked for after the commit, and never missed when nobody hears them."""

import runpy
from typing import Any

import pytest
from celery import Celery
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from portal.settings import base
from portal.shared import clock, services, tasks

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    monkeypatch.setattr(
        "portal.shared.tasks.current_app.send_task", lambda name, **_options: names.append(name)
    )
    return names


def test_pokes_only_after_the_commit(
    sent: list[str], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        tasks.poke("events.deliver_due_events")
        assert sent == []

    assert sent == ["events.deliver_due_events"]


def test_does_not_poke_for_what_was_undone(
    sent: list[str], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        tasks.poke("events.deliver_due_events")
        transaction.set_rollback(True)

    assert sent == []


@pytest.mark.parametrize("broker", ["amqp://guest:guest@127.0.0.1:1//", "redis://127.0.0.1:1/0"])
def test_goes_on_at_once_when_the_broker_is_dead(
    broker: str,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(tasks, "current_app", app_with(broker, monkeypatch))
    caplog.set_level("WARNING")
    slept: list[float] = []
    monkeypatch.setattr("kombu.utils.functional.sleep", slept.append)

    with django_capture_on_commit_callbacks(execute=True):
        tasks.poke("events.deliver_due_events")

    assert "poke_not_sent" in caplog.text
    assert sum(slept) == 0


def app_with(broker: str, monkeypatch: pytest.MonkeyPatch) -> Celery:
    """Celery as the portal's settings make it for this broker."""
    monkeypatch.setenv("CELERY_BROKER_URL", broker)
    settings = runpy.run_path(str(base.__file__))
    app = Celery("portal", set_as_current=False)
    app.config_from_object(
        {name: value for name, value in settings.items() if name.startswith("CELERY_")},
        namespace="CELERY",
    )
    return app


def test_logs_a_failed_task_with_its_ids(caplog: pytest.LogCaptureFixture) -> None:
    task = tasks.PortalTask()
    task.name = "events.deliver_due_events"

    task.on_failure(ValueError("broken"), "id-7", (), {}, None)

    (line,) = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    assert (line["event"], line["task_id"]) == ("task_failed", "id-7")


def test_forgets_idempotency_keys_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(services, "forget_idempotency_keys", lambda *, at: asked.append(at))

    tasks.forget_idempotency_keys()

    assert len(asked) == 1
    assert asked[0] <= clock.now()
