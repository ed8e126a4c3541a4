"""Disposal rules and certificates."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.lists import tables
from backend.web.base import Page, SeeOther
from backend.web.forms import Form
from backend.web.lists import ListPage
from programs.desks.privacy.requests import READERS
from programs.disposal import certificates, services
from programs.disposal.filters import CertificateFilter, RuleFilter
from programs.disposal.kinds import Kind
from programs.disposal.models import DisposalCertificate, DisposalRule, DisposedItem
from programs.disposal.stripping import by_label

STATES = {"draft": lazy("Draft"), "in_force": lazy("In force"), "retired": lazy("No longer in force")}
TONES = {"draft": "submitted", "in_force": "verified", "retired": "cancelled"}
PARTS = {
    "original": lazy("Original files"),
    "sheet": lazy("Sheets"),
    "evidence": lazy("Files that show a credential"),
    "thumbnail": lazy("Small pictures of such files"),
    "identity": lazy("Candidates’ identities"),
    "document": lazy("Candidates’ documents"),
    "candidate_document": lazy("Candidates’ documents"),
    "result": lazy("Answered lists"),
    "list": lazy("Lists that were checked"),
    "copy": lazy("Copies of what is held"),
}
"""What certificates call the parts that were destroyed."""


class Rules(ListPage):
    """Every version of every rule, kind by kind, the latest first."""

    roles = {"GET": READERS}
    template = "desks/privacy/rules.html"
    name = "disposal-rules"
    leads = ("web:disposal-rule", "row.pk")
    filterset_class = RuleFilter
    choosing = {"kind": lazy("Kind"), "in_force": lazy("In force")}
    ordering = ("kind", "-version")
    headings = {
        "kind": lazy("Kind"),
        "version": lazy("Version"),
        "months": lazy("Months"),
        "basis": lazy("Legal basis"),
        "state": lazy("State"),
        "in_force_from": lazy("In force from"),
        "retired_at": lazy("Until"),
        "reason": lazy("Reason"),
    }

    def rows(self) -> Any:
        return services.rules(self.actor)

    def present(self, rows: Sequence[DisposalRule]) -> Sequence[Any]:
        return [{"row": one, "state": STATES[one.state], "tone": TONES[one.state]} for one in rows]

    def cells(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        one: DisposalRule = row["row"]
        own = {"kind": one.get_kind_display(), "state": str(row["state"])}
        return {name: own[name] if name in own else getattr(one, name) for name in self.headings}

    def choices(self) -> Mapping[str, Sequence[tuple[str, Any]]]:
        return {"in_force": [("true", _("yes")), ("false", _("no"))]}

    def more(self) -> Mapping[str, Any]:
        return {"acts": Draft.admits(self.actor)}


class DraftForm(Form):
    """Of what, for how long, on which basis."""

    kind = forms.ChoiceField(label=lazy("Kind"), choices=Kind.choices)
    months = forms.IntegerField(label=lazy("Months"), min_value=1, max_value=services.LONGEST_KEPT)
    basis = forms.CharField(
        label=lazy("Legal basis"), max_length=services.LONGEST, widget=forms.Textarea(attrs={"rows": 3})
    )


class Draft(Page):
    """Drafts a version."""

    roles = {"GET": READERS, "POST": READERS}
    template = "desks/privacy/rule_new.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(form=DraftForm(initial={"kind": request.GET.get("kind", "")}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = DraftForm(request.POST)
        made: list[DisposalRule] = []
        if form.do(lambda values: made.append(services.draft(actor=self.actor, **values))):
            return SeeOther(reverse("web:disposal-rule", args=[made[0].pk]))
        return self.show(status=400, form=form)


class ReasonForm(Form):
    """Why."""

    reason = forms.CharField(
        label=lazy("Reason"),
        max_length=services.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=lazy("It stands on every certificate beside your name."),
    )


class RulePage(Page):
    """One version of a rule with what it would destroy now, and the form to switch it."""

    template = "desks/privacy/rule.html"

    def whole(self, id: int, form: ReasonForm, status: int = 200) -> HttpResponse:
        """The page, with a form as it was sent."""
        row = self.one(services.rules(self.actor), pk=id)
        issued = certificates.certificates(self.actor).filter(run__rule=row).order_by("-number")
        return self.show(
            status=status,
            row=row,
            state=row.state,
            label=STATES[row.state],
            tone=TONES[row.state],
            due=services.due(row),
            form=form,
            issued=list(issued[:10]),
        )


class OneRule(RulePage):
    """One version: what it would destroy now, and switching it on."""

    roles = {"GET": READERS, "POST": READERS}

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        return self.whole(id, ReasonForm())

    def post(self, request: HttpRequest, id: int) -> HttpResponse:
        form = ReasonForm(request.POST)
        row = self.one(services.rules(self.actor), pk=id)
        if form.do(lambda values: services.switch_on(actor=self.actor, rule=row, **values)):
            messages.success(request, _("In force: what is due is destroyed tonight."))
            return SeeOther(reverse("web:disposal-rule", args=[id]))
        return self.whole(id, form, 400)


class SwitchOff(RulePage):
    """Ends a rule."""

    roles = {"POST": READERS}

    def post(self, request: HttpRequest, id: int) -> HttpResponse:
        form = ReasonForm(request.POST)
        row = self.one(services.rules(self.actor), pk=id)
        if form.do(lambda values: services.switch_off(actor=self.actor, rule=row, **values)):
            messages.success(request, _("Ended: nothing more is destroyed by it."))
            return SeeOther(reverse("web:disposal-rule", args=[id]))
        return self.whole(id, form, 400)


class Certificates(ListPage):
    """Certificates, the latest first."""

    roles = {"GET": READERS}
    template = "desks/privacy/certificates.html"
    name = "disposal-certificates"
    leads = ("web:disposal-certificate", "row.number")
    filterset_class = CertificateFilter
    choosing = {"kind": lazy("Kind"), "issued_from": lazy("Issued from"), "issued_to": lazy("Issued to")}
    ordering = ("-number",)
    headings = {
        "number": lazy("No."),
        "cause": lazy("Cause"),
        "items": lazy("Things destroyed"),
        "digest": lazy("Digest"),
        "issued_at": lazy("Issued at"),
    }

    def rows(self) -> Any:
        return certificates.certificates(self.actor)

    def present(self, rows: Sequence[DisposalCertificate]) -> Sequence[Any]:
        return [{"row": one, "cause": cause(one), "items": one.content["items"]} for one in rows]

    def cells(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        one: DisposalCertificate = row["row"]
        own = {"cause": row["cause"], "items": row["items"]}
        return {name: own[name] if name in own else getattr(one, name) for name in self.headings}


def cause(one: DisposalCertificate) -> str:
    """Why things were destroyed, in the reader's language."""
    if one.run.rule is not None:
        return f"{one.run.rule.get_kind_display()} · {one.run.rule.version}"
    return _("Deletion asked for, request no. %(id)d") % {"id": one.run.request_id}


class OneCertificate(Page):
    """One certificate, to be printed, and whether it is what it was."""

    roles = {"GET": READERS}
    template = "desks/privacy/certificate.html"

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        row = self.one(certificates.certificates(self.actor), number=number)
        told = row.content
        return self.show(
            row=row,
            told=told,
            cause=cause(row),
            parts=[(PARTS.get(name, name), count) for name, count in told["parts"].items()],
            stripped=by_label(told.get("rows", {})).items(),
        )


class Items(Page):
    """Everything that a certificate tells of, with its digests, as a workbook."""

    roles = {"GET": READERS}

    def get(self, request: HttpRequest, number: int) -> HttpResponseBase:
        row = self.one(certificates.certificates(self.actor), number=number)
        columns = ("table", "subject_id", "part", "sha256", "size", "at")
        found = DisposedItem.objects.filter(run=row.run).order_by("pk").values(*columns)
        head = {"table": "certificate", "subject_id": row.number, "part": "digest", "sha256": row.digest}
        file = tables.write("xlsx", columns, [[head], found.iterator(chunk_size=2000)])
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        name = f"disposal-certificate-{row.number}.xlsx"
        return FileResponse(file, as_attachment=True, filename=name, content_type=kind)
