from datetime import datetime

from django.contrib.auth.models import User

from governance.models import ClientType

_CLIENT_TYPES = {
    "anonymous": "Anonymous",
    "authenticated": "Authenticated",
    "premium": "Premium",
}


def seed_client_types(_at: datetime, _operator: User | None) -> list[str]:
    """This will make the shipped client types that are missing."""
    made = []
    for slug, name in _CLIENT_TYPES.items():
        _client_type, is_new = ClientType.objects.get_or_create(slug=slug, defaults={"name": name})
        if is_new:
            made.append(f"Client type {slug}.")
    return made
