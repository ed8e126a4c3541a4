"""Reading how the chain stands; administrators alone."""

from dataclasses import dataclass

from backend.accounts.models import User
from backend.chain.models import AuditAnchor, AuditExamination, AuditSeal


@dataclass(frozen=True, slots=True)
class Standing:
    """The last seal, the last examination of the whole, and what was last given out; each null where there is none."""

    seal: AuditSeal | None
    examination: AuditExamination | None
    anchor: AuditAnchor | None


def standing(actor: User | None) -> Standing | None:
    """How the chain stands; ``None`` for anybody but administrators."""
    if actor is None or actor.role != User.Role.ADMIN:
        return None
    return Standing(
        seal=AuditSeal.objects.order_by("-number").defer("entries", "digests", "mac").first(),
        examination=AuditExamination.objects.order_by("-pk").first(),
        anchor=AuditAnchor.objects.order_by("-pk").first(),
    )
