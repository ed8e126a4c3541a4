"""The demonstration's organisations, logins, programmes and cohorts. Their people come with the partner files."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from backend.accounts.models import Organisation, User
from programs.catalogue.models import Path

Kind, Role = Organisation.Kind, User.Role


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who signs in with the demonstration's password, and is written to in ``language``."""

    username: str
    role: str
    organisation: str
    language: str = User.Language.ZH


# The one that goes on: what is owed today is owed for it.
CURRENT_PROGRAMME = "GY-DT-INTRO"
BUREAU, UNIVERSITY, FINANCE_UNIVERSITY, COMPANY = "GY-HRSS", "GZU", "GUFE", "GZHITECH"

ORGANISATIONS: tuple[dict[str, Any], ...] = (
    {
        "code": BUREAU,
        "kind": Kind.BUREAU,
        "name_zh": "贵阳市人力资源和社会保障局",
        "name_en": "Guiyang Human Resources and Social Security Bureau",
    },
    {
        "code": UNIVERSITY,
        "kind": Kind.UNIVERSITY,
        "name_zh": "贵州大学",
        "name_en": "Guizhou University",
        "school_code": "10657",
        "contacts": (
            {"name": "岑若溪", "role": "填报人", "email": "gzu@example.com"},
            {"name": "令狐衡", "role": "负责人", "email": "leader.gzu@example.com"},
        ),
    },
    {
        "code": FINANCE_UNIVERSITY,
        "kind": Kind.UNIVERSITY,
        "name_zh": "贵州财经大学",
        "name_en": "Guizhou University of Finance and Economics",
        "school_code": "10671",
        "contacts": (
            {"name": "喻彦霖", "role": "填报人", "email": "gufe@example.com"},
            {"name": "庄铭", "role": "负责人", "email": "leader.gufe@example.com"},
        ),
    },
    {
        "code": COMPANY,
        "kind": Kind.EMPLOYER,
        "name_zh": "贵阳云鉴数据科技有限公司",
        "name_en": "Yunjian Data Technology (Guiyang)",
        "uscc": "91520115MA6DQ7K24T",
        "contacts": (
            {"name": "Ella Morris", "role": "submitter", "email": "gzhitech@example.com"},
            {"name": "瞿煜", "role": "leader", "email": "leader.gzhitech@example.com"},
        ),
    },
)

LOGINS = (
    Login("admin", Role.ADMIN, BUREAU),
    Login("officer", Role.OFFICER, BUREAU),
    Login("officer2", Role.OFFICER, BUREAU),
    Login("manager", Role.MANAGER, BUREAU),
    Login("gzu", Role.PARTNER, UNIVERSITY),
    Login("gufe", Role.PARTNER, FINANCE_UNIVERSITY),
    Login("gzhitech", Role.PARTNER, COMPANY, User.Language.EN),
)

PROGRAMMES: tuple[dict[str, Any], ...] = (
    {
        "code": "GY-BD-TRAIN",
        "name_zh": "贵阳市大数据人才实训计划",
        "name_en": "Guiyang big data training programme",
        "path": Path.TRAINED,
        "organisations": (UNIVERSITY, FINANCE_UNIVERSITY),
        "starts_on": dt.date(2018, 1, 1),
        "ends_on": dt.date(2020, 12, 31),
        "capacity": 30_000,
        "segment": "core",
    },
    {
        "code": "GY-BD-JOINT",
        "name_zh": "大数据研究生联合培养基地",
        "name_en": "Joint postgraduate base for big data",
        "path": Path.TRAINED,
        "organisations": (UNIVERSITY,),
        "starts_on": dt.date(2018, 9, 1),
        "ends_on": dt.date(2020, 12, 31),
        "capacity": 600,
        "segment": "related",
    },
    {
        "code": "GY-BD-INTRO",
        "name_zh": "贵阳市大数据人才引进专项",
        "name_en": "Guiyang big data introductions",
        "path": Path.INTRODUCED,
        "organisations": (COMPANY,),
        "starts_on": dt.date(2018, 1, 1),
        "ends_on": dt.date(2020, 12, 31),
        "capacity": None,
        "segment": "",
    },
    {
        "code": CURRENT_PROGRAMME,
        "name_zh": "贵阳市数字人才常态化引进项目",
        "name_en": "Guiyang digital talent introductions, continuing",
        "path": Path.INTRODUCED,
        "organisations": (UNIVERSITY, FINANCE_UNIVERSITY, COMPANY),
        "starts_on": dt.date(2021, 1, 1),
        "ends_on": dt.date(2035, 12, 31),
        "capacity": None,
        "segment": "",
    },
)

COHORTS: tuple[dict[str, Any], ...] = (
    {
        "code": "GZU-BD-2018-SPRING",
        "programme": "GY-BD-TRAIN",
        "organisation": UNIVERSITY,
        "starts_on": dt.date(2018, 3, 1),
        "ends_on": dt.date(2018, 6, 30),
        "capacity": 400,
    },
    {
        "code": "GZU-BD-2019-WINTER",
        "programme": "GY-BD-TRAIN",
        "organisation": UNIVERSITY,
        "starts_on": dt.date(2019, 1, 2),
        "ends_on": dt.date(2019, 3, 31),
        "capacity": 600,
    },
    {
        "code": "GZU-DS-2019-WINTER",
        "programme": "GY-BD-TRAIN",
        "organisation": UNIVERSITY,
        "starts_on": dt.date(2019, 1, 7),
        "ends_on": dt.date(2019, 4, 30),
        "capacity": 400,
    },
    {
        "code": "GZU-JOINT-2018",
        "programme": "GY-BD-JOINT",
        "organisation": UNIVERSITY,
        "starts_on": dt.date(2018, 9, 3),
        "ends_on": dt.date(2020, 6, 30),
        "capacity": 120,
    },
    {
        "code": "GUFE-STAT-2019",
        "programme": "GY-BD-TRAIN",
        "organisation": FINANCE_UNIVERSITY,
        "starts_on": dt.date(2019, 1, 7),
        "ends_on": dt.date(2019, 4, 30),
        "capacity": 300,
    },
)

PERIODS: dict[str, Any] = {
    "frequency": "quarter",
    "first": dt.date(2018, 1, 1),
    "last": dt.date(2020, 12, 31),
    "working_days_after_end": 10,
}

# For these the partner files are; whatever else was owed for the plan's quarters came before there was a system.
OWED_PERIOD = "2019-Q1"
EXCUSE = "系统启用前的期次，已以纸质材料报送。"


def current_periods(today: dt.date) -> dict[str, Any]:
    """The month that ``today`` lies in and the two before it, of which one is due soon or fell due not long ago."""
    last = today.replace(day=1)
    first = (last - dt.timedelta(days=32)).replace(day=1)
    return {"frequency": "month", "first": first, "last": today, "working_days_after_end": 10}
