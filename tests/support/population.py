"""A population with known truth: who is whom is known of every row, and so what matching must find and must not.

Seeded, so that a number names a population. Names follow a real shape: the shares of the commonest surnames as the
national statistics give them, given names by a law of few common and many rare ones, so that there are many 张伟.
Some human beings are reported twice: under the same number, under a permit that was renewed, under another document,
under a new passport, with slips in number, name, day of birth or telephone number, by a transliterated or a married
name. Others only look so: twins, namesakes, families with one telephone.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from tests.factories.numbers import resident_number
from tests.support.partner import Partner, Row

# Per thousand of the population (Ministry of Public Security, report of 2020); the rest share what is left.
SURNAMES = {
    name: int(share)
    for name, share in re.findall(
        r"(\D+)(\d+)",
        "王71李70张67刘54陈47杨31黄23赵21吴20周20徐15孙15马13朱13胡13郭12何12林11罗10高10郑9梁9谢8宋8唐7许7韩7邓6冯6曹6彭6曾6肖6田5"
        "董5潘5袁5蔡5蒋5余5于5杜4叶4程4魏4苏4吕4丁4任4卢4姚4沈4钟4姜4崔4谭4陆4范3汪3廖3石3金3韦3贾3夏3付3方3邹3熊3白3孟3秦3邱3侯3江2尹2薛2闫2"
        "雷2龙2史2陶2贺2毛2郝2顾2龚2邵2万2覃2武2钱2戴2严2欧阳1莫2孔2向2常2令狐1冉2岑1敖1",
    )
}
# The commonest given names first; the further down, the rarer.
WHOLE_GIVEN = (
    *(
        "伟",
        "敏",
        "静",
        "丽",
        "强",
        "磊",
        "洋",
        "勇",
        "艳",
        "杰",
        "军",
        "娜",
        "涛",
        "超",
        "明",
        "霞",
        "平",
        "刚",
        "婷",
        "鹏",
    ),
    *("秀英", "桂英", "建华", "建国", "志强", "晓红", "丽华", "海燕", "玉兰", "婷婷", "子轩", "浩然", "雨桐", "欣怡"),
)
CHARACTERS = (
    "文晓志建国华海玉春雪小丽明红永德新金子成立家天宇思梦佳佩雅慧颖欣怡雨浩然俊杰泽博睿轩涵诗琪瑶琳珊璐萱茜薇婉"
    "宁静楠楚振东升光辉耀庆学安康福祥瑞云龙飞凤鸣鹤松柏林森江河山川波涛洪亮彬斌军民兵卫忠信义仁礼智勇刚毅坚强"
)
FOREIGN_GIVEN = ("Anna", "John", "Maria", "Peter", "Laura", "Daniel", "Sofia", "Ivan", "Olga", "Minh", "Aisha", "Omar")
FOREIGN_FAMILY = (
    "Smith",
    "Miller",
    "Petrov",
    "Garcia",
    "Nguyen",
    "Khan",
    "Rossi",
    "Novak",
    "Schmidt",
    "Tanaka",
    "Okafor",
)
SOUNDS = {
    "伟": "玮",
    "静": "婧",
    "丽": "莉",
    "晓": "小",
    "志": "智",
    "明": "铭",
    "华": "桦",
    "文": "雯",
    "雨": "宇",
    "子": "梓",
}
SCHOOLS = (
    ("贵州大学", "10657", 30),
    ("贵州师范大学", "10663", 20),
    ("贵州财经大学", "10671", 20),
    ("贵州民族大学", "10672", 10),
    ("重庆大学", "10611", 6),
    ("四川大学", "10610", 6),
    ("云南大学", "10673", 4),
    ("中南大学", "10533", 4),
)
LEVELS = (
    ("博士研究生毕业", "01", 2),
    ("硕士研究生毕业", "02", 13),
    ("大学本科毕业", "05", 60),
    ("大学专科毕业", "06", 25),
)
RESIDENT, PASSPORT, PASS = "居民身份证", "普通护照", "港澳居民来往内地通行证"
ORGANISATIONS = 5
LETTERS = "EGJK"

# Of those who are reported a second time: how, and how many in a hundred.
SECOND = (
    ("same_number", 30),
    ("renewed_permit", 4),
    ("other_document", 26),
    ("transliterated", 9),
    ("changed_passport", 9),
    ("slip_in_number", 5),
    ("slip_in_birth_date", 5),
    ("slip_in_name", 6),
    ("married", 3),
    ("two_slips_in_resident_number", 3),
)
REPORTED_TWICE = 0.08
TWINS = 0.012


@dataclass(frozen=True)
class Human:
    """One human being, as they are."""

    id: int
    surname: str
    given: str
    gender: str
    born: dt.date
    document: str
    number: str
    phone: str
    school: tuple[str, str]
    level: tuple[str, str]
    certificate: str
    foreign: bool = False

    @property
    def name(self) -> str:
        return f"{self.given} {self.surname}" if self.foreign else self.surname + self.given


@dataclass(frozen=True)
class Report:
    """One row: what an organisation says of a human being; ``how`` tells the first from the kinds of second."""

    human: int
    organisation: int
    how: str
    name: str
    document: str
    number: str
    born: dt.date
    gender: str
    phone: str
    school: tuple[str, str] | None
    level: tuple[str, str]
    certificate: str

    def row(self, partner: Partner, place: int) -> Row:
        """The row of the template; ``partner_ref`` names the human being."""
        studied: dict[str, Any] = {}
        if self.school:
            studied = {
                "education": self.level[0],
                "school": self.school[0],
                "graduated_on": str(dt.date(max(self.born.year + 22, 2003), 6, 30)),
                "education_cert_no": self.certificate,
            }
        return partner.row(
            0,
            partner_ref=f"{self.human}/{place}",
            name=self.name,
            id_type=self.document,
            id_number=self.number,
            birth_date=str(self.born),
            gender={"1": "男", "2": "女"}[self.gender],
            mobile=self.phone,
            **studied,
        )


class Population:
    """``size`` human beings, and every report of them."""

    def __init__(self, size: int, seed: int = 1, first: int = 0) -> None:
        self.chance = Random(seed * 1_000_003 + first)
        self.first = first
        self.humans: list[Human] = []
        self._serials: dict[tuple[dt.date, str, str], int] = {}
        self._surnames = [*SURNAMES, *(chr(0x4E00 + 7 * n) for n in range(300))]
        left = 1000 - sum(SURNAMES.values())
        self._shares = [*SURNAMES.values(), *([left / 300] * 300)]
        self._whole = [30 / (n + 3) for n in range(len(WHOLE_GIVEN))]
        while len(self.humans) < size:
            self._born()
        self.reports = [self._first(one) for one in self.humans]
        self.reports += [
            self._second(one, first)
            for one, first in zip(self.humans, list(self.reports), strict=True)
            if self.chance.random() < REPORTED_TWICE
        ]

    def of(self, organisation: int) -> list[Report]:
        """What one organisation reports; a document twice in its file is sent once."""
        return list({one.number: one for one in self.reports if one.organisation == organisation}.values())

    def _born(self) -> None:
        chance = self.chance
        one = self._human()
        self.humans.append(one)
        if chance.random() < TWINS and not one.foreign:
            given = one.given[0] + chance.choice(CHARACTERS) if chance.random() < 0.5 else self._given()
            gender = one.gender if chance.random() < 0.7 else {"1": "2", "2": "1"}[one.gender]
            abroad = chance.random() < 0.05
            document, number = (PASSPORT, self._passport()) if abroad else (RESIDENT, self._resident(one.born, gender))
            self.humans.append(
                replace(
                    one,
                    id=one.id + 1,
                    given=given if given != one.given else given + "儿",
                    gender=gender,
                    document=document,
                    number=number,
                    phone=one.phone if chance.random() < 0.1 else self._phone(),
                    certificate=self._certificate(one.school, one.level, one.born),
                )
            )

    def _human(self) -> Human:
        chance = self.chance
        born = dt.date(1960, 1, 1) + dt.timedelta(days=chance.randrange(40 * 365))
        gender = chance.choice("12")
        foreign, pass_holder = chance.random() < 0.04, chance.random() < 0.02
        school = chance.choices(SCHOOLS, [one[2] for one in SCHOOLS])[0][:2]
        level = chance.choices(LEVELS, [one[2] for one in LEVELS])[0][:2]
        surname = chance.choice(FOREIGN_FAMILY) if foreign else chance.choices(self._surnames, self._shares)[0]
        given = chance.choice(FOREIGN_GIVEN) if foreign else self._given()
        document, number = RESIDENT, self._resident(born, gender)
        if foreign:
            document, number = PASSPORT, self._passport()
        elif pass_holder:
            document, number = PASS, "H" + f"{chance.randrange(10**8):08d}" + "00"
        return Human(
            id=self.first + len(self.humans),
            surname=surname,
            given=given,
            gender=gender,
            born=born,
            document=document,
            number=number,
            phone=self._phone(),
            school=school,
            level=level,
            certificate=self._certificate(school, level, born),
            foreign=foreign,
        )

    def _given(self) -> str:
        chance = self.chance
        if chance.random() < 0.3:
            return chance.choices(WHOLE_GIVEN, self._whole)[0]
        weights = [20 / (n + 10) for n in range(len(CHARACTERS))]
        return "".join(chance.choices(CHARACTERS, weights, k=chance.choice((1, 2, 2, 2))))

    def _resident(self, born: dt.date, gender: str) -> str:
        area = self.chance.choice(("520102", "520103", "520111", "522101", "522401", "510104", "430102", "500103"))
        serial = self._serials[born, gender, area] = self._serials.get((born, gender, area), self.first % 97) + 1
        return resident_number(serial, born, gender, area)

    def _passport(self) -> str:
        return self.chance.choice(LETTERS) + f"{self.chance.randrange(10**8):08d}"

    def _phone(self) -> str:
        return "1" + self.chance.choice("3578") + f"{self.chance.randrange(10**9):09d}"

    def _certificate(self, school: tuple[str, str], level: tuple[str, str], born: dt.date) -> str:
        year = max(born.year + 22, 2003)
        return f"{school[1]}1{year}{level[1]}{self.chance.randrange(10**6):06d}"

    def _first(self, one: Human) -> Report:
        chance = self.chance
        return Report(
            human=one.id,
            organisation=chance.randrange(ORGANISATIONS),
            how="first",
            name=one.name,
            document=one.document,
            number=one.number,
            born=one.born,
            gender=one.gender,
            phone=one.phone if chance.random() < 0.85 else "",
            school=one.school if chance.random() < 0.8 else None,
            level=one.level,
            certificate=one.certificate,
        )

    def _second(self, one: Human, first: Report) -> Report:
        chance = self.chance
        how = chance.choices([name for name, _share in SECOND], [share for _name, share in SECOND])[0]
        elsewhere = (first.organisation + chance.randrange(1, ORGANISATIONS)) % ORGANISATIONS
        told = replace(
            first,
            how=how,
            organisation=first.organisation if chance.random() < 0.2 and how != "same_number" else elsewhere,
            phone=self._phone_again(one),
            school=one.school if chance.random() < 0.8 else None,
            certificate=one.certificate
            if chance.random() < 0.9
            else self._certificate(one.school, one.level, one.born),
        )
        return getattr(self, f"_{how}")(one, told)

    def _phone_again(self, one: Human) -> str:
        roll = self.chance.random()
        if roll < 0.65:
            return one.phone
        if roll < 0.7:
            return one.phone[:-1] + str((int(one.phone[-1]) + 1) % 10)
        return self._phone() if roll < 0.9 else ""

    def _same_number(self, one: Human, told: Report) -> Report:
        return told

    def _renewed_permit(self, one: Human, told: Report) -> Report:
        if one.document != PASS:
            return self._other_document(one, replace(told, how="other_document"))
        return replace(told, number=one.number[:9] + "01")

    def _other_document(self, one: Human, told: Report) -> Report:
        return replace(told, document=PASSPORT, number=self._passport())

    def _transliterated(self, one: Human, told: Report) -> Report:
        if one.foreign:
            return replace(self._other_document(one, told), name=f"{one.surname.upper()} {one.given.upper()}")
        from talent.people.names import parts

        surname, given = (*parts(one.name), "", "")[:2]
        written = self.chance.choice(
            (f"{surname.upper()} {given.upper()}", f"{given.title()} {surname.title()}", f"{surname}{given}".upper())
        )
        return replace(self._other_document(one, told), name=written)

    def _changed_passport(self, one: Human, told: Report) -> Report:
        return self._other_document(one, told)

    def _slip_in_number(self, one: Human, told: Report) -> Report:
        if one.document != PASSPORT:
            return self._other_document(one, told)
        place = self.chance.randrange(1, 9)
        wrong = str((int(one.number[place]) + self.chance.randrange(1, 10)) % 10)
        return replace(told, number=one.number[:place] + wrong + one.number[place + 1 :])

    def _slip_in_birth_date(self, one: Human, told: Report) -> Report:
        born = one.born
        changes: list[dict[str, int]] = [
            {"day": born.day % 28 + 1},
            {"year": born.year + self.chance.choice((-10, -1, 1))},
            {"month": born.month % 12 + 1, "day": min(born.day, 28)},
        ]
        if born.day <= 12 and born.day != born.month:
            changes.append({"day": born.month, "month": born.day})
        chosen = self.chance.choice(changes)
        if born.day > 28 and "day" not in chosen:
            chosen["day"] = 28
        return replace(self._other_document(one, told), born=born.replace(**chosen))

    def _slip_in_name(self, one: Human, told: Report) -> Report:
        if one.foreign:
            return replace(self._other_document(one, told), name=one.name[:2] + one.name[3:])
        alike = [character for character in one.given if character in SOUNDS]
        given = (
            one.given.replace(alike[0], SOUNDS[alike[0]]) if alike else one.given[:-1] + self.chance.choice(CHARACTERS)
        )
        return replace(self._other_document(one, told), name=one.surname + given)

    def _married(self, one: Human, told: Report) -> Report:
        surname = self.chance.choice(FOREIGN_FAMILY if one.foreign else ("陈", "林", "何", "郑"))
        return replace(self._other_document(one, told), name=replace(one, surname=surname).name)

    def _two_slips_in_resident_number(self, one: Human, told: Report) -> Report:
        if one.document != RESIDENT:
            return self._other_document(one, told)
        return replace(told, number=self._resident(one.born, one.gender))


def partners(run_jobs: Any) -> list[Partner]:
    """The organisations that report a population."""
    return [Partner(run_jobs) for _place in range(ORGANISATIONS)]


def rows(population: Population, partner: Partner, organisation: int) -> Iterator[Row]:
    """What an organisation sends."""
    for place, one in enumerate(population.of(organisation)):
        yield one.row(partner, place)
