"""The code tables over HTTP, for whoever fills in a template or labels a figure."""

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers

from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.reference import selectors
from backend.reference.filters import CodeFilter
from backend.reference.models import Code


class CodeAnswer(serializers.ModelSerializer):
    """A code; ``aliases`` are the other names that a file may use, ``is_group`` marks a heading that is no value."""

    aliases = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Code
        fields = ["table", "code", "name_zh", "name_en", "aliases", "is_group"]


class Codes(base.ListView):
    """The codes of the tables that records refer to, table by table in their own order."""

    permission_classes = [roles({"GET": EVERYONE})]
    name = "codes"
    serializer_class = CodeAnswer
    filterset_class = CodeFilter
    ordering = ("table", "position", "id")
    columns = {name: name for name in CodeAnswer.Meta.fields}

    def get_queryset(self) -> QuerySet[Code]:
        return selectors.codes()


urlpatterns = [path("codes/", Codes.as_view(), name="codes")]
