"""Intake of a hundred thousand new people, from sealed bytes to committed records."""

import statistics
from collections.abc import Callable
from typing import Any

import polars as pl
from celery import current_app
from django.db import connection, transaction

from backend.accounts import scope
from backend.vault import services as vault
from programs.intake.cells import check_cells
from programs.intake.checking import read
from programs.intake.copying import copy_frame
from programs.intake.facts import context_of
from programs.records.models import Record
from programs.submissions import services
from programs.submissions.models import Submission
from talent.people.models import Person
from tests.bench.figures import Figure, Figures, median_seconds, seconds
from tests.support.partner import Partner, as_csv, number

ROWS = 100_000
ROUNDS = 3
PEER_ROWS = 10_000
NAMES = "伟芳娜敏静丽强磊洋艳勇军杰娟涛超明霞秀兰刚平辉玲桂建国文华红"


def measure(full: bool) -> Figures:
    """The figures of intake; ``full`` changes nothing here."""
    partner = Partner(lambda: 0)
    figures: Figures = {}
    checks, commits = [], []
    for place in range(ROUNDS):
        submission = _send(partner, place)
        checks.append(_job(submission))
        with scope.within(partner.organisation.pk):
            services.confirm(actor=partner.clerk, submission=submission)
        commits.append(_job(submission))
    whole = [check + commit for check, commit in zip(checks, commits, strict=True)]
    floor, peer = _copied_alone(partner), _created_by_the_orm(partner)
    label = f"{ROWS:,} rows of CSV"
    figures[f"intake: {label}, checks"] = Figure(statistics.median(checks), "s", *_reading(partner, submission))
    figures[f"intake: {label}, commit"] = Figure(statistics.median(commits), "s", floor, peer)
    figures[f"intake: {label}, whole"] = Figure(statistics.median(whole), "s", floor, peer)
    figures |= _sealing()
    return figures


def _send(partner: Partner, place: int) -> Submission:
    rows = [_row(partner, place * ROWS + n) for n in range(ROWS)]
    with scope.within(partner.organisation.pk):
        return services.receive(
            actor=partner.clerk,
            organisation=partner.organisation,
            period=partner.period,
            data=as_csv(rows),
            kind="file",
            file_name="bench.csv",
        )


def _row(partner: Partner, n: int) -> dict[str, Any]:
    return partner.row(
        n,
        name="陈" + NAMES[n % 30] + NAMES[n // 30 % 30],
        id_number=number(n),
        mobile=f"139{n:08d}",
        education="大学本科毕业",
        school="贵州大学",
        graduated_on="2010-07-01",
        education_cert_no=f"106571201005{n:06d}",
    )


def _job(submission: Submission) -> float:
    with scope.everything():
        submission.refresh_from_db()
    taken = seconds(lambda: current_app.tasks["jobs.run"].run(submission.job_id))
    with scope.everything():
        submission.refresh_from_db()
    assert submission.status in ("checked", "accepted"), submission.status
    return taken


def _reading(partner: Partner, submission: Submission) -> tuple[float, float]:
    """Reading and checking the cells alone, and the same rows through python's csv with a loop over rows."""
    rows = [_row(partner, n) for n in range(ROWS)]
    data = as_csv(rows)
    with scope.within(partner.organisation.pk):
        context = context_of(submission)

    def floor() -> None:
        check_cells(read("file", data), context)

    return median_seconds(floor, 3), seconds(lambda: _row_by_row(rows)) * ROWS / len(rows)


def _row_by_row(rows: list[dict[str, Any]]) -> int:
    from rest_framework import serializers

    class RowSerializer(serializers.Serializer):
        name = serializers.CharField()
        id_number = serializers.RegexField(r"^\d{17}[\dX]$")
        started_on = serializers.DateField()
        completed_on = serializers.DateField()
        programme = serializers.CharField()
        cohort = serializers.CharField()
        mobile = serializers.CharField()
        education_cert_no = serializers.RegexField(r"^\d{18}$")

    checked = RowSerializer(data=rows, many=True)
    checked.is_valid(raise_exception=True)
    return len(checked.validated_data)


def _copied_alone(partner: Partner) -> float:
    """COPY of the same records into a bare table with the same indexes: what no loader can beat."""
    with scope.within(partner.organisation.pk), connection.cursor() as cursor:
        names = [str(field.column) for field in Record._meta.local_fields]
        cursor.execute("CREATE TEMPORARY TABLE bare (LIKE record INCLUDING INDEXES) ON COMMIT DROP")
        columns = ", ".join(f'"{name}"' for name in names)
        cursor.execute(f"SELECT {columns} FROM record ORDER BY id LIMIT %s", [ROWS])
        found = [tuple(bytes(cell) if isinstance(cell, memoryview) else cell for cell in row) for row in cursor]
        frame = pl.DataFrame(found, schema=names, orient="row", infer_schema_length=None)
        taken = seconds(lambda: copy_frame("bare", frame))
        transaction.set_rollback(True)
    return taken


def _created_by_the_orm(partner: Partner) -> float:
    """The same records and people by bulk_create, scaled from a part."""
    with scope.everything():
        records = list(Record.objects.order_by("pk")[:PEER_ROWS])
        people = list(Person.objects.order_by("pk")[:PEER_ROWS])
        taken = seconds(lambda: _created(records, people))
        transaction.set_rollback(True)
    return taken * ROWS / PEER_ROWS


def _created(records: list[Record], people: list[Person]) -> None:
    new = Person.objects.bulk_create(Person(name=one.name, name_key=one.name_key) for one in people)
    for record, person in zip(records, new, strict=True):
        record.pk, record.person = None, person
    Record.objects.bulk_create(records)


def _sealing() -> Figures:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    texts = [number(n) for n in range(ROWS)]
    plain = [text.encode() for text in texts]
    ids = list(range(ROWS))
    cipher, nonce = AESGCM(bytes(32)), bytes(12)

    def bare() -> list[bytes]:
        return [cipher.encrypt(nonce, one, None) for one in plain]

    def timed(call: Callable[[], object]) -> float:
        return median_seconds(call, 3)

    return {
        f"vault: {ROWS:,} numbers sealed": Figure(
            timed(lambda: vault.seal_many("identity_document", "sealed_number", ids, plain)), "s", timed(bare)
        ),
        f"vault: {ROWS:,} blind indexes": Figure(timed(lambda: vault.index_many(texts)), "s", timed(_digests(plain))),
    }


def _digests(plain: list[bytes]) -> Callable[[], object]:
    import hashlib

    return lambda: [hashlib.sha256(one).digest() for one in plain]
