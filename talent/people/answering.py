"""Answering match cases: one person, or different people."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend import clock
from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.problems import Conflict, NotFound
from talent.people import merging
from talent.people.marks import mark_for_roster
from talent.people.models import MatchCase, PersonAlias

ANSWERS = {MatchCase.State.SAME.value: lazy("same person"), MatchCase.State.DIFFERENT.value: lazy("different people")}


def settle_match(*, case_id: int, state: str, actor: User) -> MatchCase:
    """Say that a case's two are the same person, or that they are not. Saying the same twice changes nothing.

    Of two names for one number ``same`` gives the person another name, so that the row can be sent again and passes;
    two persons it merges. ``different`` is remembered, and the two are not asked about again, whoever reports them.

    Raises:
        NotFound: there is no such case, or the actor may not see it.
        Conflict: it was settled the other way, or the answer contradicts another one.
    """
    pair = MatchCase.objects.filter(pk=case_id, kind=MatchCase.Kind.PAIR).exists()
    if pair:
        # Before the case is locked, as a split does: whoever splits opens cases again.
        merging.take_turn()
    case = MatchCase.objects.select_for_update(of=("self",)).select_related("person").filter(pk=case_id).first()
    if case is None:
        raise NotFound
    if case.state == state:
        return case
    if case.state != MatchCase.State.OPEN:
        raise Conflict(
            _("This match was already settled as “%(state)s”, and that stands.") % {"state": ANSWERS[case.state]},
            state=case.state,
        )
    case.state = state
    case.decided_at = clock.now()
    case.decided_by_id = actor.pk
    case.save(update_fields=["state", "decided_at", "decided_by_id"])
    if pair:
        _about_two(case, actor)
    elif state == MatchCase.State.SAME:
        PersonAlias.objects.bulk_create(
            [PersonAlias(person=case.person, name=case.name, name_key=case.name_key)], ignore_conflicts=True
        )
        mark_for_roster(person_ids=[case.person_id])
    about = {"person": case.person_id, "submission": case.submission_id, "row": case.row}
    enter_audit(
        action=f"match.{state}",
        subject=case,
        detail=about | ({"other": case.other_id} if pair else {}),
        actor=actor,
    )
    return case


def _about_two(case: MatchCase, actor: User) -> None:
    if case.state == MatchCase.State.SAME:
        merging.merge(case=case, actor=actor)
    else:
        merging.keep_apart(case=case, actor=actor)
