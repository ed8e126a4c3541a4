"""Putting a plan file into force: the plan, its tiers and targets, and marks on everybody whom a new rule touches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from backend.accounts.scope import everything
from backend.audit.services import enter_audit
from programs.targets import amending, books
from programs.targets.expanding import expanded
from programs.targets.indicators.loading import check_indicators, put_indicators
from programs.targets.models import LedgerEntry, Plan, Target
from programs.targets.planfile import PlanFile, Qualifying, TargetEntry
from programs.targets.services import ring_settle
from programs.targets.subtargets.selectors import check_keys
from talent.credentials.models import Tier, TierCredential

# What decides who counts towards a target: its span, whether it needs a credential, and each entry that qualifies.
Rule = tuple[object, ...]
Rules = dict[str, tuple[Rule, frozenset[Rule]]]
Touched = dict[str, bool | list[str]]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading a plan did: whether it was new, whether anything changed, and how many persons were marked."""

    plan: str
    new: bool
    changed: bool
    marked: int


def load_plan(*, plan: PlanFile, preview_id: int | None = None) -> Loaded:
    """Put a plan into force as its file states it; the same file again changes nothing.

    ``preview_id`` is the preview that it rests on, where it came that way.

    What it says of goals, days and parts otherwise than before is kept as another edition, known from now on; answers
    for moments before stay. Where the rule of a target has changed, every person with a verified record whom the change
    may touch is marked with the reason ``rule_changed``, in the same transaction.

    Raises:
        BadPlan: a code is not in the code tables, a tier or target belongs to another plan, or a target that is no
            longer in the file has entries in the ledger.
    """
    with everything():
        # Nobody may settle by the old rule whom the marks below no longer find.
        books.become_settler()
        qualifying = expanded(plan)
        check_books(plan)
        before = rules_in_force(plan.code)
        row = Plan.objects.select_for_update().filter(code=plan.code).first()
        if row is not None and row.source == plan.source and _as_expanded(plan.code, qualifying):
            return Loaded(plan.code, new=False, changed=False, marked=0)
        new = row is None
        row = row or Plan(code=plan.code)
        row.name_zh, row.name_en = plan.name_zh, plan.name_en
        row.starts_on, row.ends_on, row.source = plan.starts_on, plan.ends_on, plan.source
        row.applied_preview_id = preview_id
        row.save()
        _put_tiers(plan, qualifying)
        _put_targets(plan, row)
        put_indicators(plan, row)
        after = rules_in_force(plan.code)
        if before.keys() != after.keys():
            _mark_for_roster()
        marked = _mark(touched_by(before, after))
        amended = amending.keep(plan)  # last, because nobody posts from here on
        detail = {"plan": plan.code, "new": new, "marked": marked, "preview": preview_id, "amended": amended}
        enter_audit(action="plan.load", subject=row, detail=detail)
        if marked:
            ring_settle()
        return Loaded(plan.code, new=new, changed=True, marked=marked)


def _put_tiers(plan: PlanFile, qualifying: Mapping[str, Sequence[Qualifying]]) -> None:
    for position, entry in enumerate(plan.tiers):
        tier, _new = Tier.objects.update_or_create(
            code=entry.code,
            defaults={
                "plan": plan.code,
                "name_zh": entry.name_zh,
                "name_en": entry.name_en,
                "evidence": entry.evidence,
                "starts_on": plan.starts_on,
                "ends_on": plan.last_day,
                "position": position,
            },
        )
        _put_credentials(tier, qualifying[entry.code])
    Tier.objects.filter(plan=plan.code).exclude(code__in=[entry.code for entry in plan.tiers]).delete()


def _put_credentials(tier: Tier, wanted: Sequence[Qualifying]) -> None:
    standing = {_as_stated(row): row.pk for row in TierCredential.objects.filter(tier=tier)}
    TierCredential.objects.filter(pk__in=[pk for one, pk in standing.items() if one not in wanted]).delete()
    TierCredential.objects.bulk_create(
        TierCredential(
            tier=tier,
            kind=one.kind,
            code=one.code,
            valid_from=one.valid_from,
            valid_to=one.valid_to,
            evidence=one.evidence,
        )
        for one in wanted
        if one not in standing
    )


def _as_stated(row: TierCredential) -> Qualifying:
    return Qualifying(row.kind, row.code, row.valid_from, row.valid_to, row.evidence)


def _as_expanded(plan: str, qualifying: Mapping[str, Sequence[Qualifying]]) -> bool:
    """Whether what the file stands for is what is in force: the code tables may have grown since it was loaded."""
    rows = TierCredential.objects.filter(tier__plan=plan).select_related("tier")
    standing = {(row.tier.code, _as_stated(row)) for row in rows}
    return standing == {(tier, one) for tier, found in qualifying.items() for one in found}


def _put_targets(plan: PlanFile, row: Plan) -> None:
    for position, entry in enumerate(plan.targets):
        Target.objects.update_or_create(code=entry.code, defaults=_columns(plan, row, entry, position))
    for target in Target.objects.filter(plan=row).exclude(code__in=[entry.code for entry in plan.targets]):
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


def check_books(plan: PlanFile) -> None:
    """Refuse a plan file that takes what is another plan's, lacks what is in use, or parts by what is not there.

    Raises:
        BadPlan: a tier, target or indicator belongs to another plan, a target with entries or an indicator with values
            is missing, or a part names an organisation, district or segment that is not known.
    """
    owners = dict(Tier.objects.values_list("code", "plan"))
    _refuse_strangers(plan, "tiers", [tier.code for tier in plan.tiers], owners)
    own = [target.code for target in plan.targets]
    _refuse_strangers(plan, "targets", own, dict(Target.objects.values_list("code", "plan__code")))
    for target in Target.objects.filter(plan__code=plan.code).exclude(code__in=own):
        if LedgerEntry.objects.filter(target=target).exists():
            told = _("lack %(target)s, which has entries in the ledger and stays with the plan; end it instead")
            raise plan.bad("targets", told % {"target": target.code})
    check_keys(plan)
    check_indicators(plan)


def _refuse_strangers(plan: PlanFile, name: str, codes: Sequence[str], owners: Mapping[str, str]) -> None:
    for place, code in enumerate(codes, 1):
        owner = owners.get(code, plan.code)
        if owner != plan.code:
            told = _("names “%(code)s”, which belongs to the plan %(owner)s; give it another code")
            raise plan.bad(f"{name}[{place}].code", told % {"code": code, "owner": owner})


def rules_in_force(plan: str) -> Rules:
    """By target: its span and whether it needs a credential, and the entries that qualify for it."""
    rules: Rules = {}
    for target in Target.objects.filter(plan__code=plan):
        entries = TierCredential.objects.filter(tier__code__in=target.counts).values_list(
            "kind", "code", "valid_from", "valid_to", "evidence"
        )
        span = (target.starts_on, target.ends_on, target.needs_credential)
        rules[target.code] = span, frozenset(entries if target.needs_credential else ())
    return rules


def stated_rules(plan: PlanFile, qualifying: Mapping[str, Sequence[Qualifying]]) -> Rules:
    """The same of a plan file, whether it is in force or not."""
    rules: Rules = {}
    for target in plan.targets:
        needs = plan.needs_credential(target)
        found = [one for tier in target.counts for one in qualifying[tier]] if needs else []
        entries = frozenset((one.kind, one.code, one.valid_from, one.valid_to, one.evidence) for one in found)
        rules[target.code] = (target.starts_on, target.ends_on, needs), entries
    return rules


def touched_by(before: Rules, after: Rules) -> Touched | None:
    """Whom the difference of two rules may touch, ``None`` where they do not differ."""
    codes: set[tuple[str, str]] = set()
    everybody = False
    for code in before.keys() | after.keys():
        old_span, old_entries = before.get(code, (None, frozenset()))
        new_span, new_entries = after.get(code, (None, frozenset()))
        everybody = everybody or old_span != new_span
        codes |= {(str(entry[0]), str(entry[1])) for entry in old_entries ^ new_entries}
    if not everybody and not codes:
        return None
    return {"everybody": everybody, "kinds": [kind for kind, _code in codes], "codes": [code for _kind, code in codes]}


TOUCHED = """
SELECT DISTINCT person_id FROM record
WHERE state = 'verified' AND (%(everybody)s OR EXISTS (
    SELECT FROM credential JOIN unnest(%(kinds)s::text[], %(codes)s::text[]) AS touched (kind, code)
        ON touched.kind = credential.kind AND touched.code = credential.code
    WHERE credential.record_id = record.id))"""
"""The persons of ``touched_by``: holders of the codes that differ, or everybody where a span does."""


def _mark_for_roster() -> None:
    """Mark everybody: of each the roster says towards which targets they do not count."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO roster_mark (person_id) SELECT id FROM person WHERE canonical_id IS NULL")


def _mark(touched: Touched | None) -> int:
    if touched is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO person_change (person_id, reason) SELECT person_id, 'rule_changed' FROM ({TOUCHED}) AS found",
            touched,
        )
        return cursor.rowcount
