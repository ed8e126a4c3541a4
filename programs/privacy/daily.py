"""What is done about requests every day: officers hear of what is due, and copies whose time is over are destroyed."""

from django.conf import settings
from django.utils.translation import gettext as _

from backend import clock, locks
from backend.accounts import selectors as accounts
from backend.accounts.models import User
from backend.accounts.scope import everything
from backend.audit.services import enter_audit
from backend.messages.inbox import notices
from backend.vault.files import services as files
from programs.periods.calendar import add_working_days
from programs.privacy.models import OPEN, PrivacyRequest

DAILY = "privacy.daily"
AHEAD_WORKING_DAYS = 3
"""So many working days before a request is due its officer is told, and once more when its day is over."""


def run() -> int:
    """Tell of what is due and destroy the copies whose time is over; how many messages. May be repeated."""
    with everything():
        locks.hold(DAILY)
        _drop_copies()
        return _tell()


def _drop_copies() -> None:
    over = PrivacyRequest.objects.filter(files_until__lte=clock.now(), machine__disposed_at=None, machine__isnull=False)
    for one in over.order_by("pk"):
        gone = files.dispose(file_ids=[file for file in (one.machine_id, one.readable_id) if file is not None])
        enter_audit(action="privacy.drop_copy", subject=one, detail={"sha256": [file.sha256 for file in gone]})


def _tell() -> int:
    bureau, today = accounts.bureau(), clock.today()
    if bureau is None:
        return 0
    soon = add_working_days(today, AHEAD_WORKING_DAYS)
    waiting = PrivacyRequest.objects.filter(state__in=OPEN, due_on__lte=soon).select_related("assigned_to")
    everyone = list(User.objects.filter(role=User.Role.OFFICER, is_active=True, districts=[]).order_by("pk"))
    told = 0
    for one in waiting.order_by("pk"):
        late = one.late_on(today)
        theirs = one.assigned_to if one.assigned_to is not None and one.assigned_to.is_active else None
        # What is late is everybody's matter.
        users = [theirs] if theirs is not None and not late else everyone
        key = f"privacy:{one.pk}:{'late' if late else 'soon'}:{one.due_on.isoformat()}"

        def words(one: PrivacyRequest = one) -> tuple[str, str]:
            return _words(one)

        told += notices.tell(key=key, organisation_id=bureau.pk, users=users, words=words)
    return told


def _words(one: PrivacyRequest) -> tuple[str, str]:
    given = {
        "id": one.pk,
        "kind": one.get_kind_display(),
        "due": one.due_on,
        "address": f"{settings.SITE_URL.rstrip('/')}/privacy-requests/{one.pk}/",
    }
    subject = _("Request no. %(id)d of a person (%(kind)s) is due on %(due)s") % given
    text = _(
        "A person has asked for: %(kind)s. The request no. %(id)d is to be answered by %(due)s."
        "\n\nHow far it is, and what comes next: %(address)s"
    )
    return subject, text % given
