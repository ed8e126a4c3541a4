"""A town whose people are asked after: universities, an employer, periods, and people put straight into the tables."""

from typing import Any

from rest_framework.test import APIClient

from backend.accounts.models import Organisation
from backend.accounts.scope import everything
from programs.periods import services as periods
from programs.periods.models import Obligation
from programs.records.models import Record
from programs.retention import laying_out
from programs.retention.models import RetentionCheck
from programs.targets.models import Target
from talent.people.models import Person, PersonReport
from tests.factories import OfficerFactory, PartnerFactory
from tests.programs.targets.world import World, day
from tests.support.partner import API, client_of

Row = dict[str, Any]


class Town(World):
    """Everything that ``World`` has, asked after."""

    def __init__(self) -> None:
        super().__init__()
        self.officer = client_of(OfficerFactory())
        self.clients: dict[str, APIClient] = {
            one.code: client_of(PartnerFactory(organisation=one)) for one in (self.a, self.b, self.c)
        }

    def quarters(self, first: str = "2018-01-01", last: str = "2021-12-31") -> None:
        """Open the quarters between two days."""
        with everything():
            periods.generate_periods(
                actor=None, frequency="quarter", first=day(first), last=day(last), working_days_after_end=10
            )

    def introduce(self, came: str, by: Organisation | None = None, **values: Any) -> Record:
        """Somebody new, introduced and verified."""
        with everything():
            return self.record(self.person(), came, by=by or self.c, introduced=True, **values)

    def record(self, person: Person, *args: Any, **values: Any) -> Record:
        """As the world's, so that its organisation may see the person."""
        record = super().record(person, *args, **values)
        with everything():
            PersonReport.objects.get_or_create(organisation=record.organisation, person=person)
        return record

    def follow(self) -> None:
        """Settle, and lay out whom to ask after."""
        self.settle()
        laying_out.lay_out()

    def checks(self, **filters: Any) -> list[tuple[int, str, str, str | None]]:
        """The questions: (months, day, state, period)."""
        with everything():
            rows = RetentionCheck.objects.filter(**filters).order_by("falls_on", "pk").select_related("period")
            return [
                (one.months, one.falls_on.isoformat(), one.state, one.period.code if one.period else None)
                for one in rows
            ]

    def check(self, record: Record, months: int = 6) -> RetentionCheck:
        with everything():
            return RetentionCheck.objects.get(record=record, months=months)

    def answer(self, check: RetentionCheck, by: str = "HITECH", **body: Any) -> Any:
        """Answer one question over HTTP."""
        return self.clients[by].post(f"{API}retention/checks/{check.pk}/answer/", body, format="json")

    def owed(self, **filters: Any) -> list[tuple[str, str, str, bool | None]]:
        """The proofs of stay that are owed: (organisation, period, state, on time)."""
        with everything():
            rows = Obligation.objects.filter(kind="retention", **filters).select_related("organisation", "period")
            ordered = rows.order_by("organisation__code", "period__starts_on")
            return [(one.organisation.code, one.period.code, one.state, one.on_time) for one in ordered]

    def figure(self, as_of: str = "2020-12-31", target: str = "all") -> Row:
        """The figure over HTTP."""
        assert Target.objects.filter(code=target).exists()
        return self.officer.get(f"{API}targets/{target}/", {"as_of": as_of}).json()
