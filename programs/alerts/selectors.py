"""Reading alerts. They are the bureau's: a partner sees none of them."""

from django.db.models import QuerySet

from backend.accounts.models import User
from backend.accounts.scope import visible
from programs.alerts.models import Alert


def alerts(actor: User | None) -> QuerySet[Alert]:
    """Everything that managers were told of."""
    found = Alert.objects.select_related("acknowledged_by")
    return visible(found, actor) if actor is None or actor.sees_everything else found.none()
