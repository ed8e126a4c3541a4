"""Questions of organisations that are no more and went into nobody: officers are told of them, once for each period.

An officer answers them on the organisation's behalf, or as unknown; nothing is owed by whoever is not there.
"""

from django.conf import settings
from django.db.models import Count
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts import selectors as accounts
from backend.accounts.models import Organisation, User
from backend.messages.inbox import notices
from backend.web.templatetags.web import named
from programs.retention.models import RetentionCheck


def tell() -> int:
    """Lays what has nobody to answer it into the inboxes of the officers of the whole city; how many messages.

    In the caller's transaction and the bureau's scope.
    """
    bureau = accounts.bureau()
    today = clock.today()
    left = RetentionCheck.objects.filter(
        state=RetentionCheck.State.OPEN,
        organisation__in=Organisation.objects.filter(closed_on__lte=today).values("pk"),
        falls_on__lte=today,
    )
    found = list(left.order_by().values_list("organisation", "period__code").annotate(Count("pk")))
    if bureau is None or not found:
        return 0
    bodies = Organisation.objects.in_bulk({organisation for organisation, _period, _count in found})
    officers = list(User.objects.filter(role=User.Role.OFFICER, is_active=True, districts=[]).order_by("pk"))
    told = 0
    for organisation, period, count in found:
        body = bodies[organisation]

        def words(body: Organisation = body, period: str = period or "", count: int = count) -> tuple[str, str]:
            return _words(body, period, count)

        key = f"retention.orphans:{organisation}:{period or '-'}"
        told += notices.tell(key=key, organisation_id=bureau.pk, users=officers, words=words)
    return told


def _words(body: Organisation, period: str, count: int) -> tuple[str, str]:
    given = {
        "organisation": body.code,
        "state": RetentionCheck.State.OPEN.value,
        **({"period": period} if period else {}),
    }
    said = {
        "organisation": named(body),
        "day": body.closed_on,
        "count": count,
        "period": period or _("no period yet"),
        "address": f"{settings.SITE_URL.rstrip('/')}/retention/?{urlencode(given)}",
    }
    subject = _("%(organisation)s is closed: who answers whether its people stay?") % said
    text = _(
        "%(organisation)s is closed since %(day)s, and nobody went on in its place. Open questions of who has stayed:"
        " %(count)d (%(period)s). Please ask elsewhere and answer on its behalf; “unknown” is an answer.\n\n%(address)s"
    )
    return subject, text % said
