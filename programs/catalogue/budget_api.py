"""The budget of a programme over HTTP, line by line; amounts are in fen."""

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import documented
from programs.catalogue import budget, selectors
from programs.catalogue.filters import BudgetFilter
from programs.catalogue.models import BudgetLine, Programme


class BudgetLineAnswer(serializers.ModelSerializer):
    """A budget line; ``cohort`` is null where it is of the programme as a whole."""

    programme = base.CodeField()
    cohort = base.CodeField(allow_null=True)

    class Meta:
        model = BudgetLine
        fields = ["id", "programme", *budget.FIELDS]


class LineBody(serializers.Serializer):
    """A line to be entered or changed."""

    cohort = base.CodeField(selectors.cohorts, required=False, allow_null=True)
    funding_source = serializers.CharField(max_length=20, help_text="A code of the table funding_source.")
    purpose = serializers.CharField(max_length=200)
    planned_fen = serializers.IntegerField(min_value=0, max_value=budget.MOST_FEN)
    spent_fen = serializers.IntegerField(min_value=0, max_value=budget.MOST_FEN, required=False)


class OfProgramme(base.View):
    """What stands under one programme."""

    def programme(self) -> Programme:
        """The programme of the address. Raises NotFound."""
        return self.one(selectors.programmes(self.actor), code=self.kwargs["code"])


class Budget(OfProgramme, base.ListView):
    """The budget lines of a programme, as they were entered. A partner sees those of its own cohorts."""

    permission_classes = [roles({"GET": EVERYONE, "POST": "officer"})]
    name = "budget"
    serializer_class = BudgetLineAnswer
    filterset_class = BudgetFilter
    ordering = ("id",)
    queryset = BudgetLine.objects.none()  # what the schema goes by

    def get_queryset(self) -> QuerySet[BudgetLine]:
        return selectors.budget_lines(self.actor).filter(programme=self.programme())

    @documented(request=LineBody, responses={201: BudgetLineAnswer})
    def post(self, request: Request, code: str) -> Response:
        line = budget.add_line(actor=self.actor, programme=self.programme(), **self.read(LineBody))
        return Response(BudgetLineAnswer(line).data, status=201)


class OneLine(OfProgramme):
    """One budget line."""

    permission_classes = [roles({"GET": EVERYONE, "PATCH": "officer", "DELETE": "officer"})]

    def line(self) -> BudgetLine:
        """The line of the address. Raises NotFound."""
        lines = selectors.budget_lines(self.actor).filter(programme=self.programme())
        return self.one(lines, pk=self.kwargs["id"])

    @documented(responses=BudgetLineAnswer)
    def get(self, request: Request, code: str, id: int) -> Response:
        return Response(BudgetLineAnswer(self.line()).data)

    @documented(request=LineBody(partial=True), responses=BudgetLineAnswer)
    def patch(self, request: Request, code: str, id: int) -> Response:
        changed = budget.change_line(actor=self.actor, line=self.line(), **self.read(LineBody, partial=True))
        return Response(BudgetLineAnswer(changed).data)

    @documented(responses={204: None})
    def delete(self, request: Request, code: str, id: int) -> Response:
        budget.remove_line(actor=self.actor, line=self.line())
        return Response(status=204)


urlpatterns = [
    path("programmes/<str:code>/budget/", Budget.as_view()),
    path("programmes/<str:code>/budget/<int:id>/", OneLine.as_view()),
]
