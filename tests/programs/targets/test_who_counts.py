"""Each sentence of the contract's "Who counts", worked by hand."""

import pytest
from django.db import connection

from programs.records.models import Amendment, Record
from programs.targets.models import LedgerEntry
from talent.credentials.models import Credential
from tests.programs.targets.world import (
    BACHELOR,
    CLASS,
    DOCTOR,
    ENGINEER,
    MASTER,
    PROFESSOR_LEVEL,
    SENIOR,
    SENIOR_ACCOUNTANT,
    World,
    day,
)

# --- towards `all`


def test_a_verified_completion_within_the_plan_counts_from_its_day(world: World) -> None:
    person = world.person()
    world.record(person, "2019-03-29", (BACHELOR, "2016-07-01"))
    world.settle()
    assert world.counts_from(person) == ("2019-03-29", None)


@pytest.mark.parametrize(
    ("completed_on", "counts"),
    [("2017-11-27", False), ("2017-11-28", True), ("2020-12-31", True), ("2021-01-01", False)],
)
def test_the_plan_begins_and_ends_on_its_days(world: World, completed_on: str, counts: bool) -> None:
    person = world.person()
    world.record(person, completed_on)
    world.settle()
    assert world.counts_from(person)[0] == (completed_on if counts else None)


def test_a_day_before_the_plan_is_passed_over_and_a_later_one_inside_counts(world: World) -> None:
    person = world.person()
    world.record(person, "2017-06-30", (DOCTOR, "2010-06-30"))
    world.settle()
    assert world.counts_from(person) == (None, None)
    world.record(person, "2018-06-30", by=world.b)
    world.settle()
    assert world.counts_from(person) == ("2018-06-30", "2018-06-30")
    assert world.head(person).organisation == world.b


@pytest.mark.parametrize("state", [state for state in Record.State.values if state != "verified"])
def test_a_record_that_is_not_verified_does_not_count(world: World, state: str) -> None:
    person = world.person()
    world.record(person, "2019-03-29", (MASTER, "2016-07-01"), state=state)
    world.mark(person)
    world.settle()
    assert world.counts_from(person) == (None, None)


@pytest.mark.parametrize("outcome", ["in_progress", "withdrawn"])
def test_a_completion_day_with_another_outcome_does_not_count(world: World, outcome: str) -> None:
    person = world.person()
    world.record(person, "2019-03-29", outcome=outcome)
    world.settle()
    assert world.counts_from(person) == (None, None)


# --- towards `high-end`


@pytest.mark.parametrize("code", [DOCTOR, MASTER, CLASS, SENIOR, PROFESSOR_LEVEL])
def test_a_qualifying_credential_makes_high_end(world: World, code: str) -> None:
    person = world.person()
    world.record(person, "2019-03-29", (code, "2015-06-30"))
    world.settle()
    assert world.counts_from(person) == ("2019-03-29", "2019-03-29")
    kind = "title" if code in {SENIOR, PROFESSOR_LEVEL} else "education"
    assert world.head(person, "high-end").basis == kind
    assert world.head(person, "all").basis == "none"


@pytest.mark.parametrize("code", [BACHELOR, "12", "13", "15", "16", "18", "19", ENGINEER, SENIOR_ACCOUNTANT])
def test_any_other_credential_does_not(world: World, code: str) -> None:
    person = world.person()
    world.record(person, "2019-03-29", (code, "2015-06-30"))
    world.settle()
    assert world.counts_from(person) == ("2019-03-29", None)


def test_the_later_of_completion_and_credential(world: World) -> None:
    person = world.person()
    world.record(person, "2019-03-29", (MASTER, "2019-07-01"))
    world.settle()
    assert world.counts_from(person) == ("2019-03-29", "2019-07-01")


def test_the_first_of_several_credentials(world: World) -> None:
    person = world.person()
    world.record(person, "2018-03-29", (MASTER, "2019-07-01"), (SENIOR, "2018-12-31"))
    world.settle()
    assert world.counts_from(person) == ("2018-03-29", "2018-12-31")
    assert world.head(person, "high-end").basis == "title"


@pytest.mark.parametrize(("held_from", "counts"), [("2020-12-31", True), ("2021-01-01", False)])
def test_a_credential_after_the_plan_does_not_count(world: World, held_from: str, counts: bool) -> None:
    person = world.person()
    world.record(person, "2019-03-29", (MASTER, held_from))
    world.settle()
    assert world.counts_from(person) == ("2019-03-29", held_from if counts else None)


def test_a_credential_may_be_carried_by_a_record_in_progress(world: World) -> None:
    person = world.person()
    world.record(person, "2019-03-29")
    carrier = world.record(person, None, (MASTER, "2019-06-30"), by=world.b)
    world.settle()
    assert world.counts_from(person) == ("2019-03-29", "2019-06-30")
    assert world.head(person, "high-end").organisation == world.a
    assert world.head(person, "high-end").record_id != carrier.pk


def test_a_credential_may_be_carried_by_a_record_completed_outside_the_plan(world: World) -> None:
    person = world.person()
    world.record(person, "2016-03-29", (SENIOR, "2012-01-01"), by=world.b)
    world.record(person, "2018-03-29")
    world.settle()
    assert world.counts_from(person) == ("2018-03-29", "2018-03-29")


def test_a_credential_on_a_record_that_is_not_verified_does_not_count(world: World) -> None:
    person = world.person()
    world.record(person, "2019-03-29")
    world.record(person, "2019-04-30", (MASTER, "2015-06-30"), by=world.b, state=Record.State.SUBMITTED)
    world.settle()
    assert world.counts_from(person) == ("2019-03-29", None)


def test_a_credential_alone_counts_nobody(world: World) -> None:
    person = world.person()
    world.record(person, None, (DOCTOR, "2018-06-30"))
    world.settle()
    assert world.counts_from(person) == (None, None)


def test_a_credential_without_its_day_is_not_held(world: World) -> None:
    person = world.person()
    record = world.record(person, "2019-03-29")
    world.credential(record, MASTER, None)
    world.settle()
    assert world.counts_from(person) == ("2019-03-29", None)


def test_a_false_credential_takes_the_count_back_with_its_own_day(world: World) -> None:
    person = world.person()
    record = world.record(person, "2019-03-29", (MASTER, "2019-07-01"))
    world.settle()
    Credential.objects.filter(record_id=record.pk).update(state=Credential.State.REFUTED)
    world.mark(person, reason="refuted")
    world.settle()
    assert world.counts_from(person) == ("2019-03-29", None)
    assert world.entries(person, "high-end") == [
        (1, "2019-07-01", "UNI-A", "verified"),
        (-1, "2019-07-01", "UNI-A", "refuted"),
    ]
    assert world.entries(person) == [(1, "2019-03-29", "UNI-A", "verified")]


def test_education_first_where_both_kinds_qualify_on_one_day(world: World) -> None:
    person = world.person()
    world.record(person, "2018-03-29", (SENIOR, "2019-01-01"), (MASTER, "2019-01-01"))
    world.settle()
    assert world.head(person, "high-end").basis == "education"


def test_the_kind_held_first_where_both_were_held_before_completion(world: World) -> None:
    person = world.person()
    world.record(person, "2018-03-29", (SENIOR, "2010-01-01"), (MASTER, "2015-06-30"))
    world.settle()
    assert world.head(person, "high-end").basis == "title"


# --- once, and to whose credit


def test_two_organisations_count_a_person_once_to_the_earliest_completion(world: World) -> None:
    person = world.person()
    world.record(person, "2019-03-29", by=world.a)
    world.record(person, "2019-02-28", by=world.b)
    world.settle()
    assert world.entries(person) == [(1, "2019-02-28", "UNI-B", "verified")]


def test_then_to_the_earliest_report(world: World) -> None:
    person = world.person()
    for organisation, reported_at in ((world.a, "2019-05-02T00:00:00Z"), (world.b, "2019-05-01T00:00:00Z")):
        world.record(person, "2019-03-29", by=organisation, reported_at=reported_at)
    world.settle()
    assert world.head(person).organisation == world.b


def test_then_to_the_record_that_was_there_first(world: World) -> None:
    person = world.person()
    for organisation in (world.b, world.a):
        world.record(person, "2019-03-29", by=organisation, reported_at="2019-05-01T00:00:00Z")
    world.settle()
    assert world.head(person).organisation == world.b


def test_the_credit_moves_by_a_reversal_and_a_new_entry(world: World) -> None:
    person = world.person()
    world.record(person, "2019-03-29", by=world.a)
    world.settle()
    world.record(person, "2019-02-28", by=world.b)
    world.settle()
    assert world.entries(person) == [
        (1, "2019-03-29", "UNI-A", "verified"),
        (-1, "2019-03-29", "UNI-A", "verified"),
        (1, "2019-02-28", "UNI-B", "verified"),
    ]


def test_a_revoked_record_takes_the_count_back_with_its_own_day(world: World) -> None:
    person = world.person()
    record = world.record(person, "2019-03-29")
    world.settle()
    world.change(record, state=Record.State.REVOKED, reason="revoked")
    world.settle()
    assert world.counts_from(person) == (None, None)
    assert world.entries(person) == [(1, "2019-03-29", "UNI-A", "verified"), (-1, "2019-03-29", "UNI-A", "revoked")]
    world.change(record, state=Record.State.VERIFIED, reason="verified")
    world.settle()
    assert world.entries(person)[2:] == [(1, "2019-03-29", "UNI-A", "verified")]


def test_a_revoked_record_leaves_the_person_to_the_other_organisation(world: World) -> None:
    person = world.person()
    record = world.record(person, "2019-02-28", by=world.a)
    world.record(person, "2019-03-29", by=world.b)
    world.settle()
    world.change(record, state=Record.State.REVOKED, reason="revoked")
    world.settle()
    assert world.entries(person)[1:] == [(-1, "2019-02-28", "UNI-A", "revoked"), (1, "2019-03-29", "UNI-B", "revoked")]


def test_a_move_gives_one_reason_on_both_sides(world: World) -> None:
    person = world.person()
    record = world.record(person, "2019-02-28", by=world.a)
    world.settle()
    world.record(person, "2019-03-29", by=world.b)
    world.change(record, state=Record.State.REVOKED, reason="revoked")
    world.settle()
    assert world.entries(person)[1:] == [(-1, "2019-02-28", "UNI-A", "revoked"), (1, "2019-03-29", "UNI-B", "revoked")]


def test_an_amendment_counts_once_it_is_taken(world: World) -> None:
    person = world.person()
    record = world.record(person, "2019-03-29")
    world.settle()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE record SET pending = true WHERE id = %s", [record.pk])
    Amendment.objects.create(
        record=record,
        organisation=record.organisation,
        submission=world.submission,
        row=1,
        outcome="completed",
        started_on=day("2019-01-01"),
        completed_on=day("2019-02-28"),
        digest=b"x" * 32,
    )
    world.mark(person, reason="corrected")
    assert world.settle().counted == 0
    assert world.counts_from(person)[0] == "2019-03-29"
    world.change(record, completed_on=day("2019-02-28"), pending=False, reason="corrected")
    world.settle()
    assert world.entries(person)[1:] == [
        (-1, "2019-03-29", "UNI-A", "corrected"),
        (1, "2019-02-28", "UNI-A", "corrected"),
    ]


def test_a_change_of_dimension_alone_is_posted_too(world: World) -> None:
    person = world.person()
    record = world.record(person, "2019-03-29", district="520102", segment="core")
    world.settle()
    world.change(record, district="520103", reason="reclassified")
    world.settle()
    rows = LedgerEntry.objects.filter(person=person, target__code="all").order_by("number")
    assert list(rows.values_list("delta", "district", "segment", "reason")) == [
        (1, "520102", "core", "verified"),
        (-1, "520102", "core", "reclassified"),
        (1, "520103", "core", "reclassified"),
    ]


# --- merged and split


def test_merged_persons_count_once_and_split_ones_twice(world: World) -> None:
    kept, other = world.person(), world.person()
    world.record(kept, "2019-03-29", by=world.a)
    world.record(other, "2019-02-28", (MASTER, "2015-06-30"), by=world.b)
    world.settle()
    world.merge(other, kept)
    world.settle()
    assert world.counts_from(other) == (None, None)
    assert world.counts_from(kept) == ("2019-02-28", "2019-02-28")
    assert world.entries(other) == [(1, "2019-02-28", "UNI-B", "verified"), (-1, "2019-02-28", "UNI-B", "merged")]
    assert world.entries(kept)[1:] == [(-1, "2019-03-29", "UNI-A", "merged"), (1, "2019-02-28", "UNI-B", "merged")]
    world.merge(other, None, kept, reason="split")
    world.settle()
    assert world.counts_from(kept) == ("2019-03-29", None)
    assert world.counts_from(other) == ("2019-02-28", "2019-02-28")
    assert world.entries(other)[2:] == [(1, "2019-02-28", "UNI-B", "split")]


def test_two_records_of_one_cohort_do_not_collide_on_merging(world: World) -> None:
    kept, other = world.person(), world.person()
    for person in (kept, other):
        world.record(person, "2019-03-29")
    world.settle()
    world.merge(other, kept)
    world.settle()
    assert world.entries(kept) == [(1, "2019-03-29", "UNI-A", "verified")]
    assert world.entries(other)[-1] == (-1, "2019-03-29", "UNI-A", "merged")


def test_a_chain_of_merges_counts_as_its_end(world: World) -> None:
    first, second, third = world.person(), world.person(), world.person()
    world.record(first, "2018-03-29", (MASTER, "2016-06-30"))
    world.settle()
    world.merge(first, second)
    world.merge(second, third)
    world.settle()
    assert world.counts_from(first) == world.counts_from(second) == (None, None)
    assert world.counts_from(third) == ("2018-03-29", "2018-03-29")
    # A change of the person at the far end still reaches the one who counts.
    world.record(first, "2018-01-31", by=world.b)
    world.settle()
    assert world.counts_from(third) == ("2018-01-31", "2018-01-31")


def test_a_merged_persons_credential_counts_for_the_whole_person(world: World) -> None:
    kept, other = world.person(), world.person()
    world.record(kept, "2019-03-29")
    world.record(other, None, (MASTER, "2018-06-30"), by=world.b)
    world.merge(other, kept)
    world.settle()
    assert world.counts_from(kept) == ("2019-03-29", "2019-03-29")
