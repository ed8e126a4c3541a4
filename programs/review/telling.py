"""What is told outside and in inboxes of decisions and questions."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.accounts.models import Organisation, User
from backend.messages.endpoints.events import Happening, publish, publish_many
from backend.messages.inbox.notices import partners_people, tell
from backend.web.templatetags.web import named
from programs.records.models import Decision
from programs.records.threads import Thread, ThreadMessage

DECIDED = "records.decided"
SAID = "thread.said"
AT_ONCE = 1000
"""So many records at most are named in one event; more become several."""


def batch_of(decision_id: int) -> QuerySet[Decision]:
    """The decisions that were made by one stroke with this one."""
    first = Decision.objects.filter(pk=decision_id).first()
    if first is None:
        return Decision.objects.none()
    return Decision.objects.filter(run_id=first.run_id, decided_at=first.decided_at, pk__gte=first.pk).order_by("pk")


def decided(decision_id: int) -> None:
    """Tells partners what was decided by one stroke: webhooks of all of it, inboxes of what came back to be mended."""
    by_organisation: dict[int, list[Decision]] = {}
    for one in batch_of(decision_id).only("record_id", "organisation_id", "decision", "reason", "decided_at", "run_id"):
        by_organisation.setdefault(one.organisation_id, []).append(one)
    codes = dict(Organisation.objects.filter(pk__in=by_organisation).values_list("pk", "code"))

    def each() -> Iterable[Happening]:
        for organisation, rows in by_organisation.items():
            for start in range(0, len(rows), AT_ONCE):
                piece = rows[start : start + AT_ONCE]
                data = {**_data(piece), "organisation": codes[organisation]}
                yield Happening(f"{decision_id}:{piece[0].pk}", organisation, data)

    publish_many(event=DECIDED, happenings=each)
    for organisation, rows in by_organisation.items():
        if rows[0].decision == Decision.Kind.RETURN:
            _tell_returned(organisation, rows, decision_id)


def _data(rows: list[Decision]) -> dict[str, Any]:
    first = rows[0]
    return {
        "decision": first.decision,
        "reason": first.reason,
        "decided_at": first.decided_at,
        "records": [one.record_id for one in rows],
    }


def _tell_returned(organisation: int, rows: list[Decision], decision_id: int) -> None:
    site = settings.SITE_URL.rstrip("/")
    place = f"records/{rows[0].record_id}/" if len(rows) == 1 else "records/?state=returned"

    def words() -> tuple[str, str]:
        told = {"n": len(rows), "id": rows[0].record_id}
        subject = (
            _("Record %(id)s came back to you") % told
            if len(rows) == 1
            else ngettext("%(n)d record came back to you", "%(n)d records came back to you", len(rows)) % told
        )
        return subject, f"{rows[0].reason}\n\n{site}/{place}"

    tell(
        key=f"returned:{decision_id}:{organisation}",
        organisation_id=organisation,
        users=partners_people([organisation]),
        words=words,
    )


def said(message_id: int) -> None:
    """Tells the other side of a thread what was said, once for each message."""
    found = ThreadMessage.objects.select_related("thread__organisation").filter(pk=message_id).first()
    if found is None:
        return
    thread = found.thread
    publish(
        event=SAID,
        occasion=str(message_id),
        organisation_id=thread.organisation_id,
        data={
            "thread": thread.pk,
            "message": message_id,
            "organisation": thread.organisation.code,
            "record": thread.record_id,
            "submission": thread.submission_id,
            "by_bureau": found.by_bureau,
            "said_at": found.said_at,
        },
    )
    tell(
        key=f"said:{message_id}",
        organisation_id=thread.organisation_id,
        users=_other_side(found),
        words=lambda: _words(found, thread),
    )


def _other_side(found: ThreadMessage) -> QuerySet[User]:
    """The partner's people; or of the bureau those who take part in the thread, and all officers where none does."""
    if found.by_bureau:
        return partners_people([found.organisation_id])
    officers = User.objects.filter(role=User.Role.OFFICER, is_active=True).order_by("pk")
    spoke = ThreadMessage.objects.filter(thread=found.thread_id, by_bureau=True).values("said_by")
    taking_part = officers.filter(pk__in=spoke)
    return taking_part if taking_part.exists() else officers


def _words(found: ThreadMessage, thread: Thread) -> tuple[str, str]:
    about = _("record %(id)s") if thread.record_id else _("submission %(id)s")
    told = {
        "about": about % {"id": thread.record_id or thread.submission_id},
        "organisation": named(thread.organisation),
    }
    if found.by_bureau:
        subject = _("The bureau asks about %(about)s") % told
    else:
        subject = _("%(organisation)s writes about %(about)s") % told
    return subject, f"{found.text}\n\n{settings.SITE_URL.rstrip('/')}/threads/{thread.pk}/"
