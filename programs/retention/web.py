"""The pages of who has stayed: every question, the form for all of a period's people, and the months."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from backend.accounts import selectors as accounts
from backend.accounts.models import Organisation, User
from backend.reference.selectors import labels
from backend.web.base import EVERYONE, Page, SeeOther
from backend.web.forms import DayField, Form
from backend.web.lists import ListPage, choices_of
from backend.web.navigation import SETUP, register
from programs.catalogue.models import Path
from programs.intake.downloads import XLSX, Download
from programs.periods import selectors as periods
from programs.periods.models import Obligation, Period
from programs.retention import answering, prefilling, rules, selectors, sheet
from programs.retention.answering import Refused
from programs.retention.filters import CheckFilter
from programs.retention.models import Channel, RetentionCheck, RetentionRule, Said
from programs.retention.sheet import Sheet
from programs.retention.showing import COLUMNS, shown

register(42, lazy("Who has stayed"), "web:retention", "home-modern", "partner officer manager", SETUP)
WRITERS = "partner officer"
State = RetentionCheck.State


class Checks(ListPage):
    """Every question, by the day that it is asked of; a partner's own, the bureau sees all."""

    roles = {"GET": EVERYONE}
    from_above = True
    template = "retention/checks.html"
    part = "retention/checks_rows.html"
    name = "retention-checks"
    leads = ("web:retention-check", "id")
    filterset_class = CheckFilter
    ordering = ("falls_on", "id")
    choosing = {
        "organisation": lazy("Organisation"),
        "period": lazy("Period"),
        "path": lazy("Path"),
        "state": lazy("State"),
        "answer": lazy("Answer"),
        "falls_from": lazy("Asked of, from"),
        "falls_to": lazy("Asked of, to"),
    }
    headings = {
        "id": lazy("Question"),
        "name": lazy("Name"),
        "id_number": lazy("ID number"),
        "partner_ref": lazy("Partner reference"),
        "organisation": lazy("Organisation"),
        "programme": lazy("Programme"),
        "path": lazy("Path"),
        "since": lazy("Came on"),
        "months": lazy("Months"),
        "falls_on": lazy("Asked of"),
        "period": lazy("Period"),
        "state": lazy("State"),
        "answer": lazy("Answer"),
        "left_on": lazy("Left on"),
        "returned_on": lazy("Back on"),
        "reason": lazy("Reason"),
    }

    def rows(self) -> Any:
        return selectors.checks(self.actor).values(*COLUMNS.values())

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        return [_named(one) for one in shown(rows, self.actor)]

    def cells(self, row: Any) -> Mapping[str, Any]:
        words = {name: row[f"{name}_name"] for name in ("path", "state", "answer", "reason")}
        return {**{name: row[name] for name in self.headings}, **words}

    def choices(self) -> Mapping[str, Sequence[tuple[str, Any]]]:
        partners = accounts.organisations(self.actor).exclude(kind=Organisation.Kind.BUREAU).order_by("code")
        return {
            "organisation": choices_of(partners),
            "period": [(one.code, one.code) for one in periods.periods(self.actor).order_by("-starts_on", "code")],
        }

    def offered(self) -> list[Any]:
        return [one for one in super().offered() if self.actor.sees_several or one.name != "organisation"]

    def more(self) -> Mapping[str, Any]:
        return {
            "owed": _owed(self.actor),
            "may_write": OfAPeriod.admits(self.actor),
            "staff": self.actor.sees_everything,
            "several": self.actor.sees_several,
            "may_change": NewRule.admits(self.actor),
        }


class _Answering(Page):
    """A form of questions: what is sent is taken whole, or shown again with what is wrong."""

    def answer(self, asked: Sheet, leads_to: str, show: Callable[[Sheet, int], HttpResponse]) -> HttpResponse:
        """Takes what was sent."""
        given = sheet.read(asked, self.request.POST, rest="rest" in self.request.POST)
        if asked.wrong:
            return show(asked, 400)
        if not given:
            messages.info(self.request, _("Nothing was answered: choose an answer first."))
            return SeeOther(leads_to)
        try:
            with transaction.atomic():
                done = answering.answer(
                    actor=self.actor, given=[(line.pk, one) for line, one in given], channel=Channel.FORM
                )
        except Refused as refused:
            for place, faults in refused.faults.items():
                given[place][0].faults += faults
            return show(asked, 400)
        messages.success(self.request, _said(done))
        return SeeOther(leads_to)


class OfAPeriod(_Answering):
    """All that an organisation is asked of one period: a form with everybody on one page."""

    roles = {"GET": EVERYONE, "POST": WRITERS}
    from_above = True
    acts_from_above = True
    template = "retention/period.html"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        if self.actor.sees_everything and "organisation" not in request.GET:
            return SeeOther(f"{reverse('web:retention')}?{urlencode({'period': code})}")
        rows = self._rows(code)
        return self._show(code, rows, sheet.sheet_of(self.actor, self._page(rows)), 200)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        rows = self._rows(code)
        asked = sheet.sheet_of(self.actor, self._page(rows))
        return self.answer(asked, request.get_full_path(), lambda found, status: self._show(code, rows, found, status))

    @property
    def _organisation(self) -> Organisation:
        """Whose questions: the actor's own, or those of whom the address names, for whoever reads of several."""
        reading = self.actor.parts and self.request.method != "POST" and self.request.GET.get("organisation")
        if not self.actor.sees_everything and not reading:
            return self.actor.organisation
        return self.one(accounts.organisations(self.actor), code=self.request.GET.get("organisation", ""))

    def _rows(self, code: str) -> QuerySet[RetentionCheck]:
        period: Period = self.one(periods.periods(self.actor), code=code)
        mine = selectors.checks(self.actor).filter(period=period, organisation=self._organisation)
        return mine.exclude(state=State.WITHDRAWN).order_by("falls_on", "pk")

    def _page(self, rows: QuerySet[RetentionCheck]) -> list[RetentionCheck]:
        start = self.request.GET.get("after", "")
        after = int(start) if start.isascii() and start.isdigit() and len(start) < 9 else 0
        return list(rows[after : after + sheet.MOST])

    def _show(self, code: str, rows: QuerySet[RetentionCheck], asked: Sheet, status: int) -> HttpResponse:
        organisation, period = self._organisation, Period.objects.get(code=code)
        owed = Obligation.objects.filter(
            kind=Obligation.Kind.RETENTION, organisation=organisation, period=period
        ).first()
        counted = rows.order_by().aggregate(all=Count("pk"), open=Count("pk", filter=Q(state=State.OPEN)))
        first = self.request.GET.get("after", "0")
        start = int(first) if first.isascii() and first.isdigit() and len(first) < 9 else 0
        return self.show(
            status=status,
            period=period,
            organisation=organisation,
            obligation=owed,
            sheet=asked,
            counted=counted,
            answered=counted["all"] - counted["open"],
            may_write=self.admits(self.actor) and period.locked_at is None,
            start=start,
            previous=max(start - sheet.MOST, 0) if start else None,
            following=start + sheet.MOST if start + sheet.MOST < counted["all"] else None,
            named=self.request.GET.get("organisation", ""),
        )


class OneCheck(_Answering):
    """One question, and everything that was answered to it."""

    roles = {"GET": EVERYONE, "POST": WRITERS}
    from_above = True
    acts_from_above = True
    template = "retention/check.html"

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        row = self.one(selectors.checks(self.actor), pk=id)
        return self._show(row, sheet.sheet_of(self.actor, [row]), 200)

    def post(self, request: HttpRequest, id: int) -> HttpResponse:
        row = self.one(answering.answerable(self.actor), pk=id)
        asked = sheet.sheet_of(self.actor, [row])
        return self.answer(asked, request.path, lambda found, status: self._show(row, found, status))

    def _show(self, row: RetentionCheck, asked: Sheet, status: int) -> HttpResponse:
        reasons = labels(answering.REASONS)
        locked = row.period is not None and row.period.locked_at is not None
        answers = list(selectors.answers(self.actor, row))
        names = dict(User.objects.filter(pk__in=[one.answered_by_id for one in answers]).values_list("pk", "username"))
        return self.show(
            status=status,
            check=row,
            sheet=asked,
            told=_named(dict(asked.lines[0].told)),
            answers=[
                {
                    "answer": one,
                    "reason": reasons.get(one.reason, one.reason),
                    "by": names.get(one.answered_by_id or 0, ""),
                }
                for one in answers
            ],
            may_write=self.admits(self.actor) and row.state != State.WITHDRAWN and not locked,
        )


class Sheets(Page):
    """A period's open questions as a workbook that can be filled in and sent."""

    roles = {"GET": WRITERS}
    from_above = True

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        period: Period = self.one(periods.periods(self.actor), code=code)
        organisation = self.actor.organisation
        if self.actor.sees_everything:
            organisation = self.one(accounts.organisations(self.actor), code=request.GET.get("organisation", ""))
        rows = selectors.checks(self.actor).filter(organisation=organisation, period=period, state=State.OPEN)
        found = list(rows.order_by("falls_on", "pk")[: prefilling.MOST])
        name = f"retention-{organisation.code}-{code}.xlsx"
        return Download(name, XLSX, prefilling.xlsx_of(self.actor, found)).answer()


class RuleForm(Form):
    """After how many months it is asked, from a day on."""

    path = forms.ChoiceField(label=lazy("Path"), choices=Path.choices)
    valid_from = DayField(
        label=lazy("Of who comes from"), help_text=lazy("Whoever arrived or completed on this day or later.")
    )
    months = forms.RegexField(
        r"^\s*(\d{1,3}(\s*[,，、 ]\s*\d{1,3})*)?\s*$",
        label=lazy("Months"),
        required=False,
        help_text=lazy("Such as 6, 12. Left empty, nobody is asked after."),
        error_messages={"invalid": lazy("Give numbers of months, such as 6, 12.")},
    )
    reason = forms.CharField(
        label=lazy("Because"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}), strip=True
    )

    def clean_months(self) -> list[int]:
        text = self.cleaned_data["months"]
        for sign in "，、 ":
            text = text.replace(sign, ",")
        return [int(one) for one in text.split(",") if one.strip()]


class NewRule(Page):
    """After how many months it is asked: what was ever laid down, and for officers a form for another rule."""

    roles = {"GET": "officer manager admin", "POST": "officer"}
    template = "retention/rules.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(RuleForm() if self.admits(self.actor) else None)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RuleForm(request.POST)
        if form.do(lambda values: rules.make_rule(actor=self.actor, **values)):
            messages.success(request, _("It is laid down. The questions follow within a minute."))
            return SeeOther(reverse("web:retention-rules"))
        return self._show(form, status=400)

    def _show(self, form: RuleForm | None, status: int = 200) -> HttpResponse:
        found: QuerySet[RetentionRule] = rules.rules(self.actor).order_by("path", "-valid_from", "-pk")
        rows = list(found)
        for row in rows:
            row.months = sorted(set(row.months))
        return self.show(status=status, form=form, rows=rows)


def _owed(actor: User) -> list[dict[str, Any]]:
    """Of a partner, the proofs of stay that are owed, with how many of their questions are open."""
    if actor.sees_everything:
        return []
    mine = Obligation.objects.filter(
        kind=Obligation.Kind.RETENTION, organisation=actor.organisation_id, state=Obligation.State.MISSING
    )
    open_by_period = dict(
        selectors.checks(actor)
        .filter(state=State.OPEN, organisation=actor.organisation_id)
        .order_by()
        .values_list("period")
        .annotate(Count("pk"))
    )
    return [
        {"obligation": one, "open": open_by_period.get(one.period_id, 0)}
        for one in mine.select_related("period").order_by("due_on", "pk")
    ]


def _named(one: dict[str, Any]) -> dict[str, Any]:
    """A question with the words for its codes."""
    return one | {
        "path_name": Path(one["path"]).label,
        "state_name": State(one["state"]).label,
        "answer_name": Said(one["answer"]).label if one["answer"] else "",
        "reason_name": labels(answering.REASONS).get(one["reason"], one["reason"]),
    }


def _said(done: answering.Answered) -> str:
    new = done.answered + done.corrected
    if not new:
        return _("All of it was answered so already.")
    told = ngettext("%(n)d question is answered.", "%(n)d questions are answered.", new) % {"n": new}
    if done.corrected:
        corrected = ngettext(
            "%(n)d of them had another answer, which is kept beside.",
            "%(n)d of them had other answers, which are kept beside.",
            done.corrected,
        )
        told = f"{told} {corrected % {'n': done.corrected}}"
    return told


urlpatterns = [
    path("retention/", Checks.as_view(), name="retention"),
    path("retention/rules/", NewRule.as_view(), name="retention-rules"),
    path("retention/checks/<int:id>/", OneCheck.as_view(), name="retention-check"),
    path("retention/periods/<str:code>/sheet.xlsx", Sheets.as_view(), name="retention-sheet"),
    path("retention/periods/<str:code>/", OfAPeriod.as_view(), name="retention-period"),
]
