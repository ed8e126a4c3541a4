"""The programs app."""

from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    """Programmes."""

    name = "programs"
    default_auto_field = "django.db.models.BigAutoField"
