"""Django and DRF as they come, on the database that is measured."""

from backend.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.plain.urls"
MIDDLEWARE = []
DATABASES["default"]["ATOMIC_REQUESTS"] = False  # noqa: F405
REST_FRAMEWORK = {"DEFAULT_AUTHENTICATION_CLASSES": [], "DEFAULT_PERMISSION_CLASSES": [], "UNAUTHENTICATED_USER": None}
