"""What is set about sampling: off until an administrator sets it, by organisation or for all, from a day on."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.models import Organisation, User
from backend.audit.services import enter_audit
from backend.problems import FieldError, Invalid
from programs.review.sampling.models import DefectClass, SamplingSetting
from programs.review.sampling.plans import levels, percent_aqls

LONGEST_REASON = 2000
Mode = SamplingSetting.Mode
Outside = SamplingSetting.Outside
Reduced = SamplingSetting.Reduced


@dataclass(frozen=True, slots=True)
class InForce:
    """The settings of one day: the general one, and those of organisations that have their own."""

    general: SamplingSetting | None = None
    own: dict[int, SamplingSetting] = field(default_factory=dict)

    def of(self, organisation_id: int) -> SamplingSetting | None:
        """What an organisation goes by where sampling is on for it; none where it is not."""
        found = self.own.get(organisation_id)
        if found is None or found.mode == Mode.GENERAL:
            found = self.general
        return found if found is not None and found.mode == Mode.ON else None

    @property
    def on(self) -> bool:
        """Whether there is anybody for whom sampling is on."""
        settings = [*self.own.values(), *([self.general] if self.general else [])]
        return any(one.mode == Mode.ON for one in settings)


def in_force(day: dt.date | None = None) -> InForce:
    """The settings of ``day``, or of today; nobody but the bureau and the system can read any."""
    own: dict[int, SamplingSetting] = {}
    general = None
    settings = list(SamplingSetting.objects.order_by("pk"))
    # As it is shipped nothing is set, and then nobody has to ask what day it is.
    until = (day or clock.today()) if settings else None
    for one in settings:
        if until is None or one.from_on > until:
            continue
        if one.organisation_id is None:
            general = one
        else:
            own[one.organisation_id] = one
    return InForce(general, own)


@transaction.atomic
def set_sampling(
    *,
    actor: User,
    mode: str,
    from_on: dt.date,
    reason: str,
    organisation: Organisation | None = None,
    aql: str = "1.0",
    level: str = "II",
    reduced: str = Reduced.ASKS,
    outside: str = Outside.REFUSED,
    counted: Sequence[str] = tuple(DefectClass.values),
    critical_fails: bool = False,
) -> SamplingSetting:
    """Sets whether and how records are sampled from a day on. Lots that are open keep the plan that they began with.

    Args:
        actor: an administrator.
        mode: one of ``SamplingSetting.Mode``; ``general`` for an organisation alone.
        from_on: the first day; today or later.
        reason: why; needed.
        organisation: for which; none: for all that have no setting of their own.
        aql: acceptance quality limit in percent nonconforming, as the tables write it.
        level: inspection level.
        reduced: whether reduced inspection needs an officer's consent.
        outside: whether many records may also be verified at once outside lots.
        counted: the classes of defects that make a unit nonconforming.
        critical_fails: one critical defect is enough for the lot not to be accepted.

    Raises:
        Invalid: what is not in the tables, a day that is over, or no reason.
    """
    errors = [
        FieldError(name, "invalid", told)
        for name, wrong, told in (
            ("mode", mode not in Mode.values, _("Say on, off or general.")),
            ("mode", mode == Mode.GENERAL and organisation is None, _("Name the organisation that goes by the rest.")),
            ("aql", aql not in percent_aqls(), _("Choose an AQL of the tables: %(known)s.") % _known(percent_aqls())),
            ("level", level not in levels(), _("Choose an inspection level: %(known)s.") % _known(levels())),
            ("reduced", reduced not in Reduced.values, _("Say asks or automatic.")),
            ("outside", outside not in Outside.values, _("Say refused or allowed.")),
            (
                "counted",
                not counted or set(counted) - set(DefectClass.values),
                _("Name at least one class of defects."),
            ),
            ("from_on", from_on < clock.today(), _("It cannot begin before today.")),
            ("reason", not reason.strip(), _("Say why, so that it stays known.")),
            ("reason", len(reason) > LONGEST_REASON, _("Say it in %(most)d characters at most.") % _most()),
        )
        if wrong
    ]
    if errors:
        raise Invalid(errors)
    values = {
        "mode": mode,
        "aql": aql,
        "level": level,
        "reduced": reduced,
        "outside": outside,
        "counted": [one for one in DefectClass.values if one in counted],
        "critical_fails": critical_fails,
        "from_on": from_on,
        "reason": reason.strip(),
    }
    setting = SamplingSetting.objects.create(organisation=organisation, set_by=actor, **values)
    named = {"organisation": organisation.code if organisation else None}
    enter_audit(action="sampling.set", subject=setting, detail=named | values, actor=actor)
    return setting


def _known(names: Sequence[str]) -> dict[str, str]:
    return {"known": ", ".join(names)}


def _most() -> dict[str, int]:
    return {"most": LONGEST_REASON}
