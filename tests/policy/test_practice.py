"""Practice in every state moves nothing: no row of any other table, no figure, list or page of anybody."""

import io
import re
from collections.abc import Callable, Iterator, Sequence
from difflib import unified_diff
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from backend.accounts import scope
from backend.celery import app
from programs.alerts import services as alerts
from programs.submissions import services as submissions
from programs.submissions.models import Submission
from programs.targets.recount import recount
from tests.factories import PeriodFactory
from tests.policy.table import BODIES
from tests.policy.test_table import filled, rows
from tests.policy.world import World
from tests.support.partner import API, Partner, Row, as_csv

pytestmark = pytest.mark.django_db
READERS = ("partner", "officer", "manager")
OWN_TRACES = {
    "submission",
    "finding",
    "mend",
    "sealed_file",
    "sealed_chunk",
    "job",
    "effect",
    "audit_entry",
    "django_session",
}
"""Tables in which practice leaves something; of the submissions and what hangs on them what is real is compared."""
TRIED_AGAIN = {"delivery", "endpoint"}
"""What goes out is tried again by the clock, practice or not: which messages there are is compared, not their fate."""
REAL = {
    "delivery": "key NOT LIKE '%set-aside:%'",
    "inbox_message": "delivery_id NOT IN (SELECT id FROM delivery WHERE key LIKE '%set-aside:%')",
}
"""That work was given up is told to administrators, whatever it was for."""
ASIDE = ("auth/", "jobs/", "audit/", "practice/", "schema/", "docs/", "deliveries/", "endpoints/")
"""What tells of work and of acts, of which practice is some, of the readers themselves, and of messages sent again."""
PAGES = (
    *("/", "/submissions/", "/records/", "/people/", "/obligations/", "/rates/", "/reminders/", "/league/"),
    *("/targets/", "/alerts/", "/scorecards/", "/supply/", "/threads/", "/matches/", "/cohort-requests/"),
    *("/overrides/", "/replays/"),
)
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+\d\d:\d\d)?")
FLEETING = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": "\w+"|nonce="[^"]+"')


@pytest.fixture
def world(db: None, run_jobs: Callable[[], int]) -> World:
    return World(run_jobs)


def settle(run_jobs: Callable[[], int]) -> None:
    """Everything that works behind intake, as beat would have it done."""
    run_jobs()
    for entry in app.conf.beat_schedule.values():
        # The trail is sealed and its head given out whatever is done; that tokens end is told of the readers' own.
        if not entry["task"].startswith(("outbox.", "jobs.", "messages.", "audit.", "expiring.")):
            app.tasks[entry["task"]].run()
    with scope.everything():
        alerts.evaluate()
    run_jobs()


def tables() -> dict[str, str]:
    """A digest of all that every table holds, but for what practice itself is."""
    found = {}
    with scope.everything(), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        for (name,) in cursor.fetchall():
            if name in OWN_TRACES:
                continue
            what = "one.id::text" if name in TRIED_AGAIN else "one::text"
            real = REAL.get(name, "true")
            cursor.execute(
                f"SELECT md5(coalesce(string_agg({what}, '|' ORDER BY {what}), '')) FROM {name} AS one WHERE {real}"
            )
            found[name] = cursor.fetchone()[0]
        for name, real in (
            ("submission", "NOT practice"),
            ("finding", "submission_id IN (SELECT id FROM submission WHERE NOT practice)"),
            ("mend", "submission_id IN (SELECT id FROM submission WHERE NOT practice)"),
        ):
            cursor.execute(f"SELECT md5(string_agg(one::text, '|' ORDER BY one::text)) FROM {name} AS one WHERE {real}")
            found[name] = cursor.fetchone()[0]
    return found


def answers(world: World) -> dict[str, Any]:
    """What everybody is told by every address that can be read, and by the pages with figures."""
    found: dict[str, Any] = {}
    for path in sorted({path for method, path, _wanted in rows() if method == "GET"}):
        # Who has looked is told of the readers too.
        if path.startswith(ASIDE) or path.endswith("access-report/"):
            continue
        for reader in READERS:
            answer = world.call(reader, "GET", path, filled(BODIES.get(("GET", path)), world.ids))
            if "json" in answer["Content-Type"]:
                found[f"{reader} {path}"] = MOMENT.sub("", answer.content.decode())
    for reader in READERS:
        client = Client(headers={"accept-language": "en"})
        user = world.users[reader]
        assert user is not None
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        for page in PAGES:
            shown = client.get(page).content.decode()
            found[f"{reader} {page}"] = FLEETING.sub("", MOMENT.sub("", shown))
    return found


def everything_tried(world: World, run_jobs: Callable[[], int]) -> list[str]:
    """Practice in every state, about people on record and others; the states."""
    partner, other = world.partner, world.other
    known = partner.row(0, district="云岩区")
    foreign = other.row(0, name="皇甫嵩", programme=other.programme.code, cohort=other.cohort.code)
    bad = partner.row(41, gender="女")
    later = PeriodFactory()
    states = [
        send(partner, [known, partner.row(40)], confirm="auto"),
        send(partner, [known, bad], confirm="auto", period=later.code),
        send(partner, [bad], confirm="auto"),
        send(partner, [bad, partner.row(42)], confirm="auto", policy="all_or_nothing"),
        send(partner, [partner.row(43, cohort="NOWHERE"), partner.row(44)]),
        send(other, [foreign], confirm="auto"),
        send(other, [other.row(1, programme=other.programme.code, cohort=other.cohort.code)]),
        send(partner, [partner.row(45)]),
        send(partner, []),
    ]
    mended = states[4]
    changed = partner.api.patch(f"{API}submissions/{mended}/rows/3/", {"district": "云岩区"}, format="json")
    assert changed.status_code == 200, changed.content
    assert partner.api.post(f"{API}submissions/{states[7]}/cancel/").status_code == 200
    failed = post(partner, [partner.row(46)])
    with scope.everything():
        submissions.fail(submission_id=failed, error="given up")
    run_jobs()
    post(partner, [partner.row(47)])
    with scope.everything():
        return list(Submission.with_practice.filter(practice=True).values_list("status", flat=True))


def post(partner: Partner, rows: Sequence[Row], **options: Any) -> int:
    body = {"file": upload(rows), "period": partner.period.code, "practice": "true", **options}
    answer = partner.api.post(f"{API}submissions/", body, format="multipart")
    assert answer.status_code == 202, answer.content
    number: int = answer.json()["id"]
    return number


def send(partner: Partner, rows: Sequence[Row], **options: Any) -> int:
    number = post(partner, rows, **options)
    partner.run_jobs()
    return number


def upload(rows: Sequence[Row]) -> Any:
    file = io.BytesIO(as_csv(list(rows)))
    file.name = "练习.csv"
    return file


def differences(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    for name in sorted(before | after):
        if before.get(name) != after.get(name):
            then, now = (str(one.get(name)).replace(",", ",\n").splitlines() for one in (before, after))
            yield "\n".join(unified_diff(then, now, fromfile=name, lineterm="", n=1))


def test_practice_in_every_state_moves_nothing(world: World, run_jobs: Callable[[], int]) -> None:
    settle(run_jobs)
    settle(run_jobs)  # what came of the first
    told = answers(world)
    stood = tables()
    states = everything_tried(world, run_jobs)
    assert set(states) == {
        *("received", "checked", "accepted", "partly_accepted", "rejected", "cancelled", "failed"),
    }
    settle(run_jobs)
    changed = list(differences(stood, tables()))
    assert changed == [], "\n".join(changed)
    moved = list(differences(told, answers(world)))
    assert moved == [], "\n".join(moved)
    with scope.everything():
        assert recount().agrees
