"""Leave to change a service although its gate is shut: with a reason, for hours, recorded."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from catalog.selectors import get_service
from events.contracts.slo import (
    FreezeOverrideFact,
    FreezeOverrideGranted,
    FreezeOverrideRevoked,
)
from events.services import announce
from portal.shared.errors import FieldError
from slo import selectors
from slo.errors import FreezeOverrideOver, FreezeOverrideRefused
from slo.models import FreezeOverride

LONGEST = timedelta(hours=72)
LONGEST_REASON = 500


@transaction.atomic
def grant_freeze_override(
    *, service: str, reason: str, expires_at: datetime, acting_user: User, at: datetime
) -> FreezeOverride:
    """This will let the service be changed until then, whatever its budgets say.

    Raises FreezeOverrideRefused without a reason or with an end that is past or more than
    72 hours away, and UnknownService.
    """
    check_freeze_override(reason=reason, expires_at=expires_at, at=at)
    override = FreezeOverride.objects.create(
        service=get_service(service),
        reason=reason.strip(),
        granted_by=acting_user,
        granted_at=at,
        expires_at=expires_at,
    )
    _tell(FreezeOverrideGranted, override, by=acting_user, at=at)
    return override


def check_freeze_override(*, reason: str, expires_at: datetime, at: datetime) -> None:
    """This will raise FreezeOverrideRefused, naming each field, where it could not be granted."""
    wrong = []
    if not reason.strip() or len(reason) > LONGEST_REASON:
        detail = f"Say why it must be changed, in at most {LONGEST_REASON} characters."
        wrong.append(FieldError("/reason", detail))
    if not at < expires_at <= at + LONGEST:
        wrong.append(FieldError("/expires_at", "Use a time within the next 72 hours."))
    if wrong:
        raise FreezeOverrideRefused("The freeze stays as it is.", fields=wrong)


@transaction.atomic
def revoke_freeze_override(*, override_id: int, acting_user: User, at: datetime) -> FreezeOverride:
    """This will end the leave before its time.

    Raises UnknownFreezeOverride, and FreezeOverrideOver for one that has ended.
    """
    override = selectors.get_freeze_override(override_id)
    claimed = FreezeOverride.objects.filter(
        pk=override.pk, revoked_at=None, expires_at__gt=at
    ).update(revoked_by=acting_user, revoked_at=at)
    if not claimed:
        raise FreezeOverrideOver("It has been revoked or has expired; there is nothing to end.")
    override.refresh_from_db()
    _tell(FreezeOverrideRevoked, override, by=acting_user, at=at)
    return override


def _tell(
    kind: type[FreezeOverrideFact], override: FreezeOverride, *, by: User, at: datetime
) -> None:
    fact = kind(
        service=override.service.slug,
        reason=override.reason,
        expires_at=override.expires_at.isoformat(),
        by=by.get_username(),
        at=at.isoformat(),
    )
    announce(fact, at=at, actor=by.get_username())
