"""Matching in a population of 200,000 of which it is known who is whom: how well, and how long ten thousand new rows
take behind their commit."""

import math
import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection, connections, transaction

from backend.accounts.scope import everything
from backend.jobs import registry
from programs.intake.handlers import IDENTIFY
from talent.people.models import Person
from tests.bench.figures import Figure, Figures, seconds
from tests.support.population import ORGANISATIONS, Population, Report, partners
from tests.support.truth import judge
from tests.support.work import run_jobs

PEOPLE = 200_000
NEW = 10_000
ROUNDS = 3
ASKED_ONE_BY_ONE = 300

# What there is no way around: every new person's keys, written into the same table with the same index.
_KEYS = """
INSERT INTO person_key (key, person_id)
SELECT ('x' || left(md5(random()::text), 16))::bit(64)::bigint, 1000000000 + n / %(each)s
FROM generate_series(1, %(count)s) AS n
"""


def measure(full: bool) -> Figures:
    """The figures of matching."""
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    population = Population(PEOPLE + NEW * ROUNDS)
    reporting = partners(run_jobs)
    first, rest = _split(population)
    for organisation in range(ORGANISATIONS):
        _report(reporting, organisation, [one for one in first if one.organisation == organisation])
    _analyse()
    taken = []
    for place in range(ROUNDS):
        with _timed() as times:
            _report(reporting, place, [*_batch(rest, place)])
        taken.append(sum(times))
    judged = judge()
    told = f"{judged.persons:,} persons"
    return {
        f"persons found by number who are one, {told}": Figure(judged.precision, "share", 1.0),
        f"pairs of one person asked about, {told}": Figure(judged.recall, "share", 0.95),
        f"cases for each pair that is one person, {told}": Figure(judged.cases_per_true_pair, "cases", 1.0),
        f"compare {NEW:,} new rows, {told}": Figure(
            statistics.median(taken), "s", _keys_alone(), _one_by_one() * NEW / ASKED_ONE_BY_ONE
        ),
    }


def _split(population: Population) -> tuple[list[Report], list[Report]]:
    """The reports that are there before, and those of the new rows: new people, and second reports of old ones."""
    last = population.humans[PEOPLE].id
    old = [one for one in population.reports if one.human < last]
    seconds = [one for one in old if one.how != "first"]
    later = {id(one) for one in seconds[len(seconds) // 2 :]}
    fresh = [one for one in population.reports if one.human >= last]
    return [one for one in old if id(one) not in later], [*fresh, *(one for one in old if id(one) in later)]


def _batch(rest: Sequence[Report], place: int) -> Iterator[Report]:
    """Every so many of what is left, so that each batch holds of everything its share."""
    yield from list(rest[place::ROUNDS])[:NEW]


def _report(reporting: Sequence[Any], organisation: int, reports: Sequence[Report]) -> None:
    partner = reporting[organisation]
    once = {one.number: one for one in reports}.values()
    taken = partner.report([one.row(partner, place) for place, one in enumerate(once)])
    assert taken["counts"]["accepted"] > 0.98 * len(once), taken


@contextmanager
def _timed() -> Iterator[list[float]]:
    """How long each comparing takes, wherever its job runs."""
    handler = registry.handler(IDENTIFY)
    assert handler is not None
    times: list[float] = []
    answers: list[Any] = []

    def timed(run: Any) -> Any:
        times.append(seconds(lambda: answers.append(handler(run))))
        return answers[-1]

    registry._handlers[IDENTIFY] = timed
    try:
        yield times
    finally:
        registry._handlers[IDENTIFY] = handler


def _keys_alone() -> float:
    with everything(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT person_id) FROM person_key")
        keys, persons = cursor.fetchone()
        each = math.ceil(keys / max(persons, 1))
        taken = seconds(lambda: cursor.execute(_KEYS, {"each": each, "count": each * NEW}))
        transaction.set_rollback(True)
    return taken


def _one_by_one() -> float:
    """The usual way: for each person a question to the database, without anything weighed."""
    with everything():
        people = list(Person.objects.order_by("-pk")[:ASKED_ONE_BY_ONE])

        def ask() -> None:
            for one in people:
                list(Person.objects.filter(name=one.name, birth_date=one.birth_date).exclude(pk=one.pk))

        return seconds(ask)


def _analyse() -> None:
    with connections["owner"].cursor() as cursor:
        for table in ("person", "record", "credential", "identity_document", "person_key", "trait_count", "sighting"):
            cursor.execute(f"VACUUM (ANALYZE) {table}")
