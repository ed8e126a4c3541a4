"""Merging two persons who are one, and splitting them again.

That two rows are one human being is an edge between them (``Merge``), put by an officer's answer and taken away by a
split. Whoever is joined by edges that stand is one, and is spoken for by the row known the longest; every other row
says so in ``canonical``, straight and not by way of others. Nothing else is moved: documents, records and credentials
keep the row that they were reported under, so that a split finds everything in its place, and splitting and merging
can go on for ever. An edge is put between two groups alone, so that the edges are a tree, no cycle can come about, and
taking any one of them away leaves exactly two groups.

Merges and splits take turns. Both mark everybody concerned changed, in the same transaction; the ledger follows by
reversing entries.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from backend import clock, locks
from backend.accounts.models import User
from backend.accounts.scope import refuse_bound
from backend.audit.services import enter_audit
from backend.outbox.services import state
from backend.problems import Conflict, NotFound
from backend.vault.masking import scrub
from talent.people.models import MatchCase, Merge, Person, PersonChange
from talent.people.services import mark_changed

TURN = "people.merging"
MERGED = "people.merged"
"""Stated about the row that speaks for both: what is known of one now holds for the other."""
State = MatchCase.State


def take_turn() -> None:
    """Wait until no other merge or split is under way, and keep others waiting until the transaction ends."""
    locks.hold(TURN)


def whole_ids(person_ids: Iterable[int]) -> dict[int, int]:
    """By person, the row that speaks for them now; theirs, where they were never merged."""
    found = Person.objects.filter(pk__in=set(person_ids)).values_list("pk", "canonical_id")
    return {pk: canonical or pk for pk, canonical in found}


def members(whole: int) -> list[int]:
    """Every row that is the human being for whom ``whole`` speaks, the longest known first."""
    return list(Person.objects.filter(Q(pk=whole) | Q(canonical=whole)).order_by("pk").values_list("pk", flat=True))


def merge(*, case: MatchCase, actor: User) -> bool:
    """Make the two of a pair one, in the caller's transaction; whether they were not one already.

    The caller has its turn. Pairs that are about the same two human beings are answered with it.

    Raises:
        Conflict: that they are different people was answered before, about them or about rows merged with them.
    """
    assert case.other_id is not None
    wholes = whole_ids([case.person_id, case.other_id])
    one, other = wholes[case.person_id], wholes[case.other_id]
    if one == other:
        return False
    sides = members(one), members(other)
    refused = between(*sides).filter(state=State.DIFFERENT).order_by("pk").first()
    if refused is not None:
        raise Conflict(
            _("Pair %(id)s was answered “different people”, and it is about the same two: that stands.")
            % {"id": refused.pk},
            pair=refused.pk,
        )
    Merge.objects.create(person_id=case.person_id, other_id=case.other_id, case=case, merged_by_id=actor.pk)
    everybody = sorted([*sides[0], *sides[1]])
    _speak_for(everybody)
    _answer_alike(between(*sides), case, actor)
    mark_changed(person_ids=everybody, reason=PersonChange.Reason.MERGED)
    state(topic=MERGED, subject_id=everybody[0])
    enter_audit(
        action="person.merge",
        subject=("person", everybody[0]),
        detail={"merged": everybody[1:], "match": case.pk},
        actor=actor,
    )
    return True


def keep_apart(*, case: MatchCase, actor: User) -> None:
    """Remember that the two of a pair are different people, in the caller's transaction, which has its turn.

    Pairs that are about the same two human beings are answered with it, so that nobody is asked again.

    Raises:
        Conflict: they were merged by way of another pair; a split comes first.
    """
    assert case.other_id is not None
    wholes = whole_ids([case.person_id, case.other_id])
    one, other = wholes[case.person_id], wholes[case.other_id]
    if one == other:
        raise Conflict(
            _("These two are one person already, by way of another pair. Split person %(id)s first.") % {"id": one},
            person=one,
        )
    _answer_alike(between(members(one), members(other)), case, actor)


def split_person(*, person_id: int, reason: str, actor: User, merge_id: int | None = None) -> Merge:
    """Take a merge back: the two that it joined are two again, with everything that was reported of each.

    The pair that had been answered waits for another answer; so do those that were answered with it or because of it.

    Args:
        person_id: one of the rows that are the person.
        reason: why; kept with the merge and on the audit trail.
        actor: the officer.
        merge_id: which merge; the latest in which the row takes part, or any of its person's, where it is left out.

    Raises:
        NotFound: there is no such person, or the merge is none of theirs that stands.
        Forbidden: the officer is bound to districts.
        Conflict: the person stands for one row alone: there is nothing to take back.
    """
    refuse_bound(actor)
    take_turn()
    whole = whole_ids([person_id]).get(person_id)
    if whole is None:
        raise NotFound
    everybody = members(whole)
    standing = list(Merge.objects.filter(split_at=None, person__in=everybody).order_by("-pk"))
    if not standing:
        raise Conflict(_("This person was never merged with anybody: there is nothing to split."))
    own = [one for one in standing if person_id in (one.person_id, one.other_id)]
    chosen = (own or standing)[0]
    if merge_id is not None:
        named = [one for one in standing if one.pk == merge_id]
        if not named:
            raise NotFound(_("Merge %(id)s is none of this person's that stands.") % {"id": merge_id})
        [chosen] = named
    chosen.split_at, chosen.split_by_id, chosen.reason = clock.now(), actor.pk, scrub(reason)
    chosen.save(update_fields=["split_at", "split_by_id", "reason"])
    groups = _joined(everybody, [one for one in standing if one.pk != chosen.pk])
    for group in groups:
        _speak_for(group)
    _ask_again(everybody)
    mark_changed(person_ids=everybody, reason=PersonChange.Reason.SPLIT)
    enter_audit(
        action="person.split",
        subject=("person", whole),
        detail={"reason": reason, "persons": [group[0] for group in groups], "match": chosen.case_id},
        actor=actor,
    )
    return chosen


def between(one: Sequence[int], other: Sequence[int]) -> QuerySet[MatchCase]:
    """The pairs whose one side is among ``one`` and whose other is among ``other``."""
    across = Q(person__in=one, other__in=other) | Q(person__in=other, other__in=one)
    return MatchCase.objects.filter(across, kind=MatchCase.Kind.PAIR)


def _speak_for(group: Sequence[int]) -> None:
    """Let the first of ``group``, which is sorted, speak for all of it."""
    # In the order of their ids, as whoever else locks persons does.
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=group).order_by("pk").values_list("pk"))
    Person.objects.filter(pk=group[0]).update(canonical=None)
    Person.objects.filter(pk__in=group[1:]).update(canonical=group[0])


def _joined(persons: Sequence[int], edges: Iterable[Merge]) -> list[list[int]]:
    """The groups of ``persons`` that are joined by ``edges``, each sorted."""
    beside = defaultdict(list)
    for edge in edges:
        beside[edge.person_id].append(edge.other_id)
        beside[edge.other_id].append(edge.person_id)
    left, groups = sorted(persons), []
    while left:
        group, reached = {left[0]}, [left[0]]
        while reached:
            new = [one for one in beside[reached.pop()] if one not in group]
            group.update(new)
            reached += new
        groups.append(sorted(group))
        left = [one for one in left if one not in group]
    return groups


def _answer_alike(cases: QuerySet[MatchCase], case: MatchCase, actor: User) -> None:
    """Settle the other pairs that are about the same two as ``case`` was."""
    cases.filter(state=State.OPEN).exclude(pk=case.pk).update(
        state=case.state, follows_id=case.pk, decided_at=case.decided_at, decided_by_id=actor.pk
    )


def _ask_again(persons: Sequence[int]) -> None:
    """Open the pairs whose answer does not hold any more: one person by a merge taken back, or by another's answer."""
    about = Q(person__in=persons) | Q(other__in=persons)
    cases = list(MatchCase.objects.filter(about, kind=MatchCase.Kind.PAIR).exclude(state=State.OPEN))
    leading = {one.pk: one for one in MatchCase.objects.filter(pk__in=[one.follows_id for one in cases])}
    concerned = [*cases, *leading.values()]
    wholes = whole_ids(side for one in concerned for side in (one.person_id, one.other_id) if side is not None)

    def sides(one: MatchCase) -> set[int]:
        return {wholes[side] for side in (one.person_id, one.other_id) if side is not None}

    lapsed = []
    for one in cases:
        if one.state == State.SAME:
            holds = len(sides(one)) == 1
        else:
            holds = one.follows_id is None or sides(one) == sides(leading[one.follows_id])
        lapsed += [] if holds else [one.pk]
    MatchCase.objects.filter(pk__in=lapsed).update(
        state=State.OPEN, follows_id=None, decided_at=None, decided_by_id=None
    )
