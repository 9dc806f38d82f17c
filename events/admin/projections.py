from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events import bus, selectors
from events.admin.deliveries import order_of
from events.models import Projection
from events.services.commands import RebuildProjection
from portal.shared import clock
from portal.shared.admin import ReadOnlyAdmin, Verb


def _rebuild(request: HttpRequest, projection: Projection, _answers: dict[str, Any]) -> str:
    bus.execute(RebuildProjection(name=projection.name), order_of(request))
    return gettext("A new generation is being built; the live one is read until it is done.")


@admin.register(Projection)
class ProjectionAdmin(ReadOnlyAdmin[Projection]):
    list_display = ("name", "live_generation", "lag_shown", "building_generation", "swapped_at")
    verbs = (
        Verb(
            name="rebuild",
            label=_("Rebuild"),
            run=_rebuild,
            right="events.change_projection",
            icon="restart_alt",
            tone="primary",
            question=_("It is built anew from the first event that is kept."),
        ),
    )

    @admin.display(description=_("events behind"))
    def lag_shown(self, projection: Projection) -> int:
        return selectors.head(at=clock.now()).position - projection.live_position
