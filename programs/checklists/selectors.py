"""Reading lists that were handed in, as far as the actor may."""

from django.db.models import QuerySet

from backend.accounts import scope
from backend.accounts.models import User
from programs.checklists.models import CheckList


def check_lists(actor: User | None) -> QuerySet[CheckList]:
    """The lists that ``actor`` may see: a partner its organisation's, staff all of the bureau's own."""
    found = scope.visible(CheckList.objects.select_related("job", "asked_by", "result"), actor)
    if actor is not None and actor.districts:
        return found.none()
    return found if actor is None or not actor.sees_everything else found.filter(for_bureau=True)
