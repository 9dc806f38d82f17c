"""Bases of every admin page: state is read-only, and verbs are buttons."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Field, Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin, TabularInline

from portal.shared.errors import DomainError

Noun = TypeVar("Noun", bound=Model)
Text = str | Promise


@dataclass(frozen=True, slots=True)
class Verb:
    """A button on the page of one object.

    `run(request, object, answers)` calls one service and returns the sentence that tells
    what was done. `right` is the permission it needs, in full. With a `form`, the
    confirmation page asks for its fields. `is_offered` hides the button when the verb makes
    no sense now; the service refuses all the same.
    """

    name: str
    label: Text
    run: Callable[[HttpRequest, Any, dict[str, Any]], Text]
    right: str
    question: Text = ""
    icon: str = "bolt"
    tone: str = "default"
    form: type[forms.Form] | None = None
    # What the form begins with, for the object it is about.
    initial: Callable[[Any], dict[str, Any]] | None = None
    is_offered: Callable[[Any], bool] = lambda _subject: True


class PortalAdmin(ModelAdmin[Noun]):
    """An admin page in the portal's look, with verbs as buttons above the form."""

    verbs: ClassVar[Sequence[Verb]] = ()
    change_form_outer_before_template = "shared/verb_bar.html"
    list_per_page = 50
    compressed_fields = True

    def get_urls(self) -> list[URLPattern]:
        opts = self.model._meta
        verb_urls = [
            path(
                f"<path:object_id>/verb/{verb.name}/",
                self.admin_site.admin_view(self._view_of(verb)),
                name=f"{opts.app_label}_{opts.model_name}_{verb.name}",
            )
            for verb in self.verbs
        ]
        return verb_urls + super().get_urls()  # type: ignore[no-any-return]  # unfold

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        try:
            return super().get_changelist_instance(request)
        except OverflowError as error:
            # A year or an id with twenty digits; Django redirects for any other nonsense.
            raise IncorrectLookupParameters(error) from error

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        subject = self.get_object(request, unquote(object_id)) if object_id else None
        context = {"verbs": self.offered_verbs(request, subject)}
        if subject is not None:
            context.update(self.page_context(request, subject))
        return super().changeform_view(  # type: ignore[no-any-return]  # unfold
            request, object_id, form_url, {**context, **(extra_context or {})}
        )

    def page_context(self, request: HttpRequest, subject: Noun) -> dict[str, Any]:
        """This will return what the page of one object shows beside its fields."""
        return {}

    def offered_verbs(self, request: HttpRequest, subject: Noun | None) -> list[dict[str, Any]]:
        if subject is None:
            return []
        opts = self.model._meta
        return [
            {
                "verb": verb,
                "url": reverse(
                    f"admin:{opts.app_label}_{opts.model_name}_{verb.name}",
                    args=[quote(subject.pk)],
                ),
            }
            for verb in self.verbs
            if verb.is_offered(subject)
            and request.user.has_perm(verb.right)
            and self.has_view_permission(request, subject)
        ]

    def _view_of(self, verb: Verb) -> Callable[[HttpRequest, str], HttpResponse]:
        def view(request: HttpRequest, object_id: str) -> HttpResponse:
            return self._carry_out(request, object_id, verb)

        return view

    def _carry_out(self, request: HttpRequest, object_id: str, verb: Verb) -> HttpResponse:
        subject = self.get_object(request, unquote(object_id))
        if subject is None:
            raise Http404
        # The right is checked on the object's page as well as when the button is drawn:
        # admin_view asks for nothing but staff.
        if not (request.user.has_perm(verb.right) and self.has_view_permission(request, subject)):
            raise PermissionDenied
        # An empty POST is an answer too, when the form asks for nothing that must be there.
        answers = request.POST if request.method == "POST" else None
        initial = verb.initial(subject) if verb.initial else None
        form = verb.form(answers, initial=initial) if verb.form else None
        if request.method == "POST" and (form is None or form.is_valid()):
            return self._run(request, subject, verb, form)
        return self._confirmation(request, subject, verb, form)

    def _run(
        self, request: HttpRequest, subject: Noun, verb: Verb, form: forms.Form | None
    ) -> HttpResponse:
        try:
            told = verb.run(request, subject, form.cleaned_data if form else {})
        except DomainError as error:
            if form is not None:
                # What was typed stays typed.
                form.add_error(None, str(error))
                return self._confirmation(request, subject, verb, form)
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, str(told), messages.SUCCESS)
        return HttpResponseRedirect(self.address_of(subject))

    def address_of(self, subject: Noun) -> str:
        opts = self.model._meta
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[quote(subject.pk)])

    def _confirmation(
        self,
        request: HttpRequest,
        subject: Noun,
        verb: Verb,
        form: forms.Form | None,
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "original": subject,
            "subject": subject,
            "verb": verb,
            "form": form,
            "title": str(verb.label),
            "back": self.address_of(subject),
        }
        return TemplateResponse(request, "shared/verb_confirmation.html", context)


class ReadOnlyAdmin(PortalAdmin[Noun]):
    """A page to look at: rows come from services, never from a form."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Noun | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Noun | None = None) -> bool:
        return False


class PortalInline(TabularInline):
    """Rows of another model in a table. Each field has its name, for those who do not see
    the head of the column; the row's own title is left out, since the fields say it."""

    extra = 0
    hide_title = True

    def formfield_for_dbfield(
        self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        field: forms.Field | None = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            # A widget for a related object wraps the one that is filled in.
            widget = getattr(field.widget, "widget", None) or field.widget
            widget.attrs.setdefault("aria-label", field.label)
        return field


def badge(text: Text, tone: str) -> SafeString:
    """This will draw a coloured label; tones: critical, high, medium, low, good, quiet.

    The text carries the meaning, the colour only repeats it.
    """
    return format_html('<span class="op-badge op-{}">{}</span>', tone, text)
