"""Putting a plan file into force: the plan, its tiers and targets, and marks on everybody whom a new rule touches."""

from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from backend.accounts.scope import everything
from backend.audit.services import enter_audit
from backend.reference.models import Code
from programs.targets import books
from programs.targets.models import LedgerEntry, Plan, Target
from programs.targets.planfile import BadPlan, PlanFile, Qualifying, TargetEntry, TierEntry
from programs.targets.services import ring_settle
from talent.credentials.models import Tier, TierCredential

# What decides who counts towards a target: its span, whether it needs a credential, and each entry that qualifies.
Rule = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading a plan did: whether it was new, whether anything changed, and how many persons were marked."""

    plan: str
    new: bool
    changed: bool
    marked: int


def load_plan(*, plan: PlanFile) -> Loaded:
    """Put a plan into force as its file states it; the same file again changes nothing.

    Where the rule of a target has changed, every person with a verified record whom the change may touch is marked
    with the reason ``rule_changed``, in the same transaction.

    Raises:
        BadPlan: a code is not in the code tables, a tier or target belongs to another plan, or a target that is no
            longer in the file has entries in the ledger.
    """
    with everything():
        # Nobody may settle by the old rule whom the marks below no longer find.
        books.become_settler()
        _known_codes(plan)
        before = _rules(plan.code)
        row = Plan.objects.select_for_update().filter(code=plan.code).first()
        if row is not None and row.source == plan.source:
            return Loaded(plan.code, new=False, changed=False, marked=0)
        new = row is None
        row = row or Plan(code=plan.code)
        row.name_zh, row.name_en = plan.name_zh, plan.name_en
        row.starts_on, row.ends_on, row.source = plan.starts_on, plan.ends_on, plan.source
        row.save()
        _put_tiers(plan)
        _put_targets(plan, row)
        marked = _mark(before, _rules(plan.code))
        enter_audit(action="plan.load", subject=row, detail={"plan": plan.code, "new": new, "marked": marked})
        if marked:
            ring_settle()
        return Loaded(plan.code, new=new, changed=True, marked=marked)


def _known_codes(plan: PlanFile) -> None:
    asked = {(one.kind, one.code) for tier in plan.tiers for one in tier.qualifying}
    known = set(Code.objects.filter(table__in=["education", "title"], is_group=False).values_list("table", "code"))
    unknown = sorted(asked - known)
    if unknown:
        raise BadPlan(
            _("%(plan)s: %(codes)s: not in the code tables; load these first (load_reference) or mend the plan.")
            % {"plan": plan.code, "codes": ", ".join(" ".join(one) for one in unknown)}
        )


def _put_tiers(plan: PlanFile) -> None:
    for position, entry in enumerate(plan.tiers):
        _refuse_strangers(plan.code, entry.code, Tier.objects.filter(code=entry.code).values_list("plan", flat=True))
        tier, _new = Tier.objects.update_or_create(
            code=entry.code,
            defaults={
                "plan": plan.code,
                "name_zh": entry.name_zh,
                "name_en": entry.name_en,
                "evidence": plan.evidence,
                "starts_on": plan.starts_on,
                "ends_on": plan.ends_on,
                "position": position,
            },
        )
        _put_credentials(tier, entry)
    Tier.objects.filter(plan=plan.code).exclude(code__in=[entry.code for entry in plan.tiers]).delete()


def _put_credentials(tier: Tier, entry: TierEntry) -> None:
    standing = {
        Qualifying(row.kind, row.code, row.valid_from, row.valid_to): row.pk
        for row in TierCredential.objects.filter(tier=tier)
    }
    wanted = set(entry.qualifying)
    TierCredential.objects.filter(pk__in=[pk for one, pk in standing.items() if one not in wanted]).delete()
    TierCredential.objects.bulk_create(
        TierCredential(tier=tier, kind=one.kind, code=one.code, valid_from=one.valid_from, valid_to=one.valid_to)
        for one in entry.qualifying
        if one not in standing
    )


def _put_targets(plan: PlanFile, row: Plan) -> None:
    for position, entry in enumerate(plan.targets):
        owners = Target.objects.filter(code=entry.code).values_list("plan__code", flat=True)
        _refuse_strangers(plan.code, entry.code, owners)
        Target.objects.update_or_create(code=entry.code, defaults=_columns(plan, row, entry, position))
    for target in Target.objects.filter(plan=row).exclude(code__in=[entry.code for entry in plan.targets]):
        if LedgerEntry.objects.filter(target=target).exists():
            raise BadPlan(
                _("%(plan)s: the target %(target)s has entries in the ledger and stays with the plan; end it instead.")
                % {"plan": plan.code, "target": target.code}
            )
        target.delete()


def _columns(plan: PlanFile, row: Plan, entry: TargetEntry, position: int) -> dict[str, object]:
    return {
        "plan": row,
        "name_zh": entry.name_zh,
        "name_en": entry.name_en,
        "goal": entry.goal,
        "counts": list(entry.counts),
        "needs_credential": plan.needs_credential(entry),
        "starts_on": entry.starts_on,
        "ends_on": entry.ends_on,
        "position": position,
    }


def _refuse_strangers(plan: str, code: str, owners: object) -> None:
    for owner in owners:  # type: ignore[attr-defined]
        if owner != plan:
            raise BadPlan(
                _("%(plan)s: “%(code)s” belongs to the plan %(owner)s; give it another code.")
                % {"plan": plan, "code": code, "owner": owner}
            )


def _rules(plan: str) -> dict[str, tuple[Rule, frozenset[Rule]]]:
    """By target: its span and whether it needs a credential, and the entries that qualify for it."""
    rules: dict[str, tuple[Rule, frozenset[Rule]]] = {}
    for target in Target.objects.filter(plan__code=plan):
        entries = TierCredential.objects.filter(tier__code__in=target.counts).values_list(
            "kind", "code", "valid_from", "valid_to", "tier__evidence"
        )
        span = (target.starts_on, target.ends_on, target.needs_credential)
        rules[target.code] = span, frozenset(entries if target.needs_credential else ())
    return rules


def _mark(before: dict[str, tuple[Rule, frozenset[Rule]]], after: dict[str, tuple[Rule, frozenset[Rule]]]) -> int:
    """Mark whom the difference touches: holders of the codes that differ, or everybody where a span does."""
    touched: set[tuple[str, str]] = set()
    everybody = False
    for code in before.keys() | after.keys():
        old_span, old_entries = before.get(code, (None, frozenset()))
        new_span, new_entries = after.get(code, (None, frozenset()))
        everybody = everybody or old_span != new_span
        touched |= {(str(entry[0]), str(entry[1])) for entry in old_entries ^ new_entries}
    if not everybody and not touched:
        return 0
    with connection.cursor() as cursor:
        if before.keys() != after.keys():
            # Of everybody the roster says towards which targets they do not count.
            cursor.execute("INSERT INTO roster_mark (person_id) SELECT id FROM person WHERE canonical_id IS NULL")
        cursor.execute(
            "INSERT INTO person_change (person_id, reason)"
            " SELECT DISTINCT person_id, 'rule_changed' FROM record"
            " WHERE state = 'verified' AND (%(everybody)s OR EXISTS ("
            "     SELECT FROM credential JOIN unnest(%(kinds)s::text[], %(codes)s::text[]) AS touched (kind, code)"
            "         ON touched.kind = credential.kind AND touched.code = credential.code"
            "     WHERE credential.record_id = record.id))",
            {
                "everybody": everybody,
                "kinds": [kind for kind, _code in touched],
                "codes": [code for _kind, code in touched],
            },
        )
        return cursor.rowcount
