"""`?at=`: a past moment to look at."""

from datetime import datetime

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from portal.shared import clock
from portal.shared.errors import FieldError
from slo.errors import MomentRefused
from slo.rules.request_validation import moment

AT = OpenApiParameter("at", datetime, description="A past moment to look at; now if left out.")


def moment_asked_for(request: Request) -> datetime:
    """This will return the moment of `?at=`, or now. Raises MomentRefused."""
    now = clock.now()
    asked = request.query_params.get("at")
    if asked is None:
        return now
    # A plus that was not escaped in the address arrives as a space.
    found = moment(asked) or moment("+".join(asked.rsplit(" ", 1)))
    if found is None:
        raise MomentRefused(
            "The moment cannot be read.",
            fields=[FieldError("/at", "Use a time with its offset: 2026-03-02T12:00:00Z.")],
        )
    if found > now:
        raise MomentRefused(
            "The moment has not come yet.", fields=[FieldError("/at", "Use a past time.")]
        )
    return found
