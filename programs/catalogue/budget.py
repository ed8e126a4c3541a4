"""Budget lines: money for a programme or one of its cohorts, entered and kept in step by the bureau."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.problems import FieldError, Invalid, NotFound
from backend.reference import selectors as reference
from programs.catalogue.models import BudgetLine, Cohort, Programme

MOST_FEN = 10**13
"""The largest amount that is taken: a hundred thousand million yuan."""
FIELDS = ("cohort", "funding_source", "purpose", "planned_fen", "spent_fen")


def funding_errors(code: str) -> list[FieldError]:
    """What is wrong with a source of money: it is none of the bureau's list."""
    if not code or code in reference.tables().names["funding_source"]:
        return []
    message = _("%(code)s is none of the bureau's sources of money; choose one of the table funding_source.")
    return [FieldError("funding_source", "invalid", message % {"code": code})]


@transaction.atomic
def add_line(
    *,
    actor: User | None,
    programme: Programme,
    funding_source: str,
    purpose: str,
    planned_fen: int,
    spent_fen: int = 0,
    cohort: Cohort | None = None,
) -> BudgetLine:
    """Enters a line into a programme's budget.

    Raises:
        Invalid: an amount is none, the source is not on the bureau's list, or the cohort is another programme's.
    """
    line = BudgetLine(
        programme=programme,
        cohort=cohort,
        funding_source=funding_source,
        purpose=purpose.strip(),
        planned_fen=planned_fen,
        spent_fen=spent_fen,
    )
    _refuse(line)
    line.save(force_insert=True)
    enter_audit(action="budget.add", subject=line, detail=_told(line), actor=actor)
    return line


@transaction.atomic
def change_line(*, actor: User | None, line: BudgetLine, **values: Any) -> BudgetLine:
    """Changes a line; what is equal stays as it is.

    Raises:
        NotFound: it was taken out meanwhile.
        Invalid: as ``add_line``.
    """
    current = _held(line)
    changes: dict[str, list[Any]] = {}
    for name, after in values.items():
        before = getattr(current, name)
        if before != after:
            setattr(current, name, after)
            changes[name] = [str(one) if isinstance(one, Cohort) else one for one in (before, after)]
    _refuse(current)
    if changes:
        current.save()
        detail = {"programme": current.programme.code, "changed": changes}
        enter_audit(action="budget.change", subject=current, detail=detail, actor=actor)
    return current


@transaction.atomic
def remove_line(*, actor: User | None, line: BudgetLine) -> None:
    """Takes a line out of its budget; the trail keeps what it said.

    Raises:
        NotFound: it was taken out meanwhile.
    """
    current = _held(line)
    enter_audit(action="budget.remove", subject=current, detail=_told(current), actor=actor)
    current.delete()


def _held(line: BudgetLine) -> BudgetLine:
    held = BudgetLine.objects.select_for_update(of=("self",)).select_related("programme", "cohort")
    found = held.filter(pk=line.pk).first()
    if found is None:
        raise NotFound
    return found


def _refuse(line: BudgetLine) -> None:
    errors = funding_errors(line.funding_source)
    if line.cohort is not None and line.cohort.programme_id != line.programme_id:
        message = _("Cohort %(cohort)s is not of programme %(programme)s.")
        named = {"cohort": line.cohort.code, "programme": line.programme.code}
        errors.append(FieldError("cohort", "other_programme", message % named))
    for name in ("planned_fen", "spent_fen"):
        if not 0 <= getattr(line, name) <= MOST_FEN:
            message = _("An amount is 0 or more, in fen, and %(most)d at most.") % {"most": MOST_FEN}
            errors.append(FieldError(name, "out_of_range", message))
    if not line.purpose:
        errors.append(FieldError("purpose", "required", _("Say what the money is for.")))
    if errors:
        raise Invalid(errors)


def _told(line: BudgetLine) -> dict[str, Any]:
    return {
        "programme": line.programme.code,
        "cohort": line.cohort.code if line.cohort else None,
        **{name: getattr(line, name) for name in FIELDS if name != "cohort"},
    }
