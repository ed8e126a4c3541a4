"""The schema of a plan file against what the parser takes, and the example of the documents."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from programs.targets import planschema
from programs.targets.amending import Line
from programs.targets.loading import load_plan
from programs.targets.models import Target, TargetVersion
from programs.targets.planfile import BadPlan, parse
from tests.programs.targets.planfiles import SECOND, SHIPPED, amended, parted
from tests.programs.targets.world import World, day

DOCS = Path(__file__).resolve().parents[3] / "docs"
EXAMPLE = re.search(r"```toml\n(.*?)```", (DOCS / "plans.md").read_text("utf-8"), re.DOTALL)
assert EXAMPLE
TEXT = EXAMPLE[1]
VALIDATOR = jsonschema.Draft202012Validator(planschema.schema())


def content(text: str) -> Any:
    return json.loads(json.dumps(tomllib.loads(text), default=str))


def taken(text: str) -> bool:
    try:
        parse(text.encode())
    except BadPlan:
        return False
    return True


def test_the_file_of_the_documents_is_the_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(planschema.schema())
    assert (DOCS / "plan-file.schema.json").read_text("utf-8") == planschema.text(), (
        "python -m programs.targets.planschema > docs/plan-file.schema.json"
    )


@pytest.mark.parametrize(
    "text",
    [
        SHIPPED,
        SECOND,
        TEXT,
        parted("organisation A 1", "district 520102 1 year=2019", "segment core 1 ends_on=2019-12-31", "year 2019 1"),
        amended(parted("year 2019 1"), "2019-07-01", "may_exceed = true", "year 2019 0", "year 2020 2"),
        SHIPPED.replace("goal = 1\n", 'goal = 1.5\ndirection = "at_most"\n', 1),
        SHIPPED.replace('code = "general"', 'code = "通用.a-b_2"', 1).replace('"general"]', '"通用.a-b_2"]'),
    ],
)
def test_good_files_pass_both(text: str) -> None:
    assert list(VALIDATOR.iter_errors(content(text))) == []
    parse(text.encode())


PART = "[[targets.parts]]\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("goal = 1_000", "goal = 0"),
        ("goal = 1_000", "goal = 1.5"),
        ("goal = 1_000", 'goal = "many"'),
        ("goal = 1_000", "goal = true"),
        ("goal = 1_000", "goal = 1_000_000_001"),
        ("goal = 1_000", "goal = 1_000\nwish = 1"),
        ("goal = 1_000\n", ""),
        ('counts = ["masters"]', "counts = []"),
        ('counts = ["masters"]', 'counts = ["masters", "masters"]'),
        ("may_exceed = false", 'may_exceed = "no"'),
        ("ends_on = 2022-12-31", "ends_on = 2022-12-31T00:00:00"),
        ("ends_on = 2022-12-31", "ends_on = 2022"),
        ("ends_on = 2022-12-31\n", ""),
        ('evidence = "claimed"', 'evidence = "rumour"'),
        ('name_en = "Master\'s and above"', 'name_en = " "'),
        ('code = "masters-2022"', 'code = "masters of 2022"'),
        ('code = "masters-2022"', f'code = "{"m" * 61}"'),
        ('kind = "title"', 'kind = "fame"'),
        ('series = ["080"]', 'series = ["080"]\ncodes = ["082"]'),
        ('series = ["080"]', 'levels = ["postgraduate"]'),
        ('series = ["080"]', ""),
        ('ranks = ["正高", "副高"]', 'statuses = ["graduated"]'),
        ('levels = ["postgraduate"]', 'levels = ["postgraduate"]\nranks = ["正高"]'),
        ('by = "organisation"', 'by = "tier"'),
        ('key = "2019"', 'key = "19"'),
        ('key = "2019"', 'key = "2019"\nyear = 2019'),
        ("year = 2019", "year = 19"),
        ("year = 2019", 'year = "2019"'),
        ("year = 2019", "year = 2019\nstarts_on = 2019-02-01"),
        ("goal = 300", "goal = 0"),
        ("from = 2020-07-01", ""),
        ('source = "市人社局2020年第12号通知"', ""),
        (
            "goal = 1_500\nends_on = 2022-06-30\n\n" + PART.replace("targets", "amendments.targets"),
            "[[amendments.x]]\n",
        ),
        ("goal = 1_500", "goal = 0"),
        ("goal = 1_500", 'counts = ["masters"]'),
        ("goal = 700", "goal = -1"),
        ("goal = 8_000", "goal = 0"),
        ("goal = 8_000", "goal = 1e15"),
        ("goal = 8_000", 'goal = "8000"'),
        ('direction = "at_least"', 'direction = "upwards"'),
        ('unit_en = "yuan"\n', ""),
        ('said_zh = "不低于 8,000 元"', 'said_zh = ""'),
    ],
)
def test_bad_files_pass_neither(old: str, new: str) -> None:
    stripped = re.sub(r"\s+#.*", "", TEXT)
    assert old in stripped
    text = stripped.replace(old, new, 1)
    assert not VALIDATOR.is_valid(content(text)), "the schema takes it"
    assert not taken(text), "the parser takes it"


def test_the_example_is_loaded_and_its_line_is_the_formula(world: World) -> None:
    load_plan(plan=parse(TEXT.encode()))
    target = Target.objects.get(code="masters-2022")
    assert (target.goal, target.ends_on) == (1_500, day("2022-06-30"))
    versions = list(TargetVersion.objects.filter(target=target).order_by("valid_from"))
    line, first, end = Line(versions), day("2020-07-01"), day("2022-06-30")
    stood = 1_000 * (day("2020-06-30") - day("2018-12-31")).days / (day("2021-12-31") - day("2018-12-31")).days
    for on in (first, day("2021-02-28"), end):
        assert line(on) == pytest.approx(stood + (1_500 - stood) * ((on - first).days + 1) / ((end - first).days + 1))
    assert [(one["key"], one["goal"]) for one in versions[1].parts if one["by"] == "organisation"] == [
        ("UNI-A", 600),
        ("UNI-B", 700),
        ("UNI-A", 200),
    ]
