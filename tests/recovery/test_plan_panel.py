"""What the page of an incident shows of recovery."""

from datetime import datetime, timedelta

import pytest
from django.template.loader import render_to_string
from pytest_django import DjangoAssertNumQueries

from portal.shared.panels import PanelRequest, panels_for
from recovery.panels import plan_panel
from tests.factories.catalog import ServiceFactory
from tests.factories.recovery import DrillFactory, PlanFactory

pytestmark = pytest.mark.django_db


def asked(*slugs: str, at: datetime) -> PanelRequest:
    return PanelRequest(service_slugs=slugs, starts_at=at - timedelta(hours=1), at=at)


def shown(*slugs: str, at: datetime) -> str:
    panel = plan_panel(asked(*slugs, at=at))
    assert panel is not None
    return render_to_string(panel.template, dict(panel.context))


def test_shows_the_plans_that_cover_the_services(at: datetime) -> None:
    plan = PlanFactory.create(name="Database", created_at=at)
    plan.services.add(ServiceFactory.create(slug="orders"), ServiceFactory.create(slug="checkout"))
    PlanFactory.create(name="Files").services.add(ServiceFactory.create(slug="uploads"))

    page = shown("orders", "checkout", at=at)

    assert page.count("Database") == 1
    assert "Files" not in page
    assert "warm standby" in page
    assert "<bdi>30 min</bdi>" in page
    assert "<bdi>5 min</bdi>" in page
    assert "never drilled" in page
    assert "overdue" not in page


def test_shows_the_last_drill_and_that_one_is_overdue(at: datetime) -> None:
    plan = PlanFactory.create(created_at=at - timedelta(days=400))
    plan.services.add(ServiceFactory.create(slug="orders"))
    DrillFactory.create(plan=plan, outcome="aborted", ended_at=at - timedelta(days=1))

    page = shown("orders", at=at)

    assert '<span class="op-badge op-high">aborted</span>' in page
    assert "2026-03-01" in page
    assert "drill overdue" in page


def test_says_so_when_no_plan_covers_them(at: datetime) -> None:
    PlanFactory.create()

    assert "No recovery plan covers these services." in shown("orders", at=at)


def test_shows_nothing_for_no_service(at: datetime) -> None:
    assert plan_panel(asked(at=at)) is None


def test_is_registered_for_every_page_about_services(at: datetime) -> None:
    assert "Recovery plans" in [panel.title for panel in panels_for(asked("orders", at=at))]


def test_asks_the_database_as_often_for_many_as_for_few(
    at: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    service = ServiceFactory.create(slug="orders")
    for _ in range(5):
        DrillFactory.create().plan.services.add(service)

    with django_assert_num_queries(3):
        shown("orders", at=at)
