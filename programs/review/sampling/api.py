"""Lots over HTTP: what can be one, opening, looking at the sample, where a partner stands, what is set."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts import selectors as accounts
from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import documented
from programs.review.sampling import judging, opening, ruling, selectors, showing
from programs.review.sampling import settings as setting
from programs.review.sampling.answers import (
    JudgeBody,
    LotAnswer,
    LotBody,
    LotReasonBody,
    MemberAnswer,
    RulingBody,
    SamplingSettingAnswer,
    SamplingSettingBody,
    StandingAnswer,
    WaitingLotAnswer,
    WholeLotAnswer,
)
from programs.review.sampling.filters import LotFilter, SettingFilter, UnitFilter
from programs.review.sampling.models import Lot, LotUnit, SamplingSetting
from programs.review.sampling.switching import NORMAL

STAFF = "officer manager admin"


class Lots(base.ListView):
    """Lots, the latest first; a partner sees its own."""

    permission_classes = [roles({"GET": EVERYONE, "POST": "officer"})]
    name = "batches"
    serializer_class = LotAnswer
    filterset_class = LotFilter
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[Lot]:
        return selectors.lots(self.actor)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return [showing.brief(one, self.actor) for one in rows]

    @documented(request=LotBody, responses={201: WholeLotAnswer})
    def post(self, request: Request) -> Response:
        lot = opening.open_lot(actor=self.actor, **self.read(LotBody))
        return Response(showing.whole(lot, self.actor), status=201)


class WaitingLots(base.ListView):
    """What can be opened as lots, where sampling is on, the longest waiting first."""

    permission_classes = [roles({"GET": STAFF})]
    name = "batches-waiting"
    serializer_class = WaitingLotAnswer

    def get_queryset(self) -> Any:
        return [
            {
                "organisation": one.organisation.code,
                "programme": one.programme.code,
                "cohort": one.cohort.code if one.cohort else None,
                "period": one.period.code,
                "resubmission": one.resubmission,
                "count": one.count,
                "since": one.since,
            }
            for one in selectors.waiting(self.actor)
        ]


class LotView(base.View):
    """About one lot."""

    def lot(self, id: int) -> Lot:
        """The lot. Raises NotFound."""
        return self.one(selectors.lots(self.actor), pk=id)

    def answer(self, id: int) -> Response:
        """The lot as it is now."""
        return Response(showing.whole(self.lot(id), self.actor))


class OneLot(LotView):
    """One lot: plan, sample, what was found, and the operating characteristic."""

    permission_classes = [roles({"GET": EVERYONE})]

    @documented(responses=WholeLotAnswer)
    def get(self, request: Request, id: int) -> Response:
        return self.answer(id)


class Members(base.ListView):
    """Every member of a lot by its place in the draw, with which anybody can repeat it."""

    permission_classes = [roles({"GET": EVERYONE})]
    name = "batch-members"
    serializer_class = MemberAnswer
    filterset_class = UnitFilter
    ordering = ("rank",)
    columns = {
        "record": "record_id",
        "submission": "submission_id",
        "rank": "rank",
        "conforming": "conforming",
        "judged_at": "judged_at",
        "outcome": "outcome",
    }

    def get_queryset(self) -> QuerySet[LotUnit]:
        return selectors.members(self.actor, self.one(selectors.lots(self.actor), pk=self.kwargs["id"]))


class Judge(LotView):
    """Notes what was found in a record of the sample; with the last one the lot is decided."""

    permission_classes = [roles({"POST": "officer"})]

    @documented(request=JudgeBody, responses=WholeLotAnswer)
    def post(self, request: Request, id: int, record: int) -> Response:
        body = self.read(JudgeBody)
        judging.judge(
            actor=self.actor,
            lot=self.lot(id),
            record_id=record,
            conforming=body["conforming"],
            found=body["defects"],
        )
        return self.answer(id)


class Conclude(LotView):
    """Decides a lot of whose sample nothing is left to look at because its partner took back the rest."""

    permission_classes = [roles({"POST": "officer"})]

    @documented(request=None, responses=WholeLotAnswer)
    def post(self, request: Request, id: int) -> Response:
        judging.conclude(actor=self.actor, lot=self.lot(id))
        return self.answer(id)


class Cancel(LotView):
    """Calls a lot off before anything of it was looked at."""

    permission_classes = [roles({"POST": "officer"})]

    @documented(request=LotReasonBody, responses=WholeLotAnswer)
    def post(self, request: Request, id: int) -> Response:
        opening.cancel_lot(actor=self.actor, lot=self.lot(id), reason=self.read(LotReasonBody)["reason"])
        return self.answer(id)


class Standing(base.View):
    """Where a partner stands in switching between normal, tightened and reduced inspection."""

    permission_classes = [roles({"GET": EVERYONE, "POST": "officer"})]

    @documented(responses=StandingAnswer)
    def get(self, request: Request, code: str) -> Response:
        return self.answer(self.one(accounts.organisations(self.actor), code=code))

    @documented(request=RulingBody, responses=StandingAnswer)
    def post(self, request: Request, code: str) -> Response:
        organisation = self.one(accounts.organisations(self.actor), code=code)
        ruling.rule(actor=self.actor, organisation=organisation, **self.read(RulingBody))
        return self.answer(organisation)

    def answer(self, organisation: Any) -> Response:
        history = selectors.history(organisation.pk)
        now = history[-1].state if history else NORMAL
        turns = [showing.turn(one) for one in history]
        return Response({"organisation": organisation.code, **showing.state(now), "history": turns})


class Settings(base.ListView):
    """What was set about sampling, the latest first; of what has begun, the latest stands."""

    permission_classes = [roles({"GET": STAFF, "POST": "admin"})]
    name = "sampling-settings"
    serializer_class = SamplingSettingAnswer
    filterset_class = SettingFilter
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[SamplingSetting]:
        return selectors.settings(self.actor)

    @documented(request=SamplingSettingBody, responses={201: SamplingSettingAnswer})
    def post(self, request: Request) -> Response:
        made = setting.set_sampling(actor=self.actor, **self.read(SamplingSettingBody))
        return Response(SamplingSettingAnswer(made).data, status=201)


urlpatterns = [
    path("review/batches/", Lots.as_view(), name="batches"),
    path("review/batches/waiting/", WaitingLots.as_view(), name="batches-waiting"),
    path("review/batches/<int:id>/", OneLot.as_view(), name="batch"),
    path("review/batches/<int:id>/members/", Members.as_view(), name="batch-members"),
    path("review/batches/<int:id>/units/<int:record>/", Judge.as_view(), name="batch-judge"),
    path("review/batches/<int:id>/conclude/", Conclude.as_view(), name="batch-conclude"),
    path("review/batches/<int:id>/cancel/", Cancel.as_view(), name="batch-cancel"),
    path("review/sampling/<str:code>/", Standing.as_view(), name="sampling-standing"),
    path("review/sampling-settings/", Settings.as_view(), name="sampling-settings"),
]
