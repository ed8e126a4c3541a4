"""One of everything, owned by one partner, and every kind of user who may ask for it."""

import datetime as dt
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from rest_framework.test import APIClient

from backend.accounts import scope
from backend.accounts.history import services as history
from backend.accounts.models import User
from backend.jobs.models import Job
from backend.messages import services as messages
from backend.messages.endpoints import services as endpoints
from backend.messages.inbox import carrying
from backend.messages.inbox.models import InboxMessage
from backend.rotation.models import Rotation
from backend.saved_views import services as views
from programs.alerts.models import Alert
from programs.catalogue import requests
from programs.checklists import services as check_lists
from programs.contacting.services import note_call
from programs.feeds.services import make_feed
from programs.intake import services
from programs.periods.expected import expect_obligations
from programs.periods.extensions import extend
from programs.periods.models import Obligation
from programs.periods.schemes import create_scheme
from programs.records.models import Record
from programs.reminders import policies, quieting
from programs.review import services as decisions
from programs.review import threads
from programs.snapshots import services as snapshots
from programs.submissions.models import Submission
from programs.targets import previews
from programs.targets.landing import services as landing
from programs.targets.models import Plan, Target
from programs.targets.planfile import FOLDER
from talent.credentials.evidence import file_evidence
from talent.credentials.models import Credential
from talent.people.models import MatchCase
from tests.factories import (
    AdminFactory,
    BudgetLineFactory,
    LotFactory,
    ManagerFactory,
    OfficerFactory,
    OrganisationFactory,
    PartnerFactory,
    PeriodFactory,
)
from tests.policy import briefing, entering, marks, privacy, recruiting, staying
from tests.policy.marks import MARK, Marked
from tests.support.http import token_for
from tests.support.partner import API, Partner
from tests.support.scans import jpeg

SILENT = {"missing": 2, "since": "2019-Q1", "due_on": "2019-07-15", "last": None}
ACTORS = ("anonymous", "partner", "other", "read_only", "officer", "manager", "admin")


class World:
    """A partner with a checked submission, records, people, a match case; and another partner that knows none of it."""

    def __init__(self, run_jobs: Callable[[], int]) -> None:
        self.partner = partner = Marked(run_jobs)
        self.other = Partner(run_jobs, OrganisationFactory())
        credential = {
            "education": "硕士研究生毕业",
            "school": "四川大学",
            "graduated_on": "2010-07-01",
            "education_cert_no": "106101201002000001",
        }
        partner.report([partner.row(n, **credential) for n in range(3)] + [partner.row(9, name="欧阳建国")])
        partner.report([partner.row(9, name="司马相如")])
        failing = partner.row(22, gender="女", completed_on="2018-12-01")
        self.checked = partner.send([partner.row(20), partner.row(21, district="火星区"), failing])["id"]
        earlier = PeriodFactory(
            code="2018-Q1", starts_on=dt.date(2018, 1, 1), ends_on=dt.date(2018, 3, 31), due_on=dt.date(2018, 4, 16)
        )
        expect_obligations()
        with scope.everything():
            record = Record.objects.filter(organisation=partner.organisation).order_by("pk")[0]
            evidence = self._evidence(run_jobs)
            recruited = recruiting.made(partner.clerk, run_jobs)  # before what is to wait
            made = make_feed(actor=partner.clerk, organisation=partner.organisation, language="en")
            granted = extend(
                actor=None,
                period=earlier,
                organisation=partner.organisation,
                due_on=dt.date(2018, 5, 31),
                reason=f"{MARK}停课",
            )
            self.ids: dict[str, Any] = recruited | {
                "evidence": evidence,
                "feed": made.feed.pk,
                "secret": made.address.rpartition("/")[-1].removesuffix(".ics"),
                "extension": granted.pk,
                "scheme": create_scheme(
                    actor=None,
                    code="OWN21",
                    name_zh="自定周期",
                    frequency="month",
                    first_day=21,
                    working_days=10,
                    organisation=partner.organisation,
                    starts_on=dt.date(2021, 1, 21),
                    ends_on=dt.date(2021, 3, 20),
                ).code,
                "year": 2028,
                "id": self.checked,
                "sample": "mistakes",
                "submission": self.checked,
                "record": record.pk,
                "person": record.person_id,
                "credential": Credential.objects.order_by("pk")[0].pk,
                "match": MatchCase.objects.get(kind="name").pk,
                "job": Job.objects.filter(organisation=partner.organisation).order_by("pk")[0].pk,
                "organisation": partner.organisation.code,
                "successor": self.other.organisation.code,
                "change": history.rename(
                    actor=None,
                    organisation=partner.organisation,
                    from_on=dt.date(2031, 1, 1),
                    name_zh=f"{MARK}学院",
                    name_en="",
                    reason=f"{MARK}批复",
                ).pk,
                "programme": partner.programme.code,
                "cohort": partner.cohort.code,
                "line": BudgetLineFactory(cohort=partner.cohort).pk,
                "period": partner.period.code,
                "obligation": Obligation.objects.get(organisation=partner.organisation, period=earlier).pk,
                "user": partner.clerk.username,
                **entering.made(partner.clerk),
                "rule": "E09",
                "indicator": "storage",
                "list": self._list(run_jobs),  # before what is to wait
                "landing": self._landing(run_jobs),
                "replay": self._replay(),
                "override": self._override(),
                "request": self._request(),
                "lot": self._lot(),
                "thread": threads.open_thread(actor=OfficerFactory(), text=f"{MARK}请核对", record=record).pk,
                "run": self._run(),
                "colleague": OfficerFactory().username,
                "snapshot": snapshots.publish(
                    actor=ManagerFactory(), plan=Plan.objects.get(code="digital-valley-2020"), title="半年数据"
                ).pk,
                "alert": Alert.objects.create(
                    kind="silent", subject=partner.organisation.code, measure=SILENT, latest=SILENT
                ).pk,
                "check": staying.made(record),
                "ladder": policies.draft(actor=OfficerFactory(), kind="reporting").pk,
                "stage": "due",
                "call": note_call(actor=OfficerFactory(), organisation=partner.organisation, outcome="not_reached").pk,
                "quieting": quieting.leave_in_peace(
                    actor=OfficerFactory(), organisation=self.other.organisation, reason="搬迁"
                ).pk,
                "preview": previews.start_preview(
                    data=(FOLDER / "digital-valley-2020.toml").read_bytes(), actor=OfficerFactory()
                ).pk,
            }
        users: dict[str, User | None] = {
            "anonymous": None,
            "partner": partner.clerk,
            "other": self.other.clerk,
            "read_only": PartnerFactory(organisation=partner.organisation, read_only=True),
            "officer": OfficerFactory(),
            "manager": ManagerFactory(),
            "admin": AdminFactory(),
        }
        self.users = users
        with scope.everything():
            officer = users["officer"]
            assert officer is not None
            self.ids |= self._messages()
            self.ids |= privacy.made(self.ids["person"], self.other.organisation) | {"privacy_step": "identity"}
            self.ids |= briefing.made(ManagerFactory(), self.ids["snapshot"])
            self.ids["rotation"] = Rotation.objects.create(
                what="seal", suite="aes", reason="季度轮换", state=Rotation.State.DONE, stage="retire"
            ).pk
            self.ids["view"] = views.save_view(
                actor=officer, list_name="records", name="有修改", query="pending=true"
            ).pk
        self.clients = {actor: _signed_in(user) for actor, user in users.items()}

    def _messages(self) -> dict[str, int]:
        """A webhook of the partner's, a message that waits for it, and one in its clerk's inbox."""
        clerk = self.partner.clerk
        webhook, _secret = endpoints.create_endpoint(
            actor=clerk, kind="webhook", name=f"{MARK}本校", address=f"https://{MARK.lower()}.example.org/"
        )
        kept = messages.post(
            key="policy",
            organisation_id=clerk.organisation_id,
            channel="inbox",
            recipient=str(clerk.pk),
            language="zh-hans",
            subject=f"{MARK}通知",
            text=f"{MARK}已受理",
            html=f"<p>{MARK}</p>",
        )
        carrying.transmit(kept)
        return {
            "endpoint": webhook.pk,
            "delivery": endpoints.send_test(actor=clerk, endpoint=webhook).pk,
            "inbox": InboxMessage.objects.get(delivery=kept).pk,
        }

    def _run(self) -> int:
        """A decision that can be undone."""
        record = Record.objects.filter(organisation=self.partner.organisation).order_by("pk")[1]
        return (
            decisions.decide_one(record_id=record.pk, decision="verify", reason="", actor=OfficerFactory()).run_id or 0
        )

    def _replay(self) -> int:
        """A replay that waits to be begun."""
        return services.start_replay(
            actor=OfficerFactory(),
            rule="W03",
            severity="error",
            from_on=dt.date(2019, 1, 1),
            until_on=dt.date(2019, 12, 31),
        ).pk

    def _override(self) -> int:
        """An exception that the partner has asked for."""
        submission = Submission.objects.get(pk=self.checked)
        return services.ask_override(
            actor=self.partner.clerk, submission=submission, rule="E09", explanation=f"{MARK}延期结业"
        ).pk

    def _evidence(self, run_jobs: Callable[[], int]) -> int:
        """A file that shows the credential, kept."""
        credential = Credential.objects.order_by("pk")[0].pk
        row = file_evidence(credential_id=credential, data=jpeg((40, 30)), actor=self.partner.clerk)
        run_jobs()
        return row.pk

    def _list(self, run_jobs: Callable[[], int]) -> int:
        """A list that the partner has handed in, answered."""
        line = {"name": f"{marks.SURNAME}伟", "id_type": "414", "id_number": "E12345678"}
        handed_in = check_lists.hand_in(actor=self.partner.clerk, people=[line])
        run_jobs()
        return handed_in.pk

    def _landing(self, run_jobs: Callable[[], int]) -> int:
        """Where the target of all lands, worked out."""
        job = landing.start_landing(target=Target.objects.get(code="all"), actor=OfficerFactory())
        run_jobs()
        return job.pk

    def _request(self) -> int:
        """A cohort that the partner has asked for."""
        return requests.ask(
            actor=self.partner.clerk,
            code=f"{MARK}-ASKED",
            programme=self.partner.programme,
            starts_on=dt.date(2019, 1, 1),
            ends_on=dt.date(2019, 4, 30),
        ).pk

    def _lot(self) -> int:
        """A lot of the partner's that was accepted."""
        return LotFactory(organisation=self.partner.organisation, cohort=self.partner.cohort).pk

    @cached_property
    def owned(self) -> frozenset[str]:
        """The ids of everything that is the partner's."""
        return marks.ids_of(self.partner.organisation)

    def marks_in(self, answer: Any, sent: Iterable[object] | None = None) -> set[str]:
        """What of the partner's stands in an answer, but for what the asker named: by default whatever has an id."""
        return marks.found(answer, self.owned, self.ids.values() if sent is None else sent)

    def call(self, actor: str, method: str, path: str, body: Any = None) -> Any:
        """One call as ``actor``; ``path`` with the ids of what the partner owns in braces."""
        client = self.clients[actor]
        return getattr(client, method.lower())(API + path.format(**self.ids), body, format="json")


def _signed_in(user: User | None) -> APIClient:
    client = APIClient(headers={"accept": "application/json", "accept-language": "en"})
    if user is not None:
        client.credentials(HTTP_AUTHORIZATION=f"Token {token_for(user)}")
    return client
