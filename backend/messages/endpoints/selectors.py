"""Reading endpoints."""

from django.db.models import QuerySet

from backend.accounts import scope
from backend.accounts.models import User
from backend.messages.endpoints.models import Endpoint


def endpoints(actor: User | None) -> QuerySet[Endpoint]:
    """The endpoints that ``actor`` sets up: administrators all, partners their own webhooks, nobody else any."""
    if actor is None or actor.role not in (User.Role.ADMIN, User.Role.PARTNER):
        return Endpoint.objects.none()
    rows = scope.visible(Endpoint.objects.select_related("organisation"), actor)
    return rows if actor.role == User.Role.ADMIN else rows.filter(kind=Endpoint.Kind.WEBHOOK)


def reachable(actor: User | None) -> QuerySet[Endpoint]:
    """The endpoints that are switched on, by name, for the bureau's staff to choose from; what is sealed stays so."""
    if actor is None or not actor.is_authenticated or not actor.sees_everything:
        return Endpoint.objects.none()
    return Endpoint.objects.filter(active=True).select_related("organisation").order_by("organisation__code", "name")
