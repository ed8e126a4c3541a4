"""Reminders of 5,000 partners: laid out, sent by a real worker, and sent while its processes are killed.

The evidence of what was sent is the mail server's own record; a run in which a message was lost, came under a second
Message-ID, or came more often than kills allow, ends with an error and not with a figure.
"""

import datetime as dt
import os
import random
import signal
import smtplib
import statistics
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any, LiteralString

import psutil
import psycopg
from django.conf import settings
from django.db import connection

from backend.accounts import scope
from backend.accounts.models import Organisation
from backend.bell import ring
from backend.celery import app
from backend.messages.models import Delivery
from backend.messages.smtp import _payload
from programs.periods.expected import expect_obligations
from programs.reminders.models import Reminder
from programs.reminders.services import lay_out
from tests.bench.figures import Figure, Figures, seconds
from tests.bench.floors import administrator
from tests.conftest import Clock
from tests.factories import OfficerFactory, PeriodFactory, ProgrammeFactory
from tests.programs.reminders.world import BEFORE, DUE, contact, move
from tests.support.postoffice import PostOffice, names_by_recipient
from tests.support.workers import Worker, wait_for

WANTED = (
    ("organisation_id", "bigint"),
    ("kind", "text"),
    ("obligation_id", "bigint"),
    ("subject", "text"),
    ("stage", "text"),
    ("channel", "text"),
    ("audience", "text"),
    ("recipient", "text"),
    ("language", "text"),
    ("due_at", "timestamptz"),
    ("policy_id", "bigint"),
)
"""The columns of a rung that are laid out, for the floor."""

PARTNERS = int(os.environ.get("PARTNERS", "5000"))
KILLS = 40
SEED = 20_190_408
TIMES = 3
PATIENCE = 300.0
EARLY = dt.date(2019, 4, 1)


def measure(full: bool) -> Figures:
    """The ladder of 5,000 partners, their messages by a worker, the same under forty kills."""
    prefix = f"bench-{os.getpid()}-{os.urandom(3).hex()}"
    # This process rings where the worker listens, and nobody else does.
    app.conf.broker_transport_options = {**app.conf.broker_transport_options, "global_keyprefix": f"{prefix}:"}
    world()
    clock = Clock()
    with tempfile.TemporaryDirectory(prefix="shugu-bench-") as folder:
        office = PostOffice(Path(folder)).open()
        os.environ["EMAIL_URL"] = settings.EMAIL_URL = office.url
        worker = Worker(prefix)
        try:
            move(clock, EARLY)
            figures = laying_out()
            worker.start()

            figures |= sending(clock, office)

            figures |= killed(clock, office, worker)
        finally:
            worker.close()
            office.close()
            clock.close()
            del os.environ["EMAIL_URL"]
    return figures


def world() -> None:
    """Partners who owe a report for one period, each with somebody who reports and a leader; one officer."""
    with scope.everything():
        partners = Organisation.objects.bulk_create(
            Organisation(
                code=f"BENCH-{n}",
                name_zh=f"第{n}培训学校",
                name_en=f"School {n}",
                kind=Organisation.Kind.TRAINING_PROVIDER,
                contacts=[
                    contact("submitter", f"clerk{n}@example.com"),
                    contact("leader", f"leader{n}@example.com"),
                ],
            )
            for n in range(PARTNERS)
        )
        ProgrammeFactory(organisations=partners)
        OfficerFactory(email="officer@example.com")
        PeriodFactory(due_on=DUE)
        expect_obligations()
    _as_administrator("ANALYZE")


def laying_out() -> Figures:
    """Every rung of every ladder as a row, beside the bare INSERT of the same rows; and once more, all being there."""
    taken = []
    for _time in range(TIMES):
        _as_administrator("TRUNCATE reminder")
        _as_administrator("CHECKPOINT")
        taken.append(seconds(lay_out))
    again = seconds(lay_out)
    with scope.everything():
        names = [name for name, _kind in WANTED]
        rows = list(Reminder.objects.values_list(*names))
    assert len(rows) == PARTNERS * 6, len(rows)
    floor = statistics.median(_bare_insert(rows) for _time in range(TIMES))
    return {
        f"reminders: {len(rows):,} rungs for {PARTNERS:,} partners laid out": Figure(
            statistics.median(taken), "s", floor
        ),
        "reminders: the same once more, nothing being new": Figure(again, "s"),
    }


def sending(clock: Clock, office: PostOffice) -> Figures:
    """One message to each partner from the beat to the last taken, beside one connection of smtplib alone."""
    begun = _beat(clock, office, BEFORE)
    wait_for(lambda: office.count() >= PARTNERS, PATIENCE, "every message to be taken")
    last = office.taken()[-1].at
    first = office.taken()[0].at
    wait_for(lambda: _settled("before_5") == {"sent": PARTNERS}, PATIENCE, "every reminder to be called sent")
    followed = time.time()
    _check(office, 0)
    floor = _smtplib_alone(office)
    return {
        f"reminders: {PARTNERS:,} sent, messages a second from the beat to the last": Figure(
            PARTNERS / (last - begun), "/s", floor
        ),
        "reminders: from the beat to the first of them": Figure(first - begun, "s"),
        "reminders: from the last of them to all reminders called sent": Figure(followed - last, "s"),
    }


def killed(clock: Clock, office: PostOffice, worker: Worker) -> Figures:
    """The same while processes are killed at random moments, the sending one most often."""
    random_ = random.Random(SEED)
    begun = _beat(clock, office, DUE)
    kills = 0
    for _kill in range(KILLS):
        wait_for(lambda: _sender(worker, office) is not None, 60, "somebody to send")
        time.sleep(random_.uniform(0, PARTNERS / 250 / KILLS))
        # The next one may be at its end by now, and all of the pool's dead at once: then it comes back first.
        victims = wait_for(
            lambda: [_sender(worker, office)] if _sender(worker, office) else worker.children(), 60, "a pool"
        )
        with suppress(ProcessLookupError):
            os.kill(random_.choice(victims), signal.SIGKILL)
        kills += 1
    # What a dead sender had in its hands waits until its claim lapses; all else is sent by then.
    wait_for(lambda: _waiting() == 0, PATIENCE, "what nobody holds to be sent")
    last = office.taken()[-1].at
    reached = office.count()
    move(clock, DUE, minutes=7 + int(time.time() - begun) // 60)
    wait_for(lambda: _settled("due") == {"sent": PARTNERS}, PATIENCE, "what the dead had held to be sent")
    copies = _check(office, kills)
    return {
        f"reminders: messages a second over {kills} kills of a sender": Figure(reached / (last - begun), "/s"),
        f"reminders: lost over {kills} kills": Figure(0, "messages"),
        f"reminders: copies over {kills} kills, under the same Message-ID": Figure(copies, "messages"),
    }


def _beat(clock: Clock, office: PostOffice, day: dt.date) -> float:
    office.empty()
    move(clock, day)
    begun = time.time()
    ring("reminders.tick")
    return begun


def _check(office: PostOffice, kills: int) -> int:
    """How many copies came, by the mail server's record.

    Raises:
        AssertionError: somebody got nothing, or two different messages, or there were more copies than kills.
    """
    names = names_by_recipient(office.taken())
    lost = {f"clerk{n}@example.com" for n in range(PARTNERS)} - set(names)
    assert not lost, f"{len(lost)} got nothing, {sorted(lost)[:5]} among them"
    assert len(names) == PARTNERS, "somebody got a message who should get none"
    twice = [to for to, found in names.items() if len(found) > 1]
    assert not twice, f"{len(twice)} got two different messages, {twice[:5]} among them"
    copies = sum(found.total() - 1 for found in names.values())
    assert copies <= kills, f"{copies} copies over {kills} kills"
    return copies


def _smtplib_alone(office: PostOffice) -> float:
    """The same messages over one connection, and nothing else; how many a second."""
    with scope.everything():
        payloads = [(one.recipient, _payload(one)) for one in Delivery.objects.order_by("pk")[:PARTNERS]]
    office.empty()
    begun = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", office.port) as line:
        line.ehlo()
        for recipient, payload in payloads:
            line.mail("shugu@localhost.localdomain")
            line.rcpt(recipient)
            line.docmd("DATA")
            line.send(payload)
            assert line.getreply()[0] == 250
    return len(payloads) / (time.perf_counter() - begun)


def _bare_insert(rows: list[tuple[Any, ...]]) -> float:
    """How long the same rows take, into a table with the same columns and indexes."""
    kinds = ", ".join(f"%s::{kind}[]" for _name, kind in WANTED)
    names = ", ".join(name for name, _kind in WANTED)
    with psycopg.connect(administrator(), autocommit=True) as link:
        link.execute("CREATE SCHEMA IF NOT EXISTS floor")
        link.execute("DROP TABLE IF EXISTS floor.reminder")
        link.execute("CREATE TABLE floor.reminder (LIKE reminder INCLUDING ALL)")
        link.execute("CHECKPOINT")
        columns = [list(column) for column in zip(*rows, strict=True)]
        statement: Any = (
            f"INSERT INTO floor.reminder (id, {names}, state, note, attempts)"
            f" SELECT row_number() OVER (), *, 'scheduled', '', 0 FROM unnest({kinds})"
        )
        begun = time.perf_counter()
        with psycopg.ClientCursor(link) as cursor:
            cursor.execute(statement, columns)
        return time.perf_counter() - begun


def _sender(worker: Worker, office: PostOffice) -> int | None:
    """The process that holds a connection to the mail server."""
    for pid in worker.children():
        with suppress(psutil.Error):
            if any(
                held.raddr and held.raddr.port == office.port for held in psutil.Process(pid).net_connections("tcp")
            ):
                return pid
    return None


def _waiting() -> int:
    """How many messages are to be sent that no dead sender holds."""
    with connection.cursor() as cursor, scope.everything():
        cursor.execute("SELECT count(*) FROM delivery WHERE state = 'queued'")
        return int(cursor.fetchone()[0])


def _settled(stage: str) -> dict[str, int]:
    with scope.everything():
        return dict(Counter(Reminder.objects.filter(stage=stage).values_list("state", flat=True)))


def _as_administrator(statement: LiteralString) -> None:
    with psycopg.connect(administrator(), autocommit=True) as link:
        link.execute(statement)
