"""Imported while rest_framework.views is: it cannot be imported from here."""

from typing import Any

from rest_framework.permissions import BasePermission, DjangoModelPermissions
from rest_framework.request import Request


class ModelRights(DjangoModelPermissions):
    """Django's model rights, `view_…` for reading included.

    A view without a queryset names the right it needs in `required_right`.
    """

    perms_map = {
        **DjangoModelPermissions.perms_map,
        "GET": ["%(app_label)s.view_%(model_name)s"],
        "HEAD": ["%(app_label)s.view_%(model_name)s"],
    }

    def has_permission(self, request: Request, view: Any) -> bool:
        required = getattr(view, "required_right", None)
        if required is None:
            return super().has_permission(request, view)
        if isinstance(required, dict):
            # HEAD runs what GET runs.
            method = "GET" if request.method == "HEAD" else request.method
            required = required.get(method or "", "")
        user = request.user
        return user.is_authenticated and (not required or user.has_perm(required))


class Anyone(BasePermission):
    """For doors that prove who calls by something other than an account."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return True
