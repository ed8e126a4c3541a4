"""Briefings over HTTP: ordering them, their files, and the schedules by which they are made and sent.

Managers order and schedule; officers read; nobody else sees any.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base
from backend.api.permissions import roles
from backend.api.schema import documented
from programs.briefings import downloads, scheduling, selectors, services
from programs.briefings.answers import (
    BriefingAnswer,
    OrderBody,
    ScheduleAnswer,
    ScheduleBody,
    ScheduleChangeBody,
    answered,
)
from programs.briefings.filters import BriefingFilter, ScheduleFilter
from programs.briefings.models import Briefing, BriefingSchedule

READERS = "officer manager"


class Briefings(base.ListView):
    """Briefings, the latest first."""

    permission_classes = [roles({"GET": READERS, "POST": "manager"})]
    name = "briefings"
    serializer_class = BriefingAnswer
    filterset_class = BriefingFilter
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[Briefing]:
        return selectors.briefings(self.actor)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return answered(rows)

    @documented(request=OrderBody, responses={202: BriefingAnswer})
    def post(self, request: Request) -> Response:
        made = services.order(actor=self.actor, **self.read(OrderBody))
        return Response(_one(self, made.pk), status=202)


class OneBriefing(base.View):
    """One briefing: how far it is, and its files."""

    permission_classes = [roles({"GET": READERS})]

    @documented(responses=BriefingAnswer)
    def get(self, request: Request, id: int) -> Response:
        return Response(_one(self, id))


class Again(base.View):
    """Has the files made that could not be made."""

    permission_classes = [roles({"POST": "manager"})]

    @documented(request=None, responses={202: BriefingAnswer})
    def post(self, request: Request, id: int) -> Response:
        services.order_again(actor=self.actor, briefing=self.one(selectors.briefings(self.actor), pk=id))
        return Response(_one(self, id), status=202)


class File(base.View):
    """One of a briefing's files: zh-hans.docx, zh-hans.pdf, en.docx or en.pdf."""

    permission_classes = [roles({"GET": READERS})]
    fixed_type = True

    @documented(
        responses={(200, "application/pdf"): OpenApiTypes.BINARY, (200, downloads.WORD): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, id: int, language: str, form: str) -> HttpResponse:
        briefing = self.one(selectors.briefings(self.actor), pk=id)
        return downloads.answer(briefing=briefing, language=language, form=form)


class Schedules(base.ListView):
    """By which briefings are made and sent."""

    permission_classes = [roles({"GET": READERS, "POST": "manager"})]
    name = "briefing-schedules"
    serializer_class = ScheduleAnswer
    filterset_class = ScheduleFilter
    ordering = ("id",)

    def get_queryset(self) -> QuerySet[BriefingSchedule]:
        return selectors.schedules(self.actor)

    @documented(request=ScheduleBody, responses={201: ScheduleAnswer})
    def post(self, request: Request) -> Response:
        made = scheduling.create(actor=self.actor, **self.read(ScheduleBody))
        return Response(_schedule(self, made.pk), status=201)


class OneSchedule(base.View):
    """One schedule."""

    permission_classes = [roles({"GET": READERS, "PATCH": "manager"})]

    @documented(responses=ScheduleAnswer)
    def get(self, request: Request, id: int) -> Response:
        return Response(_schedule(self, id))

    @documented(request=ScheduleChangeBody, responses=ScheduleAnswer)
    def patch(self, request: Request, id: int) -> Response:
        self.one(selectors.schedules(self.actor), pk=id)
        scheduling.change(actor=self.actor, schedule_id=id, **self.read(ScheduleChangeBody, partial=True))
        return Response(_schedule(self, id))


def _one(view: base.View, id: int) -> Any:
    return answered([view.one(selectors.briefings(view.actor), pk=id)])[0]


def _schedule(view: base.View, id: int) -> Any:
    return ScheduleAnswer(view.one(selectors.schedules(view.actor), pk=id)).data


urlpatterns = [
    path("briefings/", Briefings.as_view()),
    path("briefings/schedules/", Schedules.as_view()),
    path("briefings/schedules/<int:id>/", OneSchedule.as_view()),
    path("briefings/<int:id>/", OneBriefing.as_view()),
    path("briefings/<int:id>/again/", Again.as_view()),
    path("briefings/<int:id>/<str:language>.<str:form>", File.as_view()),
]
