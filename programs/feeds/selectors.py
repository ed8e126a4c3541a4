"""What may be read of calendar feeds, and by whom."""

from django.db.models import QuerySet

from backend.accounts import scope
from backend.accounts.authentication import digest_of
from backend.accounts.models import Organisation, User
from programs.feeds.models import CalendarFeed


def feeds(actor: User | None) -> QuerySet[CalendarFeed]:
    """The addresses that ``actor`` may know of, revoked ones too: a partner its own, administrators all."""
    rows = CalendarFeed.objects.select_related("organisation", "made_by", "revoked_by")
    if actor is None or actor.role not in (User.Role.PARTNER, User.Role.ADMIN):
        return rows.none()
    return scope.visible(rows, actor)


def live_feed(actor: User | None) -> CalendarFeed | None:
    """The address that stands for the actor's own organisation, if there is one."""
    return feeds(actor).filter(organisation=actor.organisation_id, revoked_at=None).first() if actor else None


def partners(actor: User | None) -> QuerySet[Organisation]:
    """The organisations for which ``actor`` may make an address: a partner its own, administrators every partner's."""
    rows = Organisation.objects.exclude(kind=Organisation.Kind.BUREAU)
    if actor is None or actor.role not in (User.Role.PARTNER, User.Role.ADMIN):
        return rows.none()
    return scope.visible(rows, actor, "pk")


def by_secret(secret: str) -> CalendarFeed | None:
    """The live feed that ``secret`` opens; for whoever asks without a login. A revoked one is as unknown as any."""
    with scope.everything():
        found = CalendarFeed.objects.select_related("organisation")
        return found.filter(digest=digest_of(secret), revoked_at=None).first()
