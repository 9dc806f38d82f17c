"""The sweeps that Beat starts."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from incidents import tasks
from incidents.models import Incident, Page
from portal.celery import app
from portal.shared import clock
from tests.incidents.ladder import Ladder

pytestmark = pytest.mark.django_db


def test_escalate_and_send_what_is_due(
    ladder: Ladder, open_incident: Callable[..., Incident]
) -> None:
    incident = open_incident(when=clock.now() - timedelta(minutes=6))

    tasks.start_due_steps()
    tasks.send_due_pages()

    assert [page.state for page in incident.pages.all()] == [Page.State.SENT] * 2


@pytest.mark.parametrize("name", ["incidents.start_due_steps", "incidents.send_due_pages"])
def test_go_by_the_names_in_the_schedule(name: str) -> None:
    app.loader.import_default_modules()

    assert name in app.tasks
