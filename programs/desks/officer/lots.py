"""Pages about lots: the list with what can be opened, one lot with plan and sample, and looking at a record of it."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from backend.accounts import selectors as accounts
from backend.accounts.models import User
from backend.problems import NotFound, Problem
from backend.web.base import EVERYONE, Act, Page, SeeOther, back_to, sentence
from backend.web.lists import Label, ListPage
from backend.web.templatetags.web import named
from programs.catalogue import selectors as catalogue
from programs.desks.officer import lot_words, one_record
from programs.desks.officer.records import NAMES, presented
from programs.intake.columns import COLUMNS as TEMPLATE
from programs.periods import selectors as periods
from programs.records import selectors as records
from programs.records.showing import COLUMNS
from programs.review.sampling import judging, opening, selectors
from programs.review.sampling.filters import LotFilter
from programs.review.sampling.judging import LONGEST_NOTE
from programs.review.sampling.models import DefectClass, Lot, LotUnit
from programs.review.sampling.plans import TABLE_OF, Severity
from programs.review.sampling.settings import LONGEST_REASON
from programs.review.sampling.switching import NORMAL
from programs.review.sampling.words import told

LISTED = 50
DEFECT_ROWS = 3
LATELY = 5


class Lots(ListPage):
    """Lots, the latest first; for officers above them what can be opened; a partner sees its own."""

    roles = {"GET": EVERYONE}
    template = "desks/officer/lots.html"
    part = "desks/officer/lots_part.html"
    name = "batches"
    leads = ("web:batch", "lot.pk")
    filterset_class = LotFilter
    choosing = {"state": lazy("State"), "severity": lazy("Inspection"), "organisation": lazy("Organisation")}
    ordering = ("-id",)
    headings: ClassVar[Mapping[str, Label]] = {
        "id": lazy("Lot"),
        "organisation": lazy("Organisation"),
        "programme": lazy("Programme"),
        "cohort": lazy("Cohort"),
        "period": lazy("Period"),
        "severity": lazy("Inspection"),
        "aql": lazy("AQL"),
        "lot_size": lazy("Lot size"),
        "sample_size": lazy("Sample size"),
        "accept_number": lazy("Acceptance number"),
        "nonconforming": lazy("Nonconforming"),
        "state": lazy("State"),
        "opened_at": lazy("Opened at"),
        "decided_at": lazy("Decided at"),
    }

    def rows(self) -> Any:
        return selectors.lots(self.actor)

    def present(self, rows: Sequence[Any]) -> Sequence[Any]:
        return [
            {
                "lot": lot,
                "tone": lot_words.TONES[Lot.State(lot.state)],
                "shown": selectors.may_see_sample(self.actor, lot),
            }
            for lot in rows
        ]

    def cells(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        lot = row["lot"]
        told = {
            "organisation": lot.organisation.code,
            "programme": lot.programme.code,
            "cohort": lot.cohort.code if lot.cohort else "",
            "period": lot.period.code,
            "severity": lot.get_severity_display(),
            "state": lot.get_state_display(),
            "nonconforming": lot.nonconforming if row["shown"] else "",
        }
        return {name: told[name] if name in told else getattr(lot, name) for name in self.headings}

    def choices(self) -> Mapping[str, Sequence[tuple[str, Label]]]:
        sampled = selectors.partners_sampled(self.actor)
        return {"organisation": [(one.code, f"{named(one)} · {one.code}") for one in sampled]}

    def offered(self) -> list[Any]:
        return [one for one in super().offered() if self.actor.sees_everything or one.name != "organisation"]

    def more(self) -> Mapping[str, Any]:
        opens = self.actor.role == User.Role.OFFICER
        waiting = selectors.waiting(self.actor) if opens else []
        return {
            "staff": self.actor.sees_everything,
            "opens": opens,
            "waiting": waiting[:LISTED],
            "more_waiting": max(0, len(waiting) - LISTED),
        }


def lately(actor: User) -> list[dict[str, Any]]:
    """The latest lots of a partner, for its desk."""
    return [
        {"lot": lot, "tone": lot_words.TONES[Lot.State(lot.state)]}
        for lot in selectors.lots(actor).order_by("-pk")[:LATELY]
    ]


class OpenLot(Act):
    """Opens a lot of what awaits review of one organisation, cohort and period, and leads to it."""

    roles = {"POST": "officer"}
    opened: Lot | None = None

    def act(self) -> str:
        given = self.request.POST
        cohort = given.get("cohort", "")
        self.opened = opening.open_lot(
            actor=self.actor,
            organisation=self.one(accounts.organisations(self.actor), code=given.get("organisation", "")),
            programme=self.one(catalogue.programmes(self.actor), code=given.get("programme", "")),
            cohort=self.one(catalogue.cohorts(self.actor), code=cohort) if cohort else None,
            period=self.one(periods.periods(self.actor), code=given.get("period", "")),
            resubmission=given.get("resubmission") == "true",
        )
        told = _("Lot %(lot)s is open: %(n)s of its %(all)s records are to be looked at.")
        lot = self.opened
        return told % {"lot": lot.pk, "n": f"{lot.sample_size:,}", "all": f"{lot.lot_size:,}"}

    def leads_to(self) -> str:
        return reverse("web:batch", args=[self.opened.pk]) if self.opened else reverse("web:batches")


class OneLot(Page):
    """One lot: its plan, what that promises, what is to be looked at, what was found, where its partner stands."""

    roles = {"GET": EVERYONE}
    template = "desks/officer/lot.html"

    def get(self, request: HttpRequest, id: int) -> HttpResponse:
        lot = self.one(selectors.lots(self.actor), pk=id)
        shown = selectors.may_see_sample(self.actor, lot)
        units = list(selectors.sample(lot)) if shown else []
        left = [one for one in units if one.judged_at is None]
        judging_here = self.actor.role == User.Role.OFFICER and lot.state == Lot.State.OPEN
        chart, curve = lot_words.curve(lot)
        history = selectors.history(lot.organisation_id)
        state = history[-1].state if history else NORMAL
        return self.show(
            lot=lot,
            tone=lot_words.TONES[Lot.State(lot.state)],
            table=TABLE_OF[Severity(lot.severity)],
            whole=lot.sample_size == lot.lot_size,
            shown=shown,
            judges=judging_here,
            looked_at=len(units) - len(left),
            left=len(left),
            units=self._rows(left[:LISTED]) if judging_here else [],
            unlisted=max(0, len(left) - LISTED),
            nothing_left=judging_here and bool(units) and not left,
            cancels=judging_here and len(left) == len(units),
            wrong=self._wrong(lot) if shown else [],
            left_count=selectors.left_count(lot) if shown else 0,
            apart_count=selectors.apart_count(lot) if shown else 0,
            promises=lot_words.promises(lot),
            chart=chart,
            curve=curve,
            standing=lot_words.standing(state),
            severity=Severity(state.severity).label,
            severity_tone=lot_words.SEVERITY_TONES[Severity(state.severity)],
            stopped=state.stopped,
            turns=lot_words.turns(history)[:LATELY],
            counted=[DefectClass(one).label for one in lot.counted],
            longest=LONGEST_REASON,
        )

    def _rows(self, units: Sequence[LotUnit]) -> list[dict[str, Any]]:
        """The records that are still to be looked at, as lists show them, by their place in the draw."""
        ids = [one.record_id for one in units]
        found = records.records(self.actor).filter(pk__in=ids).values(*COLUMNS.values(), *NAMES)
        rows = {row["id"]: row for row in presented(found, self.actor)}
        return [rows[one.record_id] | {"rank": one.rank} for one in units if one.record_id in rows]

    def _wrong(self, lot: Lot) -> list[dict[str, Any]]:
        """What was found, record by record."""
        found: dict[int, dict[str, Any]] = {}
        for defect in selectors.defects(lot).select_related("unit__judged_by"):
            unit = defect.unit
            row = found.setdefault(
                unit.record_id,
                {
                    "record": unit.record_id,
                    "by": unit.judged_by.username if unit.judged_by and self.actor.sees_everything else "",
                    "outcome": unit.outcome,
                    "outcome_label": LotUnit.Outcome(unit.outcome).label,
                    "tone": lot_words.OUTCOME_TONES[unit.outcome],
                    "said": [],
                },
            )
            row["said"].append(told(defect))
        return list(found.values())


class LookAt(Page):
    """A record of the sample: what was reported, and what the officer finds in it."""

    roles = {"GET": "officer", "POST": "officer"}
    template = "desks/officer/lot_unit.html"

    def get(self, request: HttpRequest, id: int, record: int) -> HttpResponse:
        return self._show(*self._find(id, record))

    def post(self, request: HttpRequest, id: int, record: int) -> HttpResponse:
        lot, unit = self._find(id, record)
        found = self._found()
        try:
            with transaction.atomic():
                now = judging.judge(
                    actor=self.actor,
                    lot=lot,
                    record_id=record,
                    conforming=request.POST.get("conforming") == "true",
                    found=[] if request.POST.get("conforming") == "true" else found,
                )
        except NotFound:
            raise
        except Problem as problem:
            if problem.status == 409:
                messages.error(request, sentence(problem))
                return SeeOther(reverse("web:batch", args=[id]))
            return self._show(lot, unit, 400, refused=sentence(problem), found=found)
        return self._go_on(now, record)

    def _go_on(self, lot: Lot, record: int) -> HttpResponse:
        here = reverse("web:batch", args=[lot.pk])
        if lot.state != Lot.State.OPEN:
            accepted = lot.state == Lot.State.ACCEPTED
            done = _("Lot %(lot)s is accepted.") if accepted else _("Lot %(lot)s is not accepted and goes back whole.")
            messages.success(self.request, done % {"lot": lot.pk})
            return SeeOther(here)
        messages.success(self.request, _("Record %(id)s is noted.") % {"id": record})
        if "next" in self.request.POST:
            return SeeOther(back_to(self.request, here))
        following = next((one for one in selectors.sample(lot) if one.judged_at is None), None)
        return SeeOther(reverse("web:batch-unit", args=[lot.pk, following.record_id]) if following else here)

    def _find(self, id: int, record: int) -> tuple[Lot, LotUnit]:
        lot = self.one(selectors.lots(self.actor), pk=id)
        unit = next((one for one in selectors.sample(lot) if one.record_id == record), None)
        if unit is None:
            raise NotFound(_("This record is not in the sample of the lot, or it has left it."))
        return lot, unit

    def _found(self) -> list[dict[str, str]]:
        """The defects that the form names, rows left empty passed over."""
        given = self.request.POST
        columns, classes, notes = (given.getlist(name) for name in ("column", "defect_class", "note"))
        return [
            {"column": column, "defect_class": grave, "note": note}
            for column, grave, note in zip(columns, classes, notes, strict=False)
            if column or note.strip()
        ]

    def _show(
        self,
        lot: Lot,
        unit: LotUnit,
        status: int = 200,
        refused: str = "",
        found: Sequence[Mapping[str, Any]] | None = None,
    ) -> HttpResponse:
        record = self.one(records.records(self.actor), pk=unit.record_id)
        if found is None:
            kept = unit.defects.order_by("pk").values("column", "defect_class", "note")
            found = [{**one} for one in kept]
        blank = {"column": "", "defect_class": DefectClass.MAJOR.value, "note": ""}
        sample = list(selectors.sample(lot))
        own = unit.judged_at is None or unit.judged_by_id == self.actor.pk
        row = next(iter(presented([_values(record.pk, self.actor)], self.actor)))
        return self.show(
            status=status,
            lot=lot,
            unit=unit,
            row=row,
            refused=refused,
            place=[one.pk for one in sample].index(unit.pk) + 1,
            total=len(sample),
            looked_at=sum(1 for one in sample if one.judged_at),
            following=next((one for one in sample if one.judged_at is None and one.pk != unit.pk), None),
            open=lot.state == Lot.State.OPEN and own,
            rows=[*found, *[blank] * max(1, DEFECT_ROWS - len(found))],
            columns=[(one.code, one_record.header(one.code)) for one in TEMPLATE],
            classes=DefectClass.choices,
            longest=LONGEST_NOTE,
            **one_record.told(record, self.actor),
        )


def _values(record_id: int, actor: User) -> Mapping[str, Any]:
    found = records.records(actor).filter(pk=record_id).values(*COLUMNS.values(), *NAMES).first()
    if found is None:
        raise NotFound
    return found


class Conclude(Act):
    """Decides a lot of whose sample nothing is left to look at because its partner took back the rest."""

    roles = {"POST": "officer"}

    def act(self, id: int) -> str:
        lot = judging.conclude(actor=self.actor, lot=self.one(selectors.lots(self.actor), pk=id))
        return _("Lot %(lot)s is decided: %(state)s.") % {"lot": id, "state": lot.get_state_display()}

    def leads_to(self, id: int) -> str:
        return reverse("web:batch", args=[id])


class CancelLot(Act):
    """Calls a lot off before anything of it was looked at."""

    roles = {"POST": "officer"}

    def act(self, id: int) -> str:
        lot = self.one(selectors.lots(self.actor), pk=id)
        opening.cancel_lot(actor=self.actor, lot=lot, reason=self.request.POST.get("reason", ""))
        told = ngettext(
            "The lot is called off; its %(n)s record awaits review as before.",
            "The lot is called off; its %(n)s records await review as before.",
            lot.lot_size,
        )
        return told % {"n": f"{lot.lot_size:,}"}

    def leads_to(self, id: int) -> str:
        return reverse("web:batch", args=[id])
