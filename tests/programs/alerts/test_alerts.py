"""What goes wrong is told once, to whom it concerns, in their language, and again only if it comes back."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from backend.accounts import scope
from backend.accounts.models import User
from backend.audit.models import AuditEntry
from backend.clock import today
from backend.jobs.models import Job
from backend.messages.models import Delivery
from programs.alerts import services
from programs.alerts.models import Alert
from programs.alerts.services import evaluate
from programs.periods.models import Obligation
from programs.records.models import Record
from programs.targets import recounting
from programs.targets.models import RecountResult, Target
from tests.conftest import Clock
from tests.factories import ManagerFactory, OfficerFactory, PeriodFactory
from tests.programs.desks.officer.world import Reader, saved
from tests.programs.targets.world import World
from tests.support.goals import put_goals
from tests.support.http import Caller, code_of
from tests.support.together import together

Readers = dict[str, User]
EN = {"accept-language": "en"}
NOTE = {"note": "已约谈承办单位。"}


def lasting() -> set[tuple[str, str]]:
    return set(Alert.objects.filter(cleared_at=None).values_list("kind", "subject"))


def written_to() -> list[str]:
    return sorted(Delivery.objects.values_list("recipient", flat=True))


def counted(world: World, heads: int) -> list[Record]:
    """So many people who have counted since long before the last month ended."""
    records = [world.record(world.person(), (today() - dt.timedelta(days=200)).isoformat()) for _ in range(heads)]
    world.settle()
    return records


def test_off_pace_is_told_once_and_again_when_it_comes_back(world: World, readers: Readers) -> None:
    counted(world, 4)
    put_goals("all", goal=100)
    Target.objects.filter(code="high-end").delete()
    assert evaluate().raised == ["off_pace:all"]
    assert written_to() == ["chen@example.com", "smith@example.com"]
    assert evaluate().raised == []
    assert len(written_to()) == 2
    for goal, raised, cleared in ((4, [], ["off_pace:all"]), (100, ["off_pace:all"], [])):
        put_goals("all", goal=goal)
        done = evaluate()
        assert (done.raised, done.cleared) == (raised, cleared)
    assert Alert.objects.count() == 2
    assert len(written_to()) == 4
    measure = Alert.objects.latest("pk").measure
    assert (measure["achieved"], measure["goal"], measure["completion_rate"]) == (4, 100, 0.04)
    assert measure["as_of"] == (today().replace(day=1) - dt.timedelta(days=1)).isoformat()
    assert measure["points"] == pytest.approx((measure["completion_rate"] - measure["elapsed_rate"]) * 100, abs=0.05)


def test_a_plan_that_is_over_is_not_off_pace(world: World, readers: Readers) -> None:
    put_goals(goal=1_000_000, ends_on=today() - dt.timedelta(days=1))
    assert evaluate().raised == []


def test_the_message_says_what_and_where_in_each_language(world: World, readers: Readers, settings: Any) -> None:
    settings.SITE_URL = "https://shugu.example"
    counted(world, 4)
    put_goals("all", goal=100)
    evaluate()
    alert = Alert.objects.get(subject="all")
    letters = {one.recipient: one for one in Delivery.objects.filter(key__startswith=f"alert:{alert.pk}:")}
    chinese, english = letters["chen@example.com"], letters["smith@example.com"]
    assert "进度滞后" in chinese.subject
    assert "Off pace" in english.subject
    assert "percentage points behind" in english.text
    assert "个百分点" in chinese.text
    for letter in letters.values():
        for address in ("https://shugu.example/targets/all/", f"https://shugu.example/alerts/{alert.pk}/"):
            assert address in letter.text
            assert f'href="{address}"' in letter.html


def test_a_drop_by_what_was_posted_lately(world: World, readers: Readers, clock: Clock) -> None:
    records = counted(world, 40)
    clock.shift(days=30)
    for record in records[:12]:
        world.change(record, reason="revoked", state="revoked")
    for _ in range(3):
        world.record(world.person(), today().isoformat())
    world.settle()
    assert evaluate([Alert.Kind.DROP]).raised == []  # 9 net
    world.change(records[20], reason="corrected", outcome="withdrawn")
    world.settle()
    assert evaluate([Alert.Kind.DROP]).raised == ["drop:all"]
    measure = Alert.objects.get().measure
    assert (measure["lost"], measure["before"], measure["achieved"]) == (10, 40, 30)
    assert measure["reasons"] == {"revoked": -12, "corrected": -1, "verified": 3}
    clock.shift(days=38)
    assert evaluate([Alert.Kind.DROP]).cleared == ["drop:all"]


def test_a_small_share_of_a_great_figure_is_no_drop(world: World, readers: Readers) -> None:
    for record in counted(world, 30)[:10]:
        world.change(record, reason="revoked", state="revoked")
    world.settle()
    # All that was counted was counted within the window: nothing is lost, net.
    assert evaluate([Alert.Kind.DROP]).raised == []


def owed(world: World, months: int, *states: str, by: Any = None) -> None:
    """Reports of the last months of an organisation, the first of them the earliest; all are past their due day."""
    day = today().replace(day=1)
    for back, state in zip(range(months, 0, -1), states, strict=True):
        first = (day - dt.timedelta(days=31 * back)).replace(day=1)
        due_on = today() - dt.timedelta(days=1 + 30 * (back - 1))
        period, _new = PeriodFactory._meta.model.objects.get_or_create(
            code=f"{first:%Y-%m}", defaults={"starts_on": first, "ends_on": first.replace(day=28), "due_on": due_on}
        )
        settled = None if state == "missing" else due_on
        moment = settled and dt.datetime.combine(settled, dt.time(), dt.UTC)
        Obligation.objects.create(
            organisation=by or world.a, period=period, due_on=due_on, state=state, settled_at=moment
        )


@pytest.mark.parametrize(
    ("states", "missing"),
    [
        (("reported", "missing", "missing"), 2),
        (("missing", "missing", "reported"), 0),
        (("missing", "reported", "missing"), 0),
        (("missing", "excused", "missing"), 2),
        (("missing", "missing", "confirmed_zero"), 0),
        (("missing", "missing", "missing"), 3),
        (("excused", "excused", "excused"), 0),
    ],
)
def test_a_partner_that_falls_silent(world: World, readers: Readers, states: tuple[str, ...], missing: int) -> None:
    owed(world, 3, *states)
    evaluate([Alert.Kind.SILENT])
    found = {one.subject: one.measure for one in Alert.objects.all()}
    assert {code: one["missing"] for code, one in found.items()} == ({"UNI-A": missing} if missing else {})
    if missing:
        assert (found["UNI-A"]["last"] is not None) == ("reported" in states)


def test_whoever_takes_part_no_more_is_not_silent(world: World, readers: Readers) -> None:
    owed(world, 3, "missing", "missing", "missing", by=world.c)
    assert evaluate([Alert.Kind.SILENT]).raised == ["silent:HITECH"]
    world.campaign.ends_on = today() - dt.timedelta(days=1)
    world.campaign.save()
    assert evaluate([Alert.Kind.SILENT]).cleared == ["silent:HITECH"]


def test_a_recount_that_differs_is_kept_shown_and_told(
    world: World, readers: Readers, run_jobs: Callable[[], int]
) -> None:
    record = counted(world, 3)[0]
    admin = Caller(readers["admin"])
    Record.objects.filter(pk=record.pk).update(state="revoked")
    job = admin.post("recounts/").json()["id"]
    assert admin.post("recounts/").json()["id"] == job
    run_jobs()
    [shown] = admin.get("recounts/").json()["results"]
    assert (shown["agrees"], shown["job"], shown["nightly"]) == (False, job, False)
    [of_all] = [one for one in shown["targets"] if one["target"] == "all"]
    assert (of_all["recounted"], of_all["ledger"], of_all["persons"]) == (2, 3, [record.person_id])
    assert lasting() == {("recount", "books")}
    assert written_to() == ["chen@example.com", "root@example.com", "smith@example.com"]
    for user, path in ((readers["admin"], "/"), (readers["smith"], "/"), (readers["admin"], "/recounts/")):
        assert "iffer" in Reader(user).read(path)
    Record.objects.filter(pk=record.pk).update(state="verified")
    admin.post("recounts/")
    run_jobs()
    assert RecountResult.objects.latest("pk").agrees
    assert lasting() == set()
    assert len(written_to()) == 3


def test_the_night_counts_and_looks_once(world: World, readers: Readers, clock: Clock) -> None:
    now = dt.datetime.now(dt.timezone(dt.timedelta(hours=8)))
    midnight = (now.replace(hour=0, minute=30) + dt.timedelta(days=1) - now).total_seconds()
    clock.shift(seconds=midnight)
    assert (recounting.queue_nightly(), services.queue_nightly()) == (None, None)
    clock.shift(seconds=midnight + 7 * 3600)
    assert recounting.queue_nightly()
    assert services.queue_nightly()
    assert (recounting.queue_nightly(), services.queue_nightly()) == (None, None)
    assert Job.objects.filter(kind__in=[recounting.RECOUNT, services.EVALUATE]).count() == 2
    clock.shift(seconds=midnight + 31 * 3600)
    assert recounting.queue_nightly()
    assert services.queue_nightly()


def test_somebody_sees_to_it(world: World, readers: Readers) -> None:
    counted(world, 4)
    put_goals("all", goal=100)
    evaluate()
    alert = Alert.objects.get(subject="all")
    chen, smith = Caller(readers["chen"]), Caller(readers["smith"], **EN)
    listed = smith.get("alerts/", {"open": "true", "acknowledged": "false", "subject": "all"}).json()["results"]
    assert [one["id"] for one in listed] == [alert.pk]
    assert "percentage points behind" in listed[0]["text"]
    address = f"alerts/{alert.pk}/acknowledge/"
    assert smith.post(address, {"note": " "}, format="json").status_code == 400
    assert chen.post(address, NOTE, format="json").json()["acknowledged_by"] == "chen"
    assert chen.post(address, NOTE, format="json").status_code == 200
    assert code_of(smith.post(address, NOTE, format="json")) == "conflict"
    assert smith.get("alerts/", {"acknowledged": "false", "subject": "all"}).json()["results"] == []
    with scope.everything():
        assert AuditEntry.objects.filter(action="alert.acknowledge").count() == 1


def test_managers_set_from_where_on_they_are_told(world: World, readers: Readers, run_jobs: Callable[[], int]) -> None:
    counted(world, 4)
    put_goals("all", goal=8)
    Target.objects.filter(code="high-end").delete()
    manager = Caller(readers["smith"])
    shown = manager.get("alerts/settings/").json()
    assert (shown["margin_points"], shown["drop_heads"], shown["silent_periods"]) == (5.0, 10, 2)
    evaluate()
    assert lasting() == set()
    assert manager.patch("alerts/settings/", {"margin_points": -1}, format="json").status_code == 400
    assert manager.patch("alerts/settings/", {"drop_days": 0}, format="json").status_code == 400
    put_goals("all", goal=9)
    changed = manager.patch("alerts/settings/", {"margin_points": 0}, format="json").json()
    assert (changed["margin_points"], changed["changed_by"]) == (0.0, "smith")
    run_jobs()
    assert lasting() == {("off_pace", "all")}


def test_the_pages(world: World, readers: Readers) -> None:
    counted(world, 4)
    put_goals("all", goal=100)
    owed(world, 2, "missing", "missing")
    evaluate()
    alert = Alert.objects.get(subject="all")
    english, chinese = Reader(readers["smith"]), Reader(readers["chen"])
    assert "percentage points behind" in english.read("/")
    assert "连续 2 期到期未报送" in chinese.read("/alerts/")
    assert "Nobody has seen to it" in Reader(OfficerFactory(language="en")).read(f"/alerts/{alert.pk}/")
    assert english.post(f"/alerts/{alert.pk}/", NOTE).status_code == 303
    assert NOTE["note"] in english.read(f"/alerts/{alert.pk}/")
    assert english.post("/alerts/settings/", {"margin_points": "x"}).status_code == 400
    assert NOTE["note"] in saved(english.get("/alerts/", {"format": "csv"})).decode("utf-8-sig")


def test_two_who_look_at_once_tell_once(fresh_database: str) -> None:
    with scope.everything():
        ManagerFactory(email="chen@example.com")
        put_goals(goal=1000, starts_on=today() - dt.timedelta(days=400), ends_on=today())
        connection.cursor().execute("UPDATE plan SET ends_on = '2999-12-31'")
    done = together(*([evaluate] * 4))
    assert sorted(len(one.raised) for one in done) == [0, 0, 0, 2]
    with transaction.atomic(), scope.everything():
        assert Alert.objects.count() == Delivery.objects.count() == 2
