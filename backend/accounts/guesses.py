"""Who asks for another organisation's things by their ids: told that nothing is there, and entered on the trail.

The refusal is the same, to the letter, as where there is nothing. Whether there was something is looked up once the
answer has gone out, so that its time does not tell either; what was own or free to read is no guess.
"""

from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from backend.accounts import scope
from backend.accounts.models import Organisation, User
from backend.audit import context
from backend.audit.services import enter_audit
from backend.problems import NotFound, Problem, Sought
from backend.throttles import Limit, take

MOST = 50
"""Of rows that were asked for at once, so many are looked at."""
ADDRESS_MOST = 200


class GuessMiddleware:
    """Has a partner's look for what is not theirs entered on the trail, behind the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        problem = getattr(response, "problem", None)
        user = getattr(request, "user", None)
        if isinstance(problem, NotFound) and problem.sought and isinstance(user, User) and not user.sees_everything:
            told = {"method": str(request.method), "path": request.path_info[:ADDRESS_MOST]}
            # As Django has the request closed: after the last byte has gone out.
            telling = partial(note, user, problem.sought, told, context.current())
            response._resource_closers.append(telling)  # type: ignore[attr-defined]  # Django's own way
        return response


def note(user: User, sought: Sought, told: dict[str, str], action: context.Action) -> None:
    """Enter on the trail that ``user`` asked for another organisation's row, if that is what they did.

    At most ``FOREIGN_IDS_AN_HOUR`` for each login; the last one of an hour says that more may have come.

    Args:
        user: a partner.
        sought: what they looked for and did not get.
        told: how they asked, for the entry.
        action: the request's.
    """
    with context.acting(user=user, address=action.address, action_id=action.id), scope.everything():
        found = _foreign(user, sought)
        if found is None:
            return
        try:
            slot = take((Limit("foreign-ids", settings.FOREIGN_IDS_AN_HOUR, 3600), str(user.pk)))
        except Problem:
            return
        detail = told | ({"more_may_follow": True} if slot.last else {})
        enter_audit(action="scope.foreign_id", subject=found, detail=detail, actor=user)


def _foreign(user: User, sought: Sought) -> tuple[str, object] | None:
    """The first row that is there and not ``user``'s to read; inside the scope of everything."""
    rows = {row.pk: row for row in sought.model._base_manager.filter(**sought.lookup)[:MOST]}
    if not rows:
        return None
    # The inner one puts the outer one's scope back.
    with scope.everything():
        scope.enter(user, reads=True)
        theirs = set(sought.model._base_manager.filter(pk__in=list(rows)).values_list("pk", flat=True))
    own = {None, *scope.seen_by(user)}
    for pk, row in rows.items():
        whose = pk if isinstance(row, Organisation) else getattr(row, "organisation_id", None)
        # A token or a session is its user's alone, whichever the organisation.
        anothers = not hasattr(row, "organisation_id") and getattr(row, "user_id", user.pk) != user.pk
        if pk not in theirs or whose not in own or anothers:
            return sought.model._meta.db_table, pk
    return None
