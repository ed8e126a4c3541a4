"""The gap: every record counts or stands under exactly one reason, whatever the history; and what each opens into."""

import csv
import datetime as dt
import io
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.clock import now
from programs.periods.models import Obligation
from programs.records.models import Record
from programs.targets import books, explaining, gaps
from programs.targets.gap_check import misfits
from programs.targets.gap_models import Gap, GapMark, GapPosting, Reason
from programs.targets.gap_showing import listed
from programs.targets.gaps import GapReading
from programs.targets.models import Target
from talent.credentials.models import Credential, Tier, TierCredential
from talent.people.models import Person
from tests.factories import ManagerFactory, OfficerFactory
from tests.programs.targets.oracle import EVIDENCE, who_counts
from tests.programs.targets.test_histories import History, actions
from tests.programs.targets.world import World, day
from tests.support.http import Caller, code_of
from tests.support.partner import Partner

DAYS = [day("2018-12-31"), day("2019-12-31"), day("2026-01-01")]
CHOICES: list[dict[str, str]] = [{"organisation": "UNI-A"}, {"district": "unspecified", "path": "trained"}]
BY_STATE = {"submitted": Reason.AWAITING_REVIEW} | {
    one.value: one for one in (Reason.RETURNED, Reason.REJECTED, Reason.REVOKED, Reason.WITHDRAWN)
}


def why_not(target: Target) -> dict[int, Reason]:
    """Why each record does not count towards a target, said once more in plain Python; who counts is not there."""
    counted = {person: one for (code, person), one in who_counts().items() if code == target.code}
    credited = {one.record_id for one in counted.values()}
    canonical = dict(Person.objects.values_list("pk", "canonical"))

    def whole(person: int) -> int:
        while (canonical_id := canonical[person]) is not None:
            person = canonical_id
        return person

    rules = TierCredential.objects.filter(tier__in=Tier.objects.filter(code__in=target.counts))
    qualifying = {
        (rule.kind, rule.code, state) for rule in rules for state in EVIDENCE[EVIDENCE.index(rule.evidence) :]
    }
    holds: dict[int, bool] = defaultdict(bool)
    records = list(Record.objects.all())
    for record in records:
        for one in Credential.objects.filter(record_id=record.pk, held_from__isnull=False):
            if record.state == "verified" and (one.kind, one.code, one.state) in qualifying:
                holds[whole(record.person_id)] = True
    found = {}
    for record in records:
        if record.state != "verified":
            found[record.pk] = BY_STATE[record.state]
        elif record.pk in credited:
            continue
        elif whole(record.person_id) in counted:
            found[record.pk] = Reason.DUPLICATE
        elif record.outcome != "completed":
            found[record.pk] = Reason.NOT_COMPLETED
        elif record.completed_on is None or not target.starts_on <= record.completed_on <= target.ends_on:
            found[record.pk] = Reason.OUTSIDE
        else:
            found[record.pk] = Reason.OUTSIDE if holds[whole(record.person_id)] else Reason.NO_CREDENTIAL
    return found


class Told(History):
    """The histories of the ledger's test, with the gap worked out behind it."""

    def __init__(self) -> None:
        super().__init__()
        self.shortfalls: list[tuple[books.Moment, str, dict[str, Any], Any]] = []

    def report(self, *given_: Any) -> None:
        before = len(self.records)
        super().report(*given_)
        for record in self.records[before:]:
            explaining.mark(person_ids=[record.person_id])

    def check(self) -> None:
        explaining.post_batch(limit=2)
        explaining.explain(wait=True)
        assert not GapMark.objects.exists()
        assert misfits() == (0, 0)
        for target in Target.objects.all():
            expected = why_not(target)
            as_of = DAYS[len(self.shortfalls) % len(DAYS)]
            self.look(target, books.moment(as_of=as_of), expected)

    def look(self, target: Target, moment: books.Moment, expected: dict[int, Reason]) -> None:
        reading = GapReading(self.actor, target, moment)
        shortfall = reading.shortfall()
        counts = {share.reason: share.count for share in shortfall.shares}
        by_reason = Counter(expected.values())
        assert shortfall.reported == Record.objects.count()
        for reason in (one for one in Reason if gaps.unit(one) == gaps.OF_RECORDS and one != Reason.LATER):
            assert counts[reason] == by_reason[reason], reason
            standing = set(reading.rows(reason).values_list("subject_id", flat=True))
            assert standing == {record for record, why in expected.items() if why == reason}
        assert counts[Reason.LATER] == reading.later().count()
        choice = CHOICES[len(self.shortfalls) % len(CHOICES)]
        narrowed = GapReading(self.actor, target, moment, choice)
        parts = narrowed.shortfall()
        for share in parts.shares:
            if share.count:
                assert share.count == len(listed(narrowed, share.reason))
        self.shortfalls.append((moment, target.code, choice, parts))
        self.shortfalls.append((moment, target.code, {}, shortfall))
        self.contributed(target, moment)

    def contributed(self, target: Target, moment: books.Moment) -> None:
        """By organisation, who counts and has a verified record of it: as the people's list has them."""
        heads = {head: one for (code, head), one in who_counts().items() if code == target.code}
        counting = {head for head, one in heads.items() if one.effective_on <= moment.as_of}
        beside: dict[int, set[int]] = defaultdict(set)
        for record in Record.objects.filter(state="verified").select_related("person"):
            head = self.whole(record.person)
            if head in counting and heads[head].organisation_id != record.organisation_id:
                beside[record.organisation_id].add(head)
        reading = GapReading(self.actor, target, moment)
        assert reading.contributed() == {organisation: len(found) for organisation, found in beside.items()}

    def ask_again(self) -> None:
        for moment, code, choice, told in self.shortfalls:
            again = books.moment(as_of=moment.as_of, known_at=moment.known_at)
            assert GapReading(self.actor, Target.objects.get(code=code), again, choice).shortfall() == told


@pytest.mark.usefixtures("scope_all")
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(actions, min_size=8, max_size=20))
def test_any_history_leaves_every_record_counted_or_in_the_gap_once(history: list[tuple[Any, ...]]) -> None:
    with transaction.atomic():
        told = Told()
        for action, *given_ in history:
            getattr(told, action)(*given_)
        told.settle()
        told.ask_again()
        transaction.set_rollback(True)


def test_what_stood_in_the_gap_is_never_changed(world: World) -> None:
    world.record(world.person(), "2016-01-01")
    world.settle()
    explaining.explain()
    for change in ("UPDATE gap SET reason = 'returned'", "DELETE FROM gap", "UPDATE gap_posting SET totals = '{}'"):
        with pytest.raises(DatabaseError), transaction.atomic(), transaction.get_connection().cursor() as cursor:
            cursor.execute(change)
    assert Gap.objects.count() == Target.objects.count()


def test_what_was_slipped_past_the_marks_is_found(world: World) -> None:
    record = world.record(world.person(), "2016-01-01")
    world.settle()
    explaining.explain()
    assert misfits() == (0, 0)
    Record.objects.filter(pk=record.pk).update(state="returned")
    assert misfits() == (1, 0)
    GapPosting.objects.create(recorded_at=now() + dt.timedelta(days=1), complete=True, totals={"0": {"returned": 1}})
    assert misfits()[1] > 0


def test_before_the_gap_was_kept_is_refused_and_said(scope_all: None) -> None:
    manager = Caller(ManagerFactory(), **{"accept-language": "en"})
    first = GapPosting.objects.order_by("recorded_at").values_list("recorded_at", flat=True)[0]
    known_at = (first - dt.timedelta(seconds=1)).isoformat()
    for address in ("targets/all/gap/", "targets/all/gap/returned/"):
        answer = manager.get(address, {"known_at": known_at})
        assert (answer.status_code, code_of(answer)) == (400, "gap_not_kept")
        assert "The gap is known from" in answer.json()["detail"]


# --- over HTTP, from what partners and officers do


@pytest.fixture
def manager(scope_all: None) -> Caller:
    return Caller(ManagerFactory(), **{"accept-language": "en"})


def get(caller: Caller, address: str, **params: Any) -> Any:
    whole, _, query = address.partition("?")
    response = caller.get(whole, dict(parse_qsl(query)) | params)
    assert response.status_code == 200, response.content
    return response.json()


def counts(answer: dict[str, Any]) -> dict[str, int]:
    return {share["reason"]: share["count"] for share in answer["results"] if share["count"]}


def test_the_way_of_rows_through_the_gap(manager: Caller, run_jobs: Callable[[], int]) -> None:
    partner = Partner(run_jobs)
    Obligation.objects.create(organisation=partner.organisation, period=partner.period, due_on=partner.period.due_on)
    explaining.explain()
    owed = get(manager, "targets/all/gap/", as_of=partner.period.ends_on)
    assert counts(owed) == {"not_submitted": 1}
    assert counts(get(manager, "targets/all/gap/", as_of=partner.period.ends_on - dt.timedelta(1))) == {}
    [row] = get(manager, owed["results"][0]["rows"])["results"]
    assert (row["period"], row["organisation"], row["turn"]) == (
        partner.period.code,
        partner.organisation.code,
        "partner",
    )

    bad = partner.row(9, id_number="520102199001011234")
    partner.report([*(partner.row(n) for n in range(1, 5)), bad])
    explaining.explain()
    reported = get(manager, "targets/all/gap/")
    assert counts(reported) == {"failing_checks": 1, "awaiting_review": 4}
    assert (reported["reported"], reported["counted"], reported["missing"]) == (4, 0, 4)
    before = reported["known_at"]

    partner.decide("verify")
    officer = Caller(OfficerFactory())
    last = Record.objects.order_by("-pk")[0]
    partner.report([partner.row(9), partner.row(8)])
    for record, act in zip(Record.objects.filter(state="submitted").order_by("pk"), ("return", "reject"), strict=True):
        assert officer.post(f"records/{record.pk}/{act}/", {"reason": "缺证明"}, format="json").status_code == 200
    assert officer.post(f"records/{last.pk}/revoke/", {"reason": "有误"}, format="json").status_code == 200
    run_jobs()
    explaining.explain()
    after = get(manager, "targets/all/gap/")
    assert counts(after) == {"returned": 1, "rejected": 1, "revoked": 1}
    assert (after["reported"], after["counted"]) == (6, 3)
    high_end = get(manager, "targets/high-end/gap/")
    assert counts(high_end) == {"no_qualifying_credential": 3, "returned": 1, "rejected": 1, "revoked": 1}

    # As it was known before, to the row; a page of it carries its moment on, and so do the downloads.
    assert get(manager, "targets/all/gap/", known_at=before)["results"] == [
        share | {"rows": share["rows"]} for share in reported["results"]
    ]
    waiting = next(share["rows"] for share in reported["results"] if share["reason"] == "awaiting_review")
    page = get(manager, waiting, limit=3, count="exact")
    assert (page["count"], len(page["results"])) == (4, 3)
    page = get(manager, page["next"])
    [row] = page["results"]
    assert (row["turn"], row["record"] is not None, "*" in row["name"] or "某" in row["name"]) == (
        "officer",
        True,
        True,
    )
    sheet = manager.get(f"{waiting}&format=csv")
    read = list(csv.DictReader(io.StringIO(sheet.getvalue().decode("utf-8-sig"))))
    assert len(read) == 4
    assert read[0]["organisation"] == partner.organisation.code

    assert counts(get(manager, "targets/all/gap/", organisation=partner.organisation.code)) == counts(after)
    elsewhere = get(manager, "targets/all/gap/", district="520103")
    assert counts(elsewhere) == {}
    assert {share["reason"] for share in elsewhere["results"] if share["count"] is None} == {
        "not_submitted",
        "failing_checks",
    }
    assert manager.get("targets/all/gap/nothing/").status_code == 404
    assert manager.get("targets/all/gap/", {"basis": "title"}).status_code == 400


def test_contributors_stand_beside_the_credit(manager: Caller, world: World) -> None:
    person, other = world.person(), world.person()
    world.record(person, "2018-02-01", by=world.b)
    world.record(person, "2018-05-01", by=world.a)
    world.record(person, "2018-06-01", by=world.a, introduced=True)
    world.record(other, "2018-05-01", by=world.a)
    world.record(other, None, by=world.c)
    world.settle()
    explaining.explain()

    def parts(**params: Any) -> dict[str, tuple[int, int | None]]:
        found = get(manager, "targets/all/breakdown/", by="organisation", **params)["results"]
        return {part["key"]: (part["achieved"], part["contributed"]) for part in found}

    assert parts() == {"UNI-A": (1, 2), "UNI-B": (1, 1), "HITECH": (0, 1)}
    known_at = get(manager, "targets/all/")["known_at"]
    world.change(Record.objects.get(person=other, organisation=world.c), state="revoked", reason="revoked")
    world.settle()
    # The ledger is ahead of the gap only where it was posted to since.
    explaining.explain()
    assert parts() == {"UNI-A": (1, 2), "UNI-B": (1, 1)}
    assert parts(known_at=known_at) == {"UNI-A": (1, 2), "UNI-B": (1, 1), "HITECH": (0, 1)}
    assert parts(path="trained") == {"UNI-A": (1, None), "UNI-B": (1, None)}


def test_every_reason_of_a_change_opens_into_its_people(manager: Caller, world: World) -> None:
    start = now()
    stays, moves, leaves = (world.person() for _ in range(3))
    world.record(stays, "2018-02-01")
    first = world.record(moves, "2018-02-01", by=world.b)
    world.record(moves, "2018-05-01", by=world.a)
    gone = world.record(leaves, "2018-02-01")
    world.settle()
    middle = get(manager, "targets/all/")["known_at"]
    world.change(first, state="revoked", reason="revoked")
    world.change(gone, state="revoked", reason="revoked")
    world.settle()
    whole = get(manager, "targets/all/changes/", **{"from": start.isoformat()})
    assert [(one["reason"], one["delta"], one["moved_in"]) for one in whole["entries"]] == [
        ("revoked", -1, None),
        ("verified", 3, None),
    ]
    for one in whole["entries"]:
        people = get(manager, one["people"], limit=2, count="exact")
        rows = people["results"]
        while people["next"]:
            people = get(manager, people["next"])
            rows += people["results"]
        assert (sum(row["delta"] for row in rows), len(rows)) == (one["delta"], one["counted"] + one["taken_back"])
        assert all(row["reason"] == one["reason"] for row in rows)
    late = {"from": middle, "organisation": "UNI-A"}
    [moved] = get(manager, "targets/all/changes/", **late)["entries"]
    assert (moved["delta"], moved["counted"], moved["moved_in"], moved["moved_out"]) == (0, 1, 1, 0)
    rows = {row["person"]: row for row in get(manager, moved["people"])["results"]}
    assert (rows[moves.pk]["moved"], rows[moves.pk]["other_organisation"]) == (True, "UNI-B")
    assert (rows[leaves.pk]["moved"], rows[leaves.pk]["other_organisation"]) == (False, None)
    [other] = get(manager, "targets/all/changes/", **(late | {"organisation": "UNI-B"}))["entries"]
    assert (other["delta"], other["moved_out"]) == (-1, 1)
    sheet = manager.get("targets/all/changes/people/", {"format": "csv", "turn": "taken_back"})
    assert len(list(csv.DictReader(io.StringIO(sheet.getvalue().decode("utf-8-sig"))))) == 2


def test_completion_is_judged_on_finished_months(manager: Caller, world: World) -> None:
    world.record(world.person(), "2018-01-31")
    world.record(world.person(), "2018-02-10")
    world.settle()
    answer = get(manager, "targets/all/", as_of="2018-02-15")
    assert answer["finished"]["through"] == "2018-01-31"
    assert (answer["achieved"], answer["finished"]["achieved"]) == (2, 1)
    assert answer["ahead"] == pytest.approx((answer["completion_rate"] - answer["elapsed_rate"]) * 100, abs=0.01)
    days = (day("2020-12-31") - day("2017-11-28")).days + 1
    assert answer["finished"]["plan"] == pytest.approx(100_000 * 65 / days, abs=0.01)
    assert answer["finished"]["ahead"] == pytest.approx(-65 / days * 100, abs=0.01)
    assert get(manager, "targets/all/", as_of="2018-01-31")["finished"]["through"] == "2018-01-31"
    assert get(manager, "targets/all/", as_of="2017-11-29")["finished"] is None
    assert get(manager, "targets/all/", as_of="2025-05-05")["finished"]["through"] == "2020-12-31"
