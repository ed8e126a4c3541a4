"""The partner files with known outcomes: all rows read, and those to be refused whole refused by the rule named."""

import json
from pathlib import Path

import pytest

from programs.intake import sandbox
from programs.intake.columns import LAYOUT
from tests.programs.intake.readers.made import fatal

ROOT = Path(sandbox.__file__).parents[2]
FOLDERS = [folder for folder in (ROOT / "tests" / "samples", ROOT.parent / "shared" / "samples") if folder.is_dir()]
FILES = sorted({path.name: path for folder in FOLDERS for path in folder.glob("*.expected.json")}.values())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.removesuffix(".expected.json"))
def test_a_sample(path: Path) -> None:
    expected = json.loads(path.read_text("utf-8"))
    sheet = sandbox.read(path.with_name(expected["file"]))
    if "fatal" in expected:
        assert fatal(sheet)[0] in expected["fatal"].split()
        return
    assert sheet.meta["fatal"] == []
    assert sheet.frame.height == expected["counts"]["rows"]
    assert set(LAYOUT.needed) <= set(sheet.frame.columns)
    rows = set(sheet.frame["row"])
    assert {row for row, _, _ in expected["findings"] if row is not None} <= rows


def test_the_files_to_be_refused_are_there() -> None:
    if len(FOLDERS) < 2:
        pytest.skip("the folder shared/samples is not beside this checkout: files to be refused whole are left out")
    assert any(path.name.startswith("z") for path in FILES)
