"""How an organisation's reporting for a period went, in figures; the formulas are told in ``docs/scorecards.md``."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, quantiles

from django.db import connection

from programs.periods.models import Obligation
from programs.periods.rates import REPORTS, punctuality

MEASURES = ("on_time", "first_pass", "duplicates", "verified", "correction_days")
FEWEST_PEERS = 5
"""With fewer others than these no spread is told: somebody could be recognised."""

_OF = ("organisation_id", "period_id")
_COUNTED = """
WITH owed AS (
    SELECT organisation_id, period_id FROM obligation WHERE kind = 'reporting' AND period_id = ANY(%(periods)s)
), sent AS (
    SELECT id, organisation_id, period_id, received_at, rows, accepted + unchanged AS taken FROM submission
    WHERE period_id = ANY(%(periods)s) AND status IN ('accepted', 'partly_accepted', 'rejected')
    AND NOT opening AND NOT practice AND withdrawn_at IS NULL AND rows > 0 AND template = 'talent-records/1'
), first AS (
    SELECT DISTINCT ON (organisation_id, period_id) organisation_id, period_id, rows,
        greatest(taken - (SELECT count(DISTINCT mend.row) FROM mend WHERE mend.submission_id = sent.id), 0) AS passed
    FROM sent ORDER BY organisation_id, period_id, received_at, id
), whole AS (
    SELECT organisation_id, period_id, sum(rows) AS rows FROM sent GROUP BY 1, 2
), repeated AS (
    SELECT sent.organisation_id, sent.period_id, count(DISTINCT (sent.id, finding.row)) AS rows
    FROM sent JOIN finding ON finding.submission_id = sent.id AND finding.rule IN ('E07', 'W04') GROUP BY 1, 2
), judged AS (
    SELECT sent.organisation_id, sent.period_id,
        count(*) FILTER (WHERE record.state = 'verified') AS verified,
        count(*) FILTER (WHERE record.state IN ('verified', 'returned', 'rejected', 'revoked')) AS decided
    FROM sent JOIN record ON record.submission_id = sent.id GROUP BY 1, 2
), mended AS (
    SELECT sent.organisation_id, sent.period_id, count(*) AS corrected,
        percentile_cont(0.5) WITHIN GROUP (
            ORDER BY extract(epoch FROM revision.replaced_at - revision.decided_at)) / 86400 AS days
    FROM sent JOIN revision ON revision.submission_id = sent.id AND revision.state = 'returned'
    GROUP BY 1, 2
)
SELECT owed.organisation_id, owed.period_id, first.passed, first.rows,
    coalesce(repeated.rows, 0), whole.rows, judged.verified, judged.decided, mended.days, mended.corrected
FROM owed
LEFT JOIN first USING (organisation_id, period_id) LEFT JOIN whole USING (organisation_id, period_id)
LEFT JOIN repeated USING (organisation_id, period_id) LEFT JOIN judged USING (organisation_id, period_id)
LEFT JOIN mended USING (organisation_id, period_id)
"""


@dataclass(frozen=True, slots=True)
class Card:
    """One organisation in one period; shares lie between 0 and 1, and what has no denominator is nothing.

    ``on_time`` is 1 or 0, ``correction_days`` a median in days. ``counts`` has what the shares are of.
    """

    organisation_id: int
    period_id: int
    on_time: float | None
    first_pass: float | None
    duplicates: float | None
    verified: float | None
    correction_days: float | None
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Spread:
    """Where a measure's peers lie: its quarters and its mean, over so many others."""

    peers: int
    low: float
    median: float
    high: float
    mean: float


def cards(period_ids: Sequence[int]) -> list[Card]:
    """Everybody's who owed a report for one of these periods, as far as the transaction's scope sees them.

    Whether a report was on time is said by the rates of reporting, and by nobody else.
    """
    wanted = list(period_ids)
    owed = Obligation.objects.filter(REPORTS, period__in=wanted).annotate(punctual=punctuality())
    punctual = {(organisation, period): value for organisation, period, value in owed.values_list(*_OF, "punctual")}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, {"periods": wanted})
        return [_card(row, punctual) for row in cursor.fetchall()]


def _card(row: Sequence, punctual: Mapping[tuple[int, int], float | None]) -> Card:
    organisation, period, passed, of, repeated, rows, verified, decided, days, corrected = row
    return Card(
        organisation_id=organisation,
        period_id=period,
        on_time=punctual.get((organisation, period)),
        first_pass=_share(passed, of),
        duplicates=_share(repeated, rows),
        verified=_share(verified, decided),
        correction_days=None if days is None else round(float(days), 2),
        counts={
            "rows": int(rows or 0),
            "first_rows": of or 0,
            "first_passed": passed or 0,
            "duplicates": repeated,
            "decided": decided or 0,
            "verified": verified or 0,
            "corrected": corrected or 0,
        },
    )


def spread(values: Iterable[float | None]) -> Spread | None:
    """The quarters of what others reached; nothing where they are fewer than ``FEWEST_PEERS``."""
    known = [value for value in values if value is not None]
    if len(known) < FEWEST_PEERS:
        return None
    low, median, high = (round(value, 2) for value in quantiles(known, n=4, method="inclusive"))
    return Spread(len(known), low, median, high, round(fmean(known), 4))


def _share(part: int | None, whole: int | None) -> float | None:
    return None if not whole else round(int(part or 0) / int(whole), 4)
