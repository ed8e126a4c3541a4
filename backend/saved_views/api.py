"""Saved views over HTTP."""

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import documented
from backend.saved_views import selectors, services
from backend.saved_views.filters import SavedViewFilter
from backend.saved_views.models import SavedView


class ViewAnswer(serializers.ModelSerializer):
    """Filters and columns of a list under a name."""

    owner = serializers.CharField(source="owner.username")

    class Meta:
        model = SavedView
        fields = ["id", "owner", "list", "name", "query", "shared", "is_default"]


class ViewChangeBody(serializers.Serializer):
    """The name, what it keeps, as it stands behind the question mark of an address, and for whom."""

    name = serializers.CharField(max_length=services.LONGEST_NAME)
    query = serializers.CharField(max_length=services.LONGEST_QUERY)
    shared = serializers.BooleanField(required=False, default=False)
    is_default = serializers.BooleanField(required=False, default=False)


class ViewBody(ViewChangeBody):
    """The same, and of which list: its page by its name, such as records."""

    list = serializers.CharField(max_length=60, source="list_name")


class Views(base.ListView):
    """One's own views, and those that colleagues of the same role and organisation share."""

    permission_classes = [roles({"GET": EVERYONE, "POST": EVERYONE})]
    reading = True  # whoever may only read keeps views all the same
    name = "saved-views"
    serializer_class = ViewAnswer
    filterset_class = SavedViewFilter
    ordering = ("name", "id")

    def get_queryset(self) -> QuerySet[SavedView]:
        return selectors.views(self.actor)

    @documented(request=ViewBody, responses={201: ViewAnswer})
    def post(self, request: Request) -> Response:
        return Response(ViewAnswer(services.save_view(actor=self.actor, **self.read(ViewBody))).data, status=201)


class OneView(base.View):
    """One view; its owner changes it and takes it away."""

    permission_classes = [roles({"GET": EVERYONE, "PATCH": EVERYONE, "DELETE": EVERYONE})]
    reading = True

    @documented(responses=ViewAnswer)
    def get(self, request: Request, id: int) -> Response:
        return Response(ViewAnswer(self._find(id)).data)

    @documented(request=ViewChangeBody, responses=ViewAnswer)
    def patch(self, request: Request, id: int) -> Response:
        given = self.read(ViewChangeBody, partial=True)
        changes = {name: value for name, value in given.items() if name in request.data}
        return Response(ViewAnswer(services.change_view(actor=self.actor, view=self._find(id), **changes)).data)

    @documented(responses={204: None})
    def delete(self, request: Request, id: int) -> Response:
        services.forget_view(actor=self.actor, view=self._find(id))
        return Response(status=204)

    def _find(self, id: int) -> SavedView:
        return self.one(selectors.views(self.actor), pk=id)


urlpatterns = [
    path("saved-views/", Views.as_view()),
    path("saved-views/<int:id>/", OneView.as_view()),
]
