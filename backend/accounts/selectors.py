"""Reading organisations and users."""

from django.db.models import QuerySet

from backend.accounts import scope
from backend.accounts.models import AccessToken, Organisation, User
from backend.clock import SqlNow


def organisations(actor: User | None) -> QuerySet[Organisation]:
    """The organisations that ``actor`` may see: staff all, partners their own."""
    return scope.visible(Organisation.objects.select_related("parent", "merged_into"), actor, field="pk")


def users(actor: User | None) -> QuerySet[User]:
    """Everybody who may sign in, for administrators alone."""
    if actor is None or actor.role != User.Role.ADMIN:
        return User.objects.none()
    return User.objects.select_related("organisation")


def tokens(actor: User | None) -> QuerySet[AccessToken]:
    """The tokens that have not ended: one's own; for administrators everybody's."""
    if actor is None or not actor.is_authenticated:
        return AccessToken.objects.none()
    living = AccessToken.objects.filter(expires_at__gt=SqlNow()).select_related("user")
    return living if actor.role == User.Role.ADMIN else living.filter(user=actor)


def bureau() -> Organisation | None:
    """The bureau, to which staff belong unless it is said otherwise."""
    return Organisation.objects.filter(kind=Organisation.Kind.BUREAU).order_by("pk").first()
