"""Entering candidates, and changing what is known of them: one at a time or thousands, by the same way.

Identity is sealed under the ids that are reserved for the rows; what finds it again is blind. Values come typed: codes
of their tables, sound documents, days; what concerns the books and the other candidates is looked at here.
"""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.models import Organisation, User
from backend.accounts.scope import everything, refuse_bound
from backend.audit.services import enter_audit
from backend.problems import AlreadyExists, Conflict, FieldError, Invalid, unique
from backend.reference.selectors import tables
from backend.throttles import allow
from backend.vault import services as vault
from backend.vault.masking import mask_number, scrub
from programs.catalogue.models import Path, Programme
from programs.records.models import Record
from programs.recruitment import known, one_row, selectors
from programs.recruitment.models import Candidate, CandidateHint, CandidateKey, Move, Position
from programs.recruitment.reading import Read, Told, read_all
from programs.recruitment.stages import ENDED, Stage
from talent.people.strangers import keys_of

TABLE = "candidate"
DEAD_STATES = (Record.State.REJECTED, Record.State.REVOKED, Record.State.WITHDRAWN)
"""Of records that are not on the books any more, and may be reported anew."""

SEALED = ("name", "id_number", "mobile", "email", "education_cert_no", "title_cert_no")
"""What rests sealed with a candidate."""

OPEN = (
    *("ref", "id_type", "birth_date", "gender", "education", "school", "graduated_on", "title", "title_awarded_on"),
    *("source", "campaign", "position", "owner", "notes"),
)
"""What rests in columns of its own."""

TABLES = {"source": "candidate_source"} | {name: name for name in ("id_type", "gender", "education", "title")}
"""The columns that hold codes, each with its table."""

WRITTEN = (
    *OPEN,
    *(
        "sealed",
        "name_index",
        "number_index",
        "masked_number",
        "masked_mobile",
        "known",
        "person_id",
        "known_at",
        "digest",
    ),
)
"""The columns that telling somebody anew writes."""

ALWAYS = frozenset({"owner", "notes", "ref"})
"""What may be changed of a candidate who has arrived."""


@transaction.atomic
def enter_candidate(*, actor: User, organisation: Organisation, **values: Any) -> Candidate:
    """Enters one candidate; see ``enter_candidates``. A partner may ask so who is on record, and is limited in it.

    Raises:
        Problem: 429 ``throttled``.
        AlreadyExists: the document's holder is on the way already, with ``existing``, or the reference is taken.
        Invalid: see ``enter_candidates``.
    """
    if not actor.sees_everything:
        allow(f"candidates:{organisation.pk}", settings.CANDIDATES_AN_HOUR, 3600)
    told = one_row.checked(Told(**values), actor=actor, organisation=organisation)
    [candidate] = enter_candidates(actor=actor, organisation=organisation, told=[told])
    return candidate


@transaction.atomic
def enter_candidates(
    *, actor: User | None, organisation: Organisation, told: Sequence[Told], digests: Sequence[bytes] = ()
) -> list[Candidate]:
    """Enters candidates of one organisation, in one act, each with the first of their moves.

    Args:
        actor: who enters them.
        organisation: who looks after them; the bureau, where they are of its own campaign.
        told: who they are.
        digests: of the rows of a file that they come from, one for each.

    Raises:
        Forbidden: an officer who is bound to districts: candidates are of none before they have arrived.
        AlreadyExists: somebody is on the way already, by their document (with ``existing``) or by the reference.
        Invalid: a day in the future, a campaign or position that is not theirs, a closed position, a document that
            contradicts what is said beside it.
    """
    rows = register(actor=actor, organisation=organisation, told=told, digests=digests)
    tally = {name: sum(row.known == name for row in rows) for name in Candidate.Known.values}
    enter_audit(
        action="candidate.enter",
        subject=rows[0] if len(rows) == 1 else (TABLE, None),
        detail={"organisation": organisation.code, "rows": len(rows), "known": tally},
        actor=actor,
    )
    return rows


def register(
    *, actor: User | None, organisation: Organisation, told: Sequence[Told], digests: Sequence[bytes] = ()
) -> list[Candidate]:
    """Writes candidates, in the caller's transaction, which says on the trail where they are from; see above."""
    refuse_bound(actor)
    day = clock.today()
    read = read_all(told, day)
    _refuse(error for one in read for error in _errors(one.told, organisation, day))
    rows = [Candidate(organisation=organisation, pk=pk) for pk in _reserve(len(read))]
    for row, one in zip(rows, read, strict=True):
        row.stage, row.created_by = one.told.stage, actor
        row.entered_on = row.stage_on = one.told.day or day
        row.on_behalf = bool(actor and actor.sees_everything and organisation.pk != actor.organisation_id)
    answers = _fill(rows, read, organisation.pk)
    for row, digest in zip(rows, digests, strict=False):
        row.digest = digest
    with _once(rows):
        Candidate.objects.bulk_create(rows, batch_size=1000)
    Move.objects.bulk_create(
        (
            Move(
                candidate=row,
                organisation=organisation,
                to=row.stage,
                day=row.stage_on,
                by_id=actor.pk if actor else None,
                on_behalf=row.on_behalf,
            )
            for row in rows
        ),
        batch_size=2000,
    )
    _file(rows, read, answers)
    return rows


def rewrite(*, organisation: Organisation, told: Mapping[int, Told], digests: Mapping[int, bytes]) -> None:
    """Writes what candidates are told to be, in the caller's transaction, which holds their rows.

    Args:
        organisation: whose they are.
        told: by candidate, all that is known of them; where they stand stays.
        digests: by candidate, of the row of a file that says so.
    """
    day = clock.today()
    rows = list(Candidate.objects.filter(pk__in=told).order_by("pk"))
    read = read_all([told[row.pk] for row in rows], day)
    _refuse(error for one in read for error in _errors(one.told, organisation, day))
    _rewrite(rows, read, organisation.pk)
    for row in rows:
        row.digest = digests.get(row.pk)
    with _once(rows):
        Candidate.objects.bulk_update(rows, WRITTEN, batch_size=500)


def _rewrite(rows: Sequence[Candidate], read: Sequence[Read], organisation_id: int) -> None:
    answers = _fill(rows, read, organisation_id)
    with everything():
        CandidateKey.objects.filter(candidate__in=rows).delete()
        CandidateHint.objects.filter(candidate__in=rows).delete()
    _file(rows, read, answers)


@transaction.atomic
def change_candidate(*, actor: User, candidate: Candidate, **values: Any) -> Candidate:
    """Changes what is known of a candidate; what is equal stays as it is.

    Who they are stays once they have arrived, unless the report of it was refused.

    Raises:
        Problem: 429 ``throttled``: what identifies people was changed too often within the hour.
        AlreadyExists, Invalid: as ``enter_candidates``.
        Conflict: they have arrived.
    """
    row = locked(candidate.pk)
    before = told_of(row)
    after = replace(before, **values)
    changed = [name for name in values if getattr(before, name) != getattr(after, name)]
    if not changed:
        return row
    if row.stage == Stage.ARRIVED and set(changed) - ALWAYS and not may_arrive_again(row):
        raise Conflict(_("This candidate has arrived; what was reported of them is mended on their record."))
    after = one_row.checked(after, actor=actor, organisation=row.organisation, of=row.pk, unasked=before)
    day = clock.today()
    _refuse(error for error in _errors(after, row.organisation, day, before=before))
    identity = set(changed) & {*SEALED, "id_type", "birth_date", "gender", "education", "school"}
    if identity and not actor.sees_everything:
        allow(f"candidates:{row.organisation_id}", settings.CANDIDATES_AN_HOUR, 3600)
    _rewrite([row], read_all([after], day), row.organisation_id)
    # What a file said of them is not what they are any more.
    row.digest = None
    with _once([row]):
        row.save()
    enter_audit(action="candidate.change", subject=row, detail={"columns": sorted(changed)}, actor=actor)
    return row


def locked(candidate_id: int) -> Candidate:
    """The candidate with their row held until the transaction ends."""
    own = ("self",)
    related = Candidate.objects.select_related("organisation", "campaign", "position", "owner")
    return related.select_for_update(of=own).get(pk=candidate_id)


def may_arrive_again(candidate: Candidate) -> bool:
    """Whether no report of an arrival stands, so that it may be mended and sent anew: its row was refused, or the
    record that came of it."""
    return not reported([candidate.pk])


def reported(candidate_ids: Iterable[int]) -> set[int]:
    """Those of some candidates of whose arrival a report stands."""
    standing = selectors.standing_arrivals().filter(candidate__in=list(candidate_ids)).exclude(selectors.refused())
    dead = Record.objects.filter(state__in=DEAD_STATES, pk=OuterRef("record_id"))
    return set(standing.exclude(Exists(dead)).values_list("candidate_id", flat=True))


def opened(rows: Sequence[Candidate]) -> list[dict[str, str]]:
    """What rests sealed with candidates, in the clear: to be masked or compared, never to be shown as it is."""
    texts = vault.unseal_many(TABLE, "sealed", [row.pk for row in rows], [bytes(row.sealed) for row in rows])
    return [json.loads(text) for text in texts]


def told_of(row: Candidate) -> Told:
    """A candidate as they would be told now."""
    [inside] = opened([row])
    told: dict[str, Any] = {name: getattr(row, name) for name in OPEN}
    told |= {name: inside.get(name, "") for name in SEALED}
    return Told(**told, stage=row.stage, day=row.entered_on)


def _errors(
    one: Told, organisation: Organisation, day: dt.date, before: Told | None = None
) -> Iterable[tuple[str, str, str]]:
    """What is wrong with one beside the books; ``before``: what stands, of which nothing is asked again."""
    if not one.name.strip():
        yield FieldError("name", "required", _("Give a name."))
    for name, table in TABLES.items():
        value = getattr(one, name)
        if value and value not in tables().labels[table].values():
            text = _("“%(value)s” is no code of the table “%(table)s”.") % {"value": value[:40], "table": table}
            yield FieldError(name, "not_in_table", text)
    if one.day and one.day > day:
        yield FieldError("day", "future", _("This day is yet to come."))
    if one.birth_date and one.birth_date >= day:
        yield FieldError("birth_date", "future", _("This day is yet to come."))
    if one.campaign is not None and (before is None or one.campaign != before.campaign):
        yield from _campaign_errors(one.campaign, organisation)
    if one.position is not None and (before is None or one.position != before.position):
        yield from _position_errors(one.position, organisation, day)
    if one.owner is not None and one.owner.organisation_id != organisation.pk:
        yield FieldError("owner", "invalid", _("Whoever looks after them is somebody of the organisation."))
    if before is None and one.stage == Stage.ARRIVED:
        yield FieldError("stage", "arriving", _("Enter the candidate first, and then that they have arrived."))


def _campaign_errors(campaign: Programme, organisation: Organisation) -> Iterable[FieldError]:
    bureau = organisation.kind == Organisation.Kind.BUREAU
    if campaign.path != Path.INTRODUCED:
        text = _("Programme %(code)s trains people; a campaign introduces them.") % {"code": campaign.code}
        yield FieldError("campaign", "path", text)
    elif not bureau and not campaign.organisations.filter(pk=organisation.pk).exists():
        text = _("%(organisation)s does not take part in campaign %(campaign)s.")
        named = {"organisation": organisation.code, "campaign": campaign.code}
        yield FieldError("campaign", "not_taking_part", text % named)


def _position_errors(position: Position, organisation: Organisation, day: dt.date) -> Iterable[FieldError]:
    bureau = organisation.kind == Organisation.Kind.BUREAU
    if position.organisation_id != organisation.pk and not bureau:
        yield FieldError("position", "not_own", _("This position is not the organisation's own."))
    elif position.closed_on is not None or position.open_until < day:
        text = _("Position %(ref)s is closed. Open it again, or choose another.") % {"ref": position.ref}
        yield FieldError("position", "closed", text)


def _refuse(errors: Iterable[tuple[str, str, str]]) -> None:
    found = list(errors)
    if found:
        raise Invalid(found)


def _reserve(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('candidate', 'id')) FROM generate_series(1, %s)", [count])
        return sorted(row[0] for row in cursor.fetchall())


def _fill(rows: Sequence[Candidate], read: Sequence[Read], organisation_id: int) -> list[known.Answer]:
    """Puts what was read into the rows, sealed and blind where it identifies; what the books say of each."""
    names = vault.index_many([f"name|{one.name_key}" for one in read])
    indexed = [one for one in read if one.number_key]
    numbers = dict(
        zip((one.stranger.id for one in indexed), vault.index_many([one.number_key for one in indexed]), strict=True)
    )
    sealed = vault.seal_many(TABLE, "sealed", [row.pk for row in rows], [_plain(one.told) for one in read])
    strangers = [one.stranger for one in read]
    asked = {one.stranger.id: (numbers[one.stranger.id], one.name_key) for one in indexed}
    answers = known.look_up(strangers, keys_of(strangers), asked, organisation_id)
    moment = clock.now()
    for row, one, name, secret in zip(rows, read, names, sealed, strict=True):
        for column in OPEN:
            setattr(row, column, getattr(one.told, column))
        row.notes = scrub(one.told.notes)
        row.sealed, row.name_index, row.number_index = secret, name, numbers.get(one.stranger.id)
        row.masked_number = mask_number(one.told.id_number) if one.told.id_number else ""
        row.masked_mobile = mask_number(one.told.mobile) if one.told.mobile else ""
        answer = answers[one.stranger.id]
        row.known, row.person_id, row.known_at = answer.known, answer.person_id, moment
    return [answers[one.stranger.id] for one in read]


def _plain(one: Told) -> bytes:
    told = {name: getattr(one, name) for name in SEALED if getattr(one, name)}
    return json.dumps(told, ensure_ascii=False).encode()


def _file(rows: Sequence[Candidate], read: Sequence[Read], answers: Sequence[known.Answer]) -> None:
    """Files candidates under their keys, and keeps whom they resemble: both are the bureau's alone."""
    keys = keys_of([one.stranger for one in read])
    with everything():
        CandidateKey.objects.bulk_create(
            (
                CandidateKey(key=key, candidate=row, kind=kind)
                for row, one in zip(rows, read, strict=True)
                for kind, key in keys.get(one.stranger.id, ())
            ),
            batch_size=5000,
            ignore_conflicts=True,
        )
        CandidateHint.objects.bulk_create(
            CandidateHint(
                candidate=row,
                person_id=hint.person_id,
                score=hint.score,
                reasons=[{"code": code, "bits": bits} for code, bits in hint.reasons],
            )
            for row, answer in zip(rows, answers, strict=True)
            for hint in answer.hints
        )


@contextmanager
def _once(rows: Sequence[Candidate]) -> Iterator[None]:
    """Turns a second candidacy of one person, or a second use of a reference, into a refusal that names the first."""
    try:
        with unique({"candidate_once_per_document": "document", "candidate_ref_once": "ref"}):
            yield
    except AlreadyExists as taken:
        if taken.detail == "ref":
            raise AlreadyExists(_("A candidate with this reference is entered already. Change that one.")) from taken
        first = standing(rows[0].organisation_id, [row.number_index for row in rows]).exclude(
            pk__in=[row.pk for row in rows]
        )
        existing = first.order_by("pk").values_list("pk", flat=True).first()
        told = _("This person is a candidate of yours already: no. %(id)s. Go on there.")
        raise AlreadyExists(told % {"id": existing}, existing=existing) from taken


def standing(organisation_id: int, number_indexes: Iterable[Any]) -> QuerySet[Candidate]:
    """An organisation's candidates who are on the way under one of some documents."""
    asked = [bytes(one) for one in number_indexes if one]
    own = Candidate.objects.filter(organisation=organisation_id, number_index__in=asked)
    return own.exclude(stage__in=ENDED)
