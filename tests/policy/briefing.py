"""The briefings' part of the table and of the world: one that is made, and a schedule."""

from typing import Any

from backend.accounts.models import User
from backend.vault.files.services import store
from programs.briefings import scheduling
from programs.briefings.models import Briefing, BriefingFile
from programs.snapshots.models import Snapshot

TABLE = """\
GET    briefings/                                       401       403       403       403       200       200       403
POST   briefings/                                       401       403       403       403       403       202       403
GET    briefings/{briefing}/                            401       403       403       403       200       200       403
POST   briefings/{briefing}/again/                      401       403       403       403       403       409       403
GET    briefings/{briefing}/{language}.{form}           401       403       403       403       200       200       403
GET    briefings/schedules/                             401       403       403       403       200       200       403
POST   briefings/schedules/                             401       403       403       403       403       201       403
GET    briefings/schedules/{briefing_schedule}/         401       403       403       403       200       200       403
PATCH  briefings/schedules/{briefing_schedule}/         401       403       403       403       403       200       403
"""

PLAN = "digital-valley-2020"
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "briefings/"): {"snapshot": "{snapshot}", "kind": "month", "languages": ["en"]},
    ("POST", "briefings/schedules/"): {"plan": PLAN, "kind": "year", "languages": ["en"]},
    ("PATCH", "briefings/schedules/{briefing_schedule}/"): {"active": False},
}


def made(manager: User, snapshot_id: int) -> dict[str, Any]:
    """A briefing whose one file is there, and a schedule, by their ids."""
    snapshot = Snapshot.objects.get(pk=snapshot_id)
    briefing = Briefing.objects.create(
        snapshot=snapshot,
        kind="year",
        period="2019",
        languages=["en"],
        organisation=manager.organisation,
        made_by=manager,
    )
    kept = store(organisation_id=manager.organisation_id, purpose="briefing", data=b"%PDF-1.7")
    BriefingFile.objects.create(briefing=briefing, language="en", form="pdf", file=kept)
    schedule = scheduling.create(actor=manager, plan=snapshot.plan, kind="quarter", languages=["en"])
    return {"briefing": briefing.pk, "briefing_schedule": schedule.pk, "language": "en", "form": "pdf"}
