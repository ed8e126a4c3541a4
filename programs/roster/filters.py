"""By what people are found: on the API, on pages and in downloads alike."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Max, Min
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django_filters import rest_framework as filters

from backend.lists.filters import StrictFilterSet
from backend.problems import Forbidden, Invalid
from programs.catalogue.models import Path
from programs.records.filters import TIERS
from programs.records.models import Outcome, Record
from programs.roster.finding import RosterQuerySet
from programs.roster.models import RosterEntry
from programs.roster.refresh import phone_term
from programs.roster.terms import ANY, Term, any_of, name_key, name_query, quoted
from programs.roster.typed import Kind, kind_of
from programs.targets.filters import SEGMENTS, UNSPECIFIED
from programs.targets.models import Basis, Target
from talent.people.filters import WholeFilter
from talent.people.models import PersonChange
from talent.people.naming import may_read_names

FAR = dt.date(9998, 1, 1)


def term_filter(term: Term) -> filters.CharFilter:
    """A filter by one term, whose values are codes."""
    return filters.CharFilter(method=_by(term))


def _by(term: Term) -> Any:
    def narrow(queryset: RosterQuerySet, name: str, value: Any) -> RosterQuerySet:
        return queryset.wanting(quoted(queryset.reader, term, str(value)))

    return narrow


class PersonFilter(StrictFilterSet):
    """People as they are now.

    ``q`` is what one types: a name or part of one, its pinyin or initials, four digits for the end of a telephone
    number. ``target`` narrows to those who count towards it, ``counted`` says whether they do (towards the target, or
    any), ``effective_from`` and ``effective_to`` since when. ``organisation`` is one that reported the person,
    ``credited`` the one whose report counts. ``programme``, ``path``, ``district``, ``segment``, ``education``,
    ``title``, ``outcome`` and ``state`` are those of any of the person's records.
    """

    q = filters.CharFilter(method="by_what_was_typed")
    name = filters.CharFilter(method="by_name")
    target = filters.CharFilter(method="by_target")
    counted = filters.BooleanFilter(method="by_counted")
    basis = filters.ChoiceFilter(choices=Basis.choices, method=_by(Term.BASIS))
    effective_from = filters.DateFilter(method="by_days")
    effective_to = filters.DateFilter(method="by_days")
    reason = filters.ChoiceFilter(choices=PersonChange.Reason.choices, method=_by(Term.REASON))
    organisation = term_filter(Term.ORGANISATION)
    credited = term_filter(Term.CREDITED)
    programme = term_filter(Term.PROGRAMME)
    path = filters.ChoiceFilter(choices=Path.choices, method=_by(Term.PATH))
    district = term_filter(Term.DISTRICT)
    segment = filters.ChoiceFilter(choices=[*SEGMENTS, (UNSPECIFIED, lazy("Not given"))], method=_by(Term.SEGMENT))
    tier = filters.ChoiceFilter(choices=TIERS, method=_by(Term.TIER))
    state = filters.MultipleChoiceFilter(choices=Record.State.choices, method="by_states")
    outcome = filters.ChoiceFilter(choices=Outcome.choices, method=_by(Term.OUTCOME))
    education = term_filter(Term.EDUCATION)
    title = term_filter(Term.TITLE)
    gender = term_filter(Term.GENDER)
    birth_year = WholeFilter("birth_date", min_value=1800, max_value=2200, method=_by(Term.BORN))

    class Meta:
        model = RosterEntry
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        # Some filters mean something by each other: whether people count, and towards what.
        self.given = self.form.cleaned_data
        return super().filter_queryset(queryset)

    def by_what_was_typed(self, queryset: RosterQuerySet, name: str, value: str) -> RosterQuerySet:
        kind = kind_of(value)
        if kind is Kind.NUMBER:
            message = _("Numbers are not looked for in an address. Use the search box, or POST people/find/.")
            raise Invalid([("q", "number_in_address", message)])
        return by_typed(queryset, value, self.request.user)

    def by_name(self, queryset: RosterQuerySet, name: str, value: str) -> RosterQuerySet:
        refuse_names(self.request.user)
        return queryset.wanting(quoted(queryset.reader, Term.EXACT, name_key(value), open_end=True))

    def by_target(self, queryset: RosterQuerySet, name: str, value: str) -> RosterQuerySet:
        counts = Term.NOT_COUNTED if self.given.get("counted") is False else Term.COUNTED
        return queryset.wanting(quoted(queryset.reader, counts, value), toward=value)

    def by_counted(self, queryset: RosterQuerySet, name: str, value: bool) -> RosterQuerySet:
        if self.given.get("target"):
            return queryset
        return queryset.wanting(quoted(queryset.reader, Term.COUNTED if value else Term.NOT_COUNTED, ANY))

    def by_states(self, queryset: RosterQuerySet, name: str, value: Sequence[str]) -> RosterQuerySet:
        return queryset.wanting(any_of(queryset.reader, Term.STATE, value)) if value else queryset

    def by_days(self, queryset: RosterQuerySet, name: str, value: dt.date) -> RosterQuerySet:
        first, last = self.given.get("effective_from"), self.given.get("effective_to")
        if name == "effective_to" and first:
            return queryset
        return queryset.wanting(any_of(queryset.reader, Term.SINCE, spans(first, last)), since=first, until=last)


class FoundFilter(PersonFilter):
    """The same filters for what was sent in a body, where a number may be looked for too."""

    def by_what_was_typed(self, queryset: RosterQuerySet, name: str, value: str) -> RosterQuerySet:
        return by_typed(queryset, value, self.request.user)


def by_typed(queryset: RosterQuerySet, text: str, actor: Any) -> RosterQuerySet:
    """People by what somebody typed.

    Raises:
        Forbidden: names and numbers are masked for the actor's role.
    """
    from programs.roster.selectors import having_number

    refuse_names(actor)
    match kind_of(text):
        case Kind.PHONE_END:
            return queryset.wanting(quoted(queryset.reader, Term.PHONE, phone_term(text.strip())))
        case Kind.NUMBER:
            return having_number(queryset, text)
        case Kind.NAME:
            wanted, best = name_query(queryset.reader, text)
            return queryset.wanting(wanted, best=best) if wanted else queryset.none()


def refuse_names(actor: Any) -> None:
    """Raises Forbidden where names and numbers are masked for the actor: looking for them would unmask."""
    if not may_read_names(actor):
        raise Forbidden(_("Names and numbers are masked for your role, and so people cannot be looked for by them."))


def spans(first: dt.date | None, last: dt.date | None) -> list[str]:
    """The years, months and days that the days from ``first`` to ``last`` are made of, as many whole ones as there are.

    Nobody counts on a day outside every target, so what lies beyond them is left out.
    """
    bounds = Target.objects.aggregate(first=Min("starts_on"), last=Max("ends_on"))
    begins, ends = max(first or dt.date.min, bounds["first"] or FAR), min(last or FAR, bounds["last"] or dt.date.min)
    found: list[str] = []
    day = begins
    while day <= ends:
        month_after = (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        if (day.month, day.day) == (1, 1) and dt.date(day.year, 12, 31) <= ends:
            found.append(f"{day:%Y}")
            day = dt.date(day.year + 1, 1, 1)
        elif day.day == 1 and month_after - dt.timedelta(days=1) <= ends:
            found.append(f"{day:%Y-%m}")
            day = month_after
        else:
            found.append(day.isoformat())
            day += dt.timedelta(days=1)
    return found or ["none"]
