"""What a plan file would do to the books, worked out by the settler's own statement, and nothing posted.

The statement names the tables ``target``, ``tier`` and ``tier_credential``; here subqueries stand under these names,
made of the plan file, and PostgreSQL reads them in the tables' place. So it is the same text that settles once the
plan is applied, it reads one moment of the books, and holds up nobody: no table is changed and no lock is taken,
which a trial that is rolled back would need for as long as it takes.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from backend.accounts.scope import everything
from backend.jobs.services import Run
from programs.targets.expanding import expanded
from programs.targets.loading import TOUCHED, rules_in_force, stated_rules, touched_by
from programs.targets.models import PlanChange, PlanPreview, Target
from programs.targets.planfile import PlanFile, Qualifying, parse
from programs.targets.settle import DESIRED, NAMED, of
from programs.targets.settle_parts import WHOSE

_PLAN = """
target AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(targets)s::jsonb) AS stated (
        id bigint, code text, counts jsonb, needs_credential boolean, starts_on date, ends_on date)
), tier AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(tiers)s::jsonb) AS stated (id bigint, code text)
), tier_credential AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(entries)s::jsonb) AS stated (
        tier_id bigint, kind text, code text, valid_from date, valid_to date, evidence text)
)"""

_TOUCHED = f"""
marked AS MATERIALIZED (
    SELECT person_id, 1 AS of_loss, 1 AS of_gain FROM ({TOUCHED}) AS found
)"""

# The rule in force, by the tables' full names: these are never what the subqueries above stand for.
_STATES = """CASE {}.evidence WHEN 'claimed' THEN ARRAY['claimed', 'evidenced', 'confirmed']
                                WHEN 'evidenced' THEN ARRAY['evidenced', 'confirmed'] ELSE ARRAY['confirmed'] END"""

_DIFFERENCE = f"""
present AS MATERIALIZED (
    SELECT affected.person_id, target.id AS target_id, counted.*
    FROM affected CROSS JOIN target CROSS JOIN LATERAL (
        SELECT {NAMED} FROM standing WHERE target_id = target.id AND person_id = affected.person_id OFFSET 0
    ) AS counted
), differing AS MATERIALIZED (
    SELECT person_id, target_id,
           CASE WHEN present.record_id IS NULL THEN 'enter' WHEN desired.record_id IS NULL THEN 'leave'
                ELSE 'move' END AS change,
           coalesce(desired.organisation_id, present.organisation_id) AS organisation_id,
           coalesce(desired.record_id, present.record_id) AS record_id,
           coalesce(desired.basis, present.basis) AS basis,
           coalesce(desired.effective_on, present.effective_on) AS effective_on
    FROM present FULL JOIN desired USING (person_id, target_id)
    WHERE ({of("present")}) IS DISTINCT FROM ({of("desired")})
), completed_before AS MATERIALIZED (
    SELECT DISTINCT carried.head, earlier.id AS target_id
    FROM carried JOIN public.target AS earlier
        ON carried.completed_on BETWEEN earlier.starts_on AND earlier.ends_on
    WHERE carried.outcome = 'completed'
), held_before AS MATERIALIZED (
    SELECT claim.head, earlier.id AS target_id, bool_or(claim.state = ANY ({_STATES.format("qualifying")})) AS shown
    FROM claim
    JOIN public.tier_credential AS qualifying ON qualifying.kind = claim.kind AND qualifying.code = claim.code
    JOIN public.tier AS its_tier ON its_tier.id = qualifying.tier_id
    JOIN public.target AS earlier ON jsonb_exists(earlier.counts, its_tier.code)
    GROUP BY claim.head, earlier.id
), held_after AS MATERIALIZED (
    SELECT claim.head, rule.target_id, bool_or(claim.state = ANY (rule.states)) AS shown
    FROM claim JOIN rule ON rule.kind = claim.kind AND rule.code = claim.code
    GROUP BY claim.head, rule.target_id
)"""

_KEEP = """
INSERT INTO plan_change (preview_id, target, person_id, change, cause, organisation_id, record_id, basis, effective_on)
SELECT %(preview)s, target.code, differing.person_id, differing.change,
       CASE WHEN target.id < 0 THEN 'new_target'
            WHEN differing.change = 'move' THEN 'other'
            WHEN differing.change = 'enter' AND completed_before.head IS NULL THEN 'span'
            WHEN differing.change = 'leave' AND completed.head IS NULL THEN 'span'
            WHEN earlier.needs_credential <> target.needs_credential THEN 'need'
            WHEN NOT target.needs_credential THEN 'other'
            WHEN CASE differing.change WHEN 'enter' THEN held_before.head ELSE held_after.head END IS NULL
                THEN 'credential'
            WHEN NOT CASE differing.change WHEN 'enter' THEN held_before.shown ELSE held_after.shown END
                THEN 'evidence'
            ELSE 'days' END,
       differing.organisation_id, differing.record_id, differing.basis, differing.effective_on
FROM differing
JOIN target ON target.id = differing.target_id
LEFT JOIN public.target AS earlier ON earlier.id = differing.target_id
LEFT JOIN completed_before
    ON completed_before.head = differing.person_id AND completed_before.target_id = differing.target_id
LEFT JOIN completed ON completed.head = differing.person_id AND completed.target_id = differing.target_id
LEFT JOIN held_before ON held_before.head = differing.person_id AND held_before.target_id = differing.target_id
LEFT JOIN held_after ON held_after.head = differing.person_id AND held_after.target_id = differing.target_id
ORDER BY target.code, differing.change, differing.person_id"""

PREVIEW = f"WITH RECURSIVE {_PLAN}, {_TOUCHED}, {WHOSE}, {DESIRED}, {_DIFFERENCE}{_KEEP}"


def work_out(run: Run) -> dict[str, Any]:
    """The job of one preview: keeps whom the plan would count otherwise, and the totals of it."""
    with everything():
        run.hold()
        preview = PlanPreview.objects.select_for_update().get(pk=run.job.subject_id or 0)
        if preview.worked_out_at is not None:
            return {}
        plan = parse(preview.text.encode())
        qualifying = expanded(plan)
        touched = touched_by(rules_in_force(plan.code), stated_rules(plan, qualifying))
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL jit = off")
            cursor.execute("SELECT posted_to, shugu_now(), (SELECT count(*) FROM person_change) FROM book WHERE id = 1")
            preview.known_at, preview.worked_out_at, preview.pending = cursor.fetchone()
            if touched is not None:
                cursor.execute(PREVIEW, {"preview": preview.pk, **touched, **_stated(plan, qualifying)})
        preview.totals = _totals(preview, plan)
        preview.save(update_fields=["known_at", "worked_out_at", "pending", "totals"])
        run.finish({"changes": sum(one["enter"] + one["leave"] + one["move"] for one in preview.totals.values())})
    return {}


def _stated(plan: PlanFile, qualifying: Mapping[str, Sequence[Qualifying]]) -> dict[str, str]:
    """The plan's targets, tiers and entries as the statement takes them; a target that is new has no id of its own."""
    known = dict(Target.objects.filter(plan__code=plan.code).values_list("code", "pk"))
    tiers = {tier.code: number for number, tier in enumerate(plan.tiers, 1)}
    return {
        "targets": json.dumps(
            [
                {
                    "id": known.get(one.code, -number),
                    "code": one.code,
                    "counts": list(one.counts),
                    "needs_credential": plan.needs_credential(one),
                    "starts_on": one.starts_on.isoformat(),
                    "ends_on": one.ends_on.isoformat(),
                }
                for number, one in enumerate(plan.targets, 1)
            ]
        ),
        "tiers": json.dumps([{"id": number, "code": code} for code, number in tiers.items()]),
        "entries": json.dumps(
            [
                {
                    "tier_id": tiers[tier],
                    "kind": one.kind,
                    "code": one.code,
                    "valid_from": one.valid_from and one.valid_from.isoformat(),
                    "valid_to": one.valid_to and one.valid_to.isoformat(),
                    "evidence": one.evidence,
                }
                for tier, found in qualifying.items()
                for one in found
            ]
        ),
    }


def _totals(preview: PlanPreview, plan: PlanFile) -> dict[str, Any]:
    """By target: heads now and then; who enters, leaves and moves; and that by cause and by organisation."""
    now = _heads(plan.code)
    totals: dict[str, Any] = {
        one.code: {"now": now.get(one.code, 0), "enter": 0, "leave": 0, "move": 0, "causes": [], "organisations": []}
        for one in plan.targets
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT target, change, cause, organisation.code, count(*) FROM plan_change"
            " JOIN organisation ON organisation.id = plan_change.organisation_id"
            " WHERE preview_id = %s GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
            [preview.pk],
        )
        rows = cursor.fetchall()
    causes: dict[str, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    organisations: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    for target, change, cause, organisation, count in rows:
        totals[target][change] += count
        causes[target][change, cause] += count
        organisations[target][organisation][change] += count
    for target, total in totals.items():
        total["then"] = total["now"] + total["enter"] - total["leave"]
        total["causes"] = [
            {"change": change, "cause": cause, "count": count} for (change, cause), count in causes[target].items()
        ]
        total["organisations"] = [
            {"organisation": code, **{kind: changes.get(kind, 0) for kind in PlanChange.Kind.values}}
            for code, changes in sorted(
                organisations[target].items(), key=lambda pair: (-sum(pair[1].values()), pair[0])
            )
        ]
    return totals


def _heads(plan: str) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT target.code, count(standing.id) FROM target JOIN plan ON plan.id = target.plan_id"
            " LEFT JOIN standing ON standing.target_id = target.id WHERE plan.code = %s GROUP BY target.code",
            [plan],
        )
        return dict(cursor.fetchall())
