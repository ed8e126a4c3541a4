"""What stages, sources, levels and reasons are called on the pages, and how these pages lead to each other."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from backend.accounts.models import User
from backend.reference.selectors import labels, tables
from programs.recruitment.stages import BACK, DECLINED, LEFT, WAY, WITHDRAWN, Stage

Label = str | Promise
USERS = frozenset({User.Role.PARTNER, User.Role.OFFICER})

TONES = {
    Stage.SOURCED: "queued",
    Stage.APPLIED: "queued",
    Stage.SCREENED: "info",
    Stage.INTERVIEW: "info",
    Stage.OFFER: "missing",
    Stage.ACCEPTED: "missing",
    Stage.ARRIVED: "verified",
    Stage.DECLINED: "cancelled",
    Stage.WITHDRAWN: "cancelled",
}
"""By stage, a state whose colour the badges know."""

KNOWN_TONES = {"counts": "warning", "reported": "warning", "maybe": "info", "nobody": "ok"}
REPORT_TONES = {"sent": "running", "taken": "accepted", "refused": "rejected"}
POSITION_TONES = {"open": "open", "filled": "accepted", "closed": "cancelled"}

_TABS: Sequence[tuple[str, Label, frozenset[str]]] = (
    ("web:recruitment", lazy("Figures"), frozenset(User.Role.values)),
    ("web:board", lazy("Board"), USERS),
    ("web:candidates", lazy("Candidates"), USERS),
    ("web:positions", lazy("Positions"), frozenset(User.Role.values)),
    ("web:campaigns", lazy("Campaigns"), frozenset(User.Role.values)),
)


def may_work(actor: User) -> bool:
    """Whether ``actor`` enters and moves candidates."""
    return actor.role in USERS and not actor.read_only


def tabs(actor: User, here: str) -> list[dict[str, Any]]:
    """The pages of recruitment for ``actor``; ``here`` names the one that is shown."""
    return [
        {"label": label, "url": reverse(name), "here": name == here}
        for name, label, roles in _TABS
        if actor.role in roles
    ]


def reasons() -> list[tuple[Label, list[tuple[str, str]]]]:
    """The reasons of moves, in groups by what they are for."""
    names, kinds = labels("move_reason"), tables().attributes["move_reason"]
    groups = (
        (DECLINED, lazy("Turned down")),
        (WITHDRAWN, lazy("Stepped back")),
        (BACK, lazy("Going back")),
    )
    return [
        (title, [(code, name) for code, name in names.items() if kinds[code].get("for") == kind])
        for kind, title in groups
    ]


def sources() -> list[tuple[str, str]]:
    """Where candidates come from."""
    return list(labels("candidate_source").items())


def levels() -> list[tuple[str, str]]:
    """The levels of positions."""
    return list(labels("level").items())


def choices(table: str) -> list[tuple[str, str]]:
    """What may be chosen of a code table; its headings are no values."""
    kinds = tables().attributes[table]
    return [(code, name) for code, name in labels(table).items() if kinds[code].get("group") != "1"]


def stages_to_move_to() -> list[tuple[str, Label]]:
    """The stages that a move may lead to; having arrived is told by a form of its own."""
    return [(one.value, one.label) for one in (*WAY, *LEFT) if one != Stage.ARRIVED]


def yuan(fen: int | None) -> str:
    """An amount in yuan with its fen: 12,345.60; a dash for none."""
    return "–" if fen is None else f"{fen // 100:,}.{fen % 100:02d}"
