"""What an officer rules about a partner's sampling: going on after a stop, reduced inspection, and back to normal."""

from django.db import connection, transaction
from django.utils.translation import gettext as _

from backend.accounts.models import Organisation, User
from backend.accounts.scope import refuse_bound
from backend.audit.services import enter_audit
from backend.problems import Conflict, FieldError, Invalid
from programs.review.sampling.models import SamplingAct
from programs.review.sampling.plans import Severity
from programs.review.sampling.selectors import standing
from programs.review.sampling.settings import LONGEST_REASON
from programs.review.sampling.switching import Act, after


@transaction.atomic
def rule(*, actor: User, organisation: Organisation, act: str, reason: str) -> SamplingAct:
    """Enters a ruling into a partner's history.

    Args:
        actor: an officer.
        organisation: whose sampling it is about.
        act: one of ``switching.Act``: ``resume`` after sampling was discontinued, ``consent`` to reduced inspection
            once the score suffices, ``normal`` to end reduced inspection because reporting has become irregular.
        reason: why; needed.

    Raises:
        Invalid: there is no such act, or the reason is missing or too long.
        Conflict: it would change nothing as the partner stands.
    """
    refuse_bound(actor)
    if act not in SamplingAct.Kind.values:
        raise Invalid([FieldError("act", "invalid", _("Say resume, consent or normal."))])
    why = reason.strip()
    if not why or len(why) > LONGEST_REASON:
        told = _("Say why, in %(most)d characters at most.") % {"most": LONGEST_REASON}
        raise Invalid([FieldError("reason", "required", told)])
    with connection.cursor() as cursor:
        # Rulings on one partner take turns: the second finds what the first has changed.
        cursor.execute("SELECT FROM organisation WHERE id = %s FOR NO KEY UPDATE", [organisation.pk])
    state = standing(organisation.pk)
    if after(state, Act(act)) == state:
        raise Conflict(
            _("That does not apply to %(code)s as it stands: %(severity)s.")
            % {"code": organisation.code, "severity": Severity(state.severity).label},
            severity=state.severity,
        )
    ruled = SamplingAct.objects.create(organisation=organisation, kind=act, reason=why, ruled_by=actor)
    detail = {"organisation": organisation.code, "reason": why}
    enter_audit(action=f"sampling.{act}", subject=ruled, detail=detail, actor=actor)
    return ruled
