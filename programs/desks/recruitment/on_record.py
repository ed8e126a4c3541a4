"""What a record's page tells of the recruitment that it came of: the candidate, and the evidence of the post."""

from typing import Any

from backend.accounts.models import User
from programs.recruitment import selectors
from programs.recruitment.models import Document

READERS = frozenset({User.Role.PARTNER, User.Role.OFFICER})


def on_record(record_id: int, actor: User) -> dict[str, Any] | None:
    """The arrival that a record came of, as far as ``actor`` may see its candidate; ``None`` where there is none."""
    if actor.role not in READERS:
        return None
    arrival = selectors.arrivals(actor).filter(record_id=record_id, undone_at=None).order_by("-pk").first()
    candidate = selectors.candidates(actor).filter(pk=arrival.candidate_id).first() if arrival else None
    if candidate is None:
        return None
    filed = selectors.documents(actor).filter(candidate=candidate, kind=Document.Kind.POST_EVIDENCE).order_by("pk")
    return {
        "candidate": candidate,
        "arrival": arrival,
        "files": [
            {
                "id": one.pk,
                "kept": one.state == Document.State.KEPT,
                "state_label": Document.State(one.state).label,
                "media": one.media.upper(),
                "kilobytes": max(1, round(one.size / 1024)),
                "filed_at": one.filed_at,
            }
            for one in filed
        ],
    }
