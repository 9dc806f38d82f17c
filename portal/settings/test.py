"""What the tests run on: the environment chooses the database, the cache and the broker."""

from portal.settings.base import *  # noqa: F403  (the one place a star is allowed: settings)
from portal.settings.base import DATABASES, MIDDLEWARE, STATE_DIR
from portal.settings.logs import logging_configuration

DEBUG = False
SECRET_KEY = "only-for-tests-" + "x" * 40
PAGE_SIGNING_KEY = "only-for-tests-" + "y" * 40
EVENT_SEAL_KEY = "only-for-tests-" + "z" * 40
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
OUTGOING_PRIVATE_NETWORKS = ["127.0.0.0/8", "::1/128"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
# A poke runs nothing in tests: what must happen, the rows and the sweeps make happen.
CELERY_BROKER_URL = "memory://localhost/"
CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.02}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as in real life: in memory, threads share a cache that waits for no lock.
    STATE_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["TEST"] = {"NAME": str(STATE_DIR / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"] |= {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON;"
    }
else:
    # A pool outlives the test that opened it and holds the test database open.
    del DATABASES["default"]["OPTIONS"]["pool"]
# The tests of a page ask what that page does; tests/slo/middleware/ puts this back.
MIDDLEWARE = [name for name in MIDDLEWARE if not name.startswith("slo.")]
# Counted in the test's own transaction; tests/slo/recorder/ turn the recorder on.
SLO_RECORDER_FLUSH_SECONDS = 0
LOGGING = logging_configuration(style="readable", level="ERROR")
