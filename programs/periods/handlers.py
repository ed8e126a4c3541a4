"""What periods do when something has happened elsewhere."""

import datetime as dt

from django.utils.translation import gettext_lazy as lazy

from backend.accounts.history.consequences import Consequence, consequence, follows
from backend.accounts.models import Organisation
from backend.accounts.scope import read_from_above
from backend.messages.endpoints.events import offer, publish
from backend.outbox.services import subscribe
from programs.periods import expected, telling
from programs.periods.extensions import GRANTED
from programs.periods.models import Extension, Obligation

SETTLED = "obligation.settled"
offer(telling.EXPECTED, lazy("A report is owed, newly or again"))
offer(telling.MOVED, lazy("A report falls due on another day: it was extended, or its period moved"))
offer(SETTLED, lazy("An obligation was settled: reported, confirmed zero or excused"))


follows(expected.expect_obligations)
read_from_above(Obligation)


@consequence
def called_off(organisation: Organisation, day: dt.date) -> list[Consequence]:
    """What is still owed and would be called off."""
    found = expected.left_open(organisation, day).count()
    label = lazy("Open obligations that are called off")
    return [Consequence("obligations", label, found, f"/obligations/?organisation={organisation.code}&state=missing")]


@subscribe("programme.changed")
def expect(_programme_id: int) -> None:
    """Who takes part in a live programme owes reports; who left owes none any more."""
    expected.expect_obligations()


@subscribe("submission.committed")
def fulfil(submission_id: int) -> None:
    """A submission of which a row was taken fulfils the obligation that it was sent for."""
    expected.fulfil(submission_id=submission_id)


@subscribe("submission.withdrawn")
def reopen(submission_id: int) -> None:
    """What a submission fulfilled that was taken back is owed again, unless another one fulfils it."""
    expected.reopen(submission_id=submission_id)


@subscribe(SETTLED)
def tell(obligation_id: int) -> None:
    """Whoever asked for it is told by a webhook, once for each time that it is settled."""
    found = Obligation.objects.select_related("organisation", "period").filter(pk=obligation_id).first()
    if found is None or found.settled_at is None:
        return
    publish(
        event=SETTLED,
        occasion=f"{found.pk}:{found.settled_at:%Y%m%dT%H%M%S}",
        organisation_id=found.organisation_id,
        data=telling.data_of(found),
    )


@subscribe(GRANTED)
def tell_granted(extension_id: int) -> None:
    """Whom a later due day was granted to reads of it in the inbox, unless it was withdrawn meanwhile."""
    found = Extension.objects.select_related("period").filter(pk=extension_id, withdrawn_at=None).first()
    if found is not None:
        telling.granted(found)
