"""Arriving: a candidate has taken up the post, and the introduction is reported by the way that every report goes.

What arrives at once is one submission for each organisation and period: a batch of rows as the API takes them, taken
without being asked about. What becomes of a row is found when the submission has been committed (``settle``); a row
that the checks refuse is mended here and sent again.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.models import Organisation, User
from backend.audit.services import enter_audit
from backend.problems import Conflict, FieldError, Invalid, NotFound, Sought
from programs.catalogue.models import ProgrammeOrganisation
from programs.periods.models import Obligation, Period
from programs.recruitment import selectors
from programs.recruitment.entering import may_arrive_again, opened
from programs.recruitment.models import Arrival, Candidate, Document, Move
from programs.recruitment.stages import LEFT, Stage
from programs.submissions import sending
from programs.submissions.models import Submission

MOST_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Arriving:
    """That a candidate arrived on a day; where nothing is said of the employer, it is the organisation that reports.

    ``expected`` is the stage in which whoever says so saw them; empty: wherever.
    """

    candidate: int
    day: dt.date
    employer: str = ""
    employer_uscc: str = ""
    district: str = ""
    expected: str = ""


@dataclass(slots=True)
class Arrived:
    """What came of it: submissions by id with their candidates, and by candidate why the others did not arrive."""

    submissions: dict[int, list[int]] = field(default_factory=dict)
    skipped: dict[int, list[FieldError]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The outcome as it is answered."""
        return {
            "arrived": sum(map(len, self.submissions.values())),
            "submissions": [{"id": id, "candidates": ids} for id, ids in self.submissions.items()],
            "skipped": [
                {"id": id, "code": errors[0].code, "reason": " ".join(error.message for error in errors)}
                for id, errors in self.skipped.items()
            ],
        }


@transaction.atomic
def arrive(*, actor: User, arriving: Arriving) -> Submission:
    """One candidate has arrived; the submission that reports it.

    Raises:
        NotFound: there is no such candidate for the actor.
        Conflict: they stand elsewhere by now, have left, or have arrived already.
        Invalid: what the report needs is missing: the document, a campaign, the employer's code, evidence of post, a
            period; or the day lies before the last move, or is yet to come.
        Problem: what ``submissions.sending.send`` refuses.
    """
    done = arrive_many(actor=actor, arriving=[arriving])
    if arriving.candidate in done.skipped:
        errors = done.skipped[arriving.candidate]
        if errors[0].field == "":
            raise Conflict(errors[0].message, errors[0].code if errors[0].code != "elsewhere" else "conflict")
        raise Invalid(errors)
    return Submission.objects.get(pk=next(iter(done.submissions)))


@transaction.atomic
def arrive_many(*, actor: User, arriving: Sequence[Arriving]) -> Arrived:
    """Candidates have arrived: one submission for each organisation that reports them and each period.

    Who cannot be reported so is left as they are, and told why.

    Raises:
        NotFound: there is no such candidate for the actor.
        Problem: what ``submissions.sending.send`` refuses.
    """
    wished = {one.candidate: one for one in arriving}
    rows = list(
        Candidate.objects.select_for_update(of=("self",))
        .select_related("organisation", "campaign", "position__organisation")
        .filter(pk__in=selectors.candidates(actor).filter(pk__in=wished).values("pk"))
        .order_by("pk")
    )
    if missed := wished.keys() - {row.pk for row in rows}:
        raise NotFound(sought=Sought(Candidate, {"pk__in": sorted(missed)}))
    facts = _Facts(rows, wished)
    done = Arrived()
    together: dict[tuple[int, int], list[Candidate]] = defaultdict(list)
    for row in rows:
        errors = list(facts.errors(row, wished[row.pk]))
        if errors:
            done.skipped[row.pk] = errors
        else:
            together[facts.reporter[row.pk].pk, facts.period[row.pk].pk].append(row)
    inside = dict(zip((row.pk for row in rows), opened(rows), strict=True))
    for part in together.values():
        reporter, period = facts.reporter[part[0].pk], facts.period[part[0].pk]
        submission = sending.send(
            actor=actor,
            organisation=reporter,
            period=period,
            records=[_record(row, inside[row.pk], facts.told(row, wished[row.pk])) for row in part],
            policy=Submission.Policy.ACCEPT_GOOD_ROWS,
            confirm=Submission.Confirm.AUTO,
            force=False,
        )
        _write(part, submission, facts, wished, actor)
        done.submissions[submission.pk] = [row.pk for row in part]
    return done


def period_of(organisation: Organisation, day: dt.date) -> Period | None:
    """The period in which an organisation reports what happened on a day: one that it owes, else the shortest."""
    covering = Period.objects.filter(starts_on__lte=day, ends_on__gte=day)
    owed = Obligation.objects.filter(
        kind=Obligation.Kind.REPORTING, organisation=organisation, period__in=covering
    ).select_related("period")
    periods = [one.period for one in owed] or list(covering.filter(scheme=None))
    return min(periods, key=lambda one: (one.locked_at is not None, one.ends_on - one.starts_on, one.pk), default=None)


class _Facts:
    """What is needed to tell whether some candidates may be reported, read once for all of them."""

    def __init__(self, rows: Sequence[Candidate], wished: Mapping[int, Arriving]) -> None:
        self._today = clock.today()
        ids = [row.pk for row in rows]
        self._evident = set(
            Document.objects.filter(candidate__in=ids, kind=Document.Kind.POST_EVIDENCE)
            .exclude(state=Document.State.REFUSED)
            .values_list("candidate_id", flat=True)
        )
        self.reporter = {row.pk: reporter_of(row) for row in rows}
        self._taking_part = set(
            ProgrammeOrganisation.objects.filter(
                programme__in={row.campaign_id for row in rows if row.campaign_id}
            ).values_list("programme_id", "organisation_id")
        )
        known: dict[tuple[int, dt.date], Period | None] = {}
        self.period: dict[int, Any] = {}
        for row in rows:
            key = (self.reporter[row.pk].pk, wished[row.pk].day)
            if key not in known:
                known[key] = period_of(self.reporter[row.pk], wished[row.pk].day)
            self.period[row.pk] = known[key]

    def told(self, row: Candidate, wished: Arriving) -> Arriving:
        """An arrival with what was not said of the employer."""
        reporter, position = self.reporter[row.pk], row.position
        own = not wished.employer or wished.employer == reporter.name_zh
        return Arriving(
            candidate=row.pk,
            day=wished.day,
            employer=wished.employer or reporter.name_zh,
            employer_uscc=wished.employer_uscc or (reporter.uscc if own else ""),
            district=wished.district or (position.district if position else ""),
        )

    def errors(self, row: Candidate, wished: Arriving) -> Iterable[FieldError]:
        """What stands against reporting one; an error without a field is about where they stand."""
        stands = {"id": row.pk, "stage": row.get_stage_display()}
        if wished.expected and row.stage != wished.expected:
            told = _("Candidate %(id)s was moved meanwhile and stands at “%(stage)s”.")
            yield FieldError("", "elsewhere", told % stands)
            return
        if row.stage in LEFT:
            yield FieldError(
                "", "conflict", _("Candidate %(id)s stands at “%(stage)s”; bring them back first.") % stands
            )
            return
        again = row.stage == Stage.ARRIVED
        if again and not may_arrive_again(row):
            yield FieldError("", "conflict", _("Candidate %(id)s has arrived, and their report stands.") % stands)
            return
        yield from self._missing(row, self.told(row, wished))
        if wished.day > self._today:
            yield FieldError("day", "future", _("This day is yet to come."))
        elif not again and wished.day < row.stage_on:
            told = _("The last move was on %(day)s; this one cannot lie before it.") % {"day": row.stage_on}
            yield FieldError("day", "earlier", told)

    def _missing(self, row: Candidate, told: Arriving) -> Iterable[FieldError]:
        if row.number_index is None:
            yield FieldError("id_number", "required", _("The report needs the document: enter its kind and number."))
        reporter = self.reporter[row.pk]
        if reporter.kind == Organisation.Kind.BUREAU:
            text = _("The bureau reports nobody: name the position, whose organisation will.")
            yield FieldError("position", "required", text)
        elif row.campaign is None:
            yield FieldError("campaign", "required", _("The report needs the campaign by which they came."))
        elif (row.campaign_id, reporter.pk) not in self._taking_part:
            text = _("%(organisation)s does not take part in campaign %(campaign)s.")
            named = {"organisation": reporter.code, "campaign": row.campaign.code}
            yield FieldError("campaign", "not_taking_part", text % named)
        if not told.employer_uscc:
            yield FieldError("employer_uscc", "required", _("Give the employer's unified social credit code."))
        if row.pk not in self._evident:
            yield FieldError(
                "documents", "required", _("File evidence of the post first, such as the contract’s page.")
            )
        period = self.period[row.pk]
        if period is None:
            text = _("No reporting period covers this day. Ask the bureau to open one.")
            yield FieldError("day", "no_period", text)
        elif period.locked_at is not None:
            text = _("Period %(period)s is locked. Ask the bureau to reopen it.") % {"period": period.code}
            yield FieldError("day", "period_locked", text)


def reporter_of(row: Candidate) -> Organisation:
    """Who reports a candidate: who looks after them, or, where that is the bureau, whose position it is."""
    if row.organisation.kind == Organisation.Kind.BUREAU and row.position is not None:
        return row.position.organisation
    return row.organisation


def _record(row: Candidate, inside: Mapping[str, str], told: Arriving) -> dict[str, Any]:
    """The row of ``talent-records/1`` that reports a candidate."""
    position = row.position
    assert row.campaign is not None
    values = {
        "partner_ref": row.ref or f"C{row.pk}",
        "name": inside.get("name", ""),
        "id_type": row.id_type,
        "id_number": inside.get("id_number", ""),
        "gender": row.gender,
        "birth_date": row.birth_date,
        "mobile": inside.get("mobile", ""),
        "email": inside.get("email", ""),
        "path": "introduced",
        "programme": row.campaign.code,
        "started_on": told.day,
        "completed_on": told.day,
        "outcome": "completed",
        "education": row.education,
        "school": row.school,
        "graduated_on": row.graduated_on,
        "education_cert_no": inside.get("education_cert_no", ""),
        "title": row.title,
        "title_awarded_on": row.title_awarded_on,
        "title_cert_no": inside.get("title_cert_no", ""),
        "employer": told.employer,
        "employer_uscc": told.employer_uscc,
        "district": told.district,
        "occupation": position.occupation if position else "",
        "segment": position.segment if position else "",
    }
    return {name: str(value) for name, value in values.items() if value}


def _write(
    rows: Sequence[Candidate],
    submission: Submission,
    facts: _Facts,
    wished: Mapping[int, Arriving],
    actor: User,
) -> None:
    """Writes the arrivals of one submission, and the moves of those who were not there yet."""
    ids = [row.pk for row in rows]
    # What is sent again takes the place of what was refused.
    Arrival.objects.filter(candidate__in=ids, undone_at=None).exclude(state=Arrival.State.REFUSED).update(
        state=Arrival.State.REFUSED, settled_at=clock.SqlNow()
    )
    arrivals, moves = [], []
    for place, row in enumerate(rows, start=1):
        told = facts.told(row, wished[row.pk])
        behalf = actor.sees_everything and submission.organisation_id != actor.organisation_id
        arrivals.append(
            Arrival(
                candidate=row,
                organisation_id=submission.organisation_id,
                position=row.position,
                programme=row.campaign,
                submission=submission,
                row=place,
                day=told.day,
                employer=told.employer,
                employer_uscc=told.employer_uscc,
                district=told.district,
                on_behalf=behalf,
                by_id=actor.pk,
            )
        )
        if row.stage != Stage.ARRIVED:
            moves.append(
                Move(
                    candidate=row,
                    organisation_id=row.organisation_id,
                    before=row.stage,
                    to=Stage.ARRIVED,
                    day=told.day,
                    by_id=actor.pk,
                    on_behalf=behalf,
                )
            )
            row.stage = Stage.ARRIVED
        row.stage_on = told.day
    Arrival.objects.bulk_create(arrivals, batch_size=1000)
    Move.objects.bulk_create(moves, batch_size=1000)
    Candidate.objects.bulk_update(rows, ["stage", "stage_on"], batch_size=1000)
    enter_audit(
        action="candidate.arrive",
        subject=rows[0] if len(rows) == 1 else ("candidate", None),
        detail={"submission": submission.pk, "rows": len(rows)},
        actor=actor,
    )


_SETTLE = """
UPDATE candidate_arrival SET settled_at = shugu_now(), record_id = found.record,
       state = CASE WHEN found.record IS NULL THEN 'refused' ELSE 'taken' END
FROM (
    SELECT arrival.id, coalesce(own.id, amended.record_id, same.id) AS record
    FROM candidate_arrival AS arrival
    JOIN candidate ON candidate.id = arrival.candidate_id
    LEFT JOIN record AS own ON own.submission_id = arrival.submission_id AND own.row = arrival.row
    LEFT JOIN amendment AS amended ON amended.submission_id = arrival.submission_id AND amended.row = arrival.row
    -- A row that says what stands already changes nothing and is found by whom it is about.
    LEFT JOIN LATERAL (
        SELECT record.id FROM identity_document AS document
        JOIN record ON record.person_id = document.person_id
        WHERE document.number_index = candidate.number_index
        AND record.organisation_id = arrival.organisation_id AND record.programme_id = arrival.programme_id
        AND record.cohort_id IS NULL AND record.state NOT IN ('rejected', 'revoked', 'withdrawn')
        AND NOT EXISTS (SELECT FROM finding WHERE finding.submission_id = arrival.submission_id
                        AND finding.row = arrival.row AND finding.severity = 'error')
        LIMIT 1
    ) AS same ON true
    WHERE arrival.submission_id = %s AND arrival.state = 'sent'
) AS found
WHERE candidate_arrival.id = found.id
"""


def settle(submission_id: int) -> int:
    """Notes which records came of a committed submission's arrivals, and whose rows were refused; how many."""
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, [submission_id])
        return cursor.rowcount
