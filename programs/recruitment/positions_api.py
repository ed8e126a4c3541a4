"""Positions and campaigns over HTTP."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts import selectors as accounts
from backend.accounts.models import User
from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import documented
from programs.catalogue import naming
from programs.recruitment import campaigns, positions, selectors
from programs.recruitment.filters import CampaignFilter, PositionFilter
from programs.recruitment.models import Campaign, Position

WRITERS = "partner officer"


class PositionAnswer(serializers.Serializer):
    """A position; ``state`` is filled once as many have arrived as were wanted, closed by an act or by its last day."""

    id = serializers.IntegerField()
    organisation = serializers.CharField()
    organisation_name = serializers.CharField(help_text="In the reader's language, as every name beside a code.")
    ref = serializers.CharField()
    title = serializers.CharField()
    occupation = serializers.CharField()
    occupation_name = serializers.CharField()
    level = serializers.CharField()
    level_name = serializers.CharField()
    wanted = serializers.IntegerField()
    arrived = serializers.IntegerField()
    segment = serializers.CharField()
    segment_name = serializers.CharField()
    district = serializers.CharField()
    district_name = serializers.CharField()
    opened_on = serializers.DateField()
    open_until = serializers.DateField()
    state = serializers.ChoiceField(Position.State.choices)
    closed_on = serializers.DateField(allow_null=True)
    closing_reason = serializers.CharField()
    notes = serializers.CharField()
    on_behalf = serializers.BooleanField()


NAMED = {"organisation": naming.ORGANISATION} | {name: name for name in ("occupation", "level", "segment", "district")}
"""Beside which codes of a position their names stand."""

COLUMNS = {name: name for name in map(str, PositionAnswer().fields) if not name.endswith("_name")} | {
    "organisation": "organisation__code"
}


class PositionBody(serializers.Serializer):
    """A position to be registered or changed; codes of the tables of the same names."""

    ref = serializers.CharField(max_length=40, help_text="The organisation's own name for it, once.")
    title = serializers.CharField(max_length=200)
    occupation = serializers.CharField(max_length=20)
    level = serializers.CharField(max_length=20)
    wanted = serializers.IntegerField(min_value=1, max_value=positions.MOST)
    segment = serializers.CharField(max_length=20, required=False, allow_blank=True)
    district = serializers.CharField(max_length=20, required=False, allow_blank=True)
    opened_on = serializers.DateField(required=False, help_text="Default: today.")
    open_until = serializers.DateField()
    notes = serializers.CharField(max_length=positions.LONGEST, required=False, allow_blank=True)


class NewPositionBody(PositionBody):
    """A position to be registered; bureau staff name whose it is."""

    organisation = base.CodeField(accounts.organisations, required=False)


class ClosingBody(serializers.Serializer):
    """Why it is closed."""

    reason = serializers.CharField(max_length=positions.LONGEST)


class ReopeningBody(serializers.Serializer):
    """Its new last day, where the old one has passed."""

    open_until = serializers.DateField(required=False)


def shown(rows: Sequence[Any], actor: User) -> list[dict[str, Any]]:
    """Positions read by the paths of ``COLUMNS``, in the answer's order, names beside codes."""
    told = [{name: row[path] for name, path in COLUMNS.items()} for row in rows]
    return naming.beside(told, actor, NAMED)


class PositionView(base.View):
    """What concerns one position."""

    def found(self, id: int) -> Position:
        """The position, if the actor may see it. Raises NotFound."""
        position: Position = self.one(selectors.positions(self.actor), pk=id)
        return position

    def whole(self, id: int) -> Response:
        """The position as it is answered."""
        row = selectors.positions(self.actor).filter(pk=id).values(*COLUMNS.values()).get()
        return Response(shown([row], self.actor)[0])


class Positions(base.ListView):
    """Positions, the latest first; partners see and register their own."""

    permission_classes = [roles({"GET": EVERYONE, "POST": WRITERS})]
    name = "positions"
    serializer_class = PositionAnswer
    filterset_class = PositionFilter
    ordering = ("-id",)
    columns = COLUMNS

    def get_queryset(self) -> QuerySet[Position]:
        return selectors.positions(self.actor)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return shown(rows, self.actor)

    def header(self) -> list[str]:
        return list(PositionAnswer().fields)

    @documented(request=NewPositionBody, responses={201: PositionAnswer})
    def post(self, request: Request) -> Response:
        position = positions.open_position(actor=self.actor, **self.read(NewPositionBody))
        row = self.get_queryset().filter(pk=position.pk).values(*COLUMNS.values()).get()
        return Response(self.present([row])[0], status=201)


class OnePosition(PositionView):
    """One position."""

    permission_classes = [roles({"GET": EVERYONE, "PATCH": WRITERS})]

    @documented(responses=PositionAnswer)
    def get(self, request: Request, id: int) -> Response:
        self.found(id)
        return self.whole(id)

    @documented(request=PositionBody(partial=True), responses=PositionAnswer)
    def patch(self, request: Request, id: int) -> Response:
        position = self.found(id)
        positions.change_position(actor=self.actor, position=position, **self.read(PositionBody, partial=True))
        return self.whole(id)


class Close(PositionView):
    """Closes a position: nobody new is looked for."""

    permission_classes = [roles({"POST": WRITERS})]

    @documented(request=ClosingBody, responses=PositionAnswer)
    def post(self, request: Request, id: int) -> Response:
        positions.close_position(actor=self.actor, position=self.found(id), **self.read(ClosingBody))
        return self.whole(id)


class Reopen(PositionView):
    """Opens a closed position again."""

    permission_classes = [roles({"POST": WRITERS})]

    @documented(request=ReopeningBody, responses=PositionAnswer)
    def post(self, request: Request, id: int) -> Response:
        positions.reopen_position(actor=self.actor, position=self.found(id), **self.read(ReopeningBody))
        return self.whole(id)


class CampaignAnswer(serializers.Serializer):
    """A campaign: its programme with who takes part (a partner sees itself alone), and what stands beside it."""

    code = serializers.CharField(source="programme.code")
    name_zh = serializers.CharField(source="programme.name_zh")
    name_en = serializers.CharField(source="programme.name_en")
    partners = base.CodeField(source="programme.organisations", many=True)
    kind = serializers.ChoiceField(Campaign.Kind.choices)
    place = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    notes = serializers.CharField()


class CampaignBody(serializers.Serializer):
    """What stands beside a campaign's programme."""

    kind = serializers.ChoiceField(Campaign.Kind.choices)
    place = serializers.CharField(max_length=200, required=False, allow_blank=True)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    notes = serializers.CharField(max_length=positions.LONGEST, required=False, allow_blank=True)


class NewCampaignBody(CampaignBody):
    """A campaign to be described: its programme exists already."""

    code = base.CodeField(selectors.introductions, source="programme", help_text="The programme's.")


class Campaigns(base.ListView):
    """Campaigns, the latest first; partners see those that they take part in."""

    permission_classes = [roles({"GET": EVERYONE, "POST": "officer"})]
    name = "campaigns"
    serializer_class = CampaignAnswer
    filterset_class = CampaignFilter
    ordering = ("-starts_on", "-id")

    def get_queryset(self) -> QuerySet[Campaign]:
        return selectors.campaigns(self.actor)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return list(CampaignAnswer(rows, many=True).data)

    @documented(request=NewCampaignBody, responses={201: CampaignAnswer})
    def post(self, request: Request) -> Response:
        campaign = campaigns.describe_campaign(actor=self.actor, **self.read(NewCampaignBody))
        return Response(CampaignAnswer(self.get_queryset().get(pk=campaign.pk)).data, status=201)


class OneCampaign(base.View):
    """One campaign."""

    permission_classes = [roles({"GET": EVERYONE, "PATCH": "officer"})]

    @documented(responses=CampaignAnswer)
    def get(self, request: Request, code: str) -> Response:
        return Response(CampaignAnswer(self.one(selectors.campaigns(self.actor), programme__code=code)).data)

    @documented(request=CampaignBody(partial=True), responses=CampaignAnswer)
    def patch(self, request: Request, code: str) -> Response:
        campaign = self.one(selectors.campaigns(self.actor), programme__code=code)
        campaigns.change_campaign(actor=self.actor, campaign=campaign, **self.read(CampaignBody, partial=True))
        return self.get(request, code)


urlpatterns = [
    path("positions/", Positions.as_view()),
    path("positions/<int:id>/", OnePosition.as_view()),
    path("positions/<int:id>/close/", Close.as_view()),
    path("positions/<int:id>/reopen/", Reopen.as_view()),
    path("campaigns/", Campaigns.as_view()),
    path("campaigns/<str:code>/", OneCampaign.as_view()),
]
