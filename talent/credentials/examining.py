"""An officer's verdicts on credentials: confirming, refuting, and taking either back.

A refutation is of the certificate: every record of the person that bears the same number for the same education or
title follows it, those that come later too (``carry``), and taking it back frees all of them. A confirmation is of the
one claim, with its school and its day. So one certificate is never confirmed here and found false there.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils.translation import gettext as _

from backend import locks
from backend.accounts import scope
from backend.accounts.models import User
from backend.audit.services import enter_audit
from backend.problems import Conflict, FieldError, Invalid, NotFound
from backend.vault.masking import scrub
from talent.credentials.models import Credential, Examination
from talent.people.models import PersonChange
from talent.people.services import mark_changed

State = Credential.State
AT_ONCE = 20_000
"""So many credentials are examined in one request at most."""

LISTED = 100
"""So many of those passed over are listed; the others are counted."""

LONGEST_REASON = 2000
NEEDS_REASON = frozenset({Examination.Verdict.REFUTE, Examination.Verdict.REOPEN})
BECOMES = {Examination.Verdict.CONFIRM: State.CONFIRMED, Examination.Verdict.REFUTE: State.REFUTED}
CHANGES = {
    Examination.Verdict.CONFIRM: PersonChange.Reason.CONFIRMED,
    Examination.Verdict.REFUTE: PersonChange.Reason.REFUTED,
    Examination.Verdict.REOPEN: PersonChange.Reason.REOPENED,
}

CERTIFICATES = "credentials.certificates"
"""The lock of whoever gives a verdict, or looks for what has come in beside one."""

LARGEST_ID = 2**63 - 1


@dataclass
class Examined:
    """What came of a verdict on many credentials.

    ``decided`` and ``standing`` count those that were asked about, ``carried`` those that followed one of them.
    """

    decided: int = 0
    standing: int = 0
    carried: int = 0
    skipped: list[dict[str, Any]] = field(default_factory=list)
    skipped_count: int = 0

    def as_dict(self) -> dict[str, Any]:
        return {
            "decided": self.decided,
            "standing": self.standing,
            "carried": self.carried,
            "skipped": self.skipped[:LISTED],
            "skipped_count": self.skipped_count,
        }


class _Found(NamedTuple):
    id: int
    state: str
    person_id: int
    others: list[list[Any]]
    """Id and state of the other credentials that bear the same certificate."""


@dataclass
class _Outcome:
    """``decided`` gives each credential the one that it follows, ``None`` for those asked about."""

    decided: dict[int, int | None] = field(default_factory=dict)
    standing: list[int] = field(default_factory=list)
    skipped: list[tuple[int, str, str]] = field(default_factory=list)
    missing: int = 0


@transaction.atomic
def examine_one(*, credential_id: int, verdict: str, reason: str, actor: User) -> None:
    """Give a verdict on one credential, or take it back. The verdict that stands already changes nothing.

    Args:
        credential_id: the credential.
        verdict: one of ``Examination.Verdict``.
        reason: why; needed for all but a confirmation.
        actor: the officer.

    Raises:
        NotFound: there is no such credential.
        Invalid: a reason is needed and is missing.
        Conflict: the other verdict stands on it, or on the same certificate elsewhere.
    """
    kind, reason = _order(verdict, reason)
    outcome = _carry_out(kind, [credential_id], reason, actor)
    if outcome.missing:
        raise NotFound
    if outcome.skipped:
        [(_id, state, said)] = outcome.skipped
        raise Conflict(said, state=state)
    if outcome.decided:
        followed = [id for id, origin in outcome.decided.items() if origin is not None]
        enter_audit(
            action=f"credential.{kind}",
            subject=("credential", credential_id),
            detail={"reason": reason, "carried_to": followed},
            actor=actor,
        )


@transaction.atomic
def examine_many(*, ids: Sequence[int], verdict: str, reason: str, actor: User, asked: Mapping[str, Any]) -> Examined:
    """Give one verdict on many credentials in one transaction; where another stands it is passed over and listed.

    Args:
        ids: of the credentials; ids that name none are passed over.
        verdict: one of ``Examination.Verdict``.
        reason: why; needed for all but a confirmation.
        actor: the officer.
        asked: what was asked for, as the audit trail should remember it.

    Raises:
        Invalid: a reason is needed and is missing, or they are too many at once.
    """
    kind, reason = _order(verdict, reason)
    ids = sorted(set(ids))
    if len(ids) > AT_ONCE:
        told = _("These are %(count)d credentials; at most %(most)d are examined at once. Narrow the choice.")
        raise Invalid([FieldError("filter", "too_many", told % {"count": len(ids), "most": AT_ONCE})])
    outcome = _carry_out(kind, ids, reason, actor)
    followed = sum(origin is not None for origin in outcome.decided.values())
    summary = Examined(
        decided=len(outcome.decided) - followed,
        standing=len(outcome.standing),
        carried=followed,
        skipped=[{"id": id, "state": state, "message": said} for id, state, said in outcome.skipped[:LISTED]],
        skipped_count=len(outcome.skipped),
    )
    if outcome.decided:
        enter_audit(
            action=f"credential.{kind}",
            subject=("credential", None),
            detail={
                **asked,
                "reason": reason,
                "decided": summary.decided,
                "carried": followed,
                "standing": summary.standing,
                "skipped": dict(Counter(state for _id, state, _said in outcome.skipped)),
                "ids": sorted(outcome.decided)[:LISTED],
            },
            actor=actor,
        )
    return summary


def carry(*, first_id: int = 0, last_id: int = LARGEST_ID, among: Sequence[int] | None = None) -> list[int]:
    """Have credentials follow what was found out about their certificates, in the transaction that writes them.

    It sees what is committed. A verdict that is being given at the same moment is seen by ``follow``.

    Args:
        first_id: the first of the credentials' ids.
        last_id: the last of them.
        among: where the range may hold others, the ids that are meant.

    Returns:
        the ids of those that are refuted now.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, found_on FROM false_certificates(%s, %s)", [first_id, last_id])
        rows = cursor.fetchall()
    meant = None if among is None else set(among)
    found: dict[int, int | None] = {id: origin for id, origin in rows if meant is None or id in meant}
    if found:
        persons = _write(Examination.Verdict.REFUTE, found, "", None)
        mark_changed(person_ids=persons, reason=PersonChange.Reason.REFUTED)
        enter_audit(action="credential.carried", subject=("credential", None), detail={"ids": sorted(found)[:LISTED]})
    return sorted(found)


def follow() -> None:
    """After credentials were written: have those follow that a verdict given meanwhile has not seen.

    Whoever writes credentials takes no lock, so that nobody waits for a great file. A verdict that did not see them is
    either committed by now or waited for here; one that comes later sees them itself.
    """
    locks.hold(CERTIFICATES)
    carry()


def _order(verdict: str, reason: str) -> tuple[Examination.Verdict, str]:
    kind = Examination.Verdict(verdict)
    # What is not sealed holds no identity number, whoever wrote it.
    reason = scrub(reason.strip())
    if kind in NEEDS_REASON and not reason:
        raise Invalid([FieldError("reason", "required", _("Say why; the partner reads it."))])
    if len(reason) > LONGEST_REASON:
        told = _("Say it in %(most)d characters at most.") % {"most": LONGEST_REASON}
        raise Invalid([FieldError("reason", "max_length", told)])
    return kind, reason


def _carry_out(verdict: Examination.Verdict, ids: Sequence[int], reason: str, actor: User) -> _Outcome:
    locks.hold(CERTIFICATES)
    seen = ids
    if actor.districts:
        known = scope.within_districts(Credential.objects.filter(pk__in=list(ids)), actor)
        seen = list(known.values_list("pk", flat=True))
    # A certificate is false wherever it was reported, in other districts too.
    with scope.whole(actor):
        outcome = _carried(verdict, seen, reason, actor)
    outcome.missing += len(set(ids)) - len(set(seen))
    return outcome


def _carried(verdict: Examination.Verdict, ids: Sequence[int], reason: str, actor: User) -> _Outcome:
    found = _locked(ids)
    outcome = _Outcome(missing=len(set(ids)) - len(found))
    for one in found:
        if one.id in outcome.decided:
            continue
        said = _refusal(verdict, one)
        if said:
            outcome.skipped.append((one.id, one.state, said))
        elif _stands(verdict, one.state):
            outcome.standing.append(one.id)
        else:
            outcome.decided[one.id] = None
            for other in _followers(verdict, one):
                outcome.decided.setdefault(other, one.id)
    asked = set(ids)
    outcome.decided = {id: None if id in asked else origin for id, origin in outcome.decided.items()}
    if outcome.decided:
        persons = _write(verdict, outcome.decided, reason, actor)
        mark_changed(person_ids=persons, reason=CHANGES[verdict])
    return outcome


def _stands(verdict: Examination.Verdict, state: str) -> bool:
    if verdict == Examination.Verdict.REOPEN:
        return state in (State.CLAIMED, State.EVIDENCED)
    return state == BECOMES[verdict]


def _followers(verdict: Examination.Verdict, one: _Found) -> list[int]:
    """Those of the same certificate that go with it: all when it is refuted, those refuted when that is taken back."""
    if verdict == Examination.Verdict.REFUTE:
        return [id for id, state in one.others if state != State.REFUTED]
    if verdict == Examination.Verdict.REOPEN and one.state == State.REFUTED:
        return [id for id, state in one.others if state == State.REFUTED]
    return []


def _refusal(verdict: Examination.Verdict, one: _Found) -> str:
    if verdict == Examination.Verdict.REOPEN:
        return ""
    other = State.REFUTED if verdict == Examination.Verdict.CONFIRM else State.CONFIRMED
    values = {"id": one.id}
    if one.state == other:
        if verdict == Examination.Verdict.CONFIRM:
            return _("Credential %(id)s was found false, and that stands until it is taken back.") % values
        return _("Credential %(id)s was confirmed, and that stands until it is taken back.") % values
    elsewhere = next((id for id, state in one.others if state == other), None)
    if elsewhere is None:
        return ""
    values["other"] = elsewhere
    if verdict == Examination.Verdict.CONFIRM:
        told = _("The certificate of credential %(id)s was found false on credential %(other)s; take that back first.")
    else:
        told = _("The certificate of credential %(id)s was confirmed on credential %(other)s; take that back first.")
    return told % values


def _locked(ids: Sequence[int]) -> list[_Found]:
    """The credentials, and beside each the others of the same person that bear the same certificate."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT credential.id, credential.state, credential.person_id, coalesce(same.others, '[]')
            FROM credential
            LEFT JOIN LATERAL (
                SELECT jsonb_agg(jsonb_build_array(other.id, other.state) ORDER BY other.id) AS others
                FROM credential AS other
                WHERE other.number_index = credential.number_index AND other.id <> credential.id
                AND other.kind = credential.kind AND other.code = credential.code
                AND (other.person_id = credential.person_id
                     OR whole_person(other.person_id) = whole_person(credential.person_id))
            ) AS same ON true
            WHERE credential.id = ANY(%s) ORDER BY credential.id FOR NO KEY UPDATE OF credential
            """,
            [list(ids)],
        )
        return [_Found(id, state, person, json.loads(others)) for id, state, person, others in cursor.fetchall()]


def _write(
    verdict: Examination.Verdict, decided: Mapping[int, int | None], reason: str, actor: User | None
) -> list[int]:
    """Set the states and keep the verdict; returns the persons."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH given AS (
                SELECT * FROM unnest(%(ids)s::bigint[], %(origins)s::bigint[]) AS given (id, origin)
            ), written AS (
                UPDATE credential SET state = coalesce(%(state)s, CASE WHEN EXISTS (
                    SELECT FROM evidence WHERE evidence.credential_id = credential.id AND evidence.state = 'kept'
                ) THEN 'evidenced' ELSE 'claimed' END)
                FROM given WHERE given.id = credential.id
                RETURNING credential.id, record_id, person_id, organisation_id, kind, code, state, given.origin
            ), kept AS (
                INSERT INTO examination (credential_id, record_id, person_id, organisation_id, kind, code, verdict,
                                         state, reason, carried_from, by_id)
                SELECT id, record_id, person_id, organisation_id, kind, code, %(verdict)s, state, %(reason)s, origin,
                       %(by)s
                FROM written ORDER BY id
            )
            SELECT DISTINCT person_id FROM written
            """,
            {
                "ids": list(decided),
                "origins": list(decided.values()),
                "state": BECOMES.get(verdict),
                "verdict": verdict.value,
                "reason": reason,
                "by": actor.pk if actor else None,
            },
        )
        return [person for (person,) in cursor.fetchall()]
