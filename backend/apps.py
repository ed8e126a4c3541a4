"""The backend app."""

from django.apps import AppConfig

from backend.rooms import register_handlers


class PlatformConfig(AppConfig):
    """Platform."""

    name = "backend"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register_handlers(self.name)
