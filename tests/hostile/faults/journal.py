"""The checker: what was acknowledged, kept by those to whom it was, and held against what is there.

Clerks upload and officers decide over HTTP, through whatever happens to the system meanwhile. Each acknowledgement (a
202 with its id, a decision's 200) goes into a file before anything else is done. In the end nothing acknowledged may be
missing, nothing half there, nothing there twice, and every book must say the same.
"""

import io
import itertools
import json
import random
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

import httpx

from backend.accounts import scope
from backend.audit.models import AuditEntry
from backend.embedded.places import ROOT
from backend.jobs.models import Job
from backend.outbox.models import Effect
from backend.vault.files import services as files
from programs.records.models import Record
from programs.submissions.models import Submission
from talent.people.models import PersonChange
from tests.factories import ManagerFactory, OfficerFactory
from tests.hostile.faults.notes import Balance, Took, Upload
from tests.support.http import WITHOUT_TLS, token_for
from tests.support.partner import Partner, as_csv
from tests.support.workers import wait_for

PATIENCE = 300.0
"""How long a caller goes on asking, and the books may take to come to rest; a machine shared by many is slow."""

PAUSE = 0.3
TAKEN = ("accepted", "partly_accepted")
UNDER_WAY = ("received", "checking", "checked", "committing")
NO_ANSWER = 0
_numbers = itertools.count()
"""Of made-up people: nobody is reported twice by the tests of one process."""


class Sender:
    """Somebody with a token, who notes how long each call took."""

    def __init__(self, journal: "Journal", user: Any) -> None:
        self.journal = journal
        self.user = user
        self.role = str(user.role)
        self.token = token_for(user)
        self.client = httpx.Client(timeout=60, verify=WITHOUT_TLS)

    def once(self, method: str, path: str, key: str = "", **options: Any) -> httpx.Response | None:
        """One call; ``None`` where there was no answer, or one that says that it cannot be done now."""
        headers = {"Authorization": f"Token {self.token}", "Accept-Language": "en"}
        headers |= {"Idempotency-Key": key} if key else {}
        began = time.monotonic()
        status = NO_ANSWER
        try:
            url = f"{self.journal.system.url}/api/v1/{path}"
            answer = self.client.request(method, url, headers=headers, **options)
            status = answer.status_code
        except httpx.TransportError:
            answer = None
        self.journal.took.append(Took(time.monotonic() - began, status, self.role, f"{method} {path}"))
        if answer is None or status >= 500:
            self.journal.unanswered[status] += 1
            return None
        assert status < 400, f"{method} {path}: {status} {answer.text}"
        return answer

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """The answer, however often it must be asked for; a write call is the same one each time."""
        key = uuid.uuid4().hex if method != "GET" else ""
        end = time.monotonic() + PATIENCE
        while (answer := self.once(method, path, key, **options)) is None:
            if time.monotonic() > end:
                raise AssertionError(f"{method} {path}: no answer for {PATIENCE:.0f} s")
            time.sleep(PAUSE)
        return answer


class Place(Protocol):
    """Where they work: a system of the test's own, or one that is served elsewhere."""

    @property
    def folder(self) -> Path:
        """For small files."""

    @property
    def url(self) -> str:
        """Where it is served."""

    @property
    def environment(self) -> Mapping[str, str]:
        """What a command of ours needs to reach it."""

    def connected(self) -> AbstractContextManager[None]:
        """This process's own connections lead to its database."""

    def log(self, name: str) -> str:
        """The end of what web, worker or beat has written."""


class Journal:
    """Clerks, officers and their book."""

    def __init__(self, system: Place, *, clerks: int = 3, officers: int = 2) -> None:
        self.system = system
        self.path = Path(system.folder) / f"journal-{uuid.uuid4().hex[:8]}.jsonl"
        self.uploads: list[Upload] = []
        self.took: list[Took] = []
        self.unanswered: Counter[int] = Counter()
        self._turn = threading.Lock()
        with system.connected(), scope.everything():
            self._before = Record.objects.filter(state="verified").count()
            partners = [Partner(lambda: 0) for _ in range(clerks)]
            self.clerks = [(one, Sender(self, one.clerk)) for one in partners]
            self.officers = [Sender(self, OfficerFactory()) for _ in range(officers)]
            self.manager = Sender(self, ManagerFactory())

    def note(self, **what: Any) -> None:
        """Write down, before anything else is done."""
        with self._turn, self.path.open("a") as file:
            file.write(json.dumps(what) + "\n")
            file.flush()

    def file(self, partner: Partner, rows: int) -> bytes:
        """A file about people whom nobody else reports."""
        return as_csv([partner.row(n) for n in itertools.islice(_numbers, rows)])

    def upload(self, clerk: int = 0, rows: int = 20, *, again: bool = True) -> Upload:
        """Send a file that is to be taken by itself.

        Args:
            again: go on until it is acknowledged; otherwise once, and where no answer came its fate is in doubt.
        """
        partner, sender = self.clerks[clerk]
        sent = Upload(partner.organisation.pk, rows, self.file(partner, rows))
        self.uploads.append(sent)
        options = {"period": partner.period.code, "confirm": "auto"}
        key, end = uuid.uuid4().hex, time.monotonic() + PATIENCE
        while True:
            attached = {"file": ("名单.csv", io.BytesIO(sent.data))}
            answer = sender.once("POST", "submissions/", key, data=options, files=attached)
            if answer is not None:
                assert answer.status_code == 202, answer.text
                sent.number = answer.json()["id"]
                self.note(acknowledged="upload", id=sent.number, rows=rows, sha256=sent.sha256)
                return sent
            if not again:
                return sent
            if time.monotonic() > end:
                raise AssertionError(f"no upload was acknowledged for {PATIENCE:.0f} s")
            time.sleep(PAUSE)

    def status(self, sent: Upload, asks: Sender | None = None) -> str:
        """The status of an upload as the API tells it to an officer, or to whoever ``asks``."""
        shown = (asks or self.officers[0]).call("GET", f"submissions/{sent.number}/").json()
        return str(shown["status"])

    def decide(self, officer: Sender, sent: Upload, *, again: bool = True) -> None:
        """Reject one record of an upload that was taken, and verify the rest."""
        path = f"records/?submission={sent.number}&limit=500"
        records = officer.call("GET", path).json()["results"]
        assert len(records) == min(sent.rows, 500), (len(records), sent.rows)
        first = records[0]["id"]
        if not self._decided(officer, f"records/{first}/reject/", {"reason": "核查不符"}, again):
            sent.in_doubt = True
            return
        sent.decided[first] = "rejected"
        self.note(acknowledged="decision", record=first, state="rejected")
        body = {"filter": {"submission": sent.number, "state": "submitted"}, "decision": "verify"}
        if not self._decided(officer, "records/decide/", body, again):
            sent.in_doubt = True
            return
        sent.rest_verified = True
        self.note(acknowledged="decisions", submission=sent.number, state="verified", records=sent.rows - 1)

    def _decided(self, officer: Sender, path: str, body: dict[str, Any], again: bool) -> bool:
        if again:
            officer.call("POST", path, json=body)
            return True
        return officer.once("POST", path, uuid.uuid4().hex, json=body) is not None

    @contextmanager
    def at_work(self, *, rows: tuple[int, ...] = (5, 20, 60), pause: float = 1.0) -> Iterator[None]:
        """Every clerk uploads and every officer decides, for as long as the block lasts."""
        stop, failures = threading.Event(), list[BaseException]()
        decided: set[int] = set()

        def clerk(place: int) -> None:
            chance = random.Random(f"clerk {place}")
            while not stop.wait(pause * chance.uniform(0.5, 1.5)):
                self.upload(place, chance.choice(rows), again=chance.random() < 0.8)

        def officer(place: int) -> None:
            chance = random.Random(f"officer {place}")
            while not stop.wait(pause * chance.uniform(0.5, 1.5)):
                with self._turn:
                    waiting = [one for one in self.uploads if one.number and one.number not in decided]
                    mine = waiting[0] if waiting else None
                    if mine is not None and mine.number is not None:
                        decided.add(mine.number)
                if mine is None:
                    continue
                while self.status(mine) in UNDER_WAY and not stop.wait(1):
                    pass
                if self.status(mine) in TAKEN:
                    self.decide(self.officers[place], mine, again=chance.random() < 0.8)

        def kept(work: Callable[[int], None], place: int) -> None:
            try:
                work(place)
            except BaseException as error:  # noqa: BLE001 - told where the block ends
                failures.append(error)
                stop.set()

        threads = [threading.Thread(target=kept, args=(clerk, place)) for place in range(len(self.clerks))]
        threads += [threading.Thread(target=kept, args=(officer, place)) for place in range(len(self.officers))]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join(PATIENCE + 60)
        if failures:
            raise failures[0]
        assert not any(thread.is_alive() for thread in threads), "somebody was never answered"

    def acknowledged(self) -> int:
        """How many uploads are so far."""
        return sum(one.number is not None for one in self.uploads)

    def decisions(self) -> int:
        """How many records have been decided on so far, as far as that was acknowledged."""
        return sum(len(one.decided) + one.rest_verified * (one.rows - 1) for one in self.uploads)

    def balance(self) -> Balance:
        """Hold the book against what is there, once nothing is under way any more.

        Raises:
            AssertionError: something acknowledged is missing or wrong, or something is there by half or twice.
        """
        with self.system.connected():
            self._wait_until_at_rest()
            with scope.everything():
                self._compare_uploads()
                verified = self._compare_records()
                assert not Job.objects.filter(state="failed").exists(), _failed()
                assert not Effect.objects.filter(set_aside_at__isnull=False).exists()
        wait_for(lambda: self._achieved() == verified, PATIENCE, f"{verified} to be counted, not {self._achieved()}")
        recount = [sys.executable, "manage.py", "recount", "--check"]
        counted = subprocess.run(
            recount, cwd=ROOT, env=dict(self.system.environment), capture_output=True, text=True, check=False
        )
        assert counted.returncode == 0, counted.stdout + counted.stderr
        known = [one for one in self.uploads if one.number is not None]
        return Balance(
            uploads=len(known),
            rows=sum(one.rows for one in known),
            decisions=self.decisions(),
            in_doubt=len(self.uploads) - len(known) + sum(one.in_doubt for one in self.uploads),
            tries=len(self.took),
            counted=verified - self._before,
            unanswered=self.unanswered,
        )

    def _wait_until_at_rest(self) -> None:
        """Wait until nothing is to be done any more, for as long as it gets less.

        Raises:
            AssertionError: nothing moved for ``PATIENCE``.
        """
        last, moved = _left(), time.monotonic()
        while any(last.values()):
            time.sleep(0.5)
            if (left := _left()) != last:
                last, moved = left, time.monotonic()
            stands = time.monotonic() - moved
            assert stands < PATIENCE, f"nothing moves: {_restless()}; {self.system.log('worker')}"

    def _achieved(self) -> int:
        return int(self.manager.call("GET", "targets/all/").json()["achieved"])

    def _compare_uploads(self) -> None:
        """Each acknowledged file is there whole and once; one in doubt is whole or not there."""
        written = [json.loads(line) for line in self.path.read_text().splitlines()] if self.path.exists() else []
        told = {one["id"]: one["sha256"] for one in written if one["acknowledged"] == "upload"}
        assert told == {one.number: one.sha256 for one in self.uploads if one.number is not None}
        for sent in self.uploads:
            found = list(Submission.objects.filter(organisation=sent.organisation, sha256=sent.sha256))
            if sent.number is None and not found:
                continue
            [there] = found
            assert sent.number in (None, there.pk), (sent.number, there.pk)
            assert there.status == "accepted", (there.pk, there.status, there.error)
            assert (there.rows, there.accepted, there.rejected) == (sent.rows, sent.rows, 0), there.pk
            assert files.read(there.original) == sent.data
            assert Record.objects.filter(submission=there.pk).count() == sent.rows
            entries = AuditEntry.objects.filter(subject_type="submission", subject_id=str(there.pk))
            done = Counter(entries.values_list("action", flat=True))
            assert done["submission.committed"] == done["submission.received"] == 1, done
        organisations = {partner.organisation.pk for partner, _sender in self.clerks}
        ours = Submission.objects.filter(organisation__in=organisations)
        records = Record.objects.filter(organisation__in=organisations)
        assert records.count() == sum(ours.values_list("rows", flat=True)), "a record that nobody sent"
        assert records.values("person").distinct().count() == records.count()

    def _compare_records(self) -> int:
        """Each acknowledged decision stands; how many records are verified in all."""
        for sent in self.uploads:
            states = dict(Record.objects.filter(pk__in=sent.decided).values_list("pk", "state"))
            assert states == sent.decided
            if sent.rest_verified:
                verified = Record.objects.filter(submission=sent.number, state="verified").count()
                assert verified == sent.rows - len(sent.decided), (sent.number, verified)
        return Record.objects.filter(state="verified").count()


def _left() -> dict[str, int]:
    """What is still to be done, by kind."""
    with scope.everything():
        return {
            "effects": Effect.objects.filter(done_at=None, set_aside_at=None).count(),
            "jobs": Job.objects.filter(state__in=("queued", "running")).count(),
            "persons": PersonChange.objects.count(),
        }


def _restless() -> str:
    with scope.everything():
        waiting = Job.objects.filter(state__in=("queued", "running")).values_list("kind", "state", "error")[:5]
        waits = list(waiting)
    return f"{_left()} {waits}"


def _failed() -> str:
    return str(list(Job.objects.filter(state="failed").values_list("kind", "error")[:5]))
