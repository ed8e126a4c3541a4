"""Addresses of calendars over HTTP; the calendars themselves are read at those addresses."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.models import User
from backend.api import base
from backend.api.permissions import roles
from backend.api.schema import documented
from programs.feeds import selectors, services
from programs.feeds.filters import FeedFilter
from programs.feeds.models import CalendarFeed


class FeedAnswer(serializers.ModelSerializer):
    """A secret address, without it: whose, since when, and whether it was revoked."""

    organisation = base.CodeField()
    made_by = serializers.CharField(source="made_by.username", allow_null=True, default=None)
    revoked_by = serializers.CharField(source="revoked_by.username", allow_null=True, default=None)

    class Meta:
        model = CalendarFeed
        fields = ["id", "organisation", "language", "made_by", "made_at", "revoked_by", "revoked_at"]


class MadeFeedAnswer(FeedAnswer):
    """A new one, with its address, which is told this once."""

    address = serializers.CharField()

    class Meta(FeedAnswer.Meta):
        fields = [*FeedAnswer.Meta.fields, "address"]


class FeedBody(serializers.Serializer):
    """For whom, and in which language; a partner makes its own, in its user's language unless it is said."""

    organisation = base.CodeField(selectors.partners, required=False)
    language = serializers.ChoiceField(choices=User.Language.choices, required=False)


class Feeds(base.ListView):
    """Secret addresses of calendars, the latest first; making one lets the one before open nothing any more."""

    permission_classes = [roles({"GET": "partner admin", "POST": "partner admin"})]
    name = "calendar-feeds"
    serializer_class = FeedAnswer
    filterset_class = FeedFilter
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[CalendarFeed]:
        return selectors.feeds(self.actor)

    @documented(request=FeedBody, responses={201: MadeFeedAnswer})
    def post(self, request: Request) -> Response:
        given = self.read(FeedBody)
        own = selectors.partners(self.actor)
        organisation = given.get("organisation") or self.one(own, pk=self.actor.organisation_id)
        language = given.get("language") or self.actor.language
        made = services.make_feed(actor=self.actor, organisation=organisation, language=language)
        answer: dict[str, Any] = {**FeedAnswer(made.feed).data, "address": made.address}
        return Response(answer, status=201)


class Revoke(base.View):
    """Lets an address open nothing any more."""

    permission_classes = [roles({"POST": "partner admin"})]

    @documented(request=None, responses=FeedAnswer)
    def post(self, request: Request, id: int) -> Response:
        feed = self.one(selectors.feeds(self.actor), pk=id)
        return Response(FeedAnswer(services.revoke_feed(actor=self.actor, feed=feed)).data)


urlpatterns = [
    path("calendar-feeds/", Feeds.as_view(), name="calendar-feeds"),
    path("calendar-feeds/<int:id>/revoke/", Revoke.as_view(), name="calendar-feed-revoke"),
]
