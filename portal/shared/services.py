from datetime import datetime, timedelta

from django.contrib.auth.models import User
from knox.models import AuthToken

from portal.shared.errors import InvalidInput, NotFound
from portal.shared.models import IdempotencyRecord

IDEMPOTENCY_RETENTION = timedelta(hours=48)
LONGEST_TOKEN_LIFE = timedelta(days=3650)


def forget_idempotency_keys(*, at: datetime) -> int:
    """This will delete the answers older than two days and return how many."""
    expired = IdempotencyRecord.objects.filter(recorded_at__lt=at - IDEMPOTENCY_RETENTION)
    deleted, _by_model = expired.delete()
    return deleted


def issue_api_token(*, username: str, expires_in: timedelta | None) -> str:
    """This will make a token with the user's rights and return it; only its hash is kept.

    Raises NotFound for an unknown user, and InvalidInput for an account that is switched
    off or a life that is not between one day and ten years.
    """
    user = User.objects.filter(username=username).first()
    if user is None:
        raise NotFound(
            f"There is no user {username!r}. Make one in the admin, or with "
            "`manage.py createsuperuser`."
        )
    if not user.is_active:
        raise InvalidInput(f"The account {username!r} is switched off; its token would not work.")
    if expires_in is not None and not timedelta(days=1) <= expires_in <= LONGEST_TOKEN_LIFE:
        raise InvalidInput(f"A token lives from 1 to {LONGEST_TOKEN_LIFE.days} days.")
    _record, token = AuthToken.objects.create(user=user, expiry=expires_in)
    return str(token)
