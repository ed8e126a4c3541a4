"""The living page of the component set: what the pages are made of, drawn by the same includes, for developers.

What is shown is made up here and stands in no table.
"""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.lists.keyset import Page as Keyset
from backend.problems import FieldError, Invalid
from backend.web.base import EVERYONE, Page
from backend.web.forms import Checks, DayField, Form
from backend.web.lists import Choosing
from backend.web.navigation import ICONS
from backend.web.templatetags.web import TONES

QUARTERS = ("2019-Q1", "2019-Q2", "2019-Q3", "2019-Q4", "2020-Q1", "2020-Q2")
REACHED = (8_240, 19_655, 31_020, 48_911, 61_374, 76_540)
PLAN = (10_000, 25_000, 40_000, 55_000, 70_000, 85_000)
LARGEST = 123_456_789


class ExampleForm(Form):
    """One of every kind of field."""

    name = forms.CharField(label=lazy("Name"), help_text=lazy("As on the certificate."))
    day = DayField(label=lazy("From the day"))
    role = forms.ChoiceField(label=lazy("Role"), choices=[("", "–"), ("officer", lazy("Officer"))], required=False)
    wanted = forms.MultipleChoiceField(
        label=lazy("Roles"), choices=[(one, one) for one in EVERYONE.split()], widget=Checks, required=False
    )
    reason = forms.CharField(label=lazy("Why?"), widget=forms.Textarea(attrs={"rows": 2}), required=False)
    sure = forms.BooleanField(label=lazy("It never was so"), required=False)


class Components(Page):
    """Every component once, in each of its states."""

    roles = {"GET": "admin"}
    template = "desks/components.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        form = ExampleForm({"name": "", "day": "2019-02-30", "wanted": ["officer"]})
        form.is_valid()
        form.take(Invalid([FieldError("", "invalid", _("What a service refuses stands above the form."))]))
        return self.show(
            tones={tone: words.split() for tone, words in TONES.items()},
            alerts=("success", "info", "warning", "danger"),
            icons=[*ICONS.values(), "home", "users", "check-circle", "exclamation-triangle", "arrow-down-tray"],
            form=form,
            choosing=[
                Choosing("kind", _("Kind"), "text", ["a"], [("a", _("University")), ("b", _("Employer"))]),
                Choosing("since", _("From the day"), "date", []),
                Choosing("search", _("Name"), "text", []),
            ],
            page=Keyset([], "next", "previous"),
            charts=_charts(),
            rows=list(zip(QUARTERS, REACHED, PLAN, strict=True)),
            figures=(0, 9_999, 12_345, 100_000, LARGEST),
        )


def _charts() -> list[dict[str, Any]]:
    course = {
        "kind": "course",
        "periods": QUARTERS,
        "cumulative": {"name": _("Achieved"), "values": REACHED},
        "still_here": {"name": _("Still here"), "values": [round(one * 0.93) for one in REACHED]},
        "plan": {"name": _("Plan"), "values": PLAN},
        "increment": {"name": _("New in the period"), "values": [8_240, 11_415, 11_365, 17_891, 12_463, 15_166]},
    }
    bars = {
        "kind": "bars",
        "name": _("People"),
        "labels": ["贵州大学", "贵州财经大学", "贵州理工学院", _("not known")],
        "values": [31_240, 22_310, 9_870, 1_120],
        "links": [],
        "pale": [3],
    }
    waterfall = {
        "kind": "waterfall",
        "opening": {"name": _("At the start"), "value": 61_374},
        "steps": [{"name": _("verified"), "value": 15_820}, {"name": _("revoked"), "value": -654}],
        "closing": {"name": _("At the end"), "value": 76_540},
    }
    return [
        {"id": f"chart-{data['kind']}", "data": data, "shape": shape}
        for data, shape in ((course, ""), (bars, "free"), (waterfall, "small"))
    ]
