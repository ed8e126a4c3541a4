"""The backend app."""

from django.apps import AppConfig


class PlatformConfig(AppConfig):
    """Platform."""

    name = "backend"
    default_auto_field = "django.db.models.BigAutoField"
