"""The pages that come with Django and its packages, in the portal's look.

Each package's own registration is imported first, so that it is there to be replaced: this
app stands before them in INSTALLED_APPS, for its templates' sake.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

import knox.admin  # noqa: F401  (registers the page that is replaced below)
from django.contrib import admin
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.auth.admin import GroupAdmin as PlainGroupAdmin
from django.contrib.auth.admin import UserAdmin as PlainUserAdmin
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_celery_beat.admin import ClockedScheduleAdmin as PlainClockedScheduleAdmin
from django_celery_beat.admin import CrontabScheduleAdmin as PlainCrontabScheduleAdmin
from django_celery_beat.admin import PeriodicTaskAdmin as PlainPeriodicTaskAdmin
from django_celery_beat.admin import PeriodicTaskForm as PlainPeriodicTaskForm
from django_celery_beat.admin import TaskSelectWidget
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
from knox.models import AuthToken
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from portal.shared.admin import ReadOnlyAdmin, Verb

for replaced in (
    User,
    Group,
    AuthToken,
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
):
    admin.site.unregister(replaced)


# People -----------------------------------------------------------------------------------
@admin.register(User)
class UserAdmin(PlainUserAdmin[User], ModelAdmin[User]):
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    compressed_fields = True


@admin.register(Group)
class GroupAdmin(PlainGroupAdmin, ModelAdmin[Group]):
    compressed_fields = True


# API tokens -------------------------------------------------------------------------------
def _revoke(request: HttpRequest, token: AuthToken, _answers: dict[str, Any]) -> str:
    told = gettext("The token %(key)s… of %(user)s is revoked.") % _named(token)
    LogEntry.objects.create(
        user_id=request.user.pk or 0,
        content_type=ContentType.objects.get_for_model(AuthToken),
        object_repr=told,
        action_flag=DELETION,
        change_message=told,
    )
    token.delete()
    return told


def _named(token: AuthToken) -> dict[str, str]:
    return {"key": token.token_key, "user": token.user.get_username()}


@admin.register(AuthToken)
class AuthTokenAdmin(ReadOnlyAdmin[AuthToken]):
    """Tokens go by their first characters.

    The primary key is the digest, so every page, link and checkbox that Django would build
    from the primary key or from `str(token)` is left out: what remains is the list and the
    verb. Without a page of its own a token's name in the list is no link.
    """

    list_display = ("key_shown", "user", "created", "expiry", "revoke_shown")
    list_display_links = ("key_shown",)
    list_filter = ("expiry",)
    list_select_related = ("user",)
    search_fields = ("token_key", "user__username")
    ordering = ("-created",)
    actions = None
    verbs: ClassVar[Sequence[Verb]] = (
        Verb(
            name="revoke",
            label=_("Revoke"),
            run=_revoke,
            right="knox.delete_authtoken",
            icon="block",
            tone="danger",
            question=_("Whoever uses this token is refused from now on. This cannot be undone."),
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        kept = ("knox_authtoken_changelist", "knox_authtoken_revoke")
        return [url for url in super().get_urls() if url.name in kept]

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> AuthToken | None:
        return self.get_queryset(request).filter(token_key=object_id).first()

    def address_of(self, subject: AuthToken) -> str:
        return reverse("admin:knox_authtoken_changelist")

    def _confirmation(
        self, request: HttpRequest, subject: AuthToken, verb: Verb, form: Form | None
    ) -> HttpResponse:
        named = gettext("Token %(key)s… of %(user)s") % _named(subject)
        return super()._confirmation(request, named, verb, form)

    @display(description=_("begins with"), ordering="token_key")
    def key_shown(self, token: AuthToken) -> SafeString:
        return format_html("<code>{}…</code>", token.token_key)

    @display(description="")
    def revoke_shown(self, token: AuthToken) -> SafeString:
        address = reverse("admin:knox_authtoken_revoke", args=[token.token_key])
        return format_html('<a class="op-alarm" href="{}">{}</a>', address, gettext("Revoke"))


# Periodic tasks ---------------------------------------------------------------------------
class RegisteredTaskWidget(UnfoldAdminSelectWidget, TaskSelectWidget):
    """The select of Celery's registered tasks."""


class PeriodicTaskForm(PlainPeriodicTaskForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # These two are declared by the package's form, where the admin's widgets do not reach.
        self.fields["regtask"].widget = RegisteredTaskWidget()
        self.fields["task"].widget = UnfoldAdminTextInputWidget()


@admin.register(PeriodicTask)
class PeriodicTaskAdmin(PlainPeriodicTaskAdmin, ModelAdmin[PeriodicTask]):
    form = PeriodicTaskForm
    compressed_fields = True
    date_hierarchy = None


@admin.register(CrontabSchedule)
class CrontabScheduleAdmin(PlainCrontabScheduleAdmin, ModelAdmin[CrontabSchedule]):
    compressed_fields = True


@admin.register(ClockedSchedule)
class ClockedScheduleAdmin(PlainClockedScheduleAdmin, ModelAdmin[ClockedSchedule]):
    compressed_fields = True


@admin.register(IntervalSchedule)
class IntervalScheduleAdmin(ModelAdmin[IntervalSchedule]):
    compressed_fields = True


@admin.register(SolarSchedule)
class SolarScheduleAdmin(ModelAdmin[SolarSchedule]):
    list_display = ("event", "latitude", "longitude")
    compressed_fields = True
