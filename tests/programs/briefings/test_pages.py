"""The manager's pages of briefings and their schedules, in both languages."""

from collections.abc import Callable

import pytest

from backend.accounts.models import User
from backend.jobs.models import Job
from programs.briefings.kinds import Period
from programs.briefings.models import Briefing, BriefingSchedule
from tests.factories import ManagerFactory
from tests.programs.briefings.conftest import published
from tests.programs.desks.officer.world import Reader, links, saved
from tests.programs.targets.world import World


@pytest.fixture
def smith(world: World) -> Reader:
    return Reader(ManagerFactory(username="smith", language="en"))


def test_a_manager_makes_one_and_an_officer_reads_it(
    world: World, smith: Reader, chen: User, officer: User, month: Period, run_jobs: Callable[[], int]
) -> None:
    snapshot = published(chen, month.last)
    assert links(smith.get(f"/snapshots/{snapshot.pk}/"), "briefings/new")
    assert "Make a briefing" in smith.read(f"/briefings/new/?snapshot={snapshot.pk}")
    refused = smith.post("/briefings/new/", {"snapshot": snapshot.pk, "kind": "month"})
    assert refused.status_code == 400
    made = smith.post("/briefings/new/", {"snapshot": snapshot.pk, "kind": "month", "languages": ["en", "zh-hans"]})
    assert made.status_code == 303
    page = made["Location"]
    assert "The briefing is being made" in smith.read(page)
    Job.objects.filter(subject_id=Briefing.objects.get().pk).update(state="failed", error="out of paper")
    assert "out of paper" in smith.read(page)
    assert smith.post(f"{page}again/").status_code == 303
    run_jobs()
    part = smith.get(page, part=True)
    assert part.content.startswith(b'<div id="briefing"')
    assert b"hx-get" not in part.content
    reader = Reader(officer)
    files = links(reader.get(page), r"\.(pdf|docx)$")
    assert len(files) == 4
    assert all(reader.get(file).status_code == 200 for file in files)
    assert reader.get("/briefings/new/").status_code == 403
    for language, said in (("zh-hans", "已生成"), ("en", "Made")):
        chen.language = language
        chen.save(update_fields=["language"])
        told = Reader(chen).read("/briefings/", data={"period": month.code})
        assert said in told
        assert str(month.first.year) in told
    assert month.code in saved(smith.get("/briefings/", {"format": "csv"})).decode()


def test_a_schedule_is_laid_down_changed_and_shown(world: World, smith: Reader, chen: User, officer: User) -> None:
    assert "There is no schedule" in smith.read("/briefings/schedules/")
    assert "Lay down a schedule" in smith.read("/briefings/schedules/new/")
    body = {
        "plan": "digital-valley-2020",
        "kind": "quarter",
        "languages": ["zh-hans"],
        "working_days": "5",
        "publish": "on",
        "subscribers": [str(chen.pk), str(officer.pk)],
    }
    assert smith.post("/briefings/schedules/new/", {**body, "languages": []}).status_code == 400
    assert smith.post("/briefings/schedules/new/", body).status_code == 303
    schedule = BriefingSchedule.objects.get()
    assert (schedule.publish, schedule.owner.username, schedule.subscribers.count()) == (True, "smith", 2)
    told = smith.read("/briefings/schedules/")
    assert "publishes a snapshot" in told
    assert "chen, wang" in told
    page = f"/briefings/schedules/{schedule.pk}/"
    assert "Nothing yet." in smith.read(page)
    assert smith.post(page, {"languages": ["en"], "working_days": "1", "subscribers": []}).status_code == 303
    schedule.refresh_from_db()
    assert (schedule.languages, schedule.publish, schedule.active, schedule.subscribers.count()) == (
        ["en"],
        False,
        False,
        0,
    )
    assert "Not followed" in smith.read("/briefings/schedules/")
    seen = Reader(officer).get(page)
    assert seen.status_code == 200
    assert b"<form method" not in seen.content.split(b"<main")[-1]
    assert smith.post("/briefings/schedules/new/", {**body, "kind": "quarter", "languages": ["en"]}).status_code == 400
