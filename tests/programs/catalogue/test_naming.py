"""Names stand beside codes in the lists of training, recruitment, retention and chasing, in the reader's language."""

from collections.abc import Callable
from typing import Any

import pytest

from backend.accounts.models import Organisation
from backend.accounts.scope import everything
from backend.reference.selectors import label
from programs.catalogue.models import Programme
from tests.policy.world import World
from tests.support.http import Caller, every

LISTS: dict[str, dict[str, str]] = {
    "training/cohorts/": {"organisation": "organisation", "programme": "programme"},
    "training/conflicts/": {"organisation": "organisation", "programme": "programme"},
    "retention/checks/": {"organisation": "organisation", "programme": "programme", "reason": "leaving_reason"},
    "candidates/": {"organisation": "organisation", "campaign": "programme", "source": "candidate_source"},
    "positions/": {
        "organisation": "organisation",
        "occupation": "occupation",
        "level": "level",
    },
    "call-notes/": {"organisation": "organisation"},
    "reminders/": {"organisation": "organisation"},
}


@pytest.fixture
def world(db: None, run_jobs: Callable[[], int]) -> World:
    return World(run_jobs)


def called(kind: str, code: str | None, language: str) -> str:
    if not code:
        return ""
    if kind in ("organisation", "programme"):
        model: Any = Organisation if kind == "organisation" else Programme
        one = model.objects.get(code=code)
        return (one.name_en if language == "en" else "") or one.name_zh
    return label(kind, code, language)


def test_names_stand_beside_codes_in_the_readers_language(world: World) -> None:
    officer = world.users["officer"]
    told = set()
    for language in ("en", "zh-hans"):
        caller = Caller(officer, **{"accept-language": language})
        for path, fields in LISTS.items():
            rows = every(caller, path)
            for row in rows:
                for field, kind in fields.items():
                    with everything():
                        assert row[f"{field}_name"] == called(kind, row[field], language), (path, field)
                    told.add((path, field)) if row[field] else None
            header = caller.get(path, {"format": "csv"}).getvalue().decode("utf-8-sig").splitlines()[0].split(",")
            if rows:
                assert header == list(rows[0]), path
            for field in fields:
                assert header.index(f"{field}_name") == header.index(field) + 1, path
    named = {(path, field) for path, fields in LISTS.items() for field in fields}
    empty = {("retention/checks/", "reason"), ("reminders/", "organisation")}
    assert named - told <= empty | {("training/conflicts/", field) for field in LISTS["training/conflicts/"]}
