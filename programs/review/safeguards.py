"""What may stand against a decision besides the record's own state: a colleague's claim, and what the bureau has set.

Everything is read after the records are locked, in statements of their own, so that it is what is so after waiting.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.db import connection

from programs.records.models import Decision
from programs.review import settings
from programs.review.sampling.holding import held as members_of_lots
from talent.credentials.selectors import unexamined as unexamined_of
from talent.credentials.tiers import qualifying_codes


class Why(StrEnum):
    """Why a record was passed over, where its state does not say it."""

    HELD = "held"
    SECOND_OFFICER = "second_officer"
    CREDENTIALS = "credentials"
    LOT = "lot"


@dataclass(frozen=True, slots=True)
class Passed:
    """A record passed over: in which state it was found, and why where that is not the reason; who holds it since, or
    which lot keeps it.
    """

    id: int
    state: str
    why: str = ""
    by: int | None = None
    since: dt.datetime | None = None
    lot: int | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A locked record of which the decision would be taken: on its own values, or on those of an amendment."""

    record_id: int
    state: str
    submission_id: int
    amendment_id: int | None = None


@dataclass
class Sifted:
    """What nothing stands against, what is verified by the first of two officers, and what is passed over."""

    sure: list[Proposal] = field(default_factory=list)
    first: list[Proposal] = field(default_factory=list)
    passed: list[Passed] = field(default_factory=list)


def sift(proposals: Sequence[Proposal], *, decision: str, officer_id: int, lot: int | None = None) -> Sifted:
    """Parts what an officer may decide from what they may not, as things are in the caller's transaction.

    A lot that decides on its own members is held up by nobody's claim on one.
    """
    ids = [one.record_id for one in proposals]
    sifted = Sifted()
    if not ids:
        return sifted
    held = _held(ids, officer_id) if lot is None else {}
    members = members_of_lots([one.record_id for one in proposals if one.amendment_id is None], lot)
    rules = settings.current()
    verifying = decision == Decision.Kind.VERIFY
    unexamined = unexamined_of(ids) if verifying and rules.every_credential else frozenset()
    high_end = _high_end(proposals) if verifying and rules.second_officer else set()
    first = _first(proposals) if high_end else {}
    for one in proposals:
        if one.record_id in members and one.amendment_id is None:
            sifted.passed.append(Passed(one.record_id, one.state, Why.LOT, lot=members[one.record_id]))
        elif one.record_id in held:
            by, since = held[one.record_id]
            sifted.passed.append(Passed(one.record_id, one.state, Why.HELD, by, since))
        elif one.record_id in unexamined:
            sifted.passed.append(Passed(one.record_id, one.state, Why.CREDENTIALS))
        elif one.record_id not in high_end:
            sifted.sure.append(one)
        elif one.record_id not in first:
            sifted.first.append(one)
        elif first[one.record_id][0] == officer_id:
            sifted.passed.append(Passed(one.record_id, one.state, Why.SECOND_OFFICER, *first[one.record_id]))
        else:
            sifted.sure.append(one)
    return sifted


def note_first(proposals: Sequence[Proposal], *, officer_id: int, moment: dt.datetime) -> None:
    """Keeps the first of two verifications of records that are held; one of other values is closed by it."""
    if not proposals:
        return
    close_first([one.record_id for one in proposals], moment=moment)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO first_verification (record_id, organisation_id, submission_id, amendment_id, officer_id,
                                            verified_at)
            SELECT given.record_id, record.organisation_id, given.submission_id, given.amendment_id, %s, %s
            FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS given (record_id, submission_id, amendment_id)
            JOIN record ON record.id = given.record_id
            """,
            [
                officer_id,
                moment,
                [one.record_id for one in proposals],
                [one.submission_id for one in proposals],
                [one.amendment_id for one in proposals],
            ],
        )


def close_first(record_ids: Sequence[int], *, moment: dt.datetime) -> None:
    """Closes the first verifications of records that are held."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE first_verification SET closed_at = %s WHERE record_id = ANY(%s) AND closed_at IS NULL",
            [moment, list(record_ids)],
        )


def let_go(record_ids: Sequence[int]) -> None:
    """Ends the claims on records that are decided, or that another officer is to look at now."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM claim WHERE record_id = ANY(%s)", [list(record_ids)])


def _held(ids: list[int], officer_id: int) -> dict[int, tuple[int, dt.datetime]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT record_id, officer_id, claimed_at FROM claim"
            " WHERE record_id = ANY(%s) AND officer_id <> %s AND expires_at > shugu_now()",
            [ids, officer_id],
        )
        return {record: (officer, since) for record, officer, since in cursor.fetchall()}


def _high_end(proposals: Sequence[Proposal]) -> set[int]:
    """The records whose values under decision would make their person high-end."""
    codes = qualifying_codes()
    qualifying = "(basis <> '' OR education = ANY(%s) OR title = ANY(%s))"
    given = [sorted(codes.education), sorted(codes.titles)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM record WHERE id = ANY(%s) AND {qualifying}"
            f" UNION ALL SELECT record_id FROM amendment WHERE id = ANY(%s) AND {qualifying}",
            [
                [one.record_id for one in proposals if one.amendment_id is None],
                *given,
                [one.amendment_id for one in proposals if one.amendment_id is not None],
                *given,
            ],
        )
        return {record for (record,) in cursor.fetchall()}


def _first(proposals: Sequence[Proposal]) -> dict[int, tuple[int, dt.datetime]]:
    """By record, who has verified first these very values, and when."""
    meant = {one.record_id: (one.submission_id, one.amendment_id) for one in proposals}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT record_id, submission_id, amendment_id, officer_id, verified_at FROM first_verification"
            " WHERE record_id = ANY(%s) AND closed_at IS NULL",
            [list(meant)],
        )
        return {
            record: (officer, at)
            for record, submission, amendment, officer, at in cursor.fetchall()
            if meant[record] == (submission, amendment)
        }
