"""How much memory a process of the worker may have: said by a setting, or by what there is."""

import os
from pathlib import Path
from typing import Any

import pytest

from backend.health import memory

THERE = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def test_it_is_what_the_setting_says(settings: Any) -> None:
    settings.WORKER_CHILD_BYTES = 123 << 20
    assert memory.most() == 123 << 20


@pytest.mark.parametrize(("said", "share"), [("1073741824\n", 1 << 30), ("max\n", THERE), (None, THERE)])
def test_it_is_a_share_of_the_machines_or_the_containers(
    said: str | None, share: int, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings.WORKER_CHILD_BYTES = 0
    place = tmp_path / "memory.max"
    if said is not None:
        place.write_text(said)
    monkeypatch.setattr(memory, "CONTAINER", place)
    assert memory.most() == int(share * memory.SHARE)
