"""Pages about plans: what is in force, a plan file to be tried, what it would do, and applying it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from backend.accounts.models import User
from backend.jobs.models import Job
from backend.problems import Conflict, FieldError, Invalid
from backend.web.base import Page, SeeOther, sentence
from backend.web.forms import Form
from backend.web.lists import Label, ListPage
from backend.web.templatetags.web import named
from programs.desks.manager import naming
from programs.desks.officer.words import JOB_STATES
from programs.targets import amending, books, planfile, previews, selectors
from programs.targets.filters import PlanChangeFilter
from programs.targets.models import Basis, Plan, PlanChange, PlanPreview
from programs.targets.planfile import LARGEST
from programs.targets.showing import CHANGE_COLUMNS, shown_changes, state_of

READERS = {"GET": "officer manager admin"}
UNFINISHED = frozenset({Job.State.QUEUED.value, Job.State.RUNNING.value})
CHANGES = {kind.value: kind.label for kind in PlanChange.Kind}
CAUSES = {cause.value: cause.label for cause in PlanChange.Cause}
TONES = {"enter": "verified", "leave": "rejected", "move": "info"}
LISTED = 20


def presented(preview: PlanPreview) -> dict[str, Any]:
    """A preview as the pages show it."""
    state, error = state_of(preview)
    return {
        "preview": preview,
        "state": state,
        "state_label": JOB_STATES[Job.State(state)],
        "error": error,
        "unfinished": state in UNFINISHED,
        "enter": sum(one["enter"] for one in preview.totals.values()),
        "leave": sum(one["leave"] for one in preview.totals.values()),
    }


class Plans(Page):
    """The plans in force, with what qualifies for them, and the latest previews."""

    roles = READERS
    template = "desks/plans/plans.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        plans = list(selectors.plans(self.actor).order_by("code"))
        found = selectors.previews(self.actor).order_by("-pk")[:LISTED]
        return self.show(plans=[told(plan) for plan in plans], previews=[presented(one) for one in found])


def told(plan: Plan) -> dict[str, Any]:
    """A plan with its targets as they are to be reached today; a plan file's own words say what qualifies."""
    targets = plan.targets.select_related("plan").order_by("position")
    return {"plan": plan, "targets": amending.terms(targets, books.moment()), "text": text_of(plan)}


def text_of(plan: Plan) -> str:
    """The file of a plan in force, word for word where it is still known, or else empty."""
    if plan.applied_preview_id:
        return PlanPreview.objects.values_list("text", flat=True).get(pk=plan.applied_preview_id)
    for path in planfile.shipped():
        if planfile.read(path).source == plan.source:
            return path.read_text("utf-8")
    return ""


class PlanForm(Form):
    """A plan file, as text to be edited or as a file."""

    file = forms.FileField(label=lazy("A plan file"), required=False)
    toml = forms.CharField(
        label=lazy("Or its text"),
        required=False,
        strip=False,
        max_length=LARGEST,
        widget=forms.Textarea(attrs={"rows": 24, "class": "plan-text", "spellcheck": "false", "wrap": "off"}),
    )


class NewPreview(Page):
    """A plan file to be tried: the one in force, to be edited, or another to be sent."""

    roles = {"GET": "officer manager admin", "POST": "officer manager admin"}
    template = "desks/plans/new.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        code = request.GET.get("plan", "")
        plan = self.one(selectors.plans(self.actor), code=code) if code else None
        return self._show(PlanForm(initial={"toml": text_of(plan) if plan else ""}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PlanForm(request.POST, request.FILES)
        refused: list[dict[str, Any]] = []
        if form.is_valid():
            try:
                data = self._data(form)
                preview = previews.start_preview(data=data, actor=self.actor)
                return SeeOther(reverse("web:plan-preview", args=[preview.pk]))
            except previews.Refused as problem:
                lines = problem.extra["lines"]
                refused = [
                    {"line": line, "message": error.message} for line, error in zip(lines, problem.errors, strict=True)
                ]
                # What was sent as a file is shown, so that it can be mended here.
                text = data.decode("utf-8", "replace")
                return self._show(PlanForm(initial={"toml": text}), refused, 400)
            except Invalid as problem:
                form.take(problem)
        return self._show(form, refused, 400)

    def _data(self, form: PlanForm) -> bytes:
        file = form.cleaned_data["file"]
        if file is not None:
            return bytes(file.read(LARGEST + 1))
        text = form.cleaned_data["toml"].replace("\r\n", "\n")
        if not text.strip():
            raise Invalid([FieldError("toml", "required", _("Choose a plan file, or write its text."))])
        return bytes(text.encode())

    def _show(self, form: PlanForm, refused: Sequence[Mapping[str, Any]] = (), status: int = 200) -> HttpResponse:
        plans = list(selectors.plans(self.actor).order_by("code"))
        return self.show(status=status, form=form, refused=refused, plans=plans)


class OnePreview(ListPage):
    """What a plan file would do: totals by target, and the list of whom it would count otherwise."""

    roles = READERS
    template = "desks/plans/preview.html"
    part = "desks/plans/preview_part.html"
    name = "plan-preview"
    plain = False
    filterset_class = PlanChangeFilter
    choosing = {
        "target": lazy("Target"),
        "change": lazy("What would become of them"),
        "cause": lazy("Because of"),
        "organisation": lazy("Organisation"),
    }
    ordering = ("target", "change", "id")
    headings = {
        "target": lazy("Target"),
        "change_label": lazy("What would become of them"),
        "cause_label": lazy("Because of"),
        "person": lazy("Person"),
        "name": lazy("Name"),
        "id_number": lazy("ID number"),
        "organisation": lazy("Organisation"),
        "basis_label": lazy("Basis"),
        "effective_on": lazy("Counts from"),
        "record": lazy("Record"),
    }
    preview: PlanPreview

    def get(self, request: HttpRequest, id: int, **kwargs: Any) -> HttpResponse:
        self.preview = self.one(selectors.previews(self.actor), pk=id)
        if request.headers.get("HX-Trigger") == "rows" and not presented(self.preview)["unfinished"]:
            # What the rest of the page offers is for one under way.
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return super().get(request, **kwargs)

    def rows(self) -> Any:
        return selectors.plan_changes(self.actor, self.preview).values(*CHANGE_COLUMNS.values())

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        return [
            {
                **row,
                "change_label": CHANGES[row["change"]],
                "cause_label": CAUSES[row["cause"]],
                "basis_label": Basis(row["basis"]).label,
                "tone": TONES[row["change"]],
            }
            for row in shown_changes(rows, self.actor)
        ]

    def cells(self, row: Any) -> Mapping[str, Any]:
        return {name: str(row[name]) if name.endswith("_label") else row[name] for name in self.headings}

    def choices(self) -> Mapping[str, Sequence[tuple[str, Label]]]:
        codes = {one["organisation"] for total in self.preview.totals.values() for one in total["organisations"]}
        names = naming.organisations(self.actor, codes)
        return {
            "target": [(code, self._target(code)) for code in self._codes()],
            "organisation": [(code, f"{names.get(code, code)} · {code}") for code in sorted(codes)],
        }

    def more(self) -> Mapping[str, Any]:
        preview, one = self.preview, presented(self.preview)
        moved = previews.movements(preview) if preview.worked_out_at and not preview.applied_at else {}
        names = naming.organisations(
            self.actor, {one["organisation"] for total in preview.totals.values() for one in total["organisations"]}
        )
        return {
            "one": one,
            "totals": [self._total(code, preview.totals[code], names) for code in self._codes()],
            "differences": [
                {**one, "old": _plain(one["old"]), "new": _plain(one["new"])} for one in preview.differences
            ],
            "moved": moved if any(moved.values()) else None,
            "applies": self.actor.role == User.Role.ADMIN and preview.worked_out_at and not preview.applied_at,
            "longest": previews.LONGEST_REASON,
            "created_by": User.objects.filter(pk=preview.created_by_id).values_list("username", flat=True).first(),
            "applied_by": User.objects.filter(pk=preview.applied_by_id or 0).values_list("username", flat=True).first(),
            "here": self.request.get_full_path(),
        }

    def _codes(self) -> list[str]:
        """The targets of the file, in the plan's order."""
        known = list(selectors.targets(self.actor).values_list("code", flat=True))
        return sorted(self.preview.totals, key=lambda code: (known.index(code) if code in known else len(known), code))

    def _target(self, code: str) -> str:
        target = selectors.targets(self.actor).filter(code=code).first()
        return named(target) if target else code

    def _total(self, code: str, total: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
        return {
            **total,
            "code": code,
            "name": self._target(code),
            "causes": [
                {**one, "change_label": CHANGES[one["change"]], "cause_label": CAUSES[one["cause"]]}
                for one in total["causes"]
            ],
            "organisations": [
                {**one, "name": names.get(one["organisation"], one["organisation"])} for one in total["organisations"]
            ],
        }


def _plain(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


class Apply(Page):
    """Puts a previewed plan into force, with the preview that it rests on."""

    roles = {"POST": "admin"}
    http_method_names = ["post"]

    def post(self, request: HttpRequest, id: int) -> HttpResponse:
        preview = self.one(selectors.previews(self.actor), pk=id)
        address = reverse("web:plan-preview", args=[id])
        try:
            with transaction.atomic():
                loaded = previews.apply(
                    preview_id=id,
                    plan=preview.plan,
                    reason=request.POST.get("reason", ""),
                    anyway=bool(request.POST.get("anyway")),
                    actor=self.actor,
                )
        except (Conflict, Invalid) as problem:
            messages.error(request, sentence(problem))
            return SeeOther(address)
        told = ngettext(
            "The plan is in force. %(n)s person is being settled anew.",
            "The plan is in force. %(n)s persons are being settled anew.",
            loaded.marked,
        )
        messages.success(request, told % {"n": f"{loaded.marked:,}"})
        return SeeOther(address)
