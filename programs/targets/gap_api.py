"""The gap over HTTP: what was reported, or is owed, and does not count, by reason; each reason opens into its rows."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, cast
from urllib.parse import urlencode

from django.urls import path, reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.schema import documented
from backend.clock import BUREAU
from backend.problems import NotFound
from programs.targets import gaps
from programs.targets.at_a_moment import AtAMoment, ListAtAMoment
from programs.targets.filters import GapFilter
from programs.targets.gap_models import Gap, Kind, Reason
from programs.targets.gap_showing import HEADER, columns, listed, shown
from programs.targets.gaps import GapReading
from programs.targets.parameters import MomentParameters, told


class ShareAnswer(serializers.Serializer):
    """What stands under one reason."""

    reason = serializers.ChoiceField(Reason.choices)
    count = serializers.IntegerField(
        allow_null=True, help_text="Null where the filters cannot tell it: a missing report has no district."
    )
    unit = serializers.ChoiceField([gaps.OF_OBLIGATIONS, gaps.OF_ROWS, gaps.OF_RECORDS])
    turn = serializers.ChoiceField([gaps.PARTNER, gaps.OFFICER, gaps.NOBODY], help_text="Whose turn it is.")
    rows = serializers.URLField(help_text="The list of what stands under it.")

    def get_fields(self) -> dict[str, serializers.Field]:
        # "label" is a word of the base class's own, so it cannot be declared as an attribute.
        fields = super().get_fields()
        return {"reason": fields.pop("reason"), "label": serializers.CharField(), **fields}


class GapAnswer(serializers.Serializer):
    """The gap: ``reported`` is ``counted`` and the ``count`` of every reason whose unit is records."""

    target = serializers.CharField()
    as_of = serializers.DateField()
    known_at = serializers.DateTimeField()
    worked_out_at = serializers.DateTimeField(
        help_text="The last moment, not after known_at, at which ledger and gap told of the same books: they are "
        "answered as they stood then."
    )
    reported = serializers.IntegerField(help_text="Records on the books.")
    counted = serializers.IntegerField()
    missing = serializers.IntegerField(help_text="Records that do not count.")
    results = ShareAnswer(many=True)


class GapRowAnswer(serializers.Serializer):
    """Something that stands in the gap."""

    reason = serializers.ChoiceField(Reason.choices)
    kind = serializers.ChoiceField(Kind.choices)
    record = serializers.IntegerField(allow_null=True)
    submission = serializers.IntegerField(allow_null=True)
    obligation = serializers.IntegerField(allow_null=True)
    period = serializers.CharField(allow_null=True, help_text="Of an obligation or a submission.")
    person = serializers.IntegerField(allow_null=True)
    name = serializers.CharField(allow_null=True, help_text="Masked for roles that do not read names.")
    organisation = serializers.CharField()
    programme = serializers.CharField(allow_null=True)
    path = serializers.CharField(allow_blank=True)
    district = serializers.CharField(allow_blank=True)
    segment = serializers.CharField(allow_blank=True)
    rows = serializers.IntegerField(allow_null=True, help_text="Rows of a submission that fail their checks.")
    credited = serializers.CharField(allow_null=True, help_text="Of a duplicate, the organisation with the credit.")
    day = serializers.DateField(
        allow_null=True, help_text="Of a person who counts, since when; of an obligation, its period's end."
    )
    since = serializers.DateTimeField(help_text="When it came to stand here, on the books.")
    turn = serializers.ChoiceField([gaps.PARTNER, gaps.OFFICER, gaps.NOBODY])


class OfTheGap(AtAMoment):
    """The gap of a target at a moment."""

    filterset_class = cast(Any, GapFilter)

    @cached_property
    def gap(self) -> GapReading:
        moment = self.moment  # first, so that a bad parameter is told before a target that is not there
        chosen = {name: value for name, value in self.chosen.items() if value}
        return GapReading(self.actor, self.target, moment, chosen)


class TheGap(OfTheGap):
    """What was reported, or is owed, and does not count, by reason, with whose turn it is.

    Of the records reported each counts or stands under exactly one reason; missing reports and failing rows, which are
    no records yet, stand beside them.
    """

    @documented(responses=GapAnswer, parameters=[MomentParameters])
    def get(self, request: Request, code: str) -> Response:
        found = self.gap.shortfall()
        at = {**told(self.moment), **self.gap.chosen}
        answer = {
            "target": self.target.code,
            **told(self.moment),
            "worked_out_at": self.gap.posting.recorded_at.astimezone(BUREAU).isoformat(),
            "reported": found.reported,
            "counted": found.counted,
            "missing": found.missing,
            "results": [
                {
                    "reason": share.reason.value,
                    "label": str(share.reason.label),
                    "count": share.count,
                    "unit": gaps.unit(share.reason),
                    "turn": gaps.turn(share.reason),
                    "rows": request.build_absolute_uri(
                        reverse("target-gap-rows", args=[code, share.reason.value]) + f"?{urlencode(at)}"
                    ),
                }
                for share in found.shares
            ],
        }
        return Response(answer)


@documented(parameters=[MomentParameters])
class GapRows(OfTheGap, ListAtAMoment):
    """What stands in the gap for one reason, with whose turn it is; names masked for roles that do not read names."""

    name = "gap"
    serializer_class = GapRowAnswer
    parameters = ("as_of", "known_at")
    ordering = ("id",)
    queryset = cast(Any, Gap.objects.none())

    @cached_property
    def reason(self) -> Reason:
        try:
            return Reason(self.kwargs["reason"])
        except ValueError:
            raise NotFound from None

    @property
    def columns(self) -> Mapping[str, str]:  # type: ignore[override]
        return columns(self.reason)

    def filter_queryset(self, queryset: Any) -> Any:
        return queryset  # narrowed where it is read, as the counts are

    def get_queryset(self) -> Any:
        self.asked  # noqa: B018 - refuses what it does not know before anything is read
        return listed(self.gap, self.reason)

    def heads(self) -> int:
        return listed(self.gap, self.reason).count()

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return shown(rows, self.reason, self.actor)

    def header(self) -> list[str]:
        return list(HEADER)


urlpatterns = [
    path("targets/<str:code>/gap/", TheGap.as_view(), name="target-gap"),
    path("targets/<str:code>/gap/<str:reason>/", GapRows.as_view(), name="target-gap-rows"),
]
