"""Uploading a file: for a period, by a partner or on its behalf."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend import clock
from backend.accounts import selectors as accounts
from backend.accounts.models import Organisation, User
from backend.problems import Problem, reading_only
from backend.web.base import Act
from backend.web.forms import Form, OneField
from programs.catalogue import selectors as catalogue
from programs.intake.downloads import may_have_report
from programs.periods import selectors as periods
from programs.periods.models import Obligation, Period
from programs.submissions import selectors, sending, templates
from programs.submissions.models import Submission
from programs.submissions.templates import Sendable

MOST_COHORTS = 500


def cohorts_to_prefill(actor: User) -> list[str]:
    """The codes of the cohorts whose known people ``actor`` may have in the template, the latest first."""
    if not may_have_report(actor):
        return []
    return list(catalogue.cohorts(actor).order_by("-starts_on", "code").values_list("code", flat=True)[:MOST_COHORTS])


class PeriodSelect(forms.Select):
    """Periods to choose from; locked ones stand there and cannot be chosen."""

    locked: frozenset[str] = frozenset()

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if value in self.locked:
            option["attrs"]["disabled"] = True
        return option


class UploadForm(Form):
    """A file, what it is for, and what is to be done with its rows.

    ``duplicate`` is the submission of the same bytes that stands already, where that is why nothing was taken in;
    ``status`` the refusal's.
    """

    organisation = OneField(label=lazy("On behalf of"))
    template = forms.ChoiceField(label=lazy("Template"), required=False)
    period = forms.ChoiceField(label=lazy("Period"), widget=PeriodSelect)
    file = forms.FileField(label=lazy("File"), allow_empty_file=True)
    policy = forms.ChoiceField(choices=Submission.Policy.choices, initial=Submission.Policy.ACCEPT_GOOD_ROWS)
    confirm = forms.ChoiceField(choices=Submission.Confirm.choices, initial=Submission.Confirm.MANUAL)
    force = forms.BooleanField(required=False)
    opening = forms.BooleanField(required=False)
    practice = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, actor: User, organisation: Organisation | None, asked: Sendable, *args: Any, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.duplicate: int | None = None
        self.status = 400
        if actor.sees_everything:
            partners = accounts.organisations(actor).exclude(kind=Organisation.Kind.BUREAU).order_by("code")
            self.fields["organisation"].queryset = partners  # type: ignore[attr-defined]
            if Organisation.Kind.BUREAU in asked.kinds:
                self.fields["organisation"].required = False
                self.fields["organisation"].empty_label = _("The bureau itself")  # type: ignore[attr-defined]
            del self.fields["practice"]
        else:
            del self.fields["organisation"]
        if not actor.sees_everything or asked.code != templates.TALENT_RECORDS:
            del self.fields["opening"]
        offered = templates.sendable(actor)
        if len(offered) > 1 and not self.practises:
            self.fields["template"].choices = [(one.code, one.name) for one in offered]  # type: ignore[attr-defined]
        else:
            del self.fields["template"]
        if not asked.periodic:
            del self.fields["period"]
            return
        found, choices, locked, due = periods_for(actor, organisation)
        self._periods = {one.code: one for one in found}
        period: Any = self.fields["period"]
        period.choices, period.widget.locked = choices, locked
        self.initial.setdefault("period", due)

    @property
    def practises(self) -> bool:
        """Whether the file is only tried out."""
        return "practice" in self.fields and self["practice"].value() in (True, "true", "True")

    def clean_period(self) -> Period:
        return self._periods[self.cleaned_data["period"]]

    def take(self, problem: Problem) -> None:
        self.status = problem.status
        if problem.code == "duplicate_file":
            self.duplicate = problem.extra["existing"]
        else:
            super().take(problem)


def periods_for(
    actor: User, organisation: Organisation | None
) -> tuple[list[Period], list[Any], frozenset[str], str | None]:
    """The periods to choose from, with what is owed first; which are locked; the most urgent, or the only one."""
    found = list(periods.periods(actor).order_by("-starts_on", "code"))
    owed = _owed(actor, organisation)
    due = next((one.period for one in owed if not one.period.locked_at), None)
    locked = frozenset(one.code for one in found if one.locked_at)
    open_ = [one for one in found if one.code not in locked]
    if due is None and len(open_) == 1:
        due = open_[0]
    return found, _grouped(found, owed), locked, due.code if due else None


def _owed(actor: User, organisation: Organisation | None) -> list[Obligation]:
    """What the organisation still owes for periods that have begun, the most urgent first."""
    if organisation is None:
        return []
    reports = periods.obligations(actor).filter(kind=Obligation.Kind.REPORTING, organisation=organisation)
    missing = reports.filter(state=Obligation.State.MISSING)
    begun: QuerySet[Obligation] = missing.filter(period__starts_on__lte=clock.today())
    return list(begun.order_by("due_on", "pk"))


def _grouped(found: Sequence[Period], owed: Sequence[Obligation]) -> list[Any]:
    today = clock.today()
    due = []
    for one in owed:
        if one.period.locked_at:
            continue
        said = _("%(period)s: overdue, was due on %(day)s") if one.due_on < today else _("%(period)s: due on %(day)s")
        due.append((one.period.code, said % {"period": one.period.code, "day": one.due_on}))
    codes = {code for code, _label in due}
    others = [
        (one.code, _("%(period)s (locked)") % {"period": one.code} if one.locked_at else one.code)
        for one in found
        if one.code not in codes
    ]
    if not due:
        return [("", _("Choose a period")), *others]
    return [("", _("Choose a period")), (_("Still to be reported"), due), (_("Other periods"), others)]


class Upload(Act):
    """The form that takes a file, and the file itself."""

    roles: ClassVar = {"GET": "partner officer", "POST": "partner officer"}
    http_method_names = ["get", "head", "post"]
    template = "desks/partner/upload.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.actor.read_only:
            raise reading_only(self.actor)
        organisation = self._organisation(request.GET.get("organisation", ""))
        chosen = {"period": request.GET.get("period") or None, "organisation": organisation}
        initial: dict[str, Any] = {name: value for name, value in chosen.items() if value is not None}
        practises = request.GET.get("practice") == "true" and not self.actor.sees_everything
        if practises:
            initial["practice"] = True
        asked = self._asked("" if practises else request.GET.get("template", ""))
        return self._show(UploadForm(self.actor, organisation, asked, initial=initial), organisation, asked)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        organisation = self._organisation(request.POST.get("organisation", ""))
        asked = self._asked(request.POST.get("template", ""))
        form = UploadForm(self.actor, organisation, asked, request.POST, request.FILES)
        sent: list[Submission] = []
        if form.do(lambda values: sent.append(sending.send(actor=self.actor, **values | {"template": asked.code}))):
            return self.go(reverse("web:submission", args=[sent[0].pk]))
        return self._show(form, organisation, asked, form.status)

    def _asked(self, code: str) -> Sendable:
        """The template that is meant: talent records, unless the actor may not send them or names another one."""
        offered = templates.sendable(self.actor)
        if not offered:
            raise reading_only(self.actor)
        return next((one for one in offered if one.code == code), offered[0])

    def _organisation(self, code: str) -> Organisation | None:
        """Whose periods are shown: the partner's own, or the one that an officer has chosen."""
        if not self.actor.sees_everything:
            return self.actor.organisation
        partners = accounts.organisations(self.actor).exclude(kind=Organisation.Kind.BUREAU)
        return partners.filter(code=code.replace("\x00", "")).first() if code else None

    def _show(
        self, form: UploadForm, organisation: Organisation | None, asked: Sendable, status: int = 200
    ) -> HttpResponse:
        existing = selectors.submissions(self.actor).filter(pk=form.duplicate).first() if form.duplicate else None
        of_records = asked.code == templates.TALENT_RECORDS
        return self.show(
            status=status,
            form=form,
            organisation=organisation,
            existing=existing,
            megabytes=settings.UPLOAD_BYTES // sending.MEGABYTE,
            most_bytes=settings.UPLOAD_BYTES,
            most_rows=settings.UPLOAD_ROWS,
            asked=asked,
            practises=form.practises,
            days=settings.PRACTICE_DAYS,
            of_records=of_records,
            blank="" if of_records else asked.code,
            prefilling=cohorts_to_prefill(self.actor) if of_records else [],
        )
