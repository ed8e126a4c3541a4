"""Saved views and the settings of review over HTTP."""

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base
from backend.api.permissions import roles
from backend.api.schema import documented
from programs.review import selectors, settings, views
from programs.review.models import ReviewSettings, SavedView


class ViewAnswer(serializers.ModelSerializer):
    """A filter of records under a name."""

    owner = serializers.CharField(source="owner.username")

    class Meta:
        model = SavedView
        fields = ["id", "owner", "name", "query", "shared", "is_default"]


class ViewBody(serializers.Serializer):
    """The filter, as it stands behind the question mark of an address, and its name."""

    name = serializers.CharField(max_length=views.LONGEST_NAME)
    query = serializers.CharField(max_length=views.LONGEST_QUERY)
    shared = serializers.BooleanField(required=False, default=False)
    is_default = serializers.BooleanField(required=False, default=False)


class SettingsAnswer(serializers.ModelSerializer):
    """How the bureau decides."""

    changed_by = serializers.CharField(source="changed_by.username", allow_null=True, default=None)

    class Meta:
        model = ReviewSettings
        fields = [*settings.NAMES, "changed_at", "changed_by"]


class SettingsBody(serializers.ModelSerializer):
    """What shall be set."""

    class Meta:
        model = ReviewSettings
        fields = list(settings.NAMES)


class Views(base.ListView):
    """An officer's own views, and those that colleagues share."""

    permission_classes = [roles({"GET": "officer", "POST": "officer"})]
    name = "saved-views"
    serializer_class = ViewAnswer
    ordering = ("name", "id")

    def get_queryset(self) -> QuerySet[SavedView]:
        return selectors.views(self.actor)

    @documented(request=ViewBody, responses={201: ViewAnswer})
    def post(self, request: Request) -> Response:
        return Response(ViewAnswer(views.save_view(actor=self.actor, **self.read(ViewBody))).data, status=201)


class OneView(base.View):
    """One view; its owner changes it and takes it away."""

    permission_classes = [roles({"GET": "officer", "PATCH": "officer", "DELETE": "officer"})]

    @documented(responses=ViewAnswer)
    def get(self, request: Request, id: int) -> Response:
        return Response(ViewAnswer(self._find(id)).data)

    @documented(request=ViewBody, responses=ViewAnswer)
    def patch(self, request: Request, id: int) -> Response:
        given = self.read(ViewBody, partial=True)
        changes = {name: value for name, value in given.items() if name in request.data}
        return Response(ViewAnswer(views.change_view(actor=self.actor, view=self._find(id), **changes)).data)

    @documented(responses={204: None})
    def delete(self, request: Request, id: int) -> Response:
        views.forget_view(actor=self.actor, view=self._find(id))
        return Response(status=204)

    def _find(self, id: int) -> SavedView:
        return self.one(selectors.views(self.actor), pk=id)


class Settings(base.View):
    """How the bureau decides; administrators set it."""

    permission_classes = [roles({"GET": "officer manager admin", "PATCH": "admin"})]

    @documented(responses=SettingsAnswer)
    def get(self, request: Request) -> Response:
        return Response(SettingsAnswer(settings.current()).data)

    @documented(request=SettingsBody, responses=SettingsAnswer)
    def patch(self, request: Request) -> Response:
        changes = self.read(SettingsBody, partial=True)
        return Response(SettingsAnswer(settings.change(actor=self.actor, **changes)).data)


urlpatterns = [
    path("saved-views/", Views.as_view()),
    path("saved-views/<int:id>/", OneView.as_view()),
    path("review/settings/", Settings.as_view()),
]
