from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from events import selectors, services
from events.models import WebhookSubscription
from portal.shared import clock
from portal.shared.admin import PortalAdmin, Verb, badge
from portal.shared.errors import DomainError
from portal.shared.http import redacted

RIGHT = "events.change_webhooksubscription"
State = WebhookSubscription.State
TONES = {State.ACTIVE: "good", State.PAUSED: "quiet", State.DISABLED: "critical"}
CHANGEABLE = ("url", "event_types", "description", "contact")
ASKED = ("slug", *CHANGEABLE)
# Shown always; the rest of how it goes only when there is something to say.
TOLD_ALWAYS = ("state_shown", "waiting_shown", "last_success_at")
TOLD = (
    "state_shown",
    "disabled_reason",
    "disabled_at",
    "waiting_shown",
    "last_success_at",
    "failing_since",
    "failures",
    "rests_until",
    "last_status",
    "last_error",
    "secret_version",
    "secret_rotated_at",
    "created_by",
    "created_at",
)


class _Lines(forms.CharField):
    """A list, one item a line."""

    widget = UnfoldAdminTextareaWidget(attrs={"rows": 4})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [
            line.strip() for line in (super().to_python(value) or "").splitlines() if line.strip()
        ]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or []) != self.to_python(data))


class WebhookForm(forms.ModelForm[WebhookSubscription]):
    event_types = _Lines(
        label=_("Event types"),
        help_text=_("One a line: orders.order.shipped, or orders.* for all that begin so."),
    )

    class Meta:
        model = WebhookSubscription
        fields = ASKED
        widgets = {"description": UnfoldAdminTextareaWidget(attrs={"rows": 3})}
        help_texts = {"slug": _("Small letters, digits and hyphens; it stays.")}

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            services.refuse_url(url)
        except DomainError as error:
            raise ValidationError(error.detail) from error
        return url


def _who(request: HttpRequest) -> str:
    return request.user.get_username()


def _pause(request: HttpRequest, webhook: WebhookSubscription, _answers: dict[str, Any]) -> str:
    services.pause_webhook(webhook_id=webhook.pk, acting_user=_who(request), at=clock.now())
    return gettext("Nothing is sent until it is enabled again; what happens is kept for it.")


def _enable(request: HttpRequest, webhook: WebhookSubscription, _answers: dict[str, Any]) -> str:
    services.enable_webhook(webhook_id=webhook.pk, acting_user=_who(request), at=clock.now())
    return gettext("Sending goes on where it stopped.")


def _disable(request: HttpRequest, webhook: WebhookSubscription, _answers: dict[str, Any]) -> str:
    services.disable_webhook(webhook_id=webhook.pk, acting_user=_who(request), at=clock.now())
    return gettext("Nothing is sent any more; its contact is told.")


def _test(request: HttpRequest, webhook: WebhookSubscription, _answers: dict[str, Any]) -> str:
    answer = services.send_test(webhook_id=webhook.pk, acting_user=_who(request), at=clock.now())
    return gettext("The test was taken (%(answer)s).") % {"answer": answer.status}


def _show_secret(
    request: HttpRequest, webhook: WebhookSubscription, _answers: dict[str, Any]
) -> str:
    return services.show_webhook_secret(
        webhook_id=webhook.pk, acting_user=_who(request), at=clock.now()
    )


def _rotate_secret(
    request: HttpRequest, webhook: WebhookSubscription, _answers: dict[str, Any]
) -> str:
    services.rotate_webhook_secret(webhook_id=webhook.pk, acting_user=_who(request), at=clock.now())
    return gettext("Another secret signs now, and for a day the last one too.")


VERBS = (
    Verb(
        name="enable",
        label=_("Enable"),
        run=_enable,
        right=RIGHT,
        icon="play_arrow",
        tone="primary",
        question=_("What waits is sent in its order, beginning now."),
        is_offered=lambda webhook: webhook.state != State.ACTIVE,
    ),
    Verb(
        name="test",
        label=_("Send test event"),
        run=_test,
        right=RIGHT,
        icon="send",
        question=_("An event of the type events.webhook.tested is sent now."),
    ),
    Verb(
        name="pause",
        label=_("Pause"),
        run=_pause,
        right=RIGHT,
        icon="pause",
        question=_("Nothing is sent until it is enabled again; what happens is kept for it."),
        is_offered=lambda webhook: webhook.state == State.ACTIVE,
    ),
    Verb(
        name="show-secret",
        label=_("Show signing secret"),
        run=_show_secret,
        right=RIGHT,
        icon="key",
        question=_("The secret is shown once on the next page, and the log names you."),
    ),
    Verb(
        name="rotate-secret",
        label=_("Rotate signing secret"),
        run=_rotate_secret,
        right=RIGHT,
        icon="sync_lock",
        question=_("Another secret signs from now on, and for a day the last one too."),
    ),
    Verb(
        name="disable",
        label=_("Disable"),
        run=_disable,
        right=RIGHT,
        icon="block",
        tone="danger",
        question=_("Nothing is sent any more, and its contact is told. What waits is kept."),
        is_offered=lambda webhook: webhook.state != State.DISABLED,
    ),
)


@admin.register(WebhookSubscription)
class WebhookAdmin(PortalAdmin[WebhookSubscription]):
    form = WebhookForm
    list_display = (
        "slug",
        "state_shown",
        "receiver_shown",
        "types_shown",
        "last_success_at",
        "waiting_shown",
    )
    list_filter = ("state",)
    search_fields = ("slug", "description", "contact")
    verbs = VERBS

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookSubscription]:
        return selectors.all_webhooks()

    def get_fieldsets(self, request: HttpRequest, obj: WebhookSubscription | None = None) -> Any:
        may_change = obj is None or self.has_change_permission(request, obj)
        fields = ASKED if may_change else ("slug", "receiver_shown", *CHANGEABLE[1:])
        asked = (None, {"fields": fields})
        if obj is None:
            return [asked]
        told = [name for name in TOLD if name in TOLD_ALWAYS or getattr(obj, name)]
        return [(_("How it goes"), {"fields": told}), (_("What is sent"), asked[1])]

    def get_readonly_fields(
        self, request: HttpRequest, obj: WebhookSubscription | None = None
    ) -> Any:
        return ("slug", "receiver_shown", *TOLD) if obj else TOLD

    def save_model(
        self,
        request: HttpRequest,
        obj: WebhookSubscription,
        form: forms.ModelForm[WebhookSubscription],
        change: bool,
    ) -> None:
        asked = {name: form.cleaned_data[name] for name in CHANGEABLE}
        who, at = _who(request), clock.now()
        if change:
            services.change_webhook(webhook_id=obj.pk, acting_user=who, at=at, **asked)
            return
        created = services.create_webhook(
            slug=form.cleaned_data["slug"], acting_user=who, at=at, **asked
        )
        obj.pk = created.pk
        obj.refresh_from_db()

    def delete_model(self, request: HttpRequest, obj: WebhookSubscription) -> None:
        services.delete_webhook(webhook_id=obj.pk, acting_user=_who(request), at=clock.now())

    def delete_queryset(
        self, request: HttpRequest, queryset: QuerySet[WebhookSubscription]
    ) -> None:
        for webhook in queryset:
            self.delete_model(request, webhook)

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, webhook: WebhookSubscription) -> SafeString:
        if webhook.is_failing:
            return badge(_("failing"), "high")
        return badge(webhook.get_state_display(), TONES[State(webhook.state)])

    @admin.display(description=_("receiver"), ordering="url")
    def receiver_shown(self, webhook: WebhookSubscription) -> str:
        """The path of a URL often holds a token."""
        return redacted(webhook.url)

    @admin.display(description=_("event types"))
    def types_shown(self, webhook: WebhookSubscription) -> str:
        return ", ".join(webhook.event_types)

    @admin.display(description=_("waiting"), ordering="waiting")
    def waiting_shown(self, webhook: WebhookSubscription) -> SafeString:
        return format_html(
            '<a class="{}" href="{}?subscriber={}">{}</a>',
            "text-primary-600 dark:text-primary-500 underline",
            reverse("admin:events_delivery_changelist"),
            webhook.subscriber,
            getattr(webhook, "waiting", 0),
        )
