from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from incidents import services
from incidents.admin.incidents import actor
from incidents.models import ContactMethod
from portal.shared import clock
from portal.shared.admin import PortalAdmin, Verb
from portal.shared.errors import DomainError

RIGHT = "incidents.change_contactmethod"


class ContactMethodForm(forms.ModelForm[ContactMethod]):
    class Meta:
        model = ContactMethod
        fields = ("user", "channel", "address", "position", "is_active")

    def clean(self) -> dict[str, Any]:
        """Refuses an address that can never work, before somebody relies on it."""
        answers = super().clean() or self.cleaned_data
        channel, address = answers.get("channel"), answers.get("address")
        if channel and address:
            try:
                services.refuse_address(channel=channel, address=address)
            except DomainError as error:
                self.add_error("address", ValidationError(str(error)))
        return answers


def _is_webhook(contact: ContactMethod) -> bool:
    return contact.channel == ContactMethod.Channel.WEBHOOK


def _send_test_page(_request: HttpRequest, contact: ContactMethod, _answers: dict[str, Any]) -> str:
    receipt = services.send_test_page(contact_method_id=contact.pk, at=clock.now())
    answer = receipt.status_code or receipt.detail
    return gettext("The test page was taken (%(answer)s).") % {"answer": answer}


def _show_secret(request: HttpRequest, contact: ContactMethod, _answers: dict[str, Any]) -> str:
    return services.reveal_signing_secret(contact_method_id=contact.pk, acting_user=actor(request))


def _rotate_secret(request: HttpRequest, contact: ContactMethod, _answers: dict[str, Any]) -> str:
    services.rotate_signing_secret(contact_method_id=contact.pk, acting_user=actor(request))
    return gettext("The signing secret is another one now; give it to the receiver.")


@admin.register(ContactMethod)
class ContactMethodAdmin(PortalAdmin[ContactMethod]):
    form = ContactMethodForm
    list_display = ("user", "channel", "address", "position", "is_active")
    list_filter = ("channel", "is_active")
    list_select_related = ("user",)
    search_fields = ("user__username", "user__first_name", "user__last_name", "address")
    autocomplete_fields = ("user",)
    ordering = ("user__username", "position")
    verbs = (
        Verb(
            name="test-page",
            label=_("Send test page"),
            run=_send_test_page,
            right=RIGHT,
            icon="send",
            tone="primary",
            question=_("A page that needs no answer is sent now."),
        ),
        Verb(
            name="show-secret",
            label=_("Show signing secret"),
            run=_show_secret,
            right=RIGHT,
            icon="key",
            question=_("The secret is shown once on the next page."),
            is_offered=_is_webhook,
        ),
        Verb(
            name="rotate-secret",
            label=_("Rotate signing secret"),
            run=_rotate_secret,
            right=RIGHT,
            icon="sync_lock",
            tone="danger",
            question=_("Pages are signed with another secret from now on."),
            is_offered=_is_webhook,
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: ContactMethod | None = None) -> Any:
        # The secret is shown to the person it belongs to: who could make somebody else's
        # contact method their own would be shown theirs.
        return ("signing_key_version", "user") if obj else ("signing_key_version",)
