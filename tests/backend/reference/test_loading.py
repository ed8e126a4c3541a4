"""Loading the code tables and holidays, and reading them back."""

import shutil
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import translation
from rest_framework.test import APIClient

from backend.audit.models import AuditEntry
from backend.reference import selectors, services
from backend.reference.models import Code, Holiday
from backend.reference.tables import DATA, load_tables, read_holidays
from tests.factories import OfficerFactory, PartnerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def looked_at_anew() -> Iterator[None]:
    """What one test keeps must not answer another, whose rows were rolled back."""
    for keeper in (selectors.tables, selectors.holidays):
        keeper.forget()
    yield
    for keeper in (selectors.tables, selectors.holidays):
        keeper.forget()


def load(directory: Path = DATA) -> dict[str, services.Change]:
    return {change.table: change for change in services.load_reference(directory=directory)}


def test_what_is_loaded_is_what_the_files_say(scope_all: None) -> None:
    load()
    assert selectors.tables() == load_tables()
    assert Code.objects.get(table="education", code="10").is_group
    assert selectors.holidays() == {row.day: row.kind for row in read_holidays()}


def test_loading_again_changes_nothing(scope_all: None) -> None:
    load()
    ids = set(Code.objects.values_list("id", "table", "code"))
    assert not any(load().values())
    assert set(Code.objects.values_list("id", "table", "code")) == ids


def test_a_changed_file_is_followed_and_told(scope_all: None, tmp_path: Path) -> None:
    load()
    shutil.copytree(DATA, tmp_path, dirs_exist_ok=True)
    segments = tmp_path / "segment.csv"
    lines = segments.read_text("utf-8").replace("关联业态", "关联业态（新）").splitlines()
    kept = [line for line in lines if not line.startswith("derivative")]
    segments.write_text("\n".join([*kept, "edge,边缘业态,Edge,边缘,"]) + "\n", "utf-8")
    days = tmp_path / "holiday.csv"
    days.write_text(days.read_text("utf-8").rstrip("\n") + "\n2030-10-01,国庆节,off\n", "utf-8")

    changes = load(tmp_path)

    told = changes["segment"]
    assert (told.added, told.changed, told.removed) == (["edge"], ["related"], ["derivative"])
    assert changes["holiday"].added == ["2030-10-01"]
    assert not changes["education"]
    assert Holiday.objects.filter(day="2030-10-01").exists()
    selectors.tables.forget()
    assert selectors.tables().labels["segment"]["边缘"] == "edge"
    assert selectors.label("segment", "derivative", "zh-hans") == "derivative"


def test_a_kept_copy_follows_a_change_without_being_told(scope_all: None, monkeypatch: pytest.MonkeyPatch) -> None:
    load()
    monkeypatch.setattr(selectors, "FRESH_SECONDS", 0.0)
    before = selectors.tables()
    assert selectors.tables() is before
    Code.objects.filter(table="segment", code="core").update(name_zh="核心业态（改）")
    assert selectors.label("segment", "core", "zh-hans") == "核心业态（改）"


def test_a_kept_copy_is_not_looked_after_within_a_second(scope_all: None, django_assert_num_queries: Any) -> None:
    load()
    selectors.tables()
    with django_assert_num_queries(0):
        selectors.labels("education")


def test_labels_speak_the_language_asked_for_and_fall_back_to_chinese(scope_all: None) -> None:
    load()
    assert selectors.labels("district", "en")["520115"] == "Guanshanhu District"
    assert selectors.labels("district", "zh-hans")["520115"] == "观山湖区"
    with translation.override("en"):
        assert selectors.label("education", "14") == "Master's postgraduate - graduated"
    nameless = next(row for row in Code.objects.filter(table="occupation") if not row.name_en)
    assert selectors.label("occupation", nameless.code, "en") == nameless.name_zh
    with pytest.raises(KeyError):
        selectors.labels("no such table")


def test_the_command_says_what_changed_and_audits_it_once(scope_all: None) -> None:
    load()
    Code.objects.filter(table="gender", code="9").delete()
    before = AuditEntry.objects.filter(action="reference.load").count()
    first, second = StringIO(), StringIO()
    call_command("load_reference", "--no-plan", stdout=first)
    call_command("load_reference", "--no-plan", stdout=second)
    assert first.getvalue() == "gender: 1 added (9)\n"
    assert second.getvalue() == "Code tables and holidays: up to date.\n"
    assert AuditEntry.objects.filter(action="reference.load").count() == before + 1


def test_codes_are_listed_by_table_for_whoever_signed_in(scope_all: None) -> None:
    load()
    client = APIClient()
    assert client.get("/api/v1/codes/", {"table": "segment"}).status_code == 401
    for user in (PartnerFactory(), OfficerFactory()):
        client.force_authenticate(user)
        answer = client.get("/api/v1/codes/", {"table": "segment", "count": "exact"}).json()
        assert answer["count"] == 3
        assert answer["results"][0] == {
            "table": "segment",
            "code": "core",
            "name_zh": "核心业态",
            "name_en": "Core",
            "aliases": ["核心"],
            "is_group": False,
        }
    assert client.get("/api/v1/codes/", {"table": "nothing"}).status_code == 400
