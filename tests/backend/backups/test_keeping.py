"""Which backups are kept."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from backend.backups import keeping
from backend.backups.errors import BackupError
from backend.backups.shelf import Backup

NOW = dt.datetime(2026, 3, 31, 12, tzinfo=dt.UTC)
AGES = some.lists(some.integers(min_value=0, max_value=600 * 24 * 60), unique=True, max_size=60)


def backups(minutes: list[int]) -> list[Backup]:
    return [
        Backup(Path(f"b{age}"), {"at": (NOW - dt.timedelta(minutes=age)).isoformat(), "system": "1"}) for age in minutes
    ]


def test_a_year_of_nights_leaves_days_weeks_and_months() -> None:
    nights = backups([60 * 18 + day * 24 * 60 for day in range(400)])
    stay = keeping.kept(nights, NOW, 7, 5, 12)
    ages = sorted(int(name.removeprefix("b")) // (24 * 60) for name in stay)
    assert ages[:7] == list(range(7))
    # Sundays of four weeks more, and the last of each of eleven months more.
    assert len(ages) == 7 + 4 + 11 - 1
    assert 330 < ages[-1] < 366


@given(minutes=AGES, days=some.integers(0, 9), weeks=some.integers(0, 9), months=some.integers(0, 15))
def test_the_newest_and_all_of_two_days_stay_and_nothing_is_kept_twice(
    minutes: list[int], days: int, weeks: int, months: int
) -> None:
    found = backups(minutes)
    stay = keeping.kept(found, NOW, days, weeks, months)
    young = {backup.name for backup in found if backup.at > NOW - keeping.ALL_KEPT}
    assert young <= stay
    assert not found or f"b{min(minutes)}" in stay
    assert len(stay - young) <= days + weeks + months + 1
    # What was let go is not missed by the next look, nor does it bring back or drop another.
    assert keeping.kept([backup for backup in found if backup.name in stay], NOW, days, weeks, months) == stay


def test_a_rule_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKUP_KEEP", "7,5")
    with pytest.raises(BackupError, match="three numbers"):
        keeping.rule()
    monkeypatch.setenv("BACKUP_AT", "noon")
    with pytest.raises(BackupError, match="BACKUP_AT"):
        keeping.clock()
