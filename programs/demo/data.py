"""The demonstration's organisations, logins, programmes and cohorts. Their people come with the partner files."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from backend.accounts.models import Organisation, User
from programs.catalogue.models import Path

Kind, Role = Organisation.Kind, User.Role


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who signs in with the demonstration's password."""

    username: str
    role: str
    organisation: str


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
    },
    {
        "code": FINANCE_UNIVERSITY,
        "kind": Kind.UNIVERSITY,
        "name_zh": "贵州财经大学",
        "name_en": "Guizhou University of Finance and Economics",
        "school_code": "10671",
    },
    {
        "code": COMPANY,
        "kind": Kind.EMPLOYER,
        "name_zh": "贵阳云鉴数据科技有限公司",
        "name_en": "Yunjian Data Technology (Guiyang)",
        "uscc": "91520115MA6DQ7K24T",
    },
)

LOGINS = (
    Login("admin", Role.ADMIN, BUREAU),
    Login("officer", Role.OFFICER, BUREAU),
    Login("officer2", Role.OFFICER, BUREAU),
    Login("manager", Role.MANAGER, BUREAU),
    Login("gzu", Role.PARTNER, UNIVERSITY),
    Login("gufe", Role.PARTNER, FINANCE_UNIVERSITY),
    Login("gzhitech", Role.PARTNER, COMPANY),
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
