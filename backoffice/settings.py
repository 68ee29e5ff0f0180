"""The one settings module. Everything that differs between machines comes from the environment.

Two ways to run, and nothing between them:

- **embedded**: no `SECRET_KEY` in the environment. Keys come from `var/keys.env`, which `make run`
  writes once; database, broker and sandbox live under `var/`. Only for one's own machine.
- **production**: `SECRET_KEY` is set; then `ENCRYPTION_KEYS`, `ALLOWED_HOSTS`, `DATABASE_URL` and
  `REDIS_URL` are demanded too, and HTTPS is taken for granted.
"""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

import environ
import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
# Another file for whoever must not see this one: the tests.
env.read_env(env.str("ENV_FILE", default=str(BASE_DIR / ".env")))

# State of the embedded set-up: keys, database, broker, sandbox world, collected static files.
VAR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()
EMBEDDED = "SECRET_KEY" not in env.ENVIRON


class _Keys(environ.Env):  # type: ignore[misc]  # -- django-environ ships no types
    """The generated keys, apart from the process's environment: a child that inherited them would take itself for a
    production installation."""

    ENVIRON: ClassVar[dict[str, str]] = {}


keys = env
if EMBEDDED:
    keys = _Keys()
    keys.read_env(VAR / "keys.env")
    if "SECRET_KEY" not in keys.ENVIRON:
        raise ImproperlyConfigured(
            "No SECRET_KEY. On your own machine run `make run` once: it writes one to var/keys.env. "
            "In production set SECRET_KEY in the environment."
        )


def _broker_socket() -> Path:
    """Where the embedded broker listens. The kernel allows 107 bytes for such a path: a deep folder needs another."""
    inside = VAR / "valkey.sock"
    # It becomes part of a URL too, in which other characters would mean something else.
    if len(bytes(inside)) <= 100 and quote(str(inside)) == str(inside):
        return inside
    digest = hashlib.sha256(bytes(inside)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"backoffice-{digest}.sock"


BROKER_SOCKET = _broker_socket()

# --- Security -----------------------------------------------------------------------------------

SECRET_KEY = keys.str("SECRET_KEY")
# Fernet keys for secrets in the database, comma-separated: the first one writes, all of them read.
ENCRYPTION_KEYS: list[str] = keys.list("ENCRYPTION_KEYS")
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS: list[str] = (
    env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"]) if EMBEDDED else env.list("ALLOWED_HOSTS")
)
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Plain http to a connection on this very machine: the sandbox needs it, production must not have it.
ALLOW_LOOPBACK_CONNECTIONS = env.bool("ALLOW_LOOPBACK_CONNECTIONS", default=EMBEDDED)

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not EMBEDDED
SESSION_COOKIE_NAME = "backoffice_session"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "backoffice.web.log_in.form_expired"
SECURE_SSL_REDIRECT = not EMBEDDED
SECURE_HSTS_SECONDS = 0 if EMBEDDED else 60 * 60 * 24 * 365
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not EMBEDDED
SECURE_PROXY_SSL_HEADER = None if EMBEDDED else ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
# The probes of a load balancer speak plain http to the process itself.
SECURE_REDIRECT_EXEMPT = [r"^health/"]
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- Application --------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_celery_beat",
    "django_htmx",
    "csp",
    "template_partials",
    "backoffice.users",
    "backoffice.web",
    "backoffice.timeline",
    "backoffice.lists",
    "backoffice.connections",
    "backoffice.sync",
    "backoffice.outbox",
    "shops",
    "orders",
    "backoffice.dashboard",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "backoffice.web.middleware.reference",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "backoffice.access.AccessMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "backoffice.web.scope.Middleware",
    "backoffice.web.middleware.language",
    "backoffice.web.middleware.time_zone",
    "backoffice.web.middleware.htmx",
]

ROOT_URLCONF = "backoffice.urls"
WSGI_APPLICATION = "backoffice.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# --- Database and broker ------------------------------------------------------------------------

# An empty variable is as good as none.
if EMBEDDED and not env.str("DATABASE_URL", default=""):
    DATABASES: dict[str, dict[str, Any]] = {
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(VAR / "db.sqlite3")}
    }
else:
    DATABASES = {"default": env.db_url("DATABASE_URL")}
    if "ENGINE" not in DATABASES["default"]:
        raise ImproperlyConfigured("DATABASE_URL should look like postgres://user:password@host/name.")
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # WAL lets pages read while a worker writes. IMMEDIATE takes the write lock at the start: a deferred
    # transaction that reads first and writes later fails at once when another process wrote in between.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # 32 MB of log between two checkpoints and 8 MB of cache: a reading writes a few MB with every batch.
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA wal_autocheckpoint=8000;PRAGMA cache_size=-8000;"
        ),
    }
    # A file, not memory: tests with threads and processes need transactions that are really apart.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}
else:
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = (env.str("REDIS_URL", default="") or f"unix://{BROKER_SOCKET}?db=0") if EMBEDDED else env.str("REDIS_URL")
if not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
    raise ImproperlyConfigured("REDIS_URL should look like redis://host:6379/0.")

# A review sheet may hold a decision for each line of many orders.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# --- Users --------------------------------------------------------------------------------------

AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["backoffice.users.backends.RoleBackend"]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# --- Language and time --------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("en-gb", _("British English"))]
LOCALE_PATHS = [BASE_DIR / "backoffice" / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

# --- Static files -------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- Logs ---------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": [
                structlog.stdlib.add_logger_name,
                structlog.stdlib.add_log_level,
                structlog.stdlib.ExtraAdder(),
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.dev.ConsoleRenderer(colors=False) if EMBEDDED else structlog.processors.JSONRenderer(),
            ],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        # They tell of every task, and one comes every two seconds.
        **{name: {"level": "WARNING"} for name in ("celery.app.trace", "celery.beat", "celery.worker.strategy")},
        "urllib3": {"level": "INFO"},  # its debug lines print addresses with their query
    },
}
