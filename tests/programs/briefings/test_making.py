"""Ordering, making once whatever happens, and opening."""

import io
import re
from collections.abc import Callable

import docx
import pypdfium2
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from backend.accounts import scope
from backend.accounts.models import User
from backend.audit.models import AuditEntry
from backend.jobs import lease, services
from backend.jobs.models import Job
from backend.jobs.run import Run
from backend.vault.files.models import SealedChunk, SealedFile
from programs.briefings import making
from programs.briefings.kinds import Period
from programs.briefings.models import Briefing, BriefingFile
from programs.briefings.numbers import heads
from programs.briefings.parts import Document, Table
from programs.records.models import Record
from tests.conftest import Clock
from tests.factories import OfficerFactory
from tests.programs.briefings.conftest import published
from tests.programs.desks.officer.world import Reader
from tests.programs.targets.world import World
from tests.support.http import Caller, code_of

BOTH = ["zh-hans", "en"]


def test_it_is_made_in_both_languages_and_says_what_was_published(
    world: World, manager: Caller, chen: User, month: Period, run_jobs: Callable[[], int]
) -> None:
    earlier = published(chen, month.before.last)
    snapshot = published(chen, month.last)
    answer = manager.post(
        "briefings/", {"snapshot": snapshot.pk, "kind": "month", "languages": ["en", "zh-hans"]}, format="json"
    )
    assert (answer.status_code, answer.json()["state"]) == (202, "queued"), answer.json()
    again = manager.post("briefings/", {"snapshot": snapshot.pk, "kind": "month", "languages": BOTH}, format="json")
    assert (again.status_code, code_of(again), again.json()["existing"]) == (409, "already_exists", answer.json()["id"])
    # What is known later is no business of this briefing's.
    world.record(world.person(), month.last.isoformat())
    world.settle()
    run_jobs()
    made = Caller(OfficerFactory()).get(f"briefings/{answer.json()['id']}/").json()
    assert (made["state"], made["period"], made["languages"]) == ("done", month.code, BOTH)
    assert {(one["language"], one["form"]) for one in made["files"]} == {(a, b) for a in BOTH for b in ("docx", "pdf")}
    reader = Reader(chen)
    for one in made["files"]:
        file = manager.get(one["address"])
        assert file.status_code == 200
        assert (len(file.content), file["Content-Disposition"][:10]) == (one["size"], "attachment")
        if one["form"] == "pdf":
            pages = list(pypdfium2.PdfDocument(file.content))
            text = "".join(page.get_textpage().get_text_bounded() for page in pages)
        else:
            word = docx.Document(io.BytesIO(file.content))
            text = "".join(paragraph.text for paragraph in word.paragraphs)
            links = {it.target_ref for it in word.part.rels.values() if it.is_external}
            kinds = {re.sub(r"=[^&]*", "", link): link.removeprefix(settings.SITE_URL) for link in sorted(links)}
            assert len(kinds) >= 9
            for link in kinds.values():
                assert reader.get(link).status_code == 200, link
        for target in snapshot.content["targets"]:
            assert heads(target["figure"]["achieved"]) in text
        assert str(snapshot.number) in text
        assert str(earlier.number) in text
    entries = {entry.action: entry.detail for entry in AuditEntry.objects.filter(subject_type="briefing")}
    assert entries["briefing.order"]["period"] == month.code
    assert entries["briefing.make"]["files"]["en.pdf"] in {one["sha256"] for one in made["files"]}
    sealed = SealedChunk.objects.filter(file__in=SealedFile.objects.filter(purpose="briefing"))
    assert not any(b"%PDF" in bytes(chunk.sealed) for chunk in sealed)


def test_a_page_shows_the_figure_that_its_reference_names(
    world: World, chen: User, month: Period, run_jobs: Callable[[], int]
) -> None:
    snapshot = published(chen, month.last)
    document = _described(chen, snapshot.pk)
    reader, tried = Reader(chen), 0
    lost = Record.objects.filter(organisation=world.b).first()
    assert lost is not None
    world.change(lost, reason="revoked", state="revoked")
    world.settle()
    tables = [one for one in document.blocks if isinstance(one, Table) and one.total]
    for table in tables[len(tables) // 2 :]:
        for row in table.rows[:-1]:
            [people] = row[1]
            page = reader.read(people.link.removeprefix(settings.SITE_URL))
            assert f" {people.text} " in page, people
            tried += 1
    assert tried >= 4


def _described(actor: User, snapshot_id: int) -> Document:
    briefing = Briefing.objects.create(
        snapshot_id=snapshot_id,
        kind="month",
        period="2019-06",
        languages=["en"],
        organisation=actor.organisation,
        made_by=actor,
    )
    [document] = making.describe(briefing)
    return document


def test_a_claim_that_died_leaves_nothing_twice(
    world: World, manager: Caller, chen: User, clock: Clock, month: Period
) -> None:
    snapshot = published(chen, month.last)
    made = manager.post("briefings/", {"snapshot": snapshot.pk, "kind": "month", "languages": ["en"]}, format="json")
    job = Job.objects.get(pk=made.json()["job"])
    first = lease.claim(job.pk)
    assert first is not None
    briefing = Briefing.objects.get(pk=made.json()["id"])
    with scope.everything():
        drawn = making._set(Run(first), making.describe(briefing))
    clock.shift(seconds=settings.JOB_LEASE_SECONDS + 1)
    assert services.run(job.pk)
    kept = set(BriefingFile.objects.values_list("pk", "file__sha256"))
    assert len(kept) == 2
    # The one that was taken for dead wakes with everything drawn, and may keep nothing of it.
    with pytest.raises(lease.LostLease), scope.everything():
        making._keep(Run(first), briefing, drawn)
    assert making.make(Run(first)) == {"files": 2}
    assert set(BriefingFile.objects.values_list("pk", "file__sha256")) == kept
    assert SealedFile.objects.filter(purpose="briefing").count() == 2
    assert AuditEntry.objects.filter(action="briefing.make").count() == 1


def test_what_failed_is_ordered_again_and_what_is_made_is_not(
    world: World, manager: Caller, chen: User, month: Period, run_jobs: Callable[[], int]
) -> None:
    snapshot = published(chen, month.last)
    made = manager.post("briefings/", {"snapshot": snapshot.pk, "kind": "month", "languages": ["en"]}, format="json")
    address = f"briefings/{made.json()['id']}/"
    assert manager.post(f"{address}again/").status_code == 409
    Job.objects.filter(pk=made.json()["job"]).update(state="failed", error="out of paper")
    assert (manager.get(address).json()["state"], manager.get(address).json()["error"]) == ("failed", "out of paper")
    assert manager.post(f"{address}again/").status_code == 202
    run_jobs()
    assert manager.get(address).json()["state"] == "done"
    assert manager.post(f"{address}again/").status_code == 409
    assert manager.get(f"{address}en.txt").status_code == 404
    assert manager.get(f"{address}zh-hans.pdf").status_code == 404


def test_what_cannot_be_ordered_is_told(world: World, manager: Caller, chen: User, month: Period) -> None:
    snapshot = published(chen, month.last)
    for body, field in (
        ({"languages": []}, "languages"),
        ({"languages": ["fr"]}, "languages.0"),
        ({"kind": "week"}, "kind"),
        ({"snapshot": 0}, "snapshot"),
    ):
        whole = {"snapshot": snapshot.pk, "kind": "month", "languages": ["en"], **body}
        answer = manager.post("briefings/", whole, format="json")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)


def test_nobody_changes_one_or_takes_it_away(world: World, chen: User, month: Period) -> None:
    _described(chen, published(chen, month.last).pk)
    for change in (
        lambda: Briefing.objects.update(period="2020"),
        lambda: Briefing.objects.all().delete(),
        lambda: connection.cursor().execute("DELETE FROM briefing_file"),
        lambda: connection.cursor().execute("UPDATE briefing_issue SET period = ''"),
    ):
        with pytest.raises(DatabaseError, match=r"append-only|permission denied"), transaction.atomic():
            change()


def test_the_list_is_filtered(world: World, manager: Caller, chen: User, month: Period) -> None:
    for day in (month.before.last, month.last):
        snapshot = published(chen, day)
        manager.post("briefings/", {"snapshot": snapshot.pk, "kind": "month", "languages": ["en"]}, format="json")
    for asked, count in (
        ({"period": month.code}, 1),
        ({"plan": "digital-valley-2020"}, 2),
        ({"kind": "year"}, 0),
        ({"language": "zh-hans"}, 0),
        ({"language": "en", "made_by": "chen", "scheduled": "false"}, 2),
        ({"ordered_to": "2019-01-01"}, 0),
    ):
        assert len(manager.get("briefings/", asked).json()["results"]) == count, asked
    assert manager.get("briefings/", {"colour": "red"}).status_code == 400
