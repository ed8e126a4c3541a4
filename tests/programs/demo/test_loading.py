"""Laying out the demonstration, and the first administrator of a system that has none."""

import datetime as dt
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from backend import clock as clock_of_the_bureau
from backend.accounts.models import AccessToken, Organisation, User
from backend.audit.models import AuditEntry
from programs.catalogue.models import BudgetLine, Cohort, Programme
from programs.demo.data import COHORTS, LOGINS, PROGRAMMES
from programs.periods.models import Obligation, Period
from programs.periods.services import create_period
from programs.reminders.models import Reminder
from tests.backend.messages.conftest import mailbox
from tests.programs.reminders.world import move
from tests.support.mailbox import Mailbox

pytestmark = pytest.mark.django_db
PASSWORD = "a first secret"
__all__ = ["mailbox"]


def run(command: str, *arguments: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def demo(settings: Any, scope_all: None) -> Any:
    settings.DEMO, settings.DEMO_PASSWORD = True, "digital-valley"
    return settings


def test_everything_is_laid_out_once(demo: Any) -> None:
    assert "users: admin, officer, officer2, manager, gzu, gufe, gzhitech" in run("load_demo")
    assert User.objects.filter(username__in=[login.username for login in LOGINS]).count() == 7
    assert Programme.objects.filter(code__in=[one["code"] for one in PROGRAMMES]).count() == len(PROGRAMMES)
    assert set(Programme.objects.get(code="GY-BD-TRAIN").organisations.values_list("code", flat=True)) == {
        "GZU",
        "GUFE",
    }
    assert Cohort.objects.filter(code__in=[one["code"] for one in COHORTS]).count() == len(COHORTS)
    assert Period.objects.filter(frequency="quarter").count() == 12
    assert User.objects.get(username="gzu").check_password("digital-valley")
    audited = AuditEntry.objects.count()
    assert run("load_demo") == "Demonstration: up to date.\n"
    assert AuditEntry.objects.count() == audited


@pytest.mark.parametrize("day", ["2026-10-08", "2026-12-01", "2027-01-01", "2027-02-28", "2027-05-06", "2028-02-29"])
def test_something_is_owed_on_whatever_day_it_is_laid_out(
    day: str, demo: Any, clock: Any, mailbox: Mailbox, run_jobs: Callable[[], int]
) -> None:
    move(clock, dt.date.fromisoformat(day), 10)
    run("load_demo")
    run_jobs()
    assert mailbox.taken
    assert {"gzu@example.com", "gzhitech@example.com"} <= {to for to, _message in mailbox.taken}
    months = Period.objects.filter(frequency="month").order_by("code")
    assert [month.code for month in months][-1] == day[:7]
    assert len(months) == 3
    current = Reminder.objects.filter(obligation__period=months[2])
    assert set(current.values_list("state", flat=True)) == {"scheduled"}
    assert len(current) == 3 * (5 + 2)
    missing = Obligation.objects.filter(state="missing").exclude(period__in=months)
    assert set(missing.values_list("period__code", flat=True)) == {"2019-Q1"}


def test_periods_of_other_bounds_stand(demo: Any) -> None:
    today = clock_of_the_bureau.today()
    first = today.replace(day=1) - dt.timedelta(days=10)
    create_period(actor=None, code="2001-01", starts_on=first, ends_on=today, due_on=today)
    Period.objects.update(frequency="month")
    assert "periods: 2018-Q1" in run("load_demo")
    assert Period.objects.filter(frequency="month").count() == 1


def test_what_its_users_changed_stays(demo: Any) -> None:
    run("load_demo")
    Programme.objects.filter(code="GY-BD-TRAIN").update(name_en="Another name")
    BudgetLine.objects.filter(cohort__code="GUFE-STAT-2019").delete()
    Cohort.objects.filter(code="GUFE-STAT-2019").delete()
    assert run("load_demo") == "cohorts: GUFE-STAT-2019\n"
    assert Programme.objects.get(code="GY-BD-TRAIN").name_en == "Another name"


def test_another_password_is_given_to_every_login_and_signs_them_out(demo: Any) -> None:
    run("load_demo")
    officer = User.objects.get(username="officer")
    AccessToken.objects.create(user=officer, digest=b"x" * 32, expires_at="2099-01-01T00:00Z")
    demo.DEMO_PASSWORD = "another-valley"
    assert run("load_demo").startswith("passwords: admin, officer")
    officer.refresh_from_db()
    assert officer.check_password("another-valley")
    assert not AccessToken.objects.filter(user=officer).exists()


def test_a_weak_password_lays_out_nothing(demo: Any) -> None:
    demo.DEMO_PASSWORD = "short"
    with pytest.raises(CommandError, match="password"):
        run("load_demo")
    assert not Organisation.objects.exists()


def test_without_demo_nobody_gets_in(settings: Any, scope_all: None) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        run("load_demo")
    assert not User.objects.exists()


def test_the_first_administrator_comes_with_the_bureau(scope_all: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    monkeypatch.setenv("ADMIN_PASSWORD", PASSWORD)
    said = run("first_administrator", "--username", "root", "--organisation", "HRSS", "--name-zh", "人社局")
    assert said.startswith("Created the administrator root of HRSS.\nAt the first sign-in they set up")
    user = User.objects.get()
    assert (user.role, user.organisation.kind, user.organisation.name_zh) == ("admin", "bureau", "人社局")
    assert user.check_password(PASSWORD)
    assert "already: root" in run("first_administrator", "--username", "second")
    assert User.objects.count() == 1


def test_the_first_administrator_is_asked_for_at_a_terminal(scope_all: None, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["HRSS", "人社局", "", "", "root@example.com"])
    typed = iter([PASSWORD, "something else", PASSWORD, PASSWORD])
    monkeypatch.delenv("ADMIN_PASSWORD", raising=False)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda: next(answers))
    monkeypatch.setattr("backend.management.commands.first_administrator.getpass", lambda _text: next(typed))
    said = run("first_administrator")
    assert "The two differ." in said
    assert "Created the administrator admin of HRSS.\n" in said


@pytest.mark.parametrize("password", ["", "short"])
def test_no_administrator_without_a_good_password(
    scope_all: None, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    monkeypatch.setenv("ADMIN_PASSWORD", password)
    with pytest.raises(CommandError, match="password"):
        run("first_administrator")
    assert not Organisation.objects.exists()
