"""How training goes, over HTTP: cohorts in figures, what does not fit in them, and who was there how often."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.models import User
from backend.accounts.scope import whole
from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.api.schema import documented
from programs.catalogue import naming
from programs.catalogue import selectors as catalogue
from programs.catalogue.models import Cohort
from programs.records.models import Outcome, Record
from programs.submissions import selectors as submissions
from programs.training import noting, selectors, showing
from programs.training.conflicts import Conflict, Kind, conflicts
from programs.training.filters import STATES, AttendanceFilter, ConflictFilter, TrainingCohortFilter


class TallyAnswer(serializers.Serializer):
    """What is counted; rates between 0 and 1, money in fen, null where there is nothing to reckon it from."""

    enrolled = serializers.IntegerField()
    in_progress = serializers.IntegerField()
    completed = serializers.IntegerField(help_text="As reported.")
    verified_completions = serializers.IntegerField()
    withdrawn = serializers.IntegerField()
    withdrawn_by_reason = serializers.DictField(
        child=serializers.IntegerField(), help_text="By a code of withdrawal_reason; empty: no reason was given."
    )
    awaiting_review = serializers.IntegerField()
    returned = serializers.IntegerField()
    completion_rate = serializers.FloatField(allow_null=True)
    dropout_rate = serializers.FloatField(allow_null=True)
    noted = serializers.IntegerField(help_text="Of how many an attendance summary stands.")
    sessions_held = serializers.IntegerField()
    sessions_attended = serializers.IntegerField()
    hours = serializers.FloatField()
    attendance_rate = serializers.FloatField(allow_null=True)
    planned_fen = serializers.IntegerField(allow_null=True)
    spent_fen = serializers.IntegerField(allow_null=True)
    cost_per_completion_fen = serializers.IntegerField(allow_null=True, help_text="Spent for each verified completion.")


class CourseAnswer(TallyAnswer):
    """A cohort as it goes."""

    code = serializers.CharField()
    programme = serializers.CharField()
    programme_name = serializers.CharField(help_text="In the reader's language.")
    organisation = serializers.CharField()
    organisation_name = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    state = serializers.ChoiceField(choices=STATES)
    capacity = serializers.IntegerField(allow_null=True)
    places_left = serializers.IntegerField(allow_null=True)
    conflicts = serializers.ListField(child=serializers.ChoiceField(choices=Kind.choices))
    heads = serializers.DictField(
        child=serializers.IntegerField(), allow_null=True, help_text="By target, who counts; told to the bureau alone."
    )


COURSE = (
    *("code", "programme", "programme_name", "organisation", "organisation_name", "starts_on", "ends_on"),
    *("state", "capacity", "places_left"),
    *(*showing.COUNTED, "conflicts", "heads"),
)


class TargetShareAnswer(serializers.Serializer):
    """What a cohort adds to a target."""

    target = serializers.CharField()
    heads = serializers.IntegerField()
    achieved = serializers.IntegerField(help_text="Of the whole target.")
    of_achieved = serializers.FloatField(allow_null=True)
    goal = serializers.IntegerField()
    of_goal = serializers.FloatField(allow_null=True)


class ConflictAnswer(serializers.Serializer):
    """Something that does not fit, and what to do."""

    kind = serializers.ChoiceField(choices=Kind.choices)
    programme = serializers.CharField()
    programme_name = serializers.CharField()
    organisation = serializers.CharField(allow_null=True)
    organisation_name = serializers.CharField(help_text="In the reader's language; empty where there is none.")
    cohort = serializers.CharField(allow_null=True, help_text="Null where it is of the programme's cohorts together.")
    other = serializers.CharField(allow_null=True, help_text="The second cohort of a pair.")
    people = serializers.IntegerField(allow_null=True)
    places = serializers.IntegerField(allow_null=True)
    message = serializers.CharField()
    advice = serializers.CharField()


class FiguresAnswer(CourseAnswer):
    """A cohort in figures, with what does not fit and what it adds to each target."""

    found = ConflictAnswer(many=True)
    targets = TargetShareAnswer(many=True, help_text="Told to the bureau alone.")


class ProgrammeFiguresAnswer(TallyAnswer):
    """A programme's cohorts together; its cost takes in the whole budget where the reader sees it."""

    code = serializers.CharField()
    cohorts = serializers.IntegerField()
    capacity = serializers.IntegerField(allow_null=True)
    targets = TargetShareAnswer(many=True)


class SummaryBody(serializers.Serializer):
    """How somebody took part, up to a day; what is left out is not told. They are named as in ``attendance/1``."""

    record = serializers.IntegerField(min_value=1, required=False)
    partner_ref = serializers.CharField(max_length=200, required=False, allow_blank=True)
    id_type = serializers.CharField(max_length=40, required=False, allow_blank=True)
    id_number = serializers.CharField(max_length=60, required=False, allow_blank=True)
    sessions_held = serializers.IntegerField(required=False, allow_null=True, min_value=0)
    sessions_attended = serializers.IntegerField(required=False, allow_null=True, min_value=0)
    hours = serializers.DecimalField(max_digits=7, decimal_places=1, required=False, allow_null=True, min_value=0)
    until = serializers.DateField()
    withdrawal_reason = serializers.CharField(max_length=20, required=False, allow_blank=True)


class SummariesBody(serializers.Serializer):
    """Summaries of any people of one cohort; who is not named keeps what stands."""

    rows = SummaryBody(many=True, allow_empty=False)


class NotedAnswer(serializers.Serializer):
    """What came of it."""

    noted = serializers.IntegerField()
    unchanged = serializers.IntegerField(help_text="Those that said what stands already.")


class EnrolledAnswer(serializers.Serializer):
    """Somebody enrolled, with the summary that stands; its fields are null where nothing was noted."""

    record = serializers.IntegerField()
    partner_ref = serializers.CharField()
    person = serializers.IntegerField()
    name = serializers.CharField(help_text="Masked for roles that do not read names.")
    id_number = serializers.CharField(help_text="Masked.")
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    state = serializers.ChoiceField(choices=Record.State.choices)
    started_on = serializers.DateField()
    completed_on = serializers.DateField(allow_null=True)
    sessions_held = serializers.IntegerField(allow_null=True)
    sessions_attended = serializers.IntegerField(allow_null=True)
    hours = serializers.FloatField(allow_null=True)
    until = serializers.DateField(allow_null=True)
    withdrawal_reason = serializers.CharField()
    withdrawal_reason_name = serializers.CharField(help_text="In the reader's language.")
    edition = serializers.IntegerField(allow_null=True, help_text="How many summaries there were.")
    noted_at = serializers.DateTimeField(allow_null=True)


class PlacesAnswer(serializers.Serializer):
    """What a submission would make of a cohort's places, were its good rows taken."""

    cohort = serializers.CharField()
    capacity = serializers.IntegerField(allow_null=True)
    taken = serializers.IntegerField(help_text="Now.")
    joining = serializers.IntegerField(help_text="By how many that would rise; below 0 where people withdraw.")
    would_be = serializers.IntegerField()
    over = serializers.BooleanField(help_text="Whether there would be more people than places.")
    message = serializers.CharField(help_text="Empty where they fit.")


class OfCohort(base.View):
    """What stands under one cohort."""

    permission_classes = [roles({"GET": EVERYONE})]

    def cohort(self) -> Cohort:
        """The cohort of the address. Raises NotFound."""
        return self.one(catalogue.cohorts(self.actor), code=self.kwargs["code"])


class Courses(base.ListView):
    """Cohorts as they go, by code. Partners see their own."""

    permission_classes = [roles({"GET": EVERYONE})]
    from_above = True
    name = "training-cohorts"
    serializer_class = CourseAnswer
    filterset_class = TrainingCohortFilter
    ordering = ("code",)

    def get_queryset(self) -> QuerySet[Cohort]:
        return catalogue.cohorts(self.actor)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return [showing.course(one) for one in selectors.courses(self.actor, rows)]

    def header(self) -> list[str]:
        return list(COURSE)


class Figures(OfCohort):
    """One cohort in figures."""

    from_above = True

    @documented(responses=FiguresAnswer)
    def get(self, request: Request, code: str) -> Response:
        cohort = self.cohort()
        [course] = selectors.courses(self.actor, [cohort])
        found = _named(course.conflicts, self.actor)
        shares = TargetShareAnswer(selectors.shares(self.actor, [cohort]), many=True).data
        return Response({**showing.course(course), "found": found, "targets": shares})


class ProgrammeFigures(base.View):
    """A programme in figures: its cohorts together, for a partner its own."""

    permission_classes = [roles({"GET": EVERYONE})]
    from_above = True

    @documented(responses=ProgrammeFiguresAnswer)
    def get(self, request: Request, code: str) -> Response:
        programme = self.one(catalogue.programmes(self.actor), code=code)
        cohorts = list(catalogue.cohorts(self.actor).filter(programme=programme))
        answer = {
            "code": programme.code,
            "cohorts": len(cohorts),
            "capacity": programme.capacity,
            **showing.counted(selectors.programme_tally(self.actor, programme)),
            "targets": TargetShareAnswer(selectors.shares(self.actor, cohorts), many=True).data,
        }
        return Response(answer)


def _named(found: Sequence[Conflict], actor: User) -> list[dict[str, Any]]:
    told = [showing.conflict(one) for one in found]
    return naming.beside(told, actor, {"programme": naming.PROGRAMME, "organisation": naming.ORGANISATION})


class _ConflictList(base.ListView):
    """Conflicts as a computed list."""

    permission_classes = [roles({"GET": EVERYONE})]
    name = "conflicts"
    serializer_class = ConflictAnswer
    queryset = Cohort.objects.none()  # what the schema goes by

    def present(self, rows: Sequence[Conflict]) -> list[Any]:
        return _named(rows, self.actor)


class Conflicts(_ConflictList):
    """What does not fit in cohorts, by programme and cohort; a pair of cohorts is told once. Partners see their own."""

    from_above = True
    filterset_class = ConflictFilter

    def get_queryset(self) -> QuerySet[Cohort]:
        return catalogue.cohorts(self.actor).order_by("programme__code", "code")

    def filter_queryset(self, queryset: Any) -> Any:
        kinds = self.request.query_params.getlist("kind") or list(Kind)
        cohorts = list(super().filter_queryset(queryset))
        with whole(self.actor):
            return conflicts(self.actor, cohorts, kinds)


class CohortConflicts(OfCohort, _ConflictList):
    """What does not fit in one cohort."""

    from_above = True

    def get_queryset(self) -> Any:
        [course] = selectors.courses(self.actor, [self.cohort()])
        return course.conflicts


class AttendanceList(OfCohort, base.ListView):
    """Who is enrolled in a cohort, with the attendance summary that stands of each; written many at once."""

    permission_classes = [roles({"GET": EVERYONE, "PUT": "partner officer"})]
    from_above = True
    name = "attendance"
    serializer_class = EnrolledAnswer
    filterset_class = AttendanceFilter
    ordering = ("id",)
    queryset = Record.objects.none()  # what the schema goes by

    def get_queryset(self) -> QuerySet[Record, Any]:
        return selectors.members(self.actor, self.cohort())

    def ordered(self, rows: Any) -> Any:
        return super().ordered(rows).values(*showing.MEMBER_PATHS)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        told = showing.members(rows, self.actor)
        return naming.beside(told, self.actor, {"withdrawal_reason": "withdrawal_reason"})

    @documented(request=SummariesBody, responses=NotedAnswer)
    def put(self, request: Request, code: str) -> Response:
        noted = noting.note(actor=self.actor, cohort=self.cohort(), rows=self.read(SummariesBody)["rows"])
        return Response(asdict(noted))


class Places(base.ListView):
    """What a checked submission would make of its cohorts' places; empty before its checks and once it is taken."""

    permission_classes = [roles({"GET": EVERYONE})]
    from_above = True
    name = "places"
    serializer_class = PlacesAnswer
    queryset = Cohort.objects.none()  # what the schema goes by

    def get_queryset(self) -> Any:
        submission = self.one(submissions.with_practice(self.actor), pk=self.kwargs["id"])
        return selectors.foreseen(self.actor, submission)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return [showing.foreseen(one) for one in rows]


urlpatterns = [
    path("submissions/<int:id>/places/", Places.as_view()),
    path("training/cohorts/", Courses.as_view()),
    path("training/conflicts/", Conflicts.as_view()),
    path("cohorts/<str:code>/figures/", Figures.as_view()),
    path("cohorts/<str:code>/conflicts/", CohortConflicts.as_view()),
    path("cohorts/<str:code>/attendance/", AttendanceList.as_view()),
    path("programmes/<str:code>/figures/", ProgrammeFigures.as_view()),
]
