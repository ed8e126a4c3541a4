"""What positions, campaigns and candidates may be looked for by: on the API, on pages, in downloads and in moves."""

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as lazy
from django_filters import rest_framework as filters

from backend.lists.filters import StrictFilterSet
from backend.vault import services as vault
from programs.recruitment import selectors
from programs.recruitment.models import Arrival, Campaign, Candidate, Document, Move, Position
from programs.recruitment.stages import ENDED, Stage
from talent.people.filters import WholeFilter

REPORTS = (
    ("none", lazy("Not reported")),
    (Arrival.State.SENT.value, lazy("Being taken in")),
    (Arrival.State.TAKEN.value, lazy("On the books")),
    (Arrival.State.REFUSED.value, lazy("Refused by the checks")),
)


class PositionFilter(StrictFilterSet):
    """By organisation, state, what is asked for, days on which they were open, and words of reference and title."""

    organisation = filters.CharFilter(field_name="organisation__code")
    ref = filters.CharFilter()
    state = filters.MultipleChoiceFilter(choices=Position.State.choices)
    occupation = filters.CharFilter()
    level = filters.CharFilter()
    segment = filters.CharFilter()
    district = filters.CharFilter()
    open_on = filters.DateFilter(method="by_day")
    q = filters.CharFilter(method="named")

    class Meta:
        model = Position
        fields: list[str] = []

    def by_day(self, queryset: QuerySet[Position], name: str, day: dt.date) -> QuerySet[Position]:
        unclosed = Q(closed_on=None) | Q(closed_on__gt=day)
        return queryset.filter(unclosed, opened_on__lte=day, open_until__gte=day)

    def named(self, queryset: QuerySet[Position], name: str, words: str) -> QuerySet[Position]:
        return queryset.filter(Q(ref__icontains=words) | Q(title__icontains=words))


class CampaignFilter(StrictFilterSet):
    """By code of the programme, kind, organisation taking part, a day on which it is held, and words of its names."""

    code = filters.CharFilter(field_name="programme__code")
    kind = filters.MultipleChoiceFilter(choices=Campaign.Kind.choices)
    organisation = filters.CharFilter(field_name="programme__organisations__code")
    on = filters.DateFilter(method="by_day")
    q = filters.CharFilter(method="named")

    class Meta:
        model = Campaign
        fields: list[str] = []

    def by_day(self, queryset: QuerySet[Campaign], name: str, day: dt.date) -> QuerySet[Campaign]:
        return queryset.filter(starts_on__lte=day, ends_on__gte=day)

    def named(self, queryset: QuerySet[Campaign], name: str, words: str) -> QuerySet[Campaign]:
        names = ("programme__code", "programme__name_zh", "programme__name_en", "place")
        found = Q()
        for one in names:
            found |= Q(**{f"{one}__icontains": words})
        return queryset.filter(found)


class CandidateFilter(StrictFilterSet):
    """Candidates; organisation and campaign by code, owner by user name.

    ``live``: on the way still. ``report``: what became of the report of their arrival. ``record``: the record that came
    of it. ``q`` is a name in full, or a reference: names rest sealed and are found by their whole alone.
    """

    organisation = filters.CharFilter(field_name="organisation__code")
    campaign = filters.CharFilter(field_name="campaign__code")
    position = WholeFilter("position_id")
    source = filters.CharFilter()
    stage = filters.MultipleChoiceFilter(choices=Stage.choices)
    live = filters.BooleanFilter(method="by_live")
    owner = filters.CharFilter(field_name="owner__username")
    known = filters.MultipleChoiceFilter(choices=Candidate.Known.choices)
    education = filters.CharFilter()
    title = filters.CharFilter()
    report = filters.ChoiceFilter(choices=REPORTS, method="by_report")
    record = WholeFilter("record_id", method="by_record")
    entered_from = filters.DateFilter(field_name="entered_on", lookup_expr="gte")
    entered_to = filters.DateFilter(field_name="entered_on", lookup_expr="lte")
    stage_from = filters.DateFilter(field_name="stage_on", lookup_expr="gte")
    stage_to = filters.DateFilter(field_name="stage_on", lookup_expr="lte")
    q = filters.CharFilter(method="named")

    class Meta:
        model = Candidate
        fields: list[str] = []

    def by_live(self, queryset: QuerySet[Candidate], name: str, value: bool) -> QuerySet[Candidate]:
        return queryset.exclude(stage__in=ENDED) if value else queryset.filter(stage__in=ENDED)

    def by_report(self, queryset: QuerySet[Candidate], name: str, value: str) -> QuerySet[Candidate]:
        standing = selectors.standing_arrivals()
        if value == "none":
            return queryset.exclude(pk__in=standing.values("candidate"))
        alive = standing.exclude(selectors.refused())
        if value == Arrival.State.REFUSED:
            refused = standing.filter(selectors.refused()).exclude(candidate__in=alive.values("candidate"))
            return queryset.filter(pk__in=refused.values("candidate"))
        return queryset.filter(pk__in=alive.filter(state=value).values("candidate"))

    def by_record(self, queryset: QuerySet[Candidate], name: str, value: int) -> QuerySet[Candidate]:
        return queryset.filter(pk__in=selectors.standing_arrivals().filter(record_id=value).values("candidate"))

    def named(self, queryset: QuerySet[Candidate], name: str, words: str) -> QuerySet[Candidate]:
        # The engine is heavy, and most lists are asked for without.
        from programs.intake.tidying import name_key

        key = name_key(words)
        found = Q(ref=words.strip())
        if key:
            found |= Q(name_index=vault.index_many([f"name|{key}"])[0])
        return queryset.filter(found)


class MoveFilter(StrictFilterSet):
    """Moves by the stage that they led to, and days."""

    to = filters.MultipleChoiceFilter(choices=Stage.choices)
    day_from = filters.DateFilter(field_name="day", lookup_expr="gte")
    day_to = filters.DateFilter(field_name="day", lookup_expr="lte")

    class Meta:
        model = Move
        fields: list[str] = []


class DocumentFilter(StrictFilterSet):
    """Files by kind and state."""

    kind = filters.MultipleChoiceFilter(choices=Document.Kind.choices)
    state = filters.MultipleChoiceFilter(choices=Document.State.choices)

    class Meta:
        model = Document
        fields: list[str] = []
