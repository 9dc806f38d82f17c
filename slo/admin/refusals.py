"""What a service refuses, shown in the form that asked for it."""

from typing import Any

from django import forms

from portal.shared.errors import DomainError


def show_refusal(form: forms.ModelForm[Any], error: DomainError) -> None:
    """This will put each fault at its field, and the others above the form."""
    for fault in error.fields:
        name = fault.field.strip("/")
        form.add_error(name if name in form.fields else None, fault.detail)
    if not error.fields:
        form.add_error(None, error.detail)
