"""The second wall, in real transactions: what PostgreSQL shows and allows, whatever the selectors say."""

import threading
from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.db import DataError, ProgrammingError, connection, connections, transaction

from backend.accounts import scope
from backend.accounts.models import Organisation, User
from backend.audit.services import enter_audit
from backend.jobs.models import Job
from programs.records.models import Record
from programs.submissions.models import Submission
from talent.people.models import Person
from tests.factories import (
    OfficerFactory,
    OrganisationFactory,
    PartnerFactory,
    RecordFactory,
    SubmissionFactory,
)
from tests.support.databases import address


class House:
    """Two partners with a record and a submission each, and an officer."""

    def __init__(self) -> None:
        self.ours, self.theirs = OrganisationFactory(), OrganisationFactory()
        self.partner, self.officer = PartnerFactory(organisation=self.ours), OfficerFactory()
        for organisation in (self.ours, self.theirs):
            RecordFactory(organisation=organisation)
            SubmissionFactory(organisation=organisation)
            with scope.everything():
                Job.objects.create(kind="test", organisation=organisation)


@pytest.fixture(scope="module")
def house(shared_database: str) -> House:
    return House()


WALLED = [Record, Submission, Job]


@pytest.mark.parametrize("model", WALLED)
def test_a_partner_sees_their_own_rows_alone(house: House, model: type[Record]) -> None:
    with transaction.atomic():
        scope.enter(house.partner)
        assert set(model.objects.values_list("organisation", flat=True)) == {house.ours.pk}


def test_a_partner_sees_the_people_they_reported_alone(house: House) -> None:
    with scope.within(house.ours.pk):
        assert set(Person.objects.values_list("pk", flat=True)) == set(Record.objects.values_list("person", flat=True))
        assert Person.objects.count() == 1
    with scope.everything():
        assert Person.objects.count() == 2


@pytest.mark.parametrize("model", [*WALLED, Person])
def test_without_a_scope_nothing_is_seen(house: House, model: type[Record]) -> None:
    with transaction.atomic():
        assert not model.objects.exists()
    assert not model.objects.exists()


@pytest.mark.parametrize("model", [*WALLED, Person])
def test_the_bureau_sees_everything(house: House, model: type[Record]) -> None:
    with transaction.atomic():
        scope.enter(house.officer)
        everybodys = set(model.objects.values_list("pk", flat=True))
        scope.enter(house.partner)
        ours = set(model.objects.values_list("pk", flat=True))
        assert ours < everybodys


def test_a_partner_changes_nothing_of_anothers(house: House) -> None:
    with scope.within(house.ours.pk):
        assert Record.objects.filter(organisation=house.theirs).update(reason="mine") == 0
        assert Job.objects.filter(organisation=house.theirs).delete()[0] == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Job.objects.create(kind="test", organisation=house.theirs)
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Record.objects.update(organisation=house.theirs)


def test_a_scope_entered_in_a_released_savepoint_lasts_and_does_not_in_the_context_managers(house: House) -> None:
    """The trap of set_config: releasing a savepoint keeps what was set inside it."""
    with transaction.atomic():
        with transaction.atomic():
            scope.enter(house.officer)
        assert Record.objects.count() == 2
    with scope.within(house.ours.pk):
        with scope.everything():
            assert Record.objects.count() == 2
        assert Record.objects.count() == 1
    with transaction.atomic():
        with scope.everything():
            assert Record.objects.count() == 2
        assert not Record.objects.exists()


def test_the_next_transaction_of_a_connection_starts_without_a_scope(house: House) -> None:
    with scope.everything():
        backend = connection.connection.info.backend_pid
    assert not Record.objects.exists()

    @transaction.atomic
    def fail(user: User, how: Callable[[], object]) -> None:
        scope.enter(user)
        assert Record.objects.exists()
        how()

    def fail_in_the_database() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    with pytest.raises(ZeroDivisionError):
        fail(house.partner, lambda: 1 / 0)
    assert not Record.objects.exists()
    with pytest.raises(DataError):
        fail(house.officer, fail_in_the_database)
    assert not Record.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('shugu.scope', true), current_setting('shugu.organisation', true)")
        assert set(cursor.fetchone()) <= {"", None}
        assert connection.connection.info.backend_pid == backend, "the same pooled connection all along"


def test_a_thread_beside_has_its_own_scope(house: House) -> None:
    seen: list[int] = []

    def look() -> None:
        with transaction.atomic():
            seen.append(Record.objects.count())
        connections.close_all()

    with scope.everything():
        beside = threading.Thread(target=look)
        beside.start()
        beside.join()
    assert seen == [0]


def test_a_scope_that_is_no_number_shows_nothing_and_breaks_nothing(house: House) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('shugu.scope', 'organisation', true), set_config('shugu.organisation', '', true)"
        )
        assert not Record.objects.exists()


def test_the_wall_stands_without_the_selector(house: House) -> None:
    """A selector that forgot its scope (the mutant of the hostile list) still shows nothing of others."""
    unscoped = Record.objects.all()
    with transaction.atomic():
        scope.enter(house.partner)
        assert {record.organisation_id for record in unscoped} == {house.ours.pk}
        assert not Record.objects.filter(organisation=house.theirs).exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM record WHERE organisation_id = %s", [house.theirs.pk])
            assert cursor.fetchone() == (0,)


@pytest.fixture
def loader(house: House) -> Iterator[psycopg.Cursor]:
    """The application's login in the loader's role, in a transaction that is rolled back."""
    with psycopg.connect(address("default")) as login, login.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE shugu_loader")
        yield cursor
        login.rollback()


COPY_PEOPLE = (
    "COPY person (name, name_key, gender, created_at) FROM STDIN (FORMAT text)",
    "张三\t张三\t1\t2026-01-01 00:00:00+08\n",
)


def test_the_loader_adds_people_and_cannot_read_them(loader: psycopg.Cursor) -> None:
    with loader.copy(COPY_PEOPLE[0]) as copy:
        copy.write(COPY_PEOPLE[1])
    assert loader.rowcount == 1
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        loader.execute("SELECT count(*) FROM person")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1 FROM record LIMIT 1",
        "SELECT 1 FROM identity_document LIMIT 1",
        "UPDATE person SET name = 'x'",
        "DELETE FROM finding",
        "TRUNCATE record",
        "INSERT INTO user_account (username) VALUES ('x')",
        "COPY record TO STDOUT",
        "INSERT INTO person (name, name_key, gender) VALUES ('x', 'x', '') RETURNING id",
    ],
)
def test_the_loader_can_do_nothing_else(loader: psycopg.Cursor, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        loader.execute(statement)


def test_the_application_cannot_copy_past_the_wall(house: House) -> None:
    with psycopg.connect(address("default")) as login, pytest.raises(psycopg.errors.FeatureNotSupported):
        login.execute(COPY_PEOPLE[0])


def test_the_application_has_not_the_loaders_or_resolvers_rights_by_itself(house: House) -> None:
    with psycopg.connect(address("default")) as login, login.cursor() as cursor:
        for role in ("shugu_resolver", "shugu_owner"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), login.transaction():
                cursor.execute(f"SET LOCAL ROLE {role}")


@pytest.mark.parametrize(
    "table", ["audit_entry", "ledger_entry", "candidate_move", "position_edition", "call_note", "call_subject"]
)
@pytest.mark.parametrize("verb", ["UPDATE {0} SET id = id", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"])
@pytest.mark.parametrize("alias", ["default", "owner"])
def test_what_is_append_only_is_neither_changed_nor_removed(house: House, table: str, verb: str, alias: str) -> None:
    """Denied to the application by its rights, and to the owner's slip of the hand by a trigger."""
    with psycopg.connect(address(alias)) as login, login.cursor() as cursor:
        cursor.execute("SELECT set_config('shugu.scope', 'all', true)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            cursor.execute(verb.format(table))


@pytest.mark.parametrize("table", ["person", "job", "submission", "user_account", "vault_key"])
def test_the_application_cannot_empty_a_table(house: House, table: str) -> None:
    with psycopg.connect(address("default")) as login, pytest.raises(psycopg.errors.InsufficientPrivilege):
        login.execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE record DISABLE ROW LEVEL SECURITY",
        "DROP POLICY own_organisation ON record",
        "UPDATE clock_offset SET shift = interval '1 day'",
        "INSERT INTO clock_offset (shift) VALUES (interval '1 day')",
        "CREATE TABLE mine (id int)",
        "CREATE OR REPLACE FUNCTION shugu_now() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()'",
        "DELETE FROM django_migrations",
    ],
)
def test_the_application_cannot_take_the_walls_down(house: House, statement: str) -> None:
    with psycopg.connect(address("default")) as login, pytest.raises(psycopg.errors.InsufficientPrivilege):
        login.execute(statement)


def test_a_partner_is_audited_and_cannot_read_the_trail(house: House) -> None:
    with transaction.atomic():
        scope.enter(house.partner)
        enter_audit(action="record.seen", subject=("record", 1))
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM audit_entry WHERE actor = %s", [house.partner.username])
            assert cursor.fetchone() == (0,)
    with scope.everything(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_entry WHERE actor = %s", [house.partner.username])
        assert cursor.fetchone() == (1,)


# Tables that name an organisation and stand without a wall, each with the reason.
WITHOUT_A_WALL = {
    "user_account": "signing in finds the user before there is a scope; the users' API is the administrators'",
}


def test_every_table_of_an_organisations_rows_is_walled(house: House) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_class.relname, table_class.relrowsecurity AND table_class.relforcerowsecurity"
            "   AND EXISTS (SELECT FROM pg_policy WHERE polrelid = table_class.oid)"
            " FROM pg_class table_class JOIN pg_attribute field ON field.attrelid = table_class.oid"
            " WHERE table_class.relkind IN ('r', 'p') AND table_class.relnamespace = 'public'::regnamespace"
            " AND field.attname = 'organisation_id' AND NOT field.attisdropped"
        )
        walls = dict(cursor.fetchall())
    assert {table for table, walled in walls.items() if not walled} == set(WITHOUT_A_WALL)
    assert {"record", "submission", "finding", "job", "sealed_file", "audit_entry"} <= walls.keys()


def test_no_view_looks_past_a_wall(house: House) -> None:
    """A plain view reads as its owner; only one with security_invoker meets the reader's wall."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND (relkind = 'm' OR relkind = 'v' AND NOT coalesce("
            "   reloptions && ARRAY['security_invoker=true', 'security_invoker=on', 'security_invoker=1'], false))"
        )
        assert cursor.fetchall() == []


# What may do more than look, each with the reason.
OWNERS = {"erase_said": "empties what was said of an erased person in tables that nobody may change"}


def test_functions_that_look_past_the_walls_are_the_resolvers(house: House) -> None:
    """``SECURITY DEFINER`` is for the resolver's few look-ups, with a search path of their own, closed to others."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, pg_get_userbyid(proowner), proconfig IS NOT NULL,"
            " has_function_privilege('public', oid, 'EXECUTE')"
            " FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"
        )
        found = cursor.fetchall()
    assert found
    assert {row[1:] for row in found if row[0] not in OWNERS} == {("shugu_resolver", True, False)}
    assert {row for row in found if row[0] in OWNERS} == {(name, "shugu_owner", True, False) for name in OWNERS}


def test_logins_own_nothing_they_should_not(house: House) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'S', 'v')"
        )
        assert cursor.fetchall() == [("shugu_owner",)]
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)


def test_the_organisation_of_a_scope_needs_no_rows_of_its_own(house: House) -> None:
    """A partner whose organisation has nothing yet sees nothing, and no error."""
    with transaction.atomic():
        scope.enter(User(pk=0, role=User.Role.PARTNER, organisation=Organisation(pk=0)))
        assert not Record.objects.exists()
        assert not Person.objects.exists()
