"""Beat's door."""

from datetime import datetime

import pytest
import time_machine

from slo import tasks
from slo.models import Objective
from tests.factories.slo import ObjectiveFactory

pytestmark = pytest.mark.django_db


def test_evaluates_at_the_time_it_is(at: datetime) -> None:
    ObjectiveFactory.create()

    with time_machine.travel(at, tick=False):
        tasks.evaluate_objectives()

    assert Objective.objects.get().evaluated_at == at
    assert tasks.evaluate_objectives.name == "slo.evaluate_objectives"
