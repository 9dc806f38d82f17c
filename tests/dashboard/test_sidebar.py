"""What the sidebar offers, and to whom."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import RequestFactory
from django.utils.translation import gettext_lazy as _

from portal.dashboard.navigation import Entry, sidebar
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def links(user: User) -> list[str]:
    request = RequestFactory().get("/admin/")
    request.user = user
    return [line["link"] for group in sidebar(request) for line in group["items"]]


def test_offers_an_administrator_every_page_that_is_there(cast: Cast) -> None:
    offered = links(cast.alice)

    assert offered[0] == "/admin/"
    assert {"/admin/events/event/", "/admin/auth/user/", "/admin/knox/authtoken/"} <= set(offered)


def test_offers_staff_without_rights_the_home_page_alone(cast: Cast) -> None:
    assert links(cast.bob) == ["/admin/"]


def test_offers_what_one_right_opens(cast: Cast) -> None:
    cast.bob.user_permissions.add(Permission.objects.get(codename="view_event"))

    assert links(cast.bob) == ["/admin/", "/admin/events/event/"]


def test_leaves_out_a_model_without_an_admin_page() -> None:
    entry = Entry(_("Home"), "home", "attic.box")

    assert entry.address is None
    assert entry.right == "attic.view_box"
