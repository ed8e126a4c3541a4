"""Settings of Shugu: every value comes from the environment, with the embedded services as the default.

What is a secret may come from a file that ``NAME_FILE`` names. ``DATABASE_URL``, ``DATABASE_OWNER_URL``, ``REDIS_URL``,
``SECRET_KEY`` and ``FIELD_KEYS`` override what the embedded services recorded, one by one; ``backend.embedded``
supplies whichever is missing. Other apps are named as strings only.
"""

import os
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

from backend.embedded import EmbeddedError, secret_files

BASE_DIR = Path(__file__).resolve().parent.parent
try:
    secret_files.take(os.environ)
except EmbeddedError as _error:
    raise ImproperlyConfigured(str(_error)) from None
env = environ.Env()

_NEEDED = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "FIELD_KEYS")
if not all(name in os.environ for name in _NEEDED):
    from backend.embedded import environment

    for _name, _value in environment().items():
        os.environ.setdefault(_name, _value)

DEMO = env.bool("DEMO", default=False)
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY")
FIELD_KEYS = env("FIELD_KEYS")
# What new keys of the vault are made for: "aes" (AES-GCM with SHA-256) or "sm" (SM4-GCM with SM3).
VAULT_SUITE = env.str("VAULT_SUITE", default="aes").strip().lower()
if VAULT_SUITE not in ("aes", "sm"):
    raise ImproperlyConfigured(f"VAULT_SUITE is “{VAULT_SUITE}”: it must be aes or sm.")
# How long a process goes on with an active key before it looks again: the time that a rotation takes to arrive.
VAULT_KEY_SECONDS = env.float("VAULT_KEY_SECONDS", default=60.0)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_prometheus",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "heroicons",
    "backend",
    "talent",
    "programs",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "backend.oversize.OversizeMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "backend.audit.middleware.ActionMiddleware",
    "backend.accounts.guesses.GuessMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "backend.urls"
WSGI_APPLICATION = "backend.wsgi.application"
FORM_RENDERER = "backend.web.forms.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "backend" / "web" / "templates", BASE_DIR / "programs" / "desks" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["backend.web.templatetags.web"],
        },
    }
]

# Two logins: the application's, which owns nothing and meets row-level security; the owner's, for migrations alone.
DATABASES = {
    "default": {
        **env.db_url("DATABASE_URL"),
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60),
        "CONN_HEALTH_CHECKS": True,
    },
    "owner": {**env.db_url("DATABASE_OWNER_URL"), "TEST": {"MIRROR": "default"}},
}
for _database in DATABASES.values():
    _database["ENGINE"] = "django.db.backends.postgresql"
    _database.setdefault("OPTIONS", {}).setdefault("application_name", "shugu")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL")
# A job's worker renews its lease at a third of it. What is not done is rung for again after so long, then more slowly.
JOB_LEASE_SECONDS = env.float("JOB_LEASE_SECONDS", default=30.0)
RING_AGAIN_SECONDS = env.float("RING_AGAIN_SECONDS", default=5.0)
# Whether pages say so while the broker or the worker is away; where neither is meant to be there, they need not.
WORK_WATCHED = env.bool("WORK_WATCHED", default=True)
# The most memory that one of the worker's processes may have for its data; 0: three quarters of what the machine, or
# the container, has. A task that wants more fails by itself, before the kernel chooses whom to end.
WORKER_CHILD_BYTES = env.int("WORKER_CHILD_BYTES", default=0)
EMAIL_URL = env("EMAIL_URL", default="smtp://127.0.0.1:2525")
# Mail is dated by the bureau's clock.
EMAIL_USE_LOCALTIME = True
MAIL_FROM = env("MAIL_FROM", default="Shugu <shugu@localhost.localdomain>")
# Where the people who are written to find the system.
SITE_URL = env("SITE_URL", default="http://127.0.0.1:8000")
# Whether they come by TLS is known from our own proxies alone.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_URL.startswith("https://")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
        "KEY_PREFIX": env("REDIS_PREFIX", default="shugu"),
    }
}

AUTH_USER_MODEL = "backend.User"
LOGIN_URL = "web:sign-in"
LOGIN_REDIRECT_URL = "/"
# Where a form goes whose sender's session has ended.
KEEPING_URL = "web:keeping"
# Where a form goes whose sender has to prove first that it is they.
PROVING_URL = "web:proving"
SESSION_ENGINE = "backend.accounts.sessions.store"
# A session ends so many hours after it began, and after so many minutes in which nobody used it.
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", default=12) * 3600
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=120)
SESSION_COOKIE_NAME = "shugu_session"
LANGUAGE_COOKIE_NAME = "shugu_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "shugu_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "backend.web.errors.no_csrf"
# Nothing from outside, and nothing written into the page itself: government networks are closed, and a script or a
# style that somebody smuggled into a name is not carried out.
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/api/"],
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    },
}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
DEMO_PASSWORD = env("DEMO_PASSWORD", default="digital-valley")
TOKEN_DAYS = env.int("TOKEN_DAYS", default=90)
# How many days a token may last that somebody makes under a name.
TOKEN_MOST_DAYS = env.int("TOKEN_MOST_DAYS", default=365)
# How many failed attempts to sign in one account may see, and may come from one address, within so many seconds.
SIGN_IN_PER_ACCOUNT = env.int("SIGN_IN_PER_ACCOUNT", default=20)
SIGN_IN_PER_ADDRESS = env.int("SIGN_IN_PER_ADDRESS", default=100)
SIGN_IN_SECONDS = env.int("SIGN_IN_SECONDS", default=300)
# How many times within an hour the trail is told that one login asked for what is another organisation's.
FOREIGN_IDS_AN_HOUR = env.int("FOREIGN_IDS_AN_HOUR", default=60)
# How many calendars at secret addresses may be asked for from one address within so many seconds.
FEEDS_PER_ADDRESS = env.int("FEEDS_PER_ADDRESS", default=120)
FEED_SECONDS = env.int("FEED_SECONDS", default=60)

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
# The house's own, and what set-up took out of the pages' packages.
STATICFILES_DIRS = [BASE_DIR / "backend" / "web" / "static", BASE_DIR / "var" / "assets"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]

# Named by their content, so that a browser may keep them for good, and compressed once instead of for every reader.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Limits of what an upload may be; a file beyond them is refused whole (F04).
UPLOAD_BYTES = env.int("UPLOAD_BYTES", default=50 * 1024 * 1024)
UPLOAD_ROWS = env.int("UPLOAD_ROWS", default=200_000)
DATA_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_BYTES + 1024 * 1024
# A request that says it is larger is not even read: four times a file's limit reaches the books, to be refused there.
REQUEST_BYTES = 4 * UPLOAD_BYTES + 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# How many files an organisation may send in an hour: findings W04, W06 and E12 could be used to ask who is on record.
# Evidence of a credential: how large a file may be, how many a credential may have, and what a picture or a document
# may unfold to.
EVIDENCE_BYTES = env.int("EVIDENCE_BYTES", default=10 * 1024 * 1024)
EVIDENCE_FILES = env.int("EVIDENCE_FILES", default=6)
EVIDENCE_PIXELS = env.int("EVIDENCE_PIXELS", default=60_000_000)
EVIDENCE_PAGES = env.int("EVIDENCE_PAGES", default=40)

UPLOADS_PER_HOUR = env.int("UPLOADS_PER_HOUR", default=600)
# After how many days what was sent for practice is removed with its file.
PRACTICE_DAYS = env.int("PRACTICE_DAYS", default=7)
# How many numbers one user may look for in an hour, how many may be revealed to one, and how many lists of people an
# organisation may hand in to be checked, of how many rows.
NUMBERS_AN_HOUR = env.int("NUMBERS_AN_HOUR", default=120)
REVEALS_AN_HOUR = env.int("REVEALS_AN_HOUR", default=60)
CHECK_LISTS_AN_HOUR = env.int("CHECK_LISTS_AN_HOUR", default=20)
CHECK_LIST_ROWS = env.int("CHECK_LIST_ROWS", default=20_000)
# How many candidates an organisation may enter one by one in an hour: at entry it is told whether they are on record.
CANDIDATES_AN_HOUR = env.int("CANDIDATES_AN_HOUR", default=600)
# Where nobody saw a number in a week, administrators hear nothing, or that there was none.
REVEALS_NONE_TOO = env.bool("REVEALS_NONE_TOO", default=False)
# A virus scanner that speaks clamd's protocol, tcp://host:port or unix:///path; empty: files are not scanned. Unless it
# is not required, nothing is read that it has not looked at. How many seconds it may take over one file.
CLAMD_URL = env("CLAMD_URL", default="")
CLAMD_REQUIRED = env.bool("CLAMD_REQUIRED", default=True)
CLAMD_SECONDS = env.float("CLAMD_SECONDS", default=60.0)

# Robots and webhooks: the ports that may be posted to, further authorities for certificates (a file), and whether this
# machine's own addresses may be posted to, without TLS and at any port, which is for tests alone.
OUTBOUND_PORTS = env.list("OUTBOUND_PORTS", cast=int, default=[443, 8443])
OUTBOUND_CA_FILE = env("OUTBOUND_CA_FILE", default="")
OUTBOUND_LOOPBACK = env.bool("OUTBOUND_LOOPBACK", default=False)

# Where the head of the chain over the audit trail is written to, best on another machine; empty: to no file. Whom it is
# written to every night by letter: the administrators, unless others are named; and whether at all.
AUDIT_ANCHOR_FOLDER = env("AUDIT_ANCHOR_FOLDER", default="")
AUDIT_ANCHOR_LETTERS = env.bool("AUDIT_ANCHOR_LETTERS", default=True)
AUDIT_ANCHOR_RECIPIENTS = env.list("AUDIT_ANCHOR_RECIPIENTS", default=[])

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["backend.accounts.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": [
        "backend.api.renderers.JSONRenderer",
        "backend.api.renderers.CSVRenderer",
        "backend.api.renderers.XLSXRenderer",
    ],
    "DEFAULT_PARSER_CLASSES": [
        "rest_framework.parsers.JSONParser",
        "rest_framework.parsers.MultiPartParser",
        "rest_framework.parsers.FormParser",
    ],
    "DEFAULT_PAGINATION_CLASS": "backend.api.pagination.KeysetPagination",
    "DEFAULT_FILTER_BACKENDS": ["backend.api.filters.StrictFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "backend.api.schema.Schema",
    "EXCEPTION_HANDLER": "backend.api.faults.problem_response",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "backend.api.renderers.Negotiation",
    "UNAUTHENTICATED_USER": None,
}
# What gives the rest of a request its user's scope; named here, because the shells of API and pages know no accounts.
ENTER_SCOPE = "backend.accounts.scope.enter"
# What refuses a request that its token was not made for; for every address of the API.
ADMIT_TOKEN = "backend.accounts.token_scopes.admit"
# What a user keeps of a list's filters and columns under a name: for the pages' shell, which knows no accounts.
SAVED_VIEWS = "backend.saved_views.selectors.of_list"
SPECTACULAR_SETTINGS = {
    "TITLE": "Shugu 数谷",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # Swagger's pages show a badge by a validator on the internet unless they are told not to.
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # Choices stand where they are used: as components, several rooms' "state" would fight for one name.
    "POSTPROCESSING_HOOKS": [],
    "COMPONENT_SPLIT_REQUEST": True,
}

# Reports of errors, wherever somebody has them sent, hold no identity number either.
DEFAULT_EXCEPTION_REPORTER = "backend.logs.ScrubbingReporter"
# For the terminal, or one JSON object a line with the action that it belongs to.
LOG_FORMAT = env("LOG_FORMAT", default="plain")
if LOG_FORMAT not in ("plain", "json"):
    raise ImproperlyConfigured(f"LOG_FORMAT is “{LOG_FORMAT}”: it must be plain or json.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"()": "backend.logs.ScrubbingFormatter", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {"()": "backend.logs.JSONFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
}
