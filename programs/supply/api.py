"""Supply beside demand over HTTP: any table of one or two of its dimensions, and what comes by month."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.urls import path
from django.utils.translation import gettext as _
from rest_framework import serializers

from backend.accounts import selectors as accounts
from backend.accounts.models import User
from backend.api import base
from backend.api.permissions import EVERYONE, roles
from backend.clock import today
from backend.lists.keyset import PARAMETERS
from backend.problems import FieldError, Invalid
from backend.reference.selectors import tables
from programs.supply import opened, reading, selectors, showing
from programs.supply.figures import BY, UNSPECIFIED, Asked, Behind, Kind

CELL = ("occupation", "occupation_code", "level", "segment", "district")
"""What may be asked for beside the split."""


class CellParameters(serializers.Serializer):
    """Which part, and as of which day (default: today). A group of occupations finds all that lies within it."""

    as_of = serializers.DateField(required=False)
    occupation = serializers.CharField(required=False, max_length=20, help_text="A code, or a group as 2-02-38.")
    occupation_code = serializers.CharField(required=False, max_length=20, help_text="Just this code.")
    level = serializers.CharField(required=False, max_length=20)
    segment = serializers.CharField(required=False, max_length=20)
    district = serializers.CharField(required=False, max_length=20)
    organisation = serializers.CharField(required=False, max_length=60, help_text="By its code; for staff.")


class MonthParameters(CellParameters):
    """What is told by month, and how it is split."""

    by = serializers.ChoiceField(BY, default="none")


class TableParameters(MonthParameters):
    """How the table is split, and by what it is crossed."""

    crossed = serializers.ChoiceField(BY, default="none")

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        by, crossed = values["by"], values["crossed"]
        if crossed != "none" and (by == "none" or by.split("_")[0] == crossed.split("_")[0]):
            raise serializers.ValidationError({"crossed": [_("Cross two different ones.")]})
        return values


class MonthAnswer(serializers.Serializer):
    """One month: people whose cohort ends in it, and places whose last day it is and nobody has accepted.

    ``overdue`` stands for the months that have passed: people in training still whose cohort should have ended.
    """

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not the property
    month = serializers.CharField()
    completing = serializers.IntegerField()
    places = serializers.IntegerField()


class SupplyAnswer(serializers.Serializer):
    """One cell. A partner's own, beside the city's where five or more other organisations stand behind it."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not the property
    crossed = serializers.CharField()
    crossed_label = serializers.CharField()
    needed = serializers.IntegerField(help_text="Places of open positions that nobody has arrived for.")
    positions = serializers.IntegerField()
    accepted = serializers.IntegerField(help_text="Of these, for so many a candidate has accepted.")
    in_training = serializers.IntegerField()
    overdue = serializers.IntegerField(help_text="Of those in training: whose cohort should have ended.")
    in_time = serializers.IntegerField(help_text="Places that people in training can fill before their last day.")
    gap = serializers.IntegerField(help_text="needed − accepted − in_time.")
    verified = serializers.IntegerField(allow_null=True, help_text="Who counts; for staff.")
    high_end = serializers.IntegerField(allow_null=True)
    city_needed = serializers.IntegerField(allow_null=True)
    city_in_training = serializers.IntegerField(allow_null=True)
    city_verified = serializers.IntegerField(allow_null=True)
    city_gap = serializers.IntegerField(allow_null=True)


class NeededPositionAnswer(serializers.Serializer):
    """A position behind ``needed``."""

    position = serializers.IntegerField()
    ref = serializers.CharField()
    title = serializers.CharField()
    organisation = serializers.CharField()
    organisation_name = serializers.CharField(help_text="In the reader's language.")
    needed = serializers.IntegerField()
    accepted = serializers.IntegerField()
    open_until = serializers.DateField()


class TrainingCohortAnswer(serializers.Serializer):
    """A cohort behind ``in_training``."""

    cohort = serializers.CharField()
    organisation = serializers.CharField()
    organisation_name = serializers.CharField(help_text="In the reader's language.")
    in_training = serializers.IntegerField()
    ends_on = serializers.DateField()


class CountedPersonAnswer(serializers.Serializer):
    """Somebody behind ``verified``."""

    person = serializers.IntegerField()
    name = serializers.CharField()
    high_end = serializers.BooleanField()


def asked_of(given: dict[str, Any], actor: User) -> Asked:
    """What is asked for, of values by the names of ``CellParameters``.

    Raises:
        Invalid: a code that its table does not know, or an organisation that the actor does not see.
    """
    known, errors = tables().names, []
    for name in CELL:
        value, table = given.get(name), name.removesuffix("_code")
        if not value or value == UNSPECIFIED or value in known[table]:
            continue
        if table != "occupation" or not reading.is_code(value):
            told = _("“%(value)s” is no code of the table “%(table)s”.") % {"value": value[:40], "table": table}
            errors.append(FieldError(name, "not_in_table", told))
    organisation = None
    if code := given.get("organisation"):
        organisation = accounts.organisations(actor).filter(code=code).values_list("pk", flat=True).first()
        if organisation is None:
            told = _("There is no “%(code)s” that you may name.") % {"code": code[:60]}
            errors.append(FieldError("organisation", "unknown", told))
    if errors:
        raise Invalid(errors)
    asked = {name: given.get(name) or None for name in CELL}
    return Asked(given.get("as_of") or today(), organisation_id=organisation, **asked)


class Supply(base.ListView):
    """Needed, in training, verified and the gap, by one of the dimensions or by two crossed."""

    permission_classes = [roles({"GET": EVERYONE})]
    name = "supply"
    serializer_class = SupplyAnswer
    parameters = tuple(TableParameters().fields)

    def get_queryset(self) -> Any:
        given = self.params(TableParameters, known=(*self.parameters, *PARAMETERS))
        by, crossed = given["by"], given["crossed"]
        rows = selectors.supply(self.actor, asked_of(given, self.actor), by, crossed)
        return showing.told(rows, by, crossed, self.actor)


class Months(base.ListView):
    """By month, who is expected to complete, and the places whose last day lies in it."""

    permission_classes = [roles({"GET": EVERYONE})]
    name = "supply-months"
    serializer_class = MonthAnswer
    parameters = tuple(MonthParameters().fields)

    def get_queryset(self) -> Any:
        given = self.params(MonthParameters, known=(*self.parameters, *PARAMETERS))
        rows = selectors.months(self.actor, asked_of(given, self.actor), given["by"])
        return showing.told_months(rows, given["by"])


class Opened(base.ListView):
    """What one cell is made of; as many as its number says."""

    permission_classes = [roles({"GET": EVERYONE})]
    parameters = tuple(CellParameters().fields)
    kind: ClassVar[Kind]
    shaped: ClassVar[Callable[[Sequence[Behind], User], list[dict[str, Any]]]]

    def get_queryset(self) -> Any:
        given = self.params(CellParameters, known=(*self.parameters, *PARAMETERS))
        return selectors.opened(self.actor, asked_of(given, self.actor), self.kind)

    def present(self, rows: Sequence[Any]) -> list[Any]:
        return list(self.get_serializer(type(self).shaped(rows, self.actor), many=True).data)


class Positions(Opened):
    """The positions that are open and not filled."""

    name = "supply-positions"
    serializer_class = NeededPositionAnswer
    kind = Kind.NEEDED
    shaped = opened.positions


class Cohorts(Opened):
    """The cohorts in which people are in training."""

    name = "supply-cohorts"
    serializer_class = TrainingCohortAnswer
    kind = Kind.TRAINING
    shaped = opened.cohorts


class People(Opened):
    """The people who count."""

    permission_classes = [roles({"GET": "officer manager"})]
    name = "supply-people"
    serializer_class = CountedPersonAnswer
    kind = Kind.VERIFIED
    shaped = opened.people


urlpatterns = [
    path("supply/", Supply.as_view()),
    path("supply/months/", Months.as_view()),
    path("supply/positions/", Positions.as_view()),
    path("supply/cohorts/", Cohorts.as_view()),
    path("supply/people/", People.as_view()),
]
