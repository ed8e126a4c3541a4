"""What the checks need to know of the world: today, the period, the tables, and what may be reported on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from backend.reference.tables import Tables
from programs.intake.rules import SEVERITIES


@dataclass(frozen=True, slots=True)
class ProgrammeFacts:
    """A programme that the organisation takes part in; ``path`` is ``trained`` or ``introduced``."""

    id: int
    code: str
    path: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class CohortFacts:
    """A cohort of the organisation's own."""

    id: int
    code: str
    programme_id: int
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Context:
    """The facts one file is checked against.

    ``programmes`` and ``cohorts`` are keyed by the folded code and hold nothing of other organisations, so that what
    belongs to others and what does not exist are the same to the checks (E08). ``qualifying_education`` and
    ``qualifying_titles`` are the codes that make a person high-end; where the plan's days are given, W02 is raised
    only for a row that makes its person high-end within them. ``date1904`` says which system the workbook's serial
    dates are in. ``severities`` says by rule how grave its findings are here (``off``: it is not applied).
    """

    today: date
    period_starts_on: date
    period_ends_on: date
    tables: Tables
    programmes: Mapping[str, ProgrammeFacts]
    cohorts: Mapping[str, CohortFacts]
    qualifying_education: frozenset[str]
    qualifying_titles: frozenset[str]
    date1904: bool = False
    plan_starts_on: date | None = None
    plan_ends_on: date | None = None
    severities: Mapping[str, str] = field(default_factory=lambda: SEVERITIES)

    def late_before(self) -> date:
        """The first day that is not yet late (W03): the period's start, two lengths of the period earlier.

        A period of whole months is moved by months, any other by days.
        """
        return self.late_limit(self.period_starts_on, self.period_ends_on)

    @staticmethod
    def late_limit(starts_on: date, ends_on: date) -> date:
        """The same for a period of these days."""
        start, after = starts_on, ends_on + timedelta(days=1)
        months = (after.year - start.year) * 12 + after.month - start.month
        if after.day != start.day or months < 1:
            return start - 2 * (after - start)
        month = start.year * 12 + start.month - 1 - 2 * months
        first = date(month // 12, month % 12 + 1, 1)
        following = date((month + 1) // 12, (month + 1) % 12 + 1, 1)
        return first.replace(day=min(start.day, (following - first).days))
