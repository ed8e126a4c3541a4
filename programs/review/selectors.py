"""Reading what officers did and keep, as far as the actor may."""

from collections.abc import Iterable

from django.db.models import QuerySet

from backend.accounts.models import User
from programs.records import selectors as records
from programs.records.models import DecisionRun
from programs.records.threads import Thread, ThreadMessage
from programs.review.filters import unread_by


def runs(actor: User | None) -> QuerySet[DecisionRun]:
    """The acts of deciding in which anything was decided, for the bureau's staff; whoever is bound to districts sees
    their own.
    """
    if actor is None or not actor.sees_everything:
        return DecisionRun.objects.none()
    found = DecisionRun.objects.filter(decided__gt=0).select_related("decided_by")
    return found.filter(decided_by=actor) if actor.districts else found


def unread(actor: User) -> int:
    """In how many threads the other side has said something that the actor has not read."""
    return records.threads(actor).filter(unread_by(actor)).count()


def unread_among(actor: User, thread_ids: Iterable[int]) -> set[int]:
    """Those of some threads in which there is something new for the actor."""
    found = records.threads(actor).filter(unread_by(actor), pk__in=list(thread_ids))
    return set(found.values_list("pk", flat=True))


def threads_on(actor: User, *, record_id: int | None = None, submission_id: int | None = None) -> list[Thread]:
    """The threads on a record or on a submission that the actor was given, those that wait first."""
    found = records.threads(actor).filter(record=record_id, submission=submission_id)
    return sorted(found.order_by("pk"), key=lambda one: one.state == Thread.State.CLOSED)


def messages(actor: User, thread: Thread) -> QuerySet[ThreadMessage]:
    """What was said in a thread that the actor was given, the earliest first."""
    return ThreadMessage.objects.filter(thread=thread).select_related("said_by").order_by("pk")


def asked_about(record_ids: Iterable[int]) -> dict[int, str]:
    """By record, the state of a thread on it that is not closed; one that waits for the bureau comes first."""
    found = Thread.objects.filter(record__in=list(record_ids)).exclude(state=Thread.State.CLOSED)
    # "answered" comes before "open".
    return {record: state for record, state in found.order_by("-state").values_list("record_id", "state") if record}
