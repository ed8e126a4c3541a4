"""What the rows of ``retention/1`` mean: each answers one question, by the same words as a form or a call does."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import polars as pl

from backend.accounts import scope
from backend.reference.selectors import labels
from programs.intake.found import Test, by_reason
from programs.intake.templates.work import AMENDMENT, NEW, UNCHANGED, Crossed, Work, again
from programs.periods import expected
from programs.records.models import Record
from programs.retention import answering, examining, selectors
from programs.retention.examining import Answer, Fault
from programs.retention.models import Channel, RetentionAnswer, RetentionCheck
from talent.people.models import Person, Sighting

_RULES = {"answer": "S04", "left_on": "S05", "returned_on": "S06", "reason": "S07", "note": "S08"}
_FAULTS = {"row": pl.UInt32, "fault": pl.String, "why": pl.String, "day": pl.String}


class RetentionWork(Work):
    """Answers by file."""

    def cross(self, rows: pl.DataFrame, *, locking: bool) -> Crossed:
        asked = self._asked(rows, locking)
        told: dict[int, tuple[RetentionCheck, Answer]] = {}
        fates: list[str] = []
        faults: list[tuple[int, str, str, str]] = []
        notes = dict(
            RetentionAnswer.objects.filter(pk__in=[one.answer_id for one in asked.values()]).values_list("pk", "note")
        )
        names = _names(asked.values())
        for one in rows.iter_rows(named=True):
            row = asked.get(one["check"])
            given = _answer(one)
            if row is None:
                faults.append((one["row"], "S01", "unknown", ""))
            elif one["name__key"] and one["name__key"] not in names[row.person_id]:
                faults.append((one["row"], "S03", "differs", ""))
            elif given is not None:
                given = examining.completed(row, given, self.given.today)
                told[one["row"]] = row, given
            same = row is None or given is None or examining.of(row, notes.get(row.answer_id or 0, "")) == given
            fates.append(UNCHANGED if same and row is not None else AMENDMENT if row and row.answer_id else NEW)
            if row is not None and one["answer"] is None and any(one[name] for name in ("left_on", "returned_on")):
                faults.append((one["row"], "S04", "required", ""))
                fates[-1] = NEW
        faults += self._faults(told)
        crossed = rows.with_columns(fate=pl.Series(fates, dtype=pl.String))
        wrong = rows.join(pl.DataFrame(faults, schema=_FAULTS, orient="row"), on="row", maintain_order="left")
        twice = Test("S02", "check", pl.lit(True), {"first_row": pl.col("first_row")})
        findings = [self.run(wrong, list(_tests())), self.run(again(rows, "check"), [twice])]
        return Crossed(crossed, pl.concat(findings))

    def take(self, rows: pl.DataFrame) -> None:
        given = [(one["check"], _answer(one)) for one in rows.iter_rows(named=True)]
        submission = self.given.submission
        answering.answer(
            actor=self.given.actor,
            given=[(pk, one) for pk, one in given if one is not None],
            channel=Channel.FILE if submission is not None else Channel.FORM,
            submission_id=submission.pk if submission is not None else None,
        )

    def _asked(self, rows: pl.DataFrame, locking: bool) -> dict[int, RetentionCheck]:
        mine = selectors.checks(self.given.actor).filter(
            organisation=self.given.organisation, pk__in=rows["check"].unique().to_list()
        )
        # Who is asked may never have reported the person: whoever did has gone into it.
        mine = mine.select_related(None).select_related("organisation", "period")
        if locking:
            # Before any row is locked, as whoever lays questions out does.
            expected.take_turn()
            mine = mine.select_for_update(of=("self",)).order_by("pk")
        return {one.pk: one for one in mine}

    def _faults(self, told: Mapping[int, tuple[RetentionCheck, Answer]]) -> Iterator[tuple[int, str, str, str]]:
        reasons = labels(answering.REASONS)
        others = answering.others(list(told.values()))
        for place, (row, given) in told.items():
            faults = answering.may_not(row) or examining.faults(row, given, today=self.given.today, reasons=reasons)
            faults = faults or examining.against_others(
                row, given, [(other, says) for other, says in others[row.record_id] if other.pk != row.pk]
            )
            for one in faults:
                yield place, _RULES.get(one.field, "S01"), one.code, _day(one, row, given)


def _names(asked: Iterable[RetentionCheck]) -> dict[int, set[str]]:
    """By person, how they are called: on record, and by whoever reported the record that is asked about."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = list(asked)
    people, records = {one.person_id for one in rows}, {one.record_id for one in rows}
    with scope.everything():
        for person, key in Person.objects.filter(pk__in=people).values_list("pk", "name_key"):
            found[person].add(key)
        reporting = Record.objects.filter(pk__in=records).values("organisation")
        sighted = Sighting.objects.filter(person__in=people, organisation__in=reporting)
        for person, key in sighted.values_list("person", "name_key"):
            found[person].add(key)
    return found


def _answer(one: Mapping[str, Any]) -> Answer | None:
    if one["answer"] is None:
        return None
    return Answer(one["answer"], one["left_on"], one["returned_on"], one["reason"] or "", one["note"] or "")


def _day(one: Fault, row: RetentionCheck, given: Answer) -> str:
    """The day that a fault is about, for its sentence."""
    days = {"before_arrival": row.since, "before_leaving": given.left_on}
    return str(days.get(one.code, row.falls_on) or "")


def _tests() -> Iterator[Test]:
    for column, rule in {"check": "S01", "name": "S03", **_RULES}.items():
        why = pl.when(pl.col("fault") == rule).then("why")
        yield by_reason(
            rule,
            column,
            why,
            value=pl.col(column).cast(pl.String).fill_null(""),
            check=pl.col("check").cast(pl.String),
            day="" if rule in ("S03", "S08") else pl.col("day"),
            most=str(examining.LONGEST_NOTE),
        )
