"""Landings over HTTP: the last one worked out with all its inputs, all of them, and having it worked out anew."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base
from backend.api.permissions import roles
from backend.api.schema import documented
from backend.problems import NotFound
from programs.targets import books
from programs.targets import selectors as targets
from programs.targets.landing import selectors, services
from programs.targets.landing.answers import LandingJobAnswer, StoredLandingAnswer, WholeLandingAnswer
from programs.targets.landing.models import StoredLanding
from programs.targets.landing.showing import brief, whole
from programs.targets.models import Target
from programs.targets.parameters import MomentParameters

STAFF = "officer manager admin"


class OfATarget(base.View):
    """What both have: the target."""

    def target(self, code: str) -> Target:
        """The target. Raises NotFound."""
        found: Target = self.one(targets.targets(self.actor), code=code)
        return found


class OneLanding(OfATarget):
    """The last landing that was worked out by a moment, with the triangle, the backlog and the fan; POST has it worked
    out anew, with the backlog counted at that moment."""

    permission_classes = [roles({"GET": STAFF, "POST": STAFF})]

    @documented(responses=WholeLandingAnswer, parameters=[MomentParameters])
    def get(self, request: Request, code: str) -> Response:
        asked = self.params(MomentParameters)
        moment = books.moment(as_of=asked.get("as_of"), known_at=asked.get("known_at"))
        found = selectors.latest(self.actor, self.target(code), moment)
        if found is None:
            raise NotFound
        return Response(WholeLandingAnswer(whole(found)).data)

    @documented(request=None, responses={202: LandingJobAnswer})
    def post(self, request: Request, code: str) -> Response:
        job = services.start_landing(target=self.target(code), actor=self.actor)
        return Response({"id": job.pk, "status": job.state}, status=202)


class Landings(base.ListView):
    """Every landing that was worked out, the latest first."""

    permission_classes = [roles({"GET": STAFF})]
    name = "landings"
    serializer_class = StoredLandingAnswer
    queryset = StoredLanding.objects.none()  # what the schema goes by; each target has its own
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[StoredLanding]:
        if getattr(self, "swagger_fake_view", False):
            return StoredLanding.objects.none()
        target = self.one(targets.targets(self.actor), code=self.kwargs["code"])
        return selectors.landings(self.actor, target)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return [StoredLandingAnswer(brief(row)).data for row in rows]


urlpatterns = [
    path("targets/<str:code>/landing/", OneLanding.as_view(), name="target-landing"),
    path("targets/<str:code>/landings/", Landings.as_view(), name="target-landings"),
]
