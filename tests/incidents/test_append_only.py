"""What was written down is not changed or deleted by anybody in the admin."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client, RequestFactory

from events.models import Delivery, Event
from incidents import services
from incidents.models import EscalationStep, Incident, Page, PageAttempt, TimelineEntry
from tests.cast import Cast
from tests.incidents.ladder import Ladder

pytestmark = pytest.mark.django_db

WRITTEN_ONCE = [TimelineEntry, PageAttempt, Page, EscalationStep, Event, Delivery]


@pytest.mark.parametrize("model", WRITTEN_ONCE)
def test_not_even_an_administrator_may(model: type[Model], cast: Cast, rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = cast.alice
    page = admin.site._registry.get(model)

    if page is not None:
        rights = page.get_model_perms(request)
        assert {right for right, is_given in rights.items() if is_given} == {"view"}


@pytest.mark.parametrize("model", WRITTEN_ONCE)
def test_no_other_page_edits_it_inline(model: type[Model], cast: Cast, rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = cast.alice
    inlines = [
        inline
        for page in admin.site._registry.values()
        for inline in page.get_inline_instances(request)
        if inline.model is model
    ]

    for inline in inlines:
        assert not inline.has_add_permission(request, None)
        assert not inline.has_change_permission(request)
        assert not inline.can_delete


def test_a_receipt_withstands_every_address(
    alice_browser: Client, ladder: Ladder, open_incident: Callable[..., Incident], at: datetime
) -> None:
    open_incident()
    services.send_due_pages(at=at)
    receipt = PageAttempt.objects.get()
    admin_pages = "/admin/incidents/pageattempt/"
    deletion = {"action": "delete_selected", "_selected_action": receipt.pk, "post": "yes"}

    for address in (f"{receipt.pk}/change/", f"{receipt.pk}/delete/", "add/"):
        assert alice_browser.post(admin_pages + address, {"detail": "x"}).status_code == 403
    alice_browser.post(admin_pages, deletion)

    assert list(PageAttempt.objects.values_list("detail", flat=True)) == [receipt.detail]
