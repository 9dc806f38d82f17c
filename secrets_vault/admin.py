from django.contrib import admin
from unfold.decorators import display

from portal.shared.admin import ReadOnlyAdmin
from secrets_vault.models import Secret, SecretAccess


@admin.register(Secret)
class SecretAdmin(ReadOnlyAdmin[Secret]):
    list_display = ("name", "environment", "secret_type", "rotation_policy", "owner")
    list_filter = ("environment", "secret_type", "rotation_policy", "owner")
    list_select_related = ("environment", "owner")
    search_fields = ("name", "description")
    ordering = ("environment__position", "name")


@admin.register(SecretAccess)
class SecretAccessAdmin(ReadOnlyAdmin[SecretAccess]):
    list_display = (
        "at",
        "actor",
        "action",
        "secret_name",
        "environment",
        "outcome_shown",
        "source_address",
    )
    list_filter = ("action", "outcome", "environment")
    search_fields = ("actor", "secret_name")
    date_hierarchy = "at"
    ordering = ("-at", "-id")

    @display(
        description=SecretAccess._meta.get_field("outcome").verbose_name,
        ordering="outcome",
        label={"succeeded": "success", "denied": "warning", "failed": "danger"},
    )
    def outcome_shown(self, access: SecretAccess) -> tuple[str, str]:
        return access.outcome, access.get_outcome_display()
