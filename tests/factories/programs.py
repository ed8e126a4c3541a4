"""Programmes, cohorts, periods, submissions and records."""

import datetime as dt
import hashlib
import json
from typing import Any

import factory

from backend.accounts.models import Organisation
from backend.accounts.scope import everything
from backend.vault import services as vault
from programs.catalogue.models import BudgetLine, Cohort, Path, Programme, ProgrammeOrganisation
from programs.periods.models import Period
from programs.records.models import Amendment, Outcome, Record
from programs.review.sampling.models import Lot
from programs.submissions.models import Finding, Submission
from talent.credentials.models import Credential
from tests.factories.backend import OfficerFactory, OrganisationFactory, PartnerFactory, SealedFileFactory
from tests.factories.base import RowFactory
from tests.factories.talent import CredentialFactory, PersonFactory, PersonReportFactory


class ProgrammeFactory(RowFactory):
    """A training programme open to nobody; ``organisations=[…]`` lets them take part."""

    class Meta:
        model = Programme
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"PROG-{n}")
    name_zh = "大数据实训"
    name_en = "Big data training"
    path = Path.TRAINED
    starts_on = dt.date(2018, 1, 1)
    ends_on = dt.date(2020, 12, 31)

    @factory.post_generation
    def organisations(self, create: bool, extracted: list[Organisation] | None, **given: Any) -> None:
        with everything():
            for organisation in extracted or []:
                ProgrammeOrganisation.objects.get_or_create(programme=self, organisation=organisation)


class IntroductionFactory(ProgrammeFactory):
    """An introduction campaign."""

    code = factory.Sequence(lambda n: f"INTRO-{n}")
    name_zh = "大数据人才引进"
    name_en = "Introductions"
    path = Path.INTRODUCED


class CohortFactory(RowFactory):
    """A cohort of a programme at an organisation, which takes part in it."""

    class Meta:
        model = Cohort
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"COHORT-{n}")
    organisation = factory.SubFactory(OrganisationFactory)
    programme = factory.SubFactory(ProgrammeFactory)
    starts_on = dt.date(2019, 1, 1)
    ends_on = dt.date(2019, 4, 30)

    @classmethod
    def _create(cls, model_class: type[Cohort], *args: Any, **kwargs: Any) -> Cohort:
        cohort = super()._create(model_class, *args, **kwargs)
        with everything():
            ProgrammeOrganisation.objects.get_or_create(programme=cohort.programme, organisation=cohort.organisation)
        return cohort


class BudgetLineFactory(RowFactory):
    """Ten thousand yuan for a cohort, none of it spent; ``cohort=None`` with a programme is the programme's own."""

    class Meta:
        model = BudgetLine

    cohort = factory.SubFactory(CohortFactory)
    programme = factory.SelfAttribute("cohort.programme")
    funding_source = "municipal"
    purpose = "师资"
    planned_fen = 1_000_000


class PeriodFactory(RowFactory):
    """The first quarter of 2019."""

    class Meta:
        model = Period
        django_get_or_create = ("code",)

    code = "2019-Q1"
    frequency = Period.Frequency.QUARTER
    starts_on = dt.date(2019, 1, 1)
    ends_on = dt.date(2019, 3, 31)
    due_on = dt.date(2019, 4, 15)


class SubmissionFactory(RowFactory):
    """A committed file of one organisation."""

    class Meta:
        model = Submission

    organisation = factory.SubFactory(OrganisationFactory)
    period = factory.SubFactory(PeriodFactory)
    status = Submission.Status.ACCEPTED
    kind = "csv"
    file_name = factory.Sequence(lambda n: f"file-{n}.csv")
    original = factory.SubFactory(SealedFileFactory, organisation=factory.SelfAttribute("..organisation"))
    size = factory.SelfAttribute("original.size")
    sha256 = factory.Sequence(lambda n: hashlib.sha256(f"submission {n}".encode()).hexdigest())
    submitted_by = factory.SubFactory(PartnerFactory, organisation=factory.SelfAttribute("..organisation"))
    committed_at = dt.datetime(2019, 4, 10, tzinfo=dt.UTC)


class FindingFactory(RowFactory):
    """A finding on a submission's row."""

    class Meta:
        model = Finding

    submission = factory.SubFactory(SubmissionFactory)
    organisation = factory.SelfAttribute("submission.organisation")
    position = factory.Sequence(lambda n: n)
    row = 2
    column = "name"
    rule = "E01"
    severity = "error"


class _ReportedFactory(RowFactory):
    class Meta:
        abstract = True

    class Params:
        high_end = factory.Trait(
            education="14", school="贵州大学", graduated_on=dt.date(2018, 6, 30), basis=Credential.Kind.EDUCATION
        )

    row = factory.Sequence(lambda n: n + 2)
    partner_ref = factory.Sequence(lambda n: f"P{n:05d}")
    outcome = Outcome.COMPLETED
    started_on = dt.date(2019, 1, 7)
    completed_on = dt.date(2019, 3, 29)
    district = "520102"
    segment = "core"
    digest = factory.Sequence(lambda n: hashlib.sha256(f"values {n}".encode()).digest())
    contact: dict[str, str] | None = None

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        contact = kwargs.pop("contact", None)
        reported = super()._create(model_class, *args, **kwargs)
        if contact:
            with everything():
                [reported.sealed] = vault.seal_many(
                    model_class._meta.db_table, "sealed", [reported.pk], [json.dumps(contact).encode()]
                )
                reported.save(update_fields=["sealed"])
        return reported


class RecordFactory(_ReportedFactory):
    """A submitted record of a completed training, with what belongs to it.

    ``high_end=True`` gives a graduated master's degree; ``contact={"mobile": …}`` is sealed into the record.
    """

    class Meta:
        model = Record

    organisation = factory.SubFactory(OrganisationFactory)
    submission = factory.SubFactory(SubmissionFactory, organisation=factory.SelfAttribute("..organisation"))
    cohort = factory.SubFactory(CohortFactory, organisation=factory.SelfAttribute("..organisation"))
    programme = factory.SelfAttribute("cohort.programme")
    person = factory.SubFactory(PersonFactory)
    path = factory.SelfAttribute("programme.path")
    state = Record.State.SUBMITTED

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Record:
        record = super()._create(model_class, *args, **kwargs)
        PersonReportFactory(organisation=record.organisation, person=record.person)
        for kind, code, school, held_from in (
            (Credential.Kind.EDUCATION, record.education, record.school, record.graduated_on),
            (Credential.Kind.TITLE, record.title, "", record.title_awarded_on),
        ):
            if code:
                CredentialFactory(
                    person=record.person,
                    organisation=record.organisation,
                    record_id=record.pk,
                    kind=kind,
                    code=code,
                    school=school,
                    held_from=held_from,
                )
        return record


class AmendmentFactory(_ReportedFactory):
    """Other values for a verified record, under review; the record is marked as having them."""

    class Meta:
        model = Amendment

    record = factory.SubFactory(RecordFactory, state=Record.State.VERIFIED)
    organisation = factory.SelfAttribute("record.organisation")
    submission = factory.SubFactory(SubmissionFactory, organisation=factory.SelfAttribute("..organisation"))

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Amendment:
        amendment = super()._create(model_class, *args, **kwargs)
        if amendment.state == Amendment.State.PENDING:
            with everything():
                amendment.record.pending = True
                amendment.record.save(update_fields=["pending"])
        return amendment


class LotFactory(RowFactory):
    """A decided lot of 300 records of which 50 were looked at, at AQL 4.0, and none was found wrong."""

    class Meta:
        model = Lot

    cohort = factory.SubFactory(CohortFactory)
    organisation = factory.SelfAttribute("cohort.organisation")
    programme = factory.SelfAttribute("cohort.programme")
    period = factory.SubFactory(PeriodFactory)
    state = Lot.State.ACCEPTED
    severity = "normal"
    level = "II"
    aql = "4.0"
    code_letter = "H"
    lot_size = 300
    sample_size = 50
    accept_number = 5
    tighter = 3
    automatic = False
    counted = factory.LazyFunction(lambda: ["critical", "major", "minor"])
    critical_fails = False
    seed = factory.Sequence(lambda n: f"{n:032x}")
    opened_by = factory.SubFactory(OfficerFactory)
    decided_by = factory.SelfAttribute("opened_by")
    decided_at = factory.Sequence(lambda n: dt.datetime(2019, 5, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=n))
    finished_at = factory.SelfAttribute("decided_at")
