"""The clerk's hand: turns people into rows of the template, then makes the mistakes that real spreadsheets hold.

Each mistake notes the findings that it must raise, so that the file's outcome is known before any check has seen it.
"""

import datetime as dt
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from programs.demo.people import BACHELOR, COLLEGE, MASTER, Person

Cell = str | float | dt.date | None
DISTRICTS = ("南明区", "云岩区", "花溪区", "乌当区", "白云区", "观山湖区", "观山湖区", "观山湖区", "修文县", "清镇市")
SEGMENTS = ("核心业态", "核心", "关联业态", "衍生业态", "")


@dataclass(slots=True)
class Row:
    """One row as it will stand in the file: cells by column code, and the ``(column, rule)`` it must raise."""

    person: Person
    cells: dict[str, Cell]
    findings: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_rejected(self) -> bool:
        """Whether any finding is an error."""
        return any(rule.startswith("E") for _, rule in self.findings)

    @property
    def counts(self) -> bool:
        """Whether the person counts once this row is verified: taken, and completed."""
        return not self.is_rejected and self.cells["outcome"] == "完成"


@dataclass(frozen=True, slots=True)
class Run:
    """A cohort, or an introduction campaign, with the span in which its people come and go."""

    path: str
    programme: str
    cohort: str
    starts_on: dt.date
    ends_on: dt.date


def row_of(person: Person, run: Run, chance: random.Random, *, reference: str, outcome: str = "完成") -> Row:
    """A row without a mistake, in one of the ways in which clerks write dates and numbers."""
    span = (run.ends_on - run.starts_on).days
    started_on = run.starts_on + dt.timedelta(days=chance.randrange(span // 3))
    completed_on = started_on + dt.timedelta(days=chance.randint(7, span - span // 3))
    number = person.number.lower() if chance.random() < 0.5 else person.number
    cells: dict[str, Cell] = {
        "partner_ref": reference,
        "name": person.name,
        "id_type": chance.choice(("居民身份证", "居民身份证", "身份证", "111")),
        "id_number": number,
        "gender": person.gender if chance.random() < 0.9 else "",
        "birth_date": person.born_on if chance.random() < 0.7 else "",
        "mobile": person.mobile,
        "email": person.email,
        "path": run.path,
        "programme": run.programme,
        "cohort": run.cohort,
        "started_on": written(started_on, chance),
        "completed_on": written(completed_on, chance) if outcome == "完成" else "",
        "outcome": outcome,
        "education": person.education[1] if chance.random() < 0.9 else person.education[0],
        "degree": "",
        "school": person.school,
        "graduated_on": person.graduated_on,
        "education_cert_no": person.education_cert_no,
        "title": person.title,
        "title_awarded_on": person.title_awarded_on,
        "title_cert_no": person.title_cert_no,
        "employer": "",
        "employer_uscc": "",
        "district": chance.choice(DISTRICTS) if chance.random() < 0.9 else "",
        "occupation": "2-02-38-03",
        "segment": chance.choice(SEGMENTS),
        "remarks": "",
    }
    return Row(person, cells)


def written(day: dt.date, chance: random.Random) -> Cell:
    """A day in one of the styles that stand side by side in one sheet."""
    return chance.choice(
        (
            day,
            day,
            f"{day:%Y-%m-%d}",
            f"{day.year}/{day.month}/{day.day}",
            f"{day.year}.{day.month}.{day.day}",
            f"{day.year}年{day.month}月{day.day}日",
            float(f"{day:%Y%m%d}"),
        )
    )


Mistake = tuple[int, Callable[[Row, random.Random], list[tuple[str, str]]]]
"""How many rows suffer it, and what it does to one of them; it answers the findings that must follow."""


def put(column: str, value: Cell, *findings: tuple[str, str]) -> Callable[[Row, random.Random], list[tuple[str, str]]]:
    """The mistake of writing ``value`` into ``column``."""

    def make(row: Row, chance: random.Random) -> list[tuple[str, str]]:
        row.cells[column] = value
        return list(findings)

    return make


def number_as_number(row: Row, chance: random.Random) -> list[tuple[str, str]]:
    """Typed into a cell of numbers, an identity number loses all after its fifteenth digit."""
    row.cells["id_number"] = float(row.person.number[:15] + "000")
    return [("id_number", "E05")]


def number_in_scientific_notation(row: Row, chance: random.Random) -> list[tuple[str, str]]:
    digits = row.person.number
    row.cells["id_number"] = f"{digits[0]}.{digits[1:6]}E+17"
    return [("id_number", "E05")]


def certificate_as_number(row: Row, chance: random.Random) -> list[tuple[str, str]]:
    row.cells["education_cert_no"] = float(row.person.education_cert_no)
    return [("education_cert_no", "E05")]


def wrong_check_character(row: Row, chance: random.Random) -> list[tuple[str, str]]:
    digits = row.person.number
    row.cells["id_number"] = digits[:17] + chance.choice([d for d in "0123456789" if d != digits[17]])
    return [("id_number", "E04")]


def digit_lost(row: Row, chance: random.Random) -> list[tuple[str, str]]:
    place = chance.randrange(6, 14)
    row.cells["id_number"] = row.person.number[:place] + row.person.number[place + 1 :]
    return [("id_number", "E04")]


def old_fifteen_digits(row: Row, chance: random.Random) -> list[tuple[str, str]]:
    row.cells["id_number"] = row.person.number[:6] + row.person.number[8:17]
    return [("id_number", "E04")]


def other_birth_date(row: Row, chance: random.Random) -> list[tuple[str, str]]:
    row.cells["birth_date"] = row.person.born_on + dt.timedelta(days=chance.choice((-365, 30, 1)))
    return [("birth_date", "E06")]


def other_gender(row: Row, chance: random.Random) -> list[tuple[str, str]]:
    row.cells["gender"] = "女" if row.person.gender == "男" else "男"
    return [("gender", "E06")]


def completed_before_started(row: Row, chance: random.Random) -> list[tuple[str, str]]:
    row.cells["started_on"], row.cells["completed_on"] = dt.date(2019, 2, 25), dt.date(2019, 1, 25)
    return [("completed_on", "E09")]


def certificate_cut_short(row: Row, chance: random.Random) -> list[tuple[str, str]]:
    row.cells["education_cert_no"] = row.person.education_cert_no[:16]
    return [("education_cert_no", "E11")]


def certificate_of_another_level(row: Row, chance: random.Random) -> list[tuple[str, str]]:
    number = row.person.education_cert_no
    row.cells["education_cert_no"] = number[:10] + ("05" if number[10:12] == "06" else "06") + number[12:]
    return [("education_cert_no", "W01")]


def certificate_left_out(row: Row, chance: random.Random) -> list[tuple[str, str]]:
    row.cells["education_cert_no"] = ""
    return [("education_cert_no", "W02")]


def month_only(row: Row, chance: random.Random) -> list[tuple[str, str]]:
    row.cells["completed_on"] = chance.choice(("2019年3月", "2019年3月", "2019.03", "2019-03"))
    return [("completed_on", "W05")]


def radical_in_the_name(row: Row, chance: random.Random) -> list[tuple[str, str]]:
    row.cells["name"] = row.person.name[:1] + "⻘岚"
    return [("name", "W05")]


def mended_silently(row: Row, chance: random.Random) -> list[tuple[str, str]]:
    """Apostrophes, full-width digits and stray spaces: what the reader is to mend without a word."""
    number = row.person.number
    row.cells["id_number"] = chance.choice(
        ("'" + number, f" {number} ", number.translate({ord("0") + n: ord("０") + n for n in range(10)}))
    )
    row.cells["name"] = chance.choice((f"{row.person.name[0]} {row.person.name[1:]}", f"{row.person.name}　"))
    return []


def make_mistakes(rows: Sequence[Row], mistakes: Sequence[Mistake], chance: random.Random) -> None:
    """Lets each mistake befall as many rows as it says, chosen at random among those that can bear it, one each."""
    for count, make in mistakes:
        able = [row for row in rows if not row.findings and _can_bear(make, row)]
        for row in chance.sample(able, count):
            row.findings.extend(make(row, chance))


def _can_bear(make: object, row: Row) -> bool:
    """A mistake must raise its own finding and no other: some need a row of a certain kind."""
    if row.cells["outcome"] != "完成":
        return False
    if make is certificate_of_another_level:
        return row.person.education in (BACHELOR, COLLEGE)
    if make is certificate_left_out:
        return row.person.education == MASTER and not row.person.title
    if make is digit_lost:
        return "X" not in row.person.number
    return True
