"""A portal with a row in every room, for pages that are looked at rather than asked."""

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django_celery_beat.models import IntervalSchedule

from events import services as events
from incidents import services as incidents
from incidents.models import Incident, Page
from portal.shared import clock
from tests.factories.catalog import ServiceFactory, TeamFactory
from tests.factories.events import DeliveryFactory, WebhookFactory
from tests.factories.governance import ApiVersionFactory
from tests.factories.incidents import ScheduleMemberFactory
from tests.factories.recovery import DrillFactory, PlanFactory
from tests.factories.resilience import BulkheadFactory
from tests.factories.secrets_vault import SecretAccessFactory, SecretFactory
from tests.factories.slo import BurnWindowFactory, IndicatorFactory, ObjectiveFactory
from tests.incidents.ladder import make_ladder

UNBROKEN = "word-without-a-break-" * 6


def furnish() -> None:
    """This will put at least one row behind the lists that people open."""
    ContentType.objects.clear_cache()
    shop = ServiceFactory.create(
        name="Shop of the second half of the night", owner=TeamFactory.create()
    )
    objective = ObjectiveFactory.create(indicator=IndicatorFactory.create(service=shop))
    BurnWindowFactory.create(objective=objective)
    PlanFactory.create().services.add(shop)
    DrillFactory.create(note=UNBROKEN)
    ApiVersionFactory.create()
    BulkheadFactory.create()
    SecretFactory.create()
    SecretAccessFactory.create()
    ScheduleMemberFactory.create()
    events.publish("orders.order.shipped", {"note": UNBROKEN})
    DeliveryFactory.create()
    WebhookFactory.create(url=f"http://127.0.0.1:9/{UNBROKEN}", description=UNBROKEN, failures=3)
    Group.objects.create(name="On call in the second half of the night")
    IntervalSchedule.objects.create(every=10, period="seconds")
    make_ladder()
    page_somebody(service=shop.slug)
    over = page_somebody(service=shop.slug)
    incidents.resolve_incident(incident_id=over.pk, resolved_by="tests", at=clock.now())


def page_somebody(*, service: str) -> Incident:
    """This will open an incident whose page has been sent and has its receipt."""
    at = clock.now()
    incident = incidents.create_incident(
        f"Checkout fails {UNBROKEN}", UNBROKEN, "SEV1", "tests", [service], at=at
    )
    incidents.send_due_pages(at=at)
    return incident


def first_page() -> Page:
    return Page.objects.order_by("id")[0]
