"""Previewing a plan file, and applying it with the preview that it rests on."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend import clock
from backend.accounts import proof
from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.jobs.services import queue
from backend.problems import Conflict, FieldError, Invalid, NotFound, register
from backend.vault.masking import scrub
from programs.targets import books
from programs.targets.expanding import expanded
from programs.targets.loading import Loaded, check_books, load_plan
from programs.targets.models import LedgerEntry, Plan, PlanChange, PlanPreview
from programs.targets.planfile import BadPlan, PlanFile, Qualifying, parse
from talent.people.models import PersonChange

register(
    bad_plan=lazy("The plan file cannot be taken"),
    preview_outdated=lazy("The books have moved since the preview"),
)

PREVIEW = "plans.preview"
LONGEST_REASON = 2000
KEPT_DAYS = 30
"""After so many days the list behind a preview is dropped; its totals stay."""


class Refused(Invalid):
    """400 ``bad_plan``: what is wrong in the file, each thing with its line and field."""

    def __init__(self, bad: BadPlan) -> None:
        super().__init__(
            (
                FieldError(error.field or "toml", "bad_plan", told(error.line, error.field, error.what))
                for error in bad.errors
            ),
            _("Mend the plan file where it is named under errors, and send it again."),
        )
        self.code = "bad_plan"
        self.extra["lines"] = [error.line for error in bad.errors]


def told(line: int, field: str, what: str) -> str:
    """One thing that is wrong with a plan file, as a sentence."""
    if not field:
        return _("Line %(line)d: %(what)s.") % {"line": line, "what": what}
    return _("Line %(line)d: %(field)s %(what)s.") % {"line": line, "field": field, "what": what}


@transaction.atomic
def start_preview(*, data: bytes, actor: User) -> PlanPreview:
    """Read a plan file and have worked out what it would do.

    Args:
        data: the file, TOML in UTF-8.
        actor: who asks.

    Raises:
        Refused: what is wrong in it.
    """
    plan, qualifying = _read(data)
    row = Plan.objects.filter(code=plan.code).first()
    preview = PlanPreview.objects.create(
        plan=plan.code,
        text=data.decode("utf-8-sig"),
        sha256=hashlib.sha256(data).hexdigest(),
        base=_digest(row.source) if row else "",
        rule=_rule(qualifying),
        differences=list(_differences(row.source if row else {}, plan.source)),
        created_by_id=actor.pk,
    )
    PlanChange.objects.filter(preview__created_at__lt=clock.now() - dt.timedelta(days=KEPT_DAYS)).delete()
    preview.job = queue(kind=PREVIEW, subject_id=preview.pk, organisation_id=None, actor=actor)
    preview.save(update_fields=["job"])
    enter_audit(
        action="plan.preview", subject=preview, detail={"plan": plan.code, "sha256": preview.sha256}, actor=actor
    )
    return preview


@transaction.atomic
def apply(*, preview_id: int, plan: str, reason: str, actor: User, anyway: bool = False) -> Loaded:
    """Put a previewed plan file into force; the difference is posted with the reason ``rule_changed``.

    Args:
        preview_id: the preview that it rests on.
        plan: the plan's code, which must be the preview's.
        reason: why; kept with the preview.
        actor: the administrator.
        anyway: also where the books have moved since, which is told otherwise.

    Raises:
        NotFound: there is no such preview of the plan.
        Invalid: the reason is missing.
        Refused: the file cannot be taken any more.
        Conflict: it is not worked out yet, was applied, the plan or the code tables have changed since, or the books
            have moved (``preview_outdated``).
    """
    proof.require(actor, "plan.apply")
    # Nobody settles from here on, so that what is compared with is what the plan then meets.
    books.become_settler()
    preview = PlanPreview.objects.select_for_update().filter(pk=preview_id, plan=plan).first()
    if preview is None:
        raise NotFound
    reason = scrub(reason.strip())
    if not reason:
        raise Invalid([FieldError("reason", "required", _("Say why the plan is changed."))])
    if len(reason) > LONGEST_REASON:
        too_long = _("Say it in %(most)d characters at most.") % {"most": LONGEST_REASON}
        raise Invalid([FieldError("reason", "max_length", too_long)])
    if preview.applied_at is not None:
        raise Conflict(_("This preview was applied before; preview the file again."))
    if preview.worked_out_at is None:
        raise Conflict(_("The preview is not worked out yet; wait until it is."))
    read, qualifying = _read(preview.text.encode())
    row = Plan.objects.filter(code=plan).first()
    if (_digest(row.source) if row else "") != preview.base or _rule(qualifying) != preview.rule:
        raise Conflict(_("The plan in force, or a code table, has changed since this preview. Preview the file again."))
    moved = movements(preview)
    if any(moved.values()) and not anyway:
        sentence = _(
            "Since the preview %(posted)d entries were posted and %(pending)d persons await settling. Preview again,"
            " or apply it anyway; who is counted otherwise then may differ from the preview."
        )
        raise Conflict(sentence % moved, "preview_outdated", **moved)
    loaded = load_plan(plan=read, preview_id=preview.pk)
    if not loaded.changed:
        raise Conflict(_("The plan in force says the same already; there is nothing to apply."))
    preview.applied_by_id, preview.applied_at, preview.reason = actor.pk, clock.now(), reason
    preview.save(update_fields=["applied_by_id", "applied_at", "reason"])
    enter_audit(
        action="plan.apply",
        subject=preview,
        detail={"plan": plan, "reason": reason, "marked": loaded.marked, "anyway": anyway, **moved},
        actor=actor,
    )
    return loaded


def movements(preview: PlanPreview) -> dict[str, int]:
    """How far the books have moved since a preview: entries ``posted`` since, and persons marked and ``pending``."""
    posted = LedgerEntry.objects.filter(target__plan__code=preview.plan, recorded_at__gt=preview.known_at)
    return {"posted": posted.count(), "pending": PersonChange.objects.values("person_id").distinct().count()}


def _read(data: bytes) -> tuple[PlanFile, Mapping[str, Sequence[Qualifying]]]:
    try:
        plan = parse(data)
        qualifying = expanded(plan)
        check_books(plan)
        return plan, qualifying
    except BadPlan as bad:
        raise Refused(bad) from bad


def _digest(source: Any) -> str:
    text = json.dumps(source, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _rule(qualifying: Mapping[str, Sequence[Qualifying]]) -> str:
    """The digest of what a file stands for, by the code tables as they are."""
    return _digest({tier: sorted(str(one) for one in found) for tier, found in qualifying.items()})


def _differences(old: Any, new: Any, place: str = "") -> Iterator[dict[str, Any]]:
    """What two files say differently: ``{field, old, new}``, a list of plain values as one value."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in dict.fromkeys([*old, *new]):
            yield from _differences(old.get(name), new.get(name), f"{place}.{name}".strip("."))
    elif _tables(old) or _tables(new):
        earlier, later = _by_name(old or []), _by_name(new or [])
        for name in dict.fromkeys([*earlier, *later]):
            yield from _differences(earlier.get(name), later.get(name), f"{place}[{name}]")
    elif isinstance(old, dict) or isinstance(new, dict):
        table = old or new
        for name in [name for name in table if name not in _names_of(table)]:
            value = table[name]
            before, after = (value, None) if old else (None, value)
            yield from _differences(before, after, f"{place}.{name}")
    elif old != new:
        yield {"field": place, "old": old, "new": new}


def _tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _by_name(tables: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Tables by what names them: a code, an amendment's day, a part's key and days; or by their place."""
    return {_name_of(table) or str(number): table for number, table in enumerate(tables, 1)}


def _name_of(table: Mapping[str, Any]) -> str:
    return " ".join(str(table[name]) for name in _names_of(table))


def _names_of(table: Mapping[str, Any]) -> list[str]:
    names = ("by", "key", "year", "starts_on", "ends_on") if "by" in table else ("code", "from")
    return [name for name in names if name in table]
