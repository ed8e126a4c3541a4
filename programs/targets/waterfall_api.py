"""The people behind a change of the figure, over HTTP."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from backend.api import base
from backend.api.pagination import KeysetPagination
from backend.api.schema import documented
from programs.targets import readings, selectors
from programs.targets.at_a_moment import READERS
from programs.targets.books import Moment
from programs.targets.models import Basis, LedgerEntry, Target
from programs.targets.parameters import ChangesParameters, told
from programs.targets.waterfall import TURN_COLUMNS, TURN_HEADER, TurnFilter, shown_turns
from talent.people.models import PersonChange


class TurnAnswer(serializers.Serializer):
    """One head counted, or taken back, between the two moments."""

    id = serializers.IntegerField()
    person = serializers.IntegerField()
    name = serializers.CharField(help_text="Masked for roles that do not read names.")
    delta = serializers.IntegerField(help_text="1 counted, −1 taken back.")
    reason = serializers.ChoiceField(PersonChange.Reason.choices)
    recorded_at = serializers.DateTimeField()
    effective_on = serializers.DateField()
    organisation = serializers.CharField()
    programme = serializers.CharField()
    path = serializers.CharField()
    basis = serializers.ChoiceField(Basis.choices)
    district = serializers.CharField(allow_blank=True)
    segment = serializers.CharField(allow_blank=True)
    record = serializers.IntegerField()
    moved = serializers.BooleanField(help_text="The same posting counted the person under another heading.")
    other_organisation = serializers.CharField(
        allow_null=True, help_text="Of a move, the organisation on its other side, which may be the same."
    )


class SpanPagination(KeysetPagination):
    """Pages between one and the same two moments: the links carry them on."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.between: tuple[Moment, Moment] = view.between
        return super().paginate_queryset(queryset, request, view)

    def _link(self, cursor: str | None) -> str | None:
        link = super()._link(cursor)
        if link is not None:
            opening, closing = self.between
            at = {"from": told(opening)["known_at"], "to": told(closing)["known_at"], "as_of": told(closing)["as_of"]}
            for name, value in at.items():
                link = replace_query_param(link, name, value)
        return link


@documented(parameters=[ChangesParameters])
class ChangedPeople(base.ListView):
    """Whom the figure moved by between two moments, and why: what a reason of ``changes/`` opens into.

    ``?reason=`` and ``?turn=counted|taken_back`` choose among them; so do the filters of heads.
    """

    permission_classes = READERS
    name = "changes"
    serializer_class = TurnAnswer
    filterset_class = TurnFilter
    parameters = ("from", "to", "as_of")
    ordering = ("id",)
    columns = TURN_COLUMNS
    queryset = LedgerEntry.objects.none()
    pagination_class = SpanPagination

    @cached_property
    def target(self) -> Target:
        return self.one(selectors.targets(self.actor), code=self.kwargs["code"])

    @cached_property
    def between(self) -> tuple[Moment, Moment]:
        asked: dict[str, Any] = self.params(ChangesParameters, TurnFilter.names())
        since, until, as_of = asked.get("from"), asked.get("to"), asked.get("as_of")
        return readings.moments(self.target, since=since, until=until, as_of=as_of)

    def get_queryset(self) -> QuerySet[LedgerEntry]:
        opening, closing = self.between
        return selectors.turns(self.actor, self.target, opening, closing)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return shown_turns(rows, self.actor)

    def header(self) -> list[str]:
        return list(TURN_HEADER)


urlpatterns = [path("targets/<str:code>/changes/people/", ChangedPeople.as_view(), name="target-changes-people")]
