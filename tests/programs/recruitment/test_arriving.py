"""Whoever arrives is reported by the way of every report, and what becomes of the report is told where they stand."""

from programs.records.models import Record
from programs.recruitment.models import Arrival, Move
from programs.submissions.models import Submission
from tests.programs.recruitment.world import World, done, errors
from tests.support.http import code_of, every, get


def test_an_arrival_becomes_a_record_under_review(world: World) -> None:
    position = world.position()
    candidate = world.candidate(
        1, position=position["id"], education="14", school="贵州大学", graduated_on="2015-06-30"
    )
    done(world.move(candidate["id"], "offer", day=world.ago(20)))
    done(world.file(candidate["id"]), 202)
    answer = done(world.arrive(candidate["id"], expected="offer"), 202)
    assert (answer["stage"], answer["report"], answer["record"]) == ("arrived", "sent", None)
    world.run_jobs()
    seen = world.seen(candidate["id"])
    assert seen["report"] == "taken"
    [arrival] = seen["arrivals"]
    submission = Submission.objects.get(pk=arrival["submission"])
    assert (submission.organisation, submission.status, submission.kind) == (world.own, "accepted", "json")
    record = Record.objects.get(pk=seen["record"])
    assert (record.state, record.path, record.programme) == ("submitted", "introduced", world.campaign)
    assert (record.employer, record.employer_uscc) == (world.own.name_zh, world.own.uscc)
    assert (record.occupation, record.district, record.segment) == ("2-02-38-03", "520102", "core")
    assert str(record.completed_on) == world.ago(5)
    assert get(world.clerk, f"positions/{position['id']}/")["arrived"] == 1
    assert [one["id"] for one in every(world.officer, "candidates/", record=record.pk)] == [candidate["id"]]


def test_what_is_missing_is_told_by_field(world: World) -> None:
    world.own.uscc = ""
    world.own.save()
    candidate = world.candidate(1, id_type=None, id_number=None, campaign=None)
    found = errors(world.arrive(candidate["id"], days=60))
    assert found == {
        ("id_number", "required"),
        ("campaign", "required"),
        ("employer_uscc", "required"),
        ("documents", "required"),
        ("day", "earlier"),
    }
    assert ("day", "future") in errors(world.arrive(candidate["id"], days=-1))
    assert Arrival.objects.count() == Submission.objects.count() == 0


def test_a_refused_row_is_told_mended_and_sent_again(world: World) -> None:
    candidate = world.candidate(1, education="14")
    done(world.file(candidate["id"]), 202)
    done(world.arrive(candidate["id"]), 202)
    world.run_jobs()
    seen = world.seen(candidate["id"])
    assert seen["report"] == "refused"
    assert [(one["rule"], one["column"]) for one in seen["arrivals"][0]["findings"]] == [("E01", "graduated_on")]
    assert [one["id"] for one in every(world.clerk, "candidates/", report="refused")] == [candidate["id"]]
    done(world.clerk.patch(f"candidates/{candidate['id']}/", {"graduated_on": "2015-06-30"}, format="json"))
    done(world.arrive(candidate["id"]), 202)
    world.run_jobs()
    seen = world.seen(candidate["id"])
    assert (seen["report"], [one["state"] for one in seen["arrivals"]]) == ("taken", ["taken", "refused"])
    assert Move.objects.filter(candidate=candidate["id"], to="arrived").count() == 1
    again = world.arrive(candidate["id"])
    assert (again.status_code, code_of(again)) == (409, "conflict")
    patched = world.clerk.patch(f"candidates/{candidate['id']}/", {"name": "别人"}, format="json")
    assert patched.status_code == 409


def test_who_did_not_arrive_after_all_goes_back(world: World) -> None:
    candidate = world.candidate(1, education="14")
    done(world.file(candidate["id"]), 202)
    done(world.arrive(candidate["id"]), 202)
    sent = world.move(candidate["id"], "accepted", "arrived", reason="entered_in_error")
    assert sent.status_code == 409
    world.run_jobs()
    done(world.move(candidate["id"], "accepted", "arrived", reason="entered_in_error"))
    [funnel] = get(world.clerk, "recruitment/funnel/")["results"]
    assert (funnel["accepted"], funnel["arrived"], funnel["live"]) == (1, 0, 1)


def test_many_arrive_as_one_submission_for_each_organisation_and_period(world: World) -> None:
    ids = [world.candidate(n)["id"] for n in range(4)]
    for id in ids[:3]:
        done(world.file(id), 202)
    other = world.candidate(7, by=world.stranger)["id"]
    done(world.file(other, by=world.stranger), 202)
    arrivals = [{"candidate": id, "day": world.ago(1)} for id in [*ids, other]]
    assert world.clerk.post("candidates/arrive/", {"arrivals": arrivals}, format="json").status_code == 400
    answer = done(world.officer.post("candidates/arrive/", {"arrivals": arrivals}, format="json"), 202)
    assert sorted(len(one["candidates"]) for one in answer["submissions"]) == [1, 3]
    assert [(one["id"], one["code"]) for one in answer["skipped"]] == [(ids[3], "required")]
    world.run_jobs()
    assert {world.seen(id)["report"] for id in ids[:3]} == {"taken"}
    assert Record.objects.count() == 4


def test_the_bureaus_candidate_is_reported_by_whose_position_it_is(world: World) -> None:
    position = world.position()
    candidate = world.candidate(1, by=world.officer, organisation=world.bureau.code)
    done(world.file(candidate["id"], by=world.officer), 202)
    assert ("position", "required") in errors(world.arrive(candidate["id"], by=world.officer))
    patch = {"position": position["id"]}
    done(world.officer.patch(f"candidates/{candidate['id']}/", patch, format="json"))
    done(world.arrive(candidate["id"], by=world.officer), 202)
    world.run_jobs()
    assert world.clerk.get(f"candidates/{candidate['id']}/").status_code == 404
    assert Record.objects.get().organisation == world.own
    assert get(world.clerk, f"positions/{position['id']}/")["arrived"] == 1
