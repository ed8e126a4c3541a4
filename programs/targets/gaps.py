"""Reading the gap: what was reported, or is owed, and does not count, by reason, at a moment.

It is worked out behind the ledger, and was complete at some moments: a reader is answered as of the last of them that
is not after the one asked for, ledger and gap alike. None can be put in before a moment that is closed, so an answer
for a past moment never changes. Of the records reported then, each counts or stands under exactly one reason.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.db.models import Count, F, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from backend.accounts.models import User
from backend.accounts.scope import of_districts, visible
from backend.clock import BUREAU
from backend.lists.filters import narrow
from backend.problems import Problem, register
from programs.targets import selectors
from programs.targets.books import Moment
from programs.targets.filters import GapFilter
from programs.targets.gap_models import EVERY_TARGET, Gap, GapPosting, Kind, Reason
from programs.targets.models import LedgerEntry, Posting, Target
from programs.targets.readings import Reading
from programs.targets.selectors import Part

register(gap_not_kept=lazy("The gap was not kept at that moment"))

EVER = dt.date(2999, 12, 31)

OF_OBLIGATIONS, OF_ROWS, OF_RECORDS = "obligations", "rows", "records"
PARTNER, OFFICER, NOBODY = "partner", "officer", "nobody"

UNIT = {Reason.NOT_SUBMITTED: OF_OBLIGATIONS, Reason.FAILING_CHECKS: OF_ROWS}
"""What is counted under a reason, where it is not records."""

TURN = {
    Reason.NOT_SUBMITTED: PARTNER,
    Reason.FAILING_CHECKS: PARTNER,
    Reason.AWAITING_REVIEW: OFFICER,
    Reason.RETURNED: PARTNER,
    Reason.NO_CREDENTIAL: PARTNER,
    Reason.NOT_COMPLETED: PARTNER,
}
"""Whose turn it is, where it is anybody's."""


def unit(reason: Reason) -> str:
    """What is counted under a reason: ``obligations``, ``rows`` or ``records``."""
    return UNIT.get(reason, OF_RECORDS)


def turn(reason: Reason) -> str:
    """Whose turn it is: ``partner``, ``officer`` or ``nobody``."""
    return TURN.get(reason, NOBODY)


@dataclass(frozen=True, slots=True)
class Share:
    """How much stands under one reason, in the reason's unit; ``None`` where the choice of heads cannot tell it."""

    reason: Reason
    count: int | None


@dataclass(frozen=True, slots=True)
class Shortfall:
    """The gap at a moment: ``reported`` records are those ``counted`` and those of the shares that are of records."""

    counted: int
    shares: list[Share]

    @property
    def reported(self) -> int:
        return self.counted + self.missing

    @property
    def missing(self) -> int:
        """The records reported that do not count."""
        return sum(share.count or 0 for share in self.shares if unit(share.reason) == OF_RECORDS)


@dataclass(frozen=True)
class GapReading:
    """A target's gap at a moment, as ``actor`` may read it; ``chosen`` narrows it by ``GapFilter``'s names.

    Of whoever is bound to districts it is the gap of these: every reason opens into as many rows as it counts.
    """

    actor: User
    target: Target
    moment: Moment
    chosen: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def posting(self) -> GapPosting:
        """The last posting at or before the moment after which the gap was complete.

        Raises:
            Problem: 400 ``gap_not_kept``: there is none.
        """
        complete = GapPosting.objects.filter(complete=True)
        found = complete.filter(recorded_at__lte=self.moment.known_at).order_by("-recorded_at").first()
        if found is None:
            raise _not_kept(complete.order_by("recorded_at").values_list("recorded_at", flat=True).first())
        return found

    @property
    def worked_out(self) -> Moment:
        """The moment that is answered of."""
        return Moment(self.moment.as_of, self.posting.recorded_at)

    def shortfall(self) -> Shortfall:
        """What counts, and what does not by reason. Raises Problem for a filter that cannot be read."""
        records = self._records()
        counted, later = self._heads()
        shares = {
            **{reason: records.get(reason.value, 0) for reason in Reason},
            Reason.LATER: later,
            Reason.NOT_SUBMITTED: self._owed(Reason.NOT_SUBMITTED),
            Reason.FAILING_CHECKS: self._owed(Reason.FAILING_CHECKS),
        }
        return Shortfall(counted, [Share(reason, shares[reason]) for reason in Reason])

    def rows(self, reason: Reason) -> QuerySet[Gap]:
        """What stands under a reason, except ``LATER``."""
        found = self._standing().filter(reason=reason, target_id__in=self._targets())
        if reason == Reason.NOT_SUBMITTED:
            found = found.filter(day__lte=self.moment.as_of)
        return narrow(GapFilter, self.chosen, found) if self.chosen else found

    def later(self) -> QuerySet[LedgerEntry]:
        """The heads that count from a day after ``as_of``."""
        found = selectors.counted(self.actor, self.target, self._ever).filter(effective_on__gt=self.moment.as_of)
        return narrow(GapFilter, self.chosen, found) if self.chosen else found

    def contributed(self) -> dict[int, int] | None:
        """By organisation, how many people who count it has a verified record of while another has the credit.

        ``None`` where it cannot be told exactly: the gap was not kept, or the ledger was ahead of it, at the moment.
        """
        if self.actor.districts:
            return None
        try:
            worked_out = self.posting.recorded_at
        except Problem:
            return None
        if Posting.objects.filter(recorded_at__gt=worked_out, recorded_at__lte=self.moment.known_at).exists():
            return None
        duplicates = self._standing().filter(reason=Reason.DUPLICATE, target_id=self.target.pk)
        others = duplicates.filter(day__lte=self.moment.as_of).exclude(organisation=F("credited"))
        return dict(others.order_by().values_list("organisation").annotate(Count("head_id", distinct=True)))

    @property
    def _ever(self) -> Moment:
        at = self.posting.recorded_at
        return Moment(EVER, at, latest=self.moment.latest and at == self.moment.known_at)

    def _targets(self) -> list[int]:
        return [EVERY_TARGET, self.target.pk]

    def _standing(self) -> QuerySet[Gap]:
        at = self.posting.recorded_at
        found = Gap.objects.filter(ended_at__gt=at, recorded_at__lte=at)
        return visible(found, self.actor) if self.actor.sees_everything else found.none()

    def _heads(self) -> tuple[int, int]:
        """Who counts as of the day, and who counts from a later one."""
        reading = Reading(self.actor, self.target, self._ever, self.chosen)
        by_day: Mapping[dt.date, int] = reading.heads()
        if self.actor.districts:
            by_day = selectors.heads_by_day(of_districts(reading.entries(), self.actor))
        counted = sum(heads for day, heads in by_day.items() if day <= self.moment.as_of)
        return counted, sum(by_day.values()) - counted

    def _records(self) -> dict[str, int]:
        if not self.actor.sees_everything:
            return {}
        if not self.chosen and not self.actor.districts:
            totals = self.posting.totals
            return totals.get(str(EVERY_TARGET), {}) | totals.get(str(self.target.pk), {})
        reasons = [reason for reason in Reason if unit(reason) == OF_RECORDS]
        found = self._standing().filter(target_id__in=self._targets(), reason__in=reasons)
        rows = (narrow(GapFilter, self.chosen, found) if self.chosen else found).order_by().values_list("reason")
        return dict(rows.annotate(Count("pk")))

    def _owed(self, reason: Reason) -> int | None:
        if self.actor.districts or self.chosen.keys() - {"organisation"}:
            return None
        total: int | None = self.rows(reason).aggregate(total=Sum("amount"))["total"]
        return total or 0


def contributions(reading: Reading) -> list[Part]:
    """A figure by organisation, each part with how many of those who count its organisation has contributed to.

    Organisations without a head of their own that contributed to others' are among the parts.
    """
    parts = reading.parts("organisation")
    narrowed = any(value not in (None, "") for value in reading.chosen.values())
    beside = None if narrowed else GapReading(reading.actor, reading.target, reading.moment).contributed()
    if beside is None:
        return parts
    others = {
        part.key: part
        for part in selectors.named_parts(
            "organisation", {str(pk): n for pk, n in beside.items()}, reading.moment.as_of
        )
    }
    own = {part.key for part in parts}
    found = [
        replace(part, contributed=part.achieved + (others[part.key].achieved if part.key in others else 0))
        for part in parts
    ]
    return found + [
        replace(part, achieved=0, still_here=0, contributed=part.achieved)
        for key, part in others.items()
        if key not in own
    ]


def _not_kept(first: dt.datetime | None) -> Problem:
    if first is None:
        detail = _("The gap is being worked out for the first time. Ask again in a little while, as things stand now.")
    else:
        told = _("The gap is known from %(moment)s on; ask for a moment after that.")
        detail = told % {"moment": first.astimezone(BUREAU).isoformat(timespec="seconds")}
    return Problem(400, "gap_not_kept", detail, [("known_at", "gap_not_kept", detail)])


def kinds(reason: Reason) -> Kind:
    """What stands under a reason."""
    named = {OF_OBLIGATIONS: Kind.OBLIGATION, OF_ROWS: Kind.SUBMISSION}
    return named.get(unit(reason), Kind.RECORD)
