"""Two groups to put people into, so that nobody needs to pick rights one by one."""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

RESPONDERS = "Responders"
OBSERVERS = "Observers"

# What an incident is worked on with.
SHOWN_APPS = ("incidents", "slo", "catalog", "recovery")
# The address of a webhook often holds a token.
NOT_SHOWN = ("contactmethod",)
RESPONDERS_MAY = ("add_incident", "change_incident", "change_review")


def sow_groups() -> list[str]:
    """This will make the groups that are missing; one that is there keeps its rights."""
    shown = Q(codename__startswith="view_") & ~Q(content_type__model__in=NOT_SHOWN)
    verbs = Q(content_type__app_label="incidents", codename__in=RESPONDERS_MAY)
    return [*_group(OBSERVERS, shown), *_group(RESPONDERS, shown | verbs)]


def _group(name: str, rights: Q) -> list[str]:
    group, is_new = Group.objects.get_or_create(name=name)
    if not is_new:
        return []
    group.permissions.set(Permission.objects.filter(rights, content_type__app_label__in=SHOWN_APPS))
    return [f"Group {name}."]
