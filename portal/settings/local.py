"""One machine, `make run`: no variable needs setting."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from portal.settings import environment as env
from portal.settings.base import *  # noqa: F403  (the one place a star is allowed: settings)
from portal.settings.base import PORTAL_URL, STATE_DIR
from portal.settings.logs import logging_configuration


def _generated(name: str) -> str:
    """This will return the secret kept in the state directory, made at the first start."""
    file = Path(STATE_DIR) / name
    try:
        if not file.exists():
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _place(file, secrets.token_urlsafe(48))
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise env.SettingRefused(
            "PORTAL_STATE_DIR", str(STATE_DIR), f"a directory the portal can use ({error.strerror})"
        ) from error


def _place(file: Path, secret: str) -> None:
    """Whole or not at all: of two portals that start at once, both go on with one secret."""
    with tempfile.NamedTemporaryFile("w", dir=file.parent, encoding="utf-8") as written:
        written.write(secret)
        written.flush()
        with suppress(FileExistsError):
            os.link(written.name, file)


DEBUG = False
SECRET_KEY = env.text("SECRET_KEY", "") or _generated("secret_key")
PAGE_SIGNING_KEY = env.text("PAGE_SIGNING_KEY", "") or _generated("page_signing_key")
EVENT_SEAL_KEY = env.text("EVENT_SEAL_KEY", "") or _generated("event_seal_key")
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS", default=("127.0.0.1", "localhost", "[::1]"))
CSRF_TRUSTED_ORIGINS = env.items("CSRF_TRUSTED_ORIGINS", default=(PORTAL_URL,))
# A receiver of pages on the same machine is what one tries first.
OUTGOING_PRIVATE_NETWORKS = env.networks(
    "OUTGOING_PRIVATE_NETWORKS", default=("127.0.0.0/8", "::1/128")
)
# Static files are found in the packages; there is no step between a clone and a page.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
LOGGING = logging_configuration(
    style=env.one_of("LOG_STYLE", ("readable", "json"), default="readable"),
    level=env.one_of("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), default="WARNING"),
)
