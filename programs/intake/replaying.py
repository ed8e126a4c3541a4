"""Trying a rule on past submissions: whom would it hit, if it were as grave as is proposed?

Every submission is read as it was sent and mended, checked against its own period as on the day it came in, and nothing
of it is changed. A rule on cells is tried anew on every row; where it finds some, the rows are also compared with each
other and with the books, as a check would do it today, so that what is told as newly refused or accepted would be. W04
and W06 speak of the books, which have moved on since: of them what was found when the submission was checked is
counted, not what would be found now. So it is with every rule of a simple template that compares rows with the books.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl
from django.db.models import Q
from django.utils import timezone

from backend import clock
from backend.accounts import scope
from backend.jobs.services import LostLease, Run
from programs.intake import sheets
from programs.intake.assessing import known_of, prepare
from programs.intake.cells import check_cells
from programs.intake.columns import TEMPLATE
from programs.intake.context import Context
from programs.intake.cross import CROSS_RULES, cross_check
from programs.intake.facts import context_of
from programs.intake.found import Checked
from programs.intake.models import Replay, ReplayHit
from programs.intake.readers.sheet import Sheet
from programs.intake.rules import ERROR, ROWS, RULES, WARNING
from programs.intake.severities import severities_of
from programs.intake.templates import general
from programs.intake.templates.template import templates_with
from programs.submissions.models import Finding, Submission

EXAMPLES = 5
AT_ONCE = 50
"""Submissions whose numbers are read at a time."""

Status = Submission.Status
READ = (Status.CHECKED, Status.COMMITTING, Status.ACCEPTED, Status.PARTLY_ACCEPTED, Status.REJECTED)
"""What was checked; whatever was cancelled or failed says nothing about its rows."""

Example = dict[str, Any]


@dataclass(slots=True)
class Fared:
    """How one submission would fare: rows in all, rows that the rule finds, and those whose fate would change."""

    rows: int = 0
    found: int = 0
    newly_refused: int = 0
    newly_accepted: int = 0
    examples: list[Example] = field(default_factory=list)


def replay(run: Run, replay_id: int) -> dict[str, Any]:
    """Tries the replay's rule on every submission that it chooses; progress is told by submissions.

    Args:
        run: the job's claim; its lease must hold when a hit is written.
        replay_id: the replay.
    """
    with scope.everything():
        run.hold()
        asked = Replay.objects.get(pk=replay_id)
        # Whoever began this before has died: it is begun anew.
        ReplayHit.objects.filter(replay=asked).delete()
        Replay.objects.filter(pk=replay_id).update(submissions=0, rows=0, done_at=None)
        total = _chosen(asked).count()
    submissions = rows = hit = 0
    for submission_id, organisation_id in _each(asked):
        if run.cancelled():
            raise LostLease(f"Replay {replay_id} was called off.")
        with scope.within(organisation_id):
            submission = Submission.objects.select_related(
                "period", "sheet", "organisation", "submitted_by", "confirmed_by"
            ).get(pk=submission_id)
            fared = try_rule(submission, asked.rule, asked.severity)
        submissions, rows = submissions + 1, rows + fared.rows
        hit += bool(fared.found)
        with scope.everything():
            run.hold()
            if fared.found:
                ReplayHit.objects.create(
                    replay=asked,
                    submission_id=submission_id,
                    organisation_id=organisation_id,
                    found=fared.found,
                    newly_refused=fared.newly_refused,
                    newly_accepted=fared.newly_accepted,
                    examples=fared.examples,
                )
            Replay.objects.filter(pk=replay_id).update(submissions=submissions, rows=rows)
        run.progress(submissions, total)
    with scope.everything():
        run.hold()
        Replay.objects.filter(pk=replay_id).update(done_at=clock.now())
    return {"submissions": submissions, "rows": rows, "hit": hit}


def _chosen(asked: Replay) -> Any:
    """The submissions that a replay reads, in their order: those whose rows may raise the rule.

    What belongs to no period is chosen by the day on which it was received, as it was checked by it.
    """
    days = (asked.from_on, asked.until_on)
    within = Q(period__starts_on__range=days) | Q(period=None, received_at__date__range=days)
    return Submission.objects.filter(
        within,
        template__in=[one.code for one in templates_with(asked.rule)],
        status__in=READ,
        sheet__isnull=False,
        sheet__disposed_at=None,
        received_at__lte=asked.asked_at,
    ).order_by("pk")


def _each(asked: Replay) -> Iterator[tuple[int, int]]:
    after = 0
    while True:
        with scope.everything():
            batch = list(_chosen(asked).filter(pk__gt=after).values_list("pk", "organisation_id")[:AT_ONCE])
        yield from batch
        if len(batch) < AT_ONCE:
            return
        after = batch[-1][0]


def try_rule(submission: Submission, rule: str, severity: str) -> Fared:
    """How a submission would fare if one rule were as grave as is proposed, whatever its own exceptions are.

    Args:
        submission: one with a sheet, read in its organisation's scope.
        rule: the rule's code.
        severity: the proposed one.
    """
    if submission.template != TEMPLATE:
        return _try_simple(submission, rule, severity)
    context = context_of(submission, today=timezone.localdate(submission.received_at))
    before = context.severities[rule]
    if rule in CROSS_RULES:
        return _as_found_then(submission, rule, before, severity)
    # As a warning the rule raises whatever it raises, and refuses nothing that others would not.
    tried = replace(context, severities={**context.severities, rule: WARNING})
    rows, raised = 0, [pl.DataFrame(schema={"row": pl.UInt32, "column": pl.String})]
    for part in sheets.parts(submission):
        found = check_cells(Sheet(part, {}), tried).findings
        raised.append(found.filter(pl.col("rule") == rule).select("row", "column"))
        rows += part.height
    named = pl.concat(raised).sort("row", maintain_order=True)
    hit = named["row"].unique()
    if hit.is_empty():
        return Fared(rows)
    refused, accepted = _fates(submission, tried, hit, before == ERROR, severity == ERROR)
    return Fared(rows, hit.len(), refused, accepted, _examples(named.iter_rows(named=True), EXAMPLES))


def _try_simple(submission: Submission, rule: str, severity: str) -> Fared:
    """The same for a submission in a simple template."""
    before = severities_of(submission)
    if RULES[rule].gate == ROWS:
        return _as_found_then(submission, rule, before[rule], severity)
    today = timezone.localdate(submission.received_at)
    tried, then, now = (
        general.try_severities(submission, sheets.parts(submission), {**before, rule: grave}, today)
        for grave in (WARNING, before[rule], severity)
    )
    named = tried.findings.filter(pl.col("rule") == rule, pl.col("row").is_not_null()).sort("row", maintain_order=True)
    hit = named["row"].n_unique()
    if not hit:
        return Fared(tried.total)
    examples = _examples(named.select("row", "column").iter_rows(named=True), EXAMPLES)
    return Fared(tried.total, hit, len(then.passing - now.passing), len(now.passing - then.passing), examples)


def _fates(submission: Submission, tried: Context, hit: pl.Series, before: bool, after: bool) -> tuple[int, int]:
    """How many rows would be refused anew, and how many accepted, where ``hit`` was refused before, and is after.

    A row that is refused is compared with no other, so that a second row for the same record may take its place.
    """
    if before == after:
        return 0, 0
    prepared = prepare(submission, submission.meta, sheets.parts(submission), looking_up=False, context=tried)
    known = known_of(submission, prepared)

    def passing(refusing: bool) -> pl.DataFrame:
        failed = pl.col("row").is_in(hit.implode()) if refusing else pl.lit(False)
        rows = prepared.rows.with_columns(failed=failed)
        crossed = cross_check(Checked(rows, prepared.findings), known, tried.severities)
        return crossed.frame.filter(pl.col("fate") != "rejected").select("row")

    then, now = passing(before), passing(after)
    return then.join(now, on="row", how="anti").height, now.join(then, on="row", how="anti").height


def _as_found_then(submission: Submission, rule: str, before: str, severity: str) -> Fared:
    """The same for a rule that speaks of the books: by the findings that were kept."""
    kept = Finding.objects.filter(submission=submission, row__isnull=False)
    raised = list(kept.filter(rule=rule).order_by("row", "position").values("row", "column"))
    rows = {one["row"] for one in raised}
    others = set(kept.filter(row__in=rows, severity=ERROR).exclude(rule=rule).values_list("row", flat=True))
    alone = len(rows - others)
    return Fared(
        rows=submission.rows,
        found=len(rows),
        newly_refused=alone if severity == ERROR and before != ERROR else 0,
        newly_accepted=alone if severity != ERROR and before == ERROR else 0,
        examples=_examples(raised, EXAMPLES),
    )


def _examples(found: Iterable[Mapping[str, Any]], room: int) -> list[Example]:
    """Rows that the rule finds, each with its columns, and none of their values."""
    columns: dict[int, list[str]] = {}
    for one in found:
        if one["row"] not in columns and len(columns) >= room:
            break
        named = columns.setdefault(one["row"], [])
        if one["column"] and one["column"] not in named:
            named.append(one["column"])
    return [{"row": row, "columns": named} for row, named in columns.items()]
