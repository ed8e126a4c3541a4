"""Whether the audit trail still is what was sealed, over HTTP, for administrators."""

from typing import Any

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base
from backend.api.permissions import roles
from backend.api.schema import documented
from backend.chain import selectors, services
from backend.chain.verifying import Reason, Verdict
from backend.chain.words import said


class BrokenRowAnswer(serializers.Serializer):
    """The first row that is not in order."""

    id = serializers.IntegerField(allow_null=True, help_text="The entry's.")
    at = serializers.DateTimeField(
        allow_null=True, help_text="When it was made, as it says now; of one that is gone, when it was sealed."
    )
    reason = serializers.ChoiceField(choices=[one.value for one in Reason])
    seal = serializers.IntegerField(allow_null=True, help_text="The number of the seal that answers for it.")
    text = serializers.CharField()


class TrailExaminedAnswer(serializers.Serializer):
    """When the whole trail was last examined, and what came of it."""

    at = serializers.DateTimeField()
    seals = serializers.IntegerField()
    valid = serializers.BooleanField()


class AnchorAnswer(serializers.Serializer):
    """What was last given out of the house."""

    at = serializers.DateTimeField()
    seal = serializers.IntegerField()
    head = serializers.CharField()
    occasion = serializers.CharField()
    file = serializers.BooleanField(help_text="Whether it was written to the folder of the settings.")
    letters = serializers.IntegerField(help_text="How many letters it went out in.")


class TrailAnswer(serializers.Serializer):
    """What examining the trail came to."""

    valid = serializers.BooleanField()
    entries = serializers.IntegerField()
    sealed_up_to = serializers.IntegerField(allow_null=True, help_text="The highest entry that is sealed.")
    sealed_at = serializers.DateTimeField(allow_null=True)
    unsealed = serializers.IntegerField(help_text="Entries that the next round seals.")
    first_broken = BrokenRowAnswer(allow_null=True)
    seals = serializers.IntegerField()
    head = serializers.CharField(help_text="The digest that answers for everything sealed so far; keep it elsewhere.")
    whole = serializers.BooleanField(
        help_text="Whether it was gone through from its beginning; otherwise from the seal `since` on, because it is"
        " too long to be waited for: POST has the whole examined by a job."
    )
    since = serializers.IntegerField()
    examined = TrailExaminedAnswer(allow_null=True)
    anchor = AnchorAnswer(allow_null=True)


class ExaminationOrdered(serializers.Serializer):
    """The job that examines."""

    id = serializers.IntegerField(help_text="Of the job; see jobs/.")


class Verify(base.View):
    """Whether the trail still is what was sealed; names the first row that is not."""

    permission_classes = [roles({"GET": "admin", "POST": "admin"})]

    @documented(responses=TrailAnswer)
    def get(self, request: Request) -> Response:
        self.params(serializers.Serializer)
        return Response(TrailAnswer(self._answer(services.verify(actor=self.actor))).data)

    @documented(request=None, responses={202: ExaminationOrdered})
    def post(self, request: Request) -> Response:
        return Response({"id": services.order(actor=self.actor).pk}, status=202)

    def _answer(self, verdict: Verdict) -> dict[str, Any]:
        standing = selectors.standing(self.actor)
        examination = standing.examination if standing else None
        broken = verdict.broken
        return {
            "valid": verdict.valid,
            "entries": verdict.entries,
            "sealed_up_to": verdict.sealed_up_to,
            "sealed_at": verdict.sealed_at,
            "unsealed": verdict.unsealed,
            "first_broken": {**broken.as_dict(), "at": broken.at, "text": said(broken.as_dict())} if broken else None,
            "seals": verdict.seals,
            "head": verdict.head,
            "whole": verdict.since == 0,
            "since": verdict.since,
            "examined": examination
            and {"at": examination.at, "seals": examination.seals, "valid": examination.broken is None},
            "anchor": standing.anchor if standing else None,
        }


urlpatterns = [path("audit/verify/", Verify.as_view())]
