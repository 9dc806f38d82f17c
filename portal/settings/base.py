"""What is the same everywhere; all that differs comes from the environment.

docs/settings.md lists every variable; a test compares that table with this package.
"""

from fractions import Fraction
from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
from django.utils.translation import gettext_lazy as _
from whitenoise.compress import Compressor

from portal.settings import environment as env
from portal.settings.api_description import API_DESCRIPTION, API_TAGS
from portal.settings.appearance import UNFOLD as UNFOLD
from portal.settings.schedule import BEAT_SCHEDULE

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent.parent
# Everything the portal writes beside its database: SQLite file, generated keys, static files.
STATE_DIR = Path(env.text("PORTAL_STATE_DIR", str(BASE_DIR / "var")))

# Told beside every page's title, so that nobody mistakes one portal for another.
IS_PRODUCTION = False

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
ASGI_APPLICATION = "portal.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    # Before the admin, so that its templates are found first.
    "portal.dashboard",
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_celery_beat",
    "django_filters",
    "django_structlog",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "rest_framework",
    "portal",
    "portal.shared",
    "events",
    "catalog",
    "resilience",
    "secrets_vault",
    "slo",
    "incidents",
    "governance",
    "recovery",
]

MIDDLEWARE = [
    "slo.middleware.own_traffic.OwnTraffic",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Database ---------------------------------------------------------------------------------
DATABASES: dict[str, Any] = {
    "default": env.database("DATABASE_URL", default=f"sqlite:///{STATE_DIR / 'portal.sqlite3'}")
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE is what prevents "database is locked": a transaction that starts by reading
    # and then writes cannot be upgraded while another writes, whatever the timeout. WAL is
    # set once, by the process that serves (ADR 0004), not on each connection.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["OPTIONS"] = {
        # Of statements whose values travel apart from them: appending to the log is one.
        "prepare_threshold": 5,
        "pool": {
            # A request that waits longer than this for a connection is better refused.
            "timeout": 5.0,
            "min_size": 1,
            "max_size": env.whole_number("DATABASE_POOL_SIZE", default=16, least=2, most=200),
        },
    }

# Cache, Celery ----------------------------------------------------------------------------
REDIS_URL = env.url("REDIS_URL", schemes=("redis", "rediss", "unix"), default="")
CACHES: dict[str, Any] = {
    "default": (
        {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "portal",
        }
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}

CELERY_BROKER_URL = env.url(
    "CELERY_BROKER_URL",
    schemes=("memory", "amqp", "amqps", "redis", "rediss"),
    default=REDIS_URL or "memory://localhost/",
)
# A queue of the portal's own: the broker may serve other applications too.
CELERY_TASK_DEFAULT_QUEUE = env.text("CELERY_QUEUE", "portal")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# A worker that comes back before the broker has noticed the death of the last one would find
# its control queue locked, and not start at all. What is in hand is asked of rows, not workers.
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
# Every queued thing is a row that a sweep finds, so a poke that waits for a broker which is
# not there would only delay the work that pokes.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_TIMEOUT = 2.0
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# kombu's own default sleeps two seconds over a refused connection, in the request that pokes.
_ONE_TRY = {"max_retries": 1, "interval_start": 0, "interval_step": 0}
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {"polling_interval": 0.02}
    if CELERY_BROKER_URL.startswith("memory")
    else {"confirm_publish": True, **_ONE_TRY}
    if CELERY_BROKER_URL.startswith("amqp")
    else {"visibility_timeout": 3600, **_ONE_TRY}
)
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE
CELERY_BEAT_MAX_LOOP_INTERVAL = 1

MESSAGE_BROKER = env.one_of(
    "MESSAGE_BROKER", ("in_memory", "rabbitmq", "kafka"), default="in_memory"
)
# Exchange, queues and topics of the portal begin with this.
EVENT_BROKER_PREFIX = env.text("EVENT_BROKER_PREFIX", "portal.events")
# Who the portal is, as the `source` of every CloudEvent it sends.
EVENT_SOURCE = env.text("EVENT_SOURCE", "urn:portal")
# Queues or topics of others whose CloudEvents are taken into the log.
EVENT_INTAKE_CHANNELS = env.items("EVENT_INTAKE_CHANNELS")
RABBITMQ_HOST = env.text("RABBITMQ_HOST", "127.0.0.1")
RABBITMQ_PORT = env.whole_number("RABBITMQ_PORT", default=5672, least=1, most=65535)
RABBITMQ_USER = env.text("RABBITMQ_USER", "guest")
RABBITMQ_PASSWORD = env.text("RABBITMQ_PASSWORD", "guest")
RABBITMQ_VHOST = env.text("RABBITMQ_VHOST", "/")
RABBITMQ_TLS = env.flag("RABBITMQ_TLS", default=False)
KAFKA_BOOTSTRAP_SERVERS = env.text("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092")
KAFKA_SECURITY_PROTOCOL = env.one_of(
    "KAFKA_SECURITY_PROTOCOL",
    ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"),
    default="PLAINTEXT",
)
KAFKA_SASL_MECHANISM = env.one_of(
    "KAFKA_SASL_MECHANISM", ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"), default="PLAIN"
)
KAFKA_USERNAME = env.text("KAFKA_USERNAME", "")
KAFKA_PASSWORD = env.text("KAFKA_PASSWORD", "")

# Days that events of each class are kept, counted from the day they were recorded.
EVENT_RETENTION_CLASSES: dict[str, int | None] = {
    "api": 7,
    "security": 30,
    "system": 14,
    "audit": None,
    **env.retention_classes("EVENT_RETENTION_CLASSES"),
}
EVENT_RETENTION_DEFAULT = "system"
# Keys before EVENT_SEAL_KEY: what was sealed with them is still checked.
EVENT_SEAL_FORMER_KEYS = env.secrets("EVENT_SEAL_FORMER_KEYS")
# Where dropped days are kept as files; without it they are gone but for their seals.
EVENT_ARCHIVE_DIR = env.text("EVENT_ARCHIVE_DIR", "")
# A webhook whose receiver took nothing for so long is disabled: a long weekend passes.
EVENT_WEBHOOK_PATIENCE_HOURS = env.whole_number(
    "EVENT_WEBHOOK_PATIENCE_HOURS", default=72, least=1, most=720
)
VAULT_BACKEND = env.one_of("VAULT_BACKEND", ("local", "hashicorp", "aws"), default="local")

# Languages, time --------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ar", _("Arabic"))]
LOCALE_PATHS = [BASE_DIR / "portal" / "locale", BASE_DIR / "portal" / "locale_unfold"]
FORMAT_MODULE_PATH = ["portal.formats"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# Static files -----------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = STATE_DIR / "static"
# Source maps are half of what would be compressed, and only debuggers ask for them.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Addresses --------------------------------------------------------------------------------
PORTAL_PORT = env.whole_number("PORTAL_PORT", default=8000, least=1, most=65535)
# Where people reach the portal; pages carry links below it.
PORTAL_URL = env.url(
    "PORTAL_URL",
    schemes=("http", "https"),
    default=f"http://127.0.0.1:{PORTAL_PORT}",
).rstrip("/")
# Calls to loopback, link-local and private addresses are refused unless named here.
OUTGOING_PRIVATE_NETWORKS = env.networks("OUTGOING_PRIVATE_NETWORKS")

# People -----------------------------------------------------------------------------------
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

EMAIL_CONFIG = environ.Env.email_url_config(
    env.url(
        "EMAIL_URL",
        schemes=("smtp", "smtp+tls", "smtp+ssl", "consolemail", "memorymail"),
        default="consolemail://",
    )
)
EMAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"]
EMAIL_HOST = EMAIL_CONFIG.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = EMAIL_CONFIG.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = EMAIL_CONFIG.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = EMAIL_CONFIG.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = EMAIL_CONFIG.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL_CONFIG.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "portal@localhost")

# API --------------------------------------------------------------------------------------
REQUEST_BODY_LIMIT_BYTES = env.whole_number(
    "REQUEST_BODY_LIMIT_BYTES", default=5_000_000, least=10_000, most=100_000_000
)
# DRF reads JSON through Django's own limit, which would otherwise refuse at 2.5 MB.
DATA_UPLOAD_MAX_MEMORY_SIZE = REQUEST_BODY_LIMIT_BYTES
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "portal.shared.api.authentication.BearerToken",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["portal.shared.api.permissions.ModelRights"],
    "DEFAULT_PARSER_CLASSES": ["portal.shared.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "portal.shared.api.pagination.Pages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "portal.shared.api.schema.ProblemAutoSchema",
    "EXCEPTION_HANDLER": "portal.shared.api.problems.problem_for_exception",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
REST_KNOX = {
    "AUTH_HEADER_PREFIX": "Bearer",
    "TOKEN_TTL": None,
    "TOKEN_LIMIT_PER_USER": None,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Operations portal",
    "DESCRIPTION": API_DESCRIPTION,
    "TAGS": API_TAGS,
    "VERSION": "0.1.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    # Fields of one name with choices of their own.
    "ENUM_NAME_OVERRIDES": {"ObjectiveStatusEnum": "slo.api.serializers.STATUSES"},
    "SCHEMA_PATH_PREFIX": "/api",
}

# What each room is told -------------------------------------------------------------------
# record_request() without a service counts for this one: the portal itself.
SLO_OWN_SERVICE = "portal"
# Below this share of expected reports, the alerts of a window freeze.
SLO_COVERAGE_FLOOR = Fraction(
    env.whole_number("SLO_COVERAGE_FLOOR_PERCENT", default=90, least=0, most=100), 100
)
# Events of others under these patterns are changes of the services they name.
SLO_CHANGE_EVENT_TYPES = env.items(
    "SLO_CHANGE_EVENT_TYPES",
    default=("config.*.changed", "secrets.secret.rotated", "deploy.*"),
)
# So long after a change, bad events are put down to it.
SLO_CHANGE_ATTRIBUTION_MINUTES = env.whole_number(
    "SLO_CHANGE_ATTRIBUTION_MINUTES", default=60, least=1, most=10_080
)
# With less of a budget left than this, risky changes are refused.
SLO_RISKY_RESERVE = Fraction(
    env.whole_number("SLO_RISKY_RESERVE_PERCENT", default=20, least=0, most=100), 100
)
# How often a process writes what record_request() counted in its memory; 0: each call itself.
SLO_RECORDER_FLUSH_SECONDS = env.whole_number(
    "SLO_RECORDER_FLUSH_SECONDS", default=1, least=0, most=60
)
# The portal measures what it answers itself; what machines ask of it is not what it promises.
SLO_UNMEASURED_PATHS = env.items(
    "SLO_UNMEASURED_PATHS", default=("/healthz", "/readyz", "/metrics", STATIC_URL)
)
# Minutes of an interval of counts, and the days it is kept; the last for ever. No window is
# longer than 92 days of minutes but calendar ones, and their zones lie on quarter hours.
SLO_BUCKET_TIERS = env.tiers(
    "SLO_BUCKET_TIERS",
    {"minute": 1, "quarter_hour": 15, "hour": 60, "day": 1440},
    default="minute=100,quarter_hour=400,day=keep",
    least_days=92,
)
SLO_LATENCY_MINUTE_DAYS = env.whole_number("SLO_LATENCY_MINUTE_DAYS", default=14, least=1, most=400)
