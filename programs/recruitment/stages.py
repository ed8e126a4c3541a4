"""The way of a candidate: its stages, in which order they come, and what may follow upon what.

Pure: nothing here touches the database.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Stage(models.TextChoices):
    """Where a candidate stands. The first seven come one after the other; the last two leave the way."""

    SOURCED = "sourced", _("Sourced")
    APPLIED = "applied", _("Application")
    SCREENED = "screened", _("Screening")
    INTERVIEW = "interview", _("Interview")
    OFFER = "offer", _("Offer")
    ACCEPTED = "accepted", _("Offer accepted")
    ARRIVED = "arrived", _("Arrived")
    DECLINED = "declined", _("Turned down")
    WITHDRAWN = "withdrawn", _("Stepped back")


WAY = (
    Stage.SOURCED,
    Stage.APPLIED,
    Stage.SCREENED,
    Stage.INTERVIEW,
    Stage.OFFER,
    Stage.ACCEPTED,
    Stage.ARRIVED,
)
"""The stages that come one after the other."""

LEFT = (Stage.DECLINED, Stage.WITHDRAWN)
"""Stages of those who have left the way: turned down, or stepped back."""

ENDED = (Stage.ARRIVED, *LEFT)
"""Stages in which nobody waits for anything any more."""

ORDER = {stage.value: place for place, stage in enumerate(WAY)}
"""By stage of the way, its place on it, from 0."""

DECLINED, WITHDRAWN, BACK = "declined", "withdrawn", "back"
"""What a reason is for: the attribute ``for`` of the code table ``move_reason``."""


class Bar(models.TextChoices):
    """Why a move is not made."""

    SAME = "same", _("It stands there already.")
    ELSEWHERE = "elsewhere", _("It was moved meanwhile and stands elsewhere.")
    ARRIVED = "arrived", _("It has arrived; what was reported of it stands.")
    ARRIVING = "arriving", _("Arriving takes the day, the employer and the evidence of post: use “arrived”.")
    NO_REASON = "no_reason", _("This move needs a reason.")
    WRONG_REASON = "wrong_reason", _("This reason belongs to another kind of move.")
    EARLIER = "earlier", _("The day lies before its last move.")
    DUPLICATE = "duplicate", _("The same person is a candidate of yours again meanwhile.")


def reason_for(before: str, to: str) -> str:
    """What the reason of a move must be for; empty where a move needs none: forward on the way."""
    if to in LEFT:
        return to
    if before in LEFT or (before in ORDER and ORDER[to] < ORDER[before]):
        return BACK
    return ""


def bar(before: str, to: str) -> str:
    """What stands against moving from one stage to another, whatever the day and the reason; empty: nothing.

    Arriving is an act of its own, and what has arrived goes back only where its report was refused: both are for
    ``arriving`` to say.
    """
    if before == to:
        return Bar.SAME
    if to == Stage.ARRIVED:
        return Bar.ARRIVING
    if before == Stage.ARRIVED:
        return Bar.ARRIVED
    return ""
