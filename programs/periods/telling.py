"""What is told outside and in inboxes of obligations and later due days."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.models import User
from backend.messages.endpoints.events import Happening, publish_many
from backend.messages.inbox.notices import partners_people, tell
from backend.web.templatetags.web import day
from programs.periods.models import Extension, Obligation

EXPECTED = "obligation.expected"
MOVED = "obligation.moved"


def data_of(one: Obligation) -> dict[str, Any]:
    """What an obligation's own organisation may be told of it."""
    return {
        "obligation": one.pk,
        "kind": one.kind,
        "organisation": one.organisation.code,
        "period": one.period.code,
        "due_on": one.due_on,
        "state": one.state,
        "on_time": one.on_time,
    }


def happened(event: str, obligation_ids: Iterable[int]) -> int:
    """Tells the webhooks that asked for it of obligations that are expected or moved now, many at once; how many."""
    ids = list(obligation_ids)
    if not ids:
        return 0

    def each() -> Iterable[Happening]:
        now = f"{clock.now():%Y%m%dT%H%M%S%f}"
        rows = Obligation.objects.filter(pk__in=ids).select_related("organisation", "period")
        for one in rows.order_by("pk"):
            yield Happening(f"{one.pk}:{now}", one.organisation_id, data_of(one))

    return publish_many(event=event, happenings=each)


def granted(extension: Extension) -> int:
    """Tells those whose report may come later, in their inbox: of one organisation, or of all that still owe it."""
    owed = Obligation.objects.filter(period=extension.period, state=Obligation.State.MISSING)
    if extension.organisation_id is not None:
        owed = owed.filter(organisation=extension.organisation_id)
    by_organisation: dict[int, list[User]] = {}
    for user in partners_people(owed.values_list("organisation_id", flat=True)):
        by_organisation.setdefault(user.organisation_id, []).append(user)
    pages = dict(owed.values_list("organisation_id", "pk"))
    told = {"period": extension.period.code, "day": day(extension.due_on), "reason": extension.reason}

    def words(address: str) -> tuple[str, str]:
        subject = _("%(period)s is due on %(day)s now") % told
        text = _("The bureau lets your report for %(period)s come until %(day)s, because: %(reason)s") % told
        return subject, f"{text}\n\n{address}"

    site = settings.SITE_URL.rstrip("/")
    told_to = 0
    for organisation, users in by_organisation.items():
        told_to += tell(
            key=f"extension:{extension.pk}",
            organisation_id=organisation,
            users=users,
            words=partial(words, f"{site}/obligations/{pages[organisation]}/"),
        )
    return told_to
