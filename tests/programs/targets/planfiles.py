"""Plan files for tests: the shipped one with more in it, and a second plan beside it."""

import textwrap

from programs.targets import planfile
from programs.targets.loading import Loaded, load_plan

SHIPPED = (planfile.FOLDER / "digital-valley-2020.toml").read_text("utf-8")
CODE = "digital-valley-2020"

SECOND = """
code = "masters-2019"
name_zh = "硕士人才计划"
name_en = "Masters of 2019"
starts_on = 2019-01-01
ends_on = 2019-12-31
evidence = "claimed"

[[tiers]]
code = "masters"
name_zh = "硕士"
name_en = "Master's"

[[tiers.qualifying]]
kind = "education"
codes = ["14"]

[[targets]]
code = "masters"
name_zh = "硕士毕业人才"
name_en = "Masters"
goal = 10
counts = ["masters"]
"""


def parted(*parts: str, after: str = 'counts = ["high-end", "general"]', text: str = SHIPPED) -> str:
    """The shipped plan with parts of the target ``all`` (or of what ends in ``after``): ``by key goal`` and more."""
    written = "\n".join(f"[[targets.parts]]\n{part(one)}" for one in parts)
    assert after in text
    return text.replace(after, f"{after}\n\n{written}", 1)


def part(said: str) -> str:
    """``organisation UNI-A 10 year=2019`` as TOML."""
    by, key, goal, *more = said.split()
    return "\n".join([f'by = "{by}"', f'key = "{key}"', f"goal = {goal}", *more, ""])


def amended(text: str, from_on: str, said: str, *parts: str, target: str = "all", source: str = "第3号通知") -> str:
    """A plan with an amendment of one target at its end."""
    written = "\n".join(f"[[amendments.targets.parts]]\n{part(one)}" for one in parts)
    head = f'[[amendments]]\nfrom = {from_on}\nsource = "{source}"\n\n[[amendments.targets]]\ncode = "{target}"\n'
    return f"{text}\n{head}{textwrap.dedent(said)}\n\n{written}"


def load(text: str) -> Loaded:
    """Puts a plan file into force."""
    return load_plan(plan=planfile.parse(text.encode()))
