"""Which people of a list count, and why the others do not.

What stands is read under the bureau's scope, because a target's standing is nobody's alone; of that an organisation is
told what follows from its own reports. So that a person counts by somebody else's report it hears only where a
verified completion of its own would have made them count, which is what the roster tells it too.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from backend.accounts.scope import everything, within
from backend.vault import services as vault
from programs.checklists.reading import Line
from programs.checklists.reasons import Why
from programs.records.models import Outcome, Record
from programs.targets.models import Standing, Target
from talent.people.models import IdentityDocument, MatchCase, Person, PersonAlias, PersonChange

State = Record.State
BY_STATE = {
    State.SUBMITTED: Why.AWAITING_REVIEW,
    State.RETURNED: Why.RETURNED,
    State.REJECTED: Why.REJECTED,
    State.REVOKED: Why.REVOKED,
    State.WITHDRAWN: Why.WITHDRAWN,
}
# Of several reasons the one that is nearest to counting comes first.
ORDER = list(Why)


@dataclass(frozen=True, slots=True)
class Toward:
    """One target: whether the person counts towards it, since when, on which basis, by whose report, or why not."""

    target: str
    counted: bool
    since: dt.date | None = None
    basis: str = ""
    organisation: str = ""
    why: tuple[str, ...] = ()


@dataclass(slots=True)
class Judged:
    """One line and what came of it; ``person`` where the asker may see them."""

    line: Line
    person: int | None = None
    targets: list[Toward] = field(default_factory=list)
    why: list[str] = field(default_factory=list)
    where: str = ""

    @property
    def counted(self) -> bool:
        return any(one.counted for one in self.targets)

    def as_dict(self) -> dict[str, Any]:
        """The line as it rests, its number masked."""
        return {
            "row": self.line.row,
            "name": self.line.name,
            "id_type": self.line.id_type,
            "number": self.line.masked,
            "person": self.person,
            "counted": self.counted,
            "targets": [
                {
                    "target": one.target,
                    "counted": one.counted,
                    "since": one.since,
                    "basis": one.basis,
                    "organisation": one.organisation,
                    "why": list(one.why),
                }
                for one in self.targets
            ],
            "why": list(self.why),
            "where": self.where,
        }


def judge(lines: Sequence[Line], organisation_id: int | None) -> list[Judged]:
    """What comes of each line.

    Args:
        lines: the list.
        organisation_id: whose reports alone are looked at; ``None``: everybody's, for the bureau.
    """
    found = [Judged(line, why=[line.problem] if line.problem else []) for line in lines]
    sound = [one for one in found if one.line.key]
    persons = _persons([one.line.key for one in sound], organisation_id)
    heads = _heads(persons.values())
    facts = _Facts(set(heads.values()), heads, organisation_id)
    for one in sound:
        person = persons.get(one.line.key)
        if person is None or not facts.reported(heads[person]):
            one.why = [Why.NOT_REPORTED]
        elif one.line.name_key not in facts.names[heads[person]]:
            one.why = [Why.OTHER_NAME]
        else:
            one.person = heads[person]
            one.targets = facts.judge(heads[person])
            one.why = sorted(
                {why for toward in one.targets for why in toward.why}, key=lambda why: ORDER.index(Why(why))
            )
    return found


def _place(why: str) -> int:
    return ORDER.index(Why(why))


def _persons(keys: Sequence[str], organisation_id: int | None) -> dict[str, int]:
    """By a number's key, the person whom the asker may know by it."""
    indexes = dict(zip(vault.index_many(keys), keys, strict=True))
    with everything() if organisation_id is None else within(organisation_id):
        rows = IdentityDocument.objects.filter(number_index__in=list(indexes)).values_list("number_index", "person_id")
        return {indexes[bytes(index)]: person for index, person in rows}


def _heads(persons: Iterable[int]) -> dict[int, int]:
    """By person, who they were found to be."""
    heads = {person: person for person in persons}
    with everything():
        reached = set(heads)
        while reached:
            rows = Person.objects.filter(pk__in=reached, canonical__isnull=False).values_list("pk", "canonical_id")
            step = {pk: canonical for pk, canonical in rows if canonical is not None}
            heads = {person: step.get(head, head) for person, head in heads.items()}
            reached = set(step.values())
    return heads


class _Facts:
    """Everything that is known of some persons, read in a handful of questions."""

    def __init__(self, persons: set[int], heads: Mapping[int, int], organisation_id: int | None) -> None:
        self._organisation_id = organisation_id
        with everything():
            self._targets = list(Target.objects.order_by("plan__code", "position"))
            of = self._members(persons)
            records = Record.objects.filter(person__in=list(of))
            if organisation_id is not None:
                records = records.filter(organisation=organisation_id)
            self._records: dict[int, list[Record]] = defaultdict(list)
            for record in records.only("person", "organisation", "state", "outcome", "completed_on"):
                self._records[of[record.person_id]].append(record)
            self._standings = {
                (one.person_id, one.target_id): one
                for one in Standing.objects.filter(person__in=persons).select_related("organisation")
            }
            self._moving = {
                of[person]
                for person in PersonChange.objects.filter(person_id__in=list(of)).values_list("person_id", flat=True)
            }
            self.names: dict[int, set[str]] = defaultdict(set)
            for pk, key in Person.objects.filter(pk__in=list(of)).values_list("pk", "name_key"):
                self.names[of[pk]].add(key)
            for person, key in self._aliases(list(of)):
                self.names[of[person]].add(key)

    def reported(self, person: int) -> bool:
        """Whether there is any record of the person that may be spoken of."""
        return bool(self._records[person])

    def judge(self, person: int) -> list[Toward]:
        """Where the person stands with every target."""
        return [self._toward(person, target) for target in self._targets]

    def _members(self, persons: set[int]) -> dict[int, int]:
        of = {person: person for person in persons}
        reached = set(persons)
        while reached:
            rows = Person.objects.filter(canonical__in=reached).values_list("pk", "canonical_id")
            step = {pk: of[canonical] for pk, canonical in rows if canonical is not None and pk not in of}
            of |= step
            reached = set(step)
        return of

    def _aliases(self, persons: list[int]) -> Iterable[tuple[int, str]]:
        aliases = PersonAlias.objects.filter(person__in=persons).values_list("person_id", "name_key")
        if self._organisation_id is None:
            return aliases
        # An organisation knows the other names that it gave itself.
        own = set(
            MatchCase.objects.filter(
                Q(person__in=persons), organisation=self._organisation_id, state=MatchCase.State.SAME
            ).values_list("person_id", "name_key")
        )
        return [one for one in aliases if one in own]

    def _toward(self, person: int, target: Target) -> Toward:
        standing = self._standings.get((person, target.pk))
        completed = [
            record
            for record in self._records[person]
            if record.state == State.VERIFIED and record.outcome == Outcome.COMPLETED and record.completed_on
        ]
        inside = [
            one for one in completed if one.completed_on and target.starts_on <= one.completed_on <= target.ends_on
        ]
        if standing is not None:
            own = self._organisation_id in (None, standing.organisation_id)
            if own:
                return Toward(target.code, True, standing.effective_on, standing.basis, standing.organisation.code)
            if inside:
                return Toward(target.code, True, why=(Why.ELSEWHERE,))
        why = {BY_STATE[State(one.state)] for one in self._records[person] if one.state in BY_STATE}
        if inside and person in self._moving:
            why.add(Why.BEING_COUNTED)
        elif inside and target.needs_credential:
            why.add(Why.NO_CREDENTIAL)
        elif inside:
            why.add(Why.BEING_COUNTED)
        elif completed:
            why.add(Why.OUTSIDE_PLAN)
        elif any(one.state == State.VERIFIED for one in self._records[person]):
            why.add(Why.NOT_COMPLETED)
        return Toward(target.code, False, why=tuple(sorted(why, key=_place)))
