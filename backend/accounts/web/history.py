"""The pages on which an organisation is renamed, nested, merged or closed from a day on, and such an act taken back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend import clock
from backend.accounts import rules, selectors
from backend.accounts.history import consequences, services
from backend.accounts.history import selectors as history
from backend.accounts.history.models import OrganisationChange
from backend.accounts.history.serializers import REASON
from backend.accounts.models import Organisation, User
from backend.problems import FieldError, NotFound, Problem
from backend.web.base import Page, SeeOther
from backend.web.forms import DayField, Form, OneField

Kind = OrganisationChange.Kind


class ActForm(Form):
    """From which day on, and why."""

    day = DayField(label=lazy("From the day"))
    reason = forms.CharField(
        label=lazy("Why?"),
        max_length=REASON,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        help_text=lazy("Stays with the act and on the audit trail; the partner reads it."),
    )

    def __init__(self, *args: Any, organisation: Organisation, actor: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.organisation = organisation
        for name in ("parent", "into"):
            if name in self.fields:
                others = selectors.organisations(actor).exclude(pk=organisation.pk).order_by("code")
                if name == "into":
                    others = others.exclude(kind=Organisation.Kind.BUREAU)
                self.fields[name].queryset = others  # type: ignore[attr-defined]

    def take(self, problem: Problem) -> None:
        # The API calls the day "from" or "on".
        named = [
            FieldError("day" if error.field in ("from", "on") else error.field, error.code, error.message)
            for error in problem.errors
        ]
        super().take(Problem(problem.status, problem.code, problem.detail, named))


class RenameForm(ActForm):
    """What it is called from then on."""

    name_zh = forms.CharField(label=lazy("Chinese name"), max_length=200)
    name_en = forms.CharField(label=lazy("English name"), max_length=200, required=False)
    field_order = ("name_zh", "name_en", "day", "reason")


class NestForm(ActForm):
    """What it is part of from then on."""

    parent = OneField(label=lazy("Part of"), required=False, empty_label=lazy("None"))
    field_order = ("parent", "day", "reason")


class CloseForm(ActForm):
    """From when on it is no more."""

    day = DayField(label=lazy("First day on which it is no more"))


class MergeForm(CloseForm):
    """What it goes into."""

    into = OneField(label=lazy("Goes into"))
    field_order = ("into", "day", "reason")


@dataclass(frozen=True, slots=True)
class Doing:
    """One kind of act: its form, what it is called, what is said of it, and how it is done."""

    form: type[ActForm]
    title: str | Promise
    text: str | Promise
    button: str | Promise
    does: Callable[..., OrganisationChange]
    takes: Mapping[str, str]
    ends: bool = False


DOINGS = {
    "rename": Doing(
        RenameForm,
        lazy("Rename"),
        lazy(
            "Figures as of an earlier day keep the name of that day. To mend a slip of the pen, change the name itself."
        ),
        lazy("Rename it"),
        services.rename,
        {"name_zh": "name_zh", "name_en": "name_en", "day": "from_on"},
    ),
    "nest": Doing(
        NestForm,
        lazy("Place under another"),
        lazy(
            "A college under its university, for instance, as deep as need be. Figures can be added up under the top."
        ),
        lazy("Place it there"),
        services.nest,
        {"parent": "parent", "day": "from_on"},
    ),
    "merge": Doing(
        MergeForm,
        lazy("Let it go into another"),
        lazy("What it has reported stays its own and counts; what is new is reported by the one that goes on."),
        lazy("Merge it"),
        services.merge,
        {"into": "into", "day": "on"},
        ends=True,
    ),
    "close": Doing(
        CloseForm,
        lazy("Close"),
        lazy("It owes nothing from that day on, its users read and send nothing, and its people stay counted."),
        lazy("Close it"),
        services.close,
        {"day": "on"},
        ends=True,
    ),
}


def timeline(actor: User, organisation: Organisation) -> list[dict[str, Any]]:
    """What became of an organisation, the latest first, as its page tells it."""
    today, found = clock.today(), history.changes(actor).filter(organisation=organisation)
    standing: dict[str, int] = {one.kind: one.pk for one in sorted(found, key=_place) if _has_come(one, today)}
    manages = _manages(actor, organisation)
    return [
        {
            "change": one,
            "said": said(one),
            "coming": one.withdrawn_at is None and not _has_come(one, today),
            "in_force": standing.get(one.kind) == one.pk,
            "withdrawable": manages
            and one.withdrawn_at is None
            and not (one.kind == Kind.NAME and one.from_on is None),
        }
        for one in sorted(found, key=_place, reverse=True)
    ]


def said(change: OrganisationChange) -> str:
    """An act in a sentence, in the reader's language."""
    other = history.Named(change.other.code, change.other.name_zh, change.other.name_en).name if change.other else ""
    if change.kind == Kind.NAME:
        names = " / ".join(name for name in (change.name_zh, change.name_en) if name)
        return _("Called “%(names)s”") % {"names": names}
    if change.kind == Kind.PARENT:
        return _("Part of %(other)s") % {"other": other} if other else _("Part of no other")
    return _("Went into %(other)s") % {"other": other} if other else _("Closed")


def offered(actor: User, organisation: Organisation) -> list[tuple[str | Promise, str]]:
    """The acts that ``actor`` may do on an organisation, each with its page."""
    if not _manages(actor, organisation):
        return []
    ended = organisation.closed_on is not None or organisation.kind == Organisation.Kind.BUREAU
    return [
        (doing.title, reverse("web:organisation-act", args=[organisation.code, name]))
        for name, doing in DOINGS.items()
        if not (doing.ends and ended)
    ]


def _manages(actor: User, organisation: Organisation) -> bool:
    return actor.role in (User.Role.OFFICER, User.Role.ADMIN) and rules.manages(actor, organisation.kind)


def _has_come(change: OrganisationChange, today: Any) -> bool:
    return change.withdrawn_at is None and (change.from_on is None or change.from_on <= today)


def _place(change: OrganisationChange) -> tuple[Any, ...]:
    return change.from_on is not None, change.from_on, change.pk


class OneAct(Page):
    """An act on an organisation. What ends it shows what would follow before it is done."""

    roles = {"GET": "officer admin", "POST": "officer admin"}
    template = "web/accounts/organisation_act.html"

    def get(self, request: HttpRequest, code: str, act: str) -> HttpResponse:
        organisation, doing = self._asked(code, act)
        given = {"name_zh": organisation.name_zh, "name_en": organisation.name_en, "parent": organisation.parent}
        form = doing.form(organisation=organisation, actor=self.actor, initial=given)
        return self._shown(organisation, doing, form)

    def post(self, request: HttpRequest, code: str, act: str) -> HttpResponse:
        organisation, doing = self._asked(code, act)
        form = doing.form(request.POST, organisation=organisation, actor=self.actor)
        if doing.ends and "do" not in request.POST:
            foretold = consequences.foretell(organisation, form.cleaned_data["day"]) if form.is_valid() else None
            return self._shown(organisation, doing, form, foretold, status=200 if foretold is not None else 400)
        if form.do(lambda values: self._do(doing, organisation, values)):
            messages.success(request, _("It is entered, and stands in the history of %(code)s.") % {"code": code})
            return SeeOther(reverse("web:organisation", args=[code]))
        return self._shown(organisation, doing, form, status=400)

    def _do(self, doing: Doing, organisation: Organisation, values: Mapping[str, Any]) -> None:
        own = {name: values[field] for field, name in doing.takes.items()}
        doing.does(actor=self.actor, organisation=organisation, reason=values["reason"], **own)

    def _asked(self, code: str, act: str) -> tuple[Organisation, Doing]:
        organisation = self.one(selectors.organisations(self.actor), code=code)
        if act not in DOINGS:
            raise NotFound
        rules.may_manage(self.actor, organisation.kind)
        return organisation, DOINGS[act]

    def _shown(
        self,
        organisation: Organisation,
        doing: Doing,
        form: ActForm,
        foretold: list[consequences.Consequence] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        return self.show(organisation=organisation, doing=doing, form=form, foretold=foretold, status=status)


class WithdrawForm(Form):
    """Why an act is taken back."""

    reason = forms.CharField(
        label=lazy("Why?"), max_length=REASON, widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"})
    )
    correction = forms.BooleanField(
        label=lazy("It never was so"),
        required=False,
        help_text=lazy("Needed once its day has come: figures as of days since then are told anew."),
    )


class Withdraw(Page):
    """Takes an act back."""

    roles = {"GET": "officer admin", "POST": "officer admin"}
    template = "web/accounts/organisation_withdraw.html"

    def get(self, request: HttpRequest, code: str, id: int) -> HttpResponse:
        return self._shown(self._change(code, id), WithdrawForm())

    def post(self, request: HttpRequest, code: str, id: int) -> HttpResponse:
        change, form = self._change(code, id), WithdrawForm(request.POST)
        if form.do(lambda values: services.withdraw(actor=self.actor, change=change, **values)):
            messages.success(request, _("It is taken back, and stays in the history as such."))
            return SeeOther(reverse("web:organisation", args=[code]))
        return self._shown(change, form, status=400)

    def _shown(self, change: OrganisationChange, form: WithdrawForm, status: int = 200) -> HttpResponse:
        return self.show(organisation=change.organisation, change=change, said=said(change), form=form, status=status)

    def _change(self, code: str, id: int) -> OrganisationChange:
        organisation = self.one(selectors.organisations(self.actor), code=code)
        rules.may_manage(self.actor, organisation.kind)
        found: OrganisationChange = self.one(history.changes(self.actor).filter(organisation=organisation), pk=id)
        return found
