"""The talent app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """People."""

    name = "talent"
    default_auto_field = "django.db.models.BigAutoField"
