"""A replay tells whom a rule would hit, as a real upload under that setting would show, and changes nothing."""

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

import pytest

from backend.accounts import scope
from backend.accounts.models import User
from backend.problems import Conflict
from programs.intake import packing, replaying, services
from programs.intake.models import Replay, ReplayHit
from programs.submissions.models import Finding, Submission
from tests.factories import OrganisationFactory, PeriodFactory
from tests.programs.intake.rules.conftest import ENDS, STARTS, Set, early
from tests.programs.intake.rules.test_severities import counts, warned
from tests.support.partner import API, Partner, Row

pytestmark = pytest.mark.django_db
Replayed = Callable[..., Replay]


def hits(replay: Replay) -> list[tuple[int, int, int, int]]:
    """Submission, rows found, newly refused, newly accepted."""
    with scope.everything():
        found = ReplayHit.objects.filter(replay=replay).order_by("submission_id")
        return [(one.submission_id, one.found, one.newly_refused, one.newly_accepted) for one in found]


def refused_rows(partner: Partner, submission: int) -> set[int]:
    """The rows with an error."""
    return {one["row"] for one in partner.findings(submission) if one["severity"] == "error"}


def made_up(partner: Partner, seed: int) -> list[Row]:
    """Rows that fail this and that, several things at once now and then, and meet each other."""
    draw = random.Random(seed)
    rows = []
    for n in range(40):
        row = partner.row(n if draw.random() > 0.1 else max(0, n - 1))
        for chance, changes in (
            (0.25, {"started_on": "2018-11-01", "completed_on": "2018-12-01"}),
            (0.2, {"completed_on": "2019年2月"}),
            (0.2, {"gender": "女"}),
            (0.1, {"district": "火星区"}),
        ):
            if draw.random() < chance:
                row |= changes
        rows.append(row)
    return rows


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(("rule", "severity"), [("W05", "error"), ("E09", "warning"), ("E09", "off"), ("E06", "off")])
def test_it_tells_what_a_real_upload_would_show(
    partner: Partner,
    set_rule: Set,
    replayed: Replayed,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
    rule: str,
    severity: str,
) -> None:
    monkeypatch.setattr(packing, "PART", 7)
    rows = made_up(partner, seed)
    sent = partner.send(rows)
    raised = {row for row, found, _column in partner.found(sent["id"]) if found == rule}
    assert raised, "the rows were to raise it"
    told = hits(replayed(rule, severity))
    set_rule(rule, severity)
    again = partner.send(rows, force=True)
    refused, anew = refused_rows(partner, sent["id"]), refused_rows(partner, again["id"])
    assert told == [(sent["id"], len(raised), len(anew - refused), len(refused - anew))]


def test_it_goes_by_what_is_in_force_and_reads_every_organisation_of_its_periods(
    partner: Partner, run_jobs: Callable[[], int], set_rule: Set, replayed: Replayed
) -> None:
    other = Partner(run_jobs, OrganisationFactory())
    mine = partner.report([partner.row(0), warned(partner, 1)])["id"]
    theirs = other.report([warned(other, 2), warned(other, 3)])["id"]
    clean = other.report([other.row(4)])["id"]
    earlier = PeriodFactory(
        code="2018-Q4", starts_on=dt.date(2018, 10, 1), ends_on=dt.date(2018, 12, 31), due_on=dt.date(2019, 1, 15)
    )
    partner.send([warned(partner, 5)], period=earlier.code)
    replay = replayed("W05", "error")
    assert hits(replay) == [(mine, 1, 1, 0), (theirs, 2, 2, 0)]
    assert (replay.submissions, replay.rows, replay.done_at is not None) == (3, 5, True)
    assert clean not in [one[0] for one in hits(replay)]
    set_rule("W05", "error")
    assert hits(replayed("W05", "error")) == [(mine, 1, 0, 0), (theirs, 2, 0, 0)]
    assert hits(replayed("W05", "off")) == [(mine, 1, 0, 1), (theirs, 2, 0, 2)]


def test_mended_rows_are_read_as_they_were_mended(partner: Partner, replayed: Replayed) -> None:
    checked = partner.send([warned(partner, 0), warned(partner, 1)])["id"]
    partner.api.patch(f"{API}submissions/{checked}/rows/2/", {"completed_on": "2019-02-01"}, format="json")
    assert hits(replayed("W05", "error")) == [(checked, 1, 1, 0)]


def test_what_speaks_of_the_books_is_counted_as_it_was_found(
    partner: Partner, run_jobs: Callable[[], int], replayed: Replayed
) -> None:
    other = Partner(run_jobs, OrganisationFactory())
    other.report([other.row(1)])
    mine = partner.report([partner.row(0), partner.row(1)])["id"]
    assert hits(replayed("W04", "error")) == [(mine, 1, 1, 0)]


def test_examples_name_rows_and_columns_and_no_values(partner: Partner, replayed: Replayed) -> None:
    partner.send([early(partner, n) for n in range(8)])
    replay = replayed("E09", "off")
    with scope.everything():
        [hit] = ReplayHit.objects.filter(replay=replay)
    assert [one["row"] for one in hit.examples] == [2, 3, 4, 5, 6]
    assert {tuple(one) for one in hit.examples} == {("row", "columns")}
    assert all(set(one["columns"]) <= {"started_on", "completed_on"} for one in hit.examples)


def test_nothing_else_is_changed(partner: Partner, replayed: Replayed) -> None:
    checked = partner.send(made_up(partner, 5))["id"]

    def state() -> Any:
        with scope.everything():
            submission = Submission.objects.filter(pk=checked).values().get()
            return submission, list(Finding.objects.filter(submission=checked).order_by("position").values())

    before = state()
    replayed("E09", "off")
    replayed("W05", "error")
    assert state() == before
    assert counts(partner.submission(checked)) == counts(partner.confirm(checked))


def test_one_that_is_called_off_stops_and_is_not_begun_again(
    partner: Partner, officer: User, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(3):
        partner.send([warned(partner, n)])
    with scope.everything():
        replay = services.start_replay(actor=officer, rule="W05", severity="error", from_on=STARTS, until_on=ENDS)
    tried = []
    really = replaying.try_rule

    def call_off(submission: Submission, rule: str, severity: str) -> Any:
        tried.append(submission.pk)
        with scope.everything():
            services.cancel_replay(actor=officer, replay=Replay.objects.select_related("job").get(pk=replay.pk))
        return really(submission, rule, severity)

    monkeypatch.setattr(replaying, "try_rule", call_off)
    run_jobs()
    assert len(tried) == 1
    with scope.everything():
        after = Replay.objects.select_related("job").get(pk=replay.pk)
        assert (after.done_at, after.job.state if after.job else "") == (None, "cancelled")
        assert services.cancel_replay(actor=officer, replay=after).pk == replay.pk


def test_one_that_is_done_is_not_called_off(officer: User, replayed: Replayed) -> None:
    replay = replayed("E09", "off")
    with pytest.raises(Conflict), scope.everything():
        services.cancel_replay(actor=officer, replay=replay)


def test_a_replay_and_its_hits_are_the_bureaus_alone(partner: Partner, replayed: Replayed) -> None:
    partner.send([warned(partner, 0)])
    replay = replayed("W05", "error")
    listed = partner.officer.get(f"{API}replays/{replay.pk}/hits/").json()["results"]
    assert [(one["organisation"], one["newly_refused"]) for one in listed] == [(partner.organisation.code, 1)]
    with scope.within(partner.organisation.pk):
        assert not ReplayHit.objects.exists()
