"""Books that were kept before ladders had versions: the upgrade sends nothing a second time and forgets nothing."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from backend.accounts import scope
from backend.embedded.roles import create_database
from programs.reminders.models import LadderPolicy, Reminder
from programs.reminders.services import tick
from tests.conftest import Clock
from tests.programs.reminders.world import AFTER_2, AFTER_5, AFTER_8, BEFORE, DUE, SHANGHAI, contact, move
from tests.support.databases import Databases
from tests.support.mailbox import Mailbox

BEFORE_VERSIONS = ("programs", "0025_milestones")
RUNGS = {
    "before_5": (-5, "submitter", BEFORE),
    "due": (0, "submitter", DUE),
    "after_2": (2, "submitter", AFTER_2),
    "after_5": (5, "submitter", AFTER_5),
    "leader_5": (5, "leader", AFTER_5),
    "bureau_8": (8, "bureau", AFTER_8),
}
RECIPIENTS = {"submitter": "clerk", "leader": "leader", "bureau": "officer"}


@pytest.fixture
def old_books(databases: Databases, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database as the last release without versions left it on the evening of the due day: two rungs gone out."""
    name = databases.clone()
    databases.drop(name)
    create_database(databases._admin, name)
    with django_db_blocker.unblock(), databases.using(name):
        executor = MigrationExecutor(connections["owner"])
        executor.migrate([BEFORE_VERSIONS])
        _fill(executor.loader.project_state([BEFORE_VERSIONS]).apps)
        yield
        connections.close_all()
    databases.let_go(name)


def _fill(apps: Any) -> None:
    """Two universities that owe the first quarter of 2019, one of which has reported; and their ladders."""

    def add(model: str, **values: Any) -> Any:
        app, _dot, name = model.partition(".")
        return apps.get_model(app, name).objects.using("owner").create(**values)

    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT set_config('shugu.scope', 'all', false)")
    for code, (days, audience, _day) in RUNGS.items():
        add("programs.LadderStage", kind="reporting", code=code, working_days=days, audience=audience, channel="email")
    bureau = add("backend.Organisation", code="BUREAU", kind="bureau", name_zh="市人社局", name_en="Bureau")
    add(
        "backend.User",
        username="officer",
        role="officer",
        organisation=bureau,
        email="officer@example.com",
        language="zh-hans",
        password="!",
    )
    span = {"starts_on": dt.date(2018, 1, 1), "ends_on": dt.date(2020, 12, 31)}
    programme = add("programs.Programme", code="P", name_zh="实训", path="trained", **span)
    period = add(
        "programs.Period",
        code="2019-Q1",
        frequency="quarter",
        starts_on=dt.date(2019, 1, 1),
        ends_on=dt.date(2019, 3, 31),
        due_on=DUE,
    )
    for n, state in enumerate(("missing", "confirmed_zero")):
        organisation = add(
            "backend.Organisation",
            code=f"U{n}",
            kind="university",
            name_zh=f"第{n}大学",
            name_en="",
            contacts=[contact(role, f"{to}{n}@example.com") for role, to in RECIPIENTS.items() if role != "bureau"],
        )
        add("programs.ProgrammeOrganisation", programme=programme, organisation=organisation)
        owed = add(
            "programs.Obligation",
            kind="reporting",
            organisation=organisation,
            period=period,
            due_on=DUE,
            state=state,
            on_time=True if state == "confirmed_zero" else None,
            settled_at=dt.datetime(2019, 4, 9, 12, tzinfo=SHANGHAI) if state == "confirmed_zero" else None,
        )
        for code, (_days, audience, day) in RUNGS.items():
            moment = dt.datetime.combine(day, dt.time(9), SHANGHAI)
            gone = code == "before_5" or (code == "due" and state == "missing")
            recipient = f"{RECIPIENTS[audience]}{'' if audience == 'bureau' else n}@example.com"
            told = {"organisation": organisation, "recipient": recipient, "language": "zh-hans"}
            delivery = None
            if gone:
                named = f"reminder:{owed.pk}:{code}:{recipient}"
                delivery = add(
                    "backend.Delivery",
                    key=named,
                    message_id=f"<{named.replace(':', '-')}>",
                    subject="x",
                    text="x",
                    html="x",
                    state="sent",
                    attempts=1,
                    next_try_at=None,
                    sent_at=moment,
                    **told,
                )
            add(
                "programs.Reminder",
                obligation=owed,
                subject="x",
                stage=code,
                channel="email",
                audience=audience,
                due_at=moment,
                state="sent" if gone else "scheduled" if state == "missing" else "cancelled",
                note="" if gone or state == "missing" else "settled",
                delivery=delivery,
                sent_at=moment if gone else None,
                attempts=int(gone),
                **told,
            )


def test_an_upgrade_goes_on_where_the_old_ladder_stood(
    old_books: None, mailbox: Mailbox, run_jobs: Callable[[], int]
) -> None:
    call_command("setup_database", verbosity=0)
    with scope.everything():
        before = set(Reminder.objects.values_list("pk", "stage", "recipient", "state"))
    assert len(before) == 2 * len(RUNGS)
    clock = Clock()
    try:
        # A beat that comes between the two commands of an upgrade finds no ladder, and lets everything be.
        move(clock, DUE, 20)
        assert tick() == 0
        call_command("load_reference", verbosity=0)
        with scope.everything():
            [ladder] = LadderPolicy.objects.filter(kind="reporting")
            assert ladder.state_at(dt.datetime(2019, 1, 1, tzinfo=SHANGHAI)) == "in_force"
        got = []
        for day in (DUE, DUE + dt.timedelta(days=1), AFTER_2, AFTER_5, AFTER_8, AFTER_8 + dt.timedelta(days=1)):
            move(clock, day, 21)
            tick()
            run_jobs()
            got += [(day, to) for to, _message in mailbox.taken]
            mailbox.taken.clear()
        call_command("load_reference", verbosity=0)
        assert tick() == 0
    finally:
        clock.close()
    assert sorted(got) == [
        (AFTER_2, "clerk0@example.com"),
        (AFTER_5, "clerk0@example.com"),
        (AFTER_5, "leader0@example.com"),
        (AFTER_8, "officer@example.com"),
    ]
    with scope.everything():
        after = set(Reminder.objects.values_list("pk", "stage", "recipient", "state"))
    assert {one[:3] for one in after} == {one[:3] for one in before}, "the same rows, and no others"
    assert {state for *_row, state in after} == {"sent", "cancelled"}
