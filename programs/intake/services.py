"""What the bureau sets about the rules, what partners ask of them, and trying a rule on what was sent before."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.models import User
from backend.accounts.scope import refuse_bound
from backend.audit.services import enter_audit
from backend.jobs import services as jobs
from backend.problems import Conflict, Invalid, NotFound
from backend.vault.masking import scrub
from programs.intake.answers import language
from programs.intake.models import Override, Replay, RuleSetting, Severity
from programs.intake.rules import ERROR, RULES, Rule, is_chinese
from programs.submissions import services as submissions
from programs.submissions.models import Finding, Submission

REPLAY = "rules.replay"
LONGEST_REASON = 2_000
State = Override.State


def title_of(rule: Rule) -> str:
    """What a rule finds, in the reader's language."""
    return rule.title_zh if is_chinese(language()) else rule.title_en


def adjustable(code: str) -> Rule:
    """The rule of a code that may be set or excepted from.

    Raises:
        NotFound: there is no such rule.
        Conflict: it is structural.
    """
    rule = RULES.get(code)
    if rule is None:
        raise NotFound
    if not rule.adjustable:
        raise Conflict(
            _("%(rule)s is needed to tell, place and write down a row; it always stands as the catalogue has it.")
            % {"rule": code}
        )
    return rule


@transaction.atomic
def set_severity(
    *, actor: User, rule: str, severity: str, from_on: dt.date, until_on: dt.date | None = None, reason: str
) -> RuleSetting:
    """Sets how grave a rule is for the periods that begin from one day until another, both included.

    What was checked before keeps its findings; what is checked or taken from now on goes by it.

    Raises:
        NotFound: there is no such rule.
        Conflict: the rule is structural.
        Invalid: the days are in the wrong order, the severity is none, or there is no reason.
    """
    adjustable(rule)
    reason = _reason(reason, "reason", _("Say why, so that it stays known."))
    _refuse_unfit(severity, from_on, until_on)
    setting = RuleSetting.objects.create(
        rule=rule, severity=severity, from_on=from_on, until_on=until_on, reason=reason, set_by=actor
    )
    enter_audit(
        action="rule.set",
        subject=setting,
        detail={"rule": rule, "severity": severity, "from": from_on, "to": until_on, "reason": reason},
        actor=actor,
    )
    return setting


@transaction.atomic
def ask_override(*, actor: User, submission: Submission, rule: str, explanation: str) -> Override:
    """Asks the bureau to let the rows pass that fail a rule in one checked submission.

    Raises:
        NotFound: there is no such rule.
        Invalid: there is no explanation.
        Conflict: the rule is structural, was found there as no error, or was asked about before; or the submission
            awaits no confirmation.
    """
    adjustable(rule)
    explanation = _reason(explanation, "explanation", _("Explain why these rows are right; the bureau decides by it."))
    current = submissions.locked(submission.pk)
    submissions.refuse_practice(
        current, _("This is for practice: the bureau is asked nothing. In earnest you would ask here.")
    )
    _refuse_unless_checked(current)
    if not Finding.objects.filter(submission=current, rule=rule, severity=ERROR).exists():
        raise Conflict(
            _("%(rule)s refuses no row of submission %(id)s.") % {"rule": rule, "id": current.pk},
        )
    try:
        with transaction.atomic():
            override = Override.objects.create(
                submission=current,
                organisation_id=current.organisation_id,
                rule=rule,
                explanation=explanation,
                asked_by=actor,
            )
    except IntegrityError as error:
        raise Conflict(
            _("An exception from %(rule)s was asked for submission %(id)s already; look there for the answer.")
            % {"rule": rule, "id": current.pk}
        ) from error
    enter_audit(
        action="override.ask",
        subject=override,
        detail={"rule": rule, "submission": current.pk, "reason": explanation},
        actor=actor,
    )
    return override


def grant_override(*, actor: User, override: Override) -> Override:
    """Lets the rows of one submission pass a rule, with a warning, and checks the submission anew.

    Raises:
        Conflict: it was refused before, or the submission awaits no confirmation any more.
    """
    refuse_bound(actor)
    # The engine is heavy: a web process that never decides does not load it.
    from programs.intake.checking import reassess

    with transaction.atomic():
        submission = submissions.locked(override.submission_id)
        current = _locked(override)
        if not _undecided(current, State.GRANTED):
            return current
        _refuse_unless_checked(submission)
        _decide(current, actor, State.GRANTED, "")
        enter_audit(action="override.grant", subject=current, detail=_told(current), actor=actor)
        reassess(submission)
        # Whoever had handed it over for signature did not hand over these rows.
        submissions.unprepare(submission=submission)
        return current


@transaction.atomic
def refuse_override(*, actor: User, override: Override, reason: str) -> Override:
    """Refuses an exception, with a reason that the partner reads.

    Raises:
        Invalid: there is no reason.
        Conflict: it was granted before.
    """
    refuse_bound(actor)
    reason = _reason(reason, "reason", _("Say why; the partner reads it."))
    current = _locked(override)
    if _undecided(current, State.REFUSED):
        _decide(current, actor, State.REFUSED, reason)
        enter_audit(action="override.refuse", subject=current, detail=_told(current), actor=actor)
    return current


@transaction.atomic
def start_replay(*, actor: User, rule: str, severity: str, from_on: dt.date, until_on: dt.date) -> Replay:
    """Has a rule tried, at a severity, on the submissions of the periods that begin within some days.

    Raises:
        NotFound: there is no such rule.
        Conflict: the rule is structural.
        Invalid: the days are in the wrong order, or the severity is none.
    """
    refuse_bound(actor)
    adjustable(rule)
    _refuse_unfit(severity, from_on, until_on)
    replay = Replay.objects.create(rule=rule, severity=severity, from_on=from_on, until_on=until_on, asked_by=actor)
    replay.job = jobs.queue(kind=REPLAY, subject_id=replay.pk, organisation_id=None, actor=actor)
    replay.save(update_fields=["job"])
    enter_audit(
        action="rule.replay",
        subject=replay,
        detail={"rule": rule, "severity": severity, "from": from_on, "to": until_on},
        actor=actor,
    )
    return replay


@transaction.atomic
def cancel_replay(*, actor: User, replay: Replay) -> Replay:
    """Calls a replay off; what it has found so far stays. Cancelling twice changes nothing.

    Raises:
        Conflict: it is done.
    """
    job = replay.job
    if job is None or (not jobs.cancel(job=job) and job.state != job.State.CANCELLED):
        raise Conflict(_("Replay %(id)s is over.") % {"id": replay.pk})
    if job.state != job.State.CANCELLED:
        enter_audit(action="rule.replay_cancelled", subject=replay, detail={"rule": replay.rule}, actor=actor)
        job.refresh_from_db()
    return replay


def _refuse_unfit(severity: str, from_on: dt.date, until_on: dt.date | None) -> None:
    if severity not in Severity.values:
        raise Invalid([("severity", "invalid", _("Choose one of: %(known)s.") % {"known": ", ".join(Severity.values)})])
    if until_on is not None and until_on < from_on:
        raise Invalid([("until_on", "invalid", _("The last day comes before the first one."))])


def _reason(text: str, field: str, missing: str) -> str:
    # Identity numbers belong into the vault and nowhere else.
    text = scrub(text.replace("\x00", "").strip())
    if not text:
        raise Invalid([(field, "required", missing)])
    if len(text) > LONGEST_REASON:
        raise Invalid([(field, "max_length", _("Say it in %(most)d characters at most.") % {"most": LONGEST_REASON})])
    return text


def _refuse_unless_checked(submission: Submission) -> None:
    if submission.status != Submission.Status.CHECKED:
        raise Conflict(
            _("Submission %(id)s is “%(status)s”; exceptions are for one that is checked and awaits confirmation.")
            % {"id": submission.pk, "status": submission.get_status_display()}
        )


def _locked(override: Override) -> Override:
    held = Override.objects.select_for_update(of=("self",)).select_related("organisation", "submission__period")
    return held.get(pk=override.pk)


def _undecided(override: Override, wanted: str) -> bool:
    """Whether it is still to be decided; False where it was decided so already."""
    if override.state not in (State.ASKED, wanted):
        decided = (
            _("The exception from %(rule)s for submission %(id)s was granted already, and that stands.")
            if override.state == State.GRANTED
            else _("The exception from %(rule)s for submission %(id)s was refused already, and that stands.")
        )
        raise Conflict(decided % {"rule": override.rule, "id": override.submission_id})
    return override.state == State.ASKED


def _decide(override: Override, actor: User, state: str, reason: str) -> None:
    override.state, override.reason = state, reason
    override.decided_by, override.decided_at = actor, clock.now()
    override.save(update_fields=["state", "reason", "decided_by", "decided_at"])


def _told(override: Override) -> dict[str, Any]:
    return {"rule": override.rule, "submission": override.submission_id, "reason": override.reason}
