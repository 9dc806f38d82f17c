"""Behind TLS, on PostgreSQL and a broker; what must be set is refused when it is not."""

from portal.settings import environment as env
from portal.settings.base import *  # noqa: F403  (the one place a star is allowed: settings)
from portal.settings.logs import logging_configuration

DEBUG = False
IS_PRODUCTION = True
SECRET_KEY = env.text("SECRET_KEY", allowed="a random text of 50 characters or more")
PAGE_SIGNING_KEY = env.text("PAGE_SIGNING_KEY", allowed="a random text of 32 characters or more")
EVENT_SEAL_KEY = env.text("EVENT_SEAL_KEY", allowed="a random text of 32 characters or more")
if len(SECRET_KEY) < 50:
    raise env.SettingRefused("SECRET_KEY", "…", "a random text of 50 characters or more")
if len(PAGE_SIGNING_KEY) < 32:
    raise env.SettingRefused("PAGE_SIGNING_KEY", "…", "a random text of 32 characters or more")
if len(EVENT_SEAL_KEY) < 32:
    raise env.SettingRefused("EVENT_SEAL_KEY", "…", "a random text of 32 characters or more")
# Pages carry links below it; one to this machine would lead a responder nowhere.
PORTAL_URL = env.url("PORTAL_URL", schemes=("https", "http")).rstrip("/")
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS")
if not ALLOWED_HOSTS:
    raise env.SettingRefused(
        "ALLOWED_HOSTS", None, "the host names people use, separated by commas"
    )
CSRF_TRUSTED_ORIGINS = env.items("CSRF_TRUSTED_ORIGINS", default=(PORTAL_URL,))

SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.whole_number(
    "SECURE_HSTS_SECONDS", default=31_536_000, least=0, most=63_072_000
)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LOGGING = logging_configuration(
    style=env.one_of("LOG_STYLE", ("readable", "json"), default="json"),
    level=env.one_of("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), default="INFO"),
)
