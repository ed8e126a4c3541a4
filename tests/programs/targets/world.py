"""A small world to count in: two universities, a company, their programmes, and people put straight into the tables."""

import datetime as dt
from typing import Any

from backend.accounts.models import Organisation
from backend.accounts.scope import everything
from programs.catalogue.models import Cohort, Programme
from programs.records.models import Outcome, Record
from programs.targets.models import LedgerEntry, Standing
from programs.targets.services import settle
from programs.targets.settle import Settled
from talent.credentials.models import Credential
from talent.people.models import Person
from talent.people.services import mark_changed
from tests.factories import CohortFactory, IntroductionFactory, OrganisationFactory, ProgrammeFactory, SubmissionFactory

MASTER, DOCTOR, CLASS, BACHELOR = "14", "11", "17", "21"
SENIOR, PROFESSOR_LEVEL, ENGINEER, SENIOR_ACCOUNTANT = "082", "L-081", "083", "132"
TITLES = {SENIOR, PROFESSOR_LEVEL, ENGINEER, SENIOR_ACCOUNTANT}


def day(text: str) -> dt.date:
    """``"2019-03-01"`` as a date."""
    return dt.date.fromisoformat(text)


class World:
    """Every call commits, or runs in the test's transaction, under the system's scope."""

    def __init__(self) -> None:
        with everything():
            self.a: Organisation = OrganisationFactory(code="UNI-A")
            self.b: Organisation = OrganisationFactory(code="UNI-B")
            self.c: Organisation = OrganisationFactory(code="HITECH")
            self.training: Programme = ProgrammeFactory(code="TRAIN", organisations=[self.a, self.b])
            self.campaign: Programme = IntroductionFactory(code="INTRO", organisations=[self.a, self.b, self.c])
            self.cohorts: dict[int, Cohort] = {
                organisation.pk: CohortFactory(
                    code=f"{organisation.code}-1", organisation=organisation, programme=self.training
                )
                for organisation in (self.a, self.b)
            }
            self.submission = SubmissionFactory(organisation=self.a)
        self._made = 0

    def person(self) -> Person:
        """Somebody new, of whom nothing is known."""
        self._made += 1
        return Person.objects.create(name=f"人{self._made}", name_key=f"人{self._made}")

    def record(
        self,
        person: Person,
        completed_on: str | None,
        *holding: tuple[str, str],
        by: Organisation | None = None,
        state: str = Record.State.VERIFIED,
        introduced: bool = False,
        mark: bool = True,
        **values: Any,
    ) -> Record:
        """A record of ``person``; ``holding`` gives credentials as (code, day).

        ``completed_on=None`` leaves it in progress. ``introduced`` puts it into the campaign instead of the training,
        so that one organisation can report a person twice.
        """
        organisation = by or self.a
        cohort = None if introduced or organisation == self.c else self.cohorts[organisation.pk]
        values.setdefault("outcome", Outcome.COMPLETED if completed_on else Outcome.IN_PROGRESS)
        with everything():
            self._made += 1
            record = Record.objects.create(
                person=person,
                organisation=organisation,
                submission=self.submission,
                row=self._made,
                programme=self.training if cohort else self.campaign,
                cohort=cohort,
                path="trained" if cohort else "introduced",
                started_on=day("2016-01-01"),
                completed_on=completed_on and day(completed_on),
                digest=self._made.to_bytes(32, "big"),
                state=state,
                **values,
            )
            for code, held_from in holding:
                self.credential(record, code, held_from)
            if mark and state == Record.State.VERIFIED:
                self.mark(person)
        return record

    def credential(self, record: Record, code: str, held_from: str | None, **values: Any) -> Credential:
        """A credential that ``record`` carries."""
        return Credential.objects.create(
            person_id=record.person_id,
            organisation_id=record.organisation_id,
            record_id=record.pk,
            kind=Credential.Kind.TITLE if code in TITLES else Credential.Kind.EDUCATION,
            code=code,
            held_from=held_from and day(held_from),
            **values,
        )

    def mark(self, *persons: Person, reason: str = "verified") -> None:
        """Mark persons changed, as whoever changed them would."""
        with everything():
            mark_changed(person_ids=[person.pk for person in persons], reason=reason)

    def change(self, record: Record, *, reason: str, **values: Any) -> None:
        """Change a record's values and mark its person."""
        with everything():
            for name, value in values.items():
                setattr(record, name, value)
            record.save(update_fields=list(values))
            mark_changed(person_ids=[record.person_id], reason=reason)

    def merge(self, person: Person, into: Person | None, *others: Person, reason: str = "merged") -> None:
        """Say who a person is now; both are marked, and ``others`` besides."""
        with everything():
            person.canonical = into
            person.save(update_fields=["canonical"])
            mark_changed(person_ids=[one.pk for one in (person, into, *others) if one], reason=reason)

    def settle(self) -> Settled:
        """Settle everything that is marked."""
        return settle(wait=True)

    def standing(self, person: Person, target: str = "all") -> Standing | None:
        """Where a person stands with a target, or ``None``."""
        with everything():
            return Standing.objects.select_related("organisation").filter(target__code=target, person=person).first()

    def counts_from(self, person: Person) -> tuple[str | None, str | None]:
        """From which day a person counts towards ``all`` and towards ``high-end``."""
        found = (self.standing(person, target) for target in ("all", "high-end"))
        towards_all, high_end = (standing.effective_on.isoformat() if standing else None for standing in found)
        return towards_all, high_end

    def head(self, person: Person, target: str = "all") -> Standing:
        """Where a person stands with a target towards which they count."""
        standing = self.standing(person, target)
        assert standing is not None
        return standing

    def entries(self, person: Person, target: str = "all") -> list[tuple[int, str, str, str]]:
        """A person's ledger: (delta, effective day, organisation, reason), in the order of posting."""
        with everything():
            rows = LedgerEntry.objects.filter(target__code=target, person=person).order_by("number")
            return [
                (row.delta, row.effective_on.isoformat(), row.organisation.code, row.reason)
                for row in rows.select_related("organisation")
            ]
