"""Writes the demonstration's partner files and what must become of them: ``python -m programs.demo.make_files``.

Deterministic: the same seed gives the same people, mistakes and cells. Beside each file stands ``….expected.json``:
its organisation and period, the counts, the findings planted (``[row, column, rule]``, rows as a spreadsheet shows
them), what the targets gain once every row taken is verified, and which row the demonstration mends on the spot.
"""

import csv
import datetime as dt
import io
import itertools
import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from programs.demo import clerk
from programs.demo.clerk import Cell, Mistake, Row, Run, make_mistakes, put, row_of
from programs.demo.people import Person, Population, credit_code
from programs.intake.columns import COLUMNS

FILES = Path(__file__).resolve().parent / "files"
UNIVERSITY_FILE = "gzu-2019-Q1.xlsx"
EMPLOYER_FILE = "gzhitech-2019-Q1.csv"
SEED = "digital valley"

WINTER = Run("培养", "GY-BD-TRAIN", "GZU-BD-2019-WINTER", dt.date(2019, 1, 2), dt.date(2019, 3, 31))
ANALYSTS = Run("培养", "GY-BD-TRAIN", "GZU-DS-2019-WINTER", dt.date(2019, 1, 7), dt.date(2019, 3, 29))
LATE = Run("培养", "GY-BD-TRAIN", "GZU-BD-2018-SPRING", dt.date(2018, 3, 1), dt.date(2018, 6, 30))
JOINT = Run("培养", "GY-BD-JOINT", "GZU-JOINT-2018", dt.date(2018, 9, 3), dt.date(2019, 3, 31))
INTRODUCED = Run("引进", "GY-BD-INTRO", "", dt.date(2019, 1, 2), dt.date(2019, 3, 31))

UNIVERSITY_MISTAKES: tuple[Mistake, ...] = (
    (2, clerk.number_in_scientific_notation),
    (2, clerk.certificate_as_number),
    (11, clerk.wrong_check_character),
    (3, clerk.digit_lost),
    (2, clerk.old_fifteen_digits),
    (9, put("district", "高新区", ("district", "E02"))),
    (3, put("district", "贵安新区", ("district", "E02"))),
    (4, put("education", "在职研究生", ("education", "E02"))),
    (8, put("cohort", "", ("cohort", "E01"))),
    (4, put("completed_on", "", ("completed_on", "E01"))),
    (1, put("name", "", ("name", "E01"))),
    (3, put("completed_on", "2019-02-30", ("completed_on", "E03"))),
    (1, put("started_on", "春节后", ("started_on", "E03"))),
    (3, clerk.other_birth_date),
    (3, clerk.other_gender),
    (3, put("cohort", "GUFE-STAT-2019", ("cohort", "E08"))),
    (2, put("programme", "GY-BD-TRIAN", ("programme", "E08"))),
    (3, clerk.completed_before_started),
    (3, clerk.certificate_cut_short),
    (6, clerk.certificate_of_another_level),
    (8, clerk.certificate_left_out),
    (22, clerk.month_only),
    (1, clerk.radical_in_the_name),
    (30, clerk.mended_silently),
)
EMPLOYER_MISTAKES: tuple[Mistake, ...] = (
    (1, put("employer", "", ("employer", "E01"))),
    (1, put("employer_uscc", "91520115MA6DQ7K249", ("employer_uscc", "E10"))),
    (1, put("title", "架构师", ("title", "E02"))),
    (2, clerk.month_only),
)


def university_rows(people: Population) -> list[Row]:
    """The university's people of one quarter, cohort after cohort, with the clerk's mistakes in them."""
    chance = people.chance
    rows = [row_of(people.draw(), WINTER, chance, reference=f"W{n:04d}") for n in range(1, 531)]
    rows += [row_of(people.draw(), ANALYSTS, chance, reference=f"D{n:04d}") for n in range(1, 371)]
    for row in chance.sample(rows, 14):
        row.cells["outcome"], row.cells["completed_on"] = "退出", ""
    make_mistakes(rows, UNIVERSITY_MISTAKES, chance)
    _paste_damaged_numbers(rows, chance)
    _repeat(rows, chance, 5)
    _share_certificates(rows, chance, 2)
    late = [row_of(people.draw(), LATE, chance, reference=f"B{n:04d}") for n in range(1, 15)]
    for row in late:
        row.findings.append(("completed_on", "W03"))
    joint = [
        row_of(people.draw(postgraduates=0.0), JOINT, chance, reference=f"L{n:04d}", outcome="在读")
        for n in range(1, 81)
    ]
    return rows + late + joint


def _paste_damaged_numbers(rows: Sequence[Row], chance: random.Random) -> None:
    """A block pasted from another sheet as numbers: twelve rows in succession, whatever else ails them."""
    clean = [n for n in range(len(rows) - 12) if not any(row.findings for row in rows[n : n + 12])]
    start = chance.choice(clean)
    for row in rows[start : start + 12]:
        row.findings.extend(clerk.number_as_number(row, chance))


def _repeat(rows: list[Row], chance: random.Random, count: int) -> None:
    """People entered twice: the same person some rows further down, under another reference."""
    for place in sorted(
        chance.sample([n for n, row in enumerate(rows[:400]) if not row.findings], count), reverse=True
    ):
        first = rows[place]
        again = Row(first.person, dict(first.cells), [("id_number", "E07")])
        again.cells["partner_ref"] = f"{first.cells['partner_ref']}-2"
        rows.insert(place + chance.randint(40, 90), again)


def _share_certificates(rows: Sequence[Row], chance: random.Random, count: int) -> None:
    """A certificate number dragged down a cell: it then stands on two people of one level and school."""
    for _ in range(count):
        pairs = [
            (one, other)
            for one, other in itertools.pairwise(rows)
            if not (one.findings or other.findings)
            and (one.person.education, one.person.school) == (other.person.education, other.person.school)
            and one.cells["outcome"] == other.cells["outcome"] == "完成"
        ]
        one, other = chance.choice(pairs)
        other.cells["education_cert_no"] = one.cells["education_cert_no"]
        other.findings.append(("education_cert_no", "W06"))


def employer_rows(people: Population, university: Sequence[Row]) -> list[Row]:
    """The company's introductions: mostly seniors, three of whom the university has trained, one under another name."""
    chance = people.chance
    employers = [
        ("贵阳云鉴数据科技有限公司", credit_code("520115", "MA6DQ7K2")),
        ("贵阳云鉴数据科技有限公司", credit_code("520115", "MA6DQ7K2")),
        ("贵州山岚智能制造有限公司", credit_code("520113", "MA6E2HN8")),
    ]

    def arrive(person: Person, number: int) -> Row:
        row = row_of(person, INTRODUCED, chance, reference=f"R{number:03d}")
        row.cells["employer"], row.cells["employer_uscc"] = chance.choice(employers)
        row.cells["district"] = row.cells["district"] or "观山湖区"
        return row

    rows = [arrive(people.draw(seniors=0.6, postgraduates=0.5), n) for n in range(1, 41)]
    make_mistakes(rows, EMPLOYER_MISTAKES, chance)
    known = chance.sample([row.person for row in university if row.counts and not row.findings], 4)
    for number, person in enumerate(known[:3], start=41):
        rows.append(arrive(person, number))
        # The certificate is their own, so it stands on no second person.
        rows[-1].findings.append(("id_number", "W04"))
    renamed = arrive(known[3], 44)
    renamed.cells["name"] = "慕容" + known[3].name[-1]
    renamed.findings.append(("name", "E12"))
    return [*rows, renamed]


def write_workbook(path: Path, rows: Sequence[Row]) -> list[int]:
    """The university's workbook as its clerk keeps it; answers the row number that each row has in the sheet.

    A hidden sheet of codes, a merged title, a line of remarks, a column that no template knows, a blank row and a 小计
    after each cohort, 合计 at the end.
    """
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"})
    book.set_properties({"title": "大数据人才培养情况表", "created": dt.datetime(2019, 4, 8, 9, 30)})
    codes = book.add_worksheet("代码")
    codes.write_column(0, 0, ("学历", "博士研究生毕业", "硕士研究生毕业", "大学本科毕业", "大学专科毕业"))
    codes.hide()
    sheet = book.add_worksheet("人员台账")
    sheet.activate()
    sheet.set_first_sheet()
    title = book.add_format({"bold": True, "font_size": 16, "align": "center"})
    heading = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
    columns = [column.code for column in COLUMNS]
    columns.insert(columns.index("mobile"), "政治面貌")
    spelled = {"name": "姓  名*", "id_number": "证件号码＊", "path": "入选方式 *"}
    sheet.merge_range(0, 0, 0, len(columns) - 1, "贵州大学2019年第一季度大数据人才培养情况表", title)
    sheet.write_row(1, 0, ("填报单位：贵州大学", "", "填报日期：2019年4月8日", "", "单位：人"))
    named = {column.code: column.zh for column in COLUMNS}
    for place, code in enumerate(columns):
        sheet.write(3, place, spelled.get(code, named.get(code, code)), heading)
    sheet.freeze_panes(4, 2)
    sheet.set_column(0, len(columns) - 1, 13)
    sheet.set_column(columns.index("id_number"), columns.index("id_number"), 21)

    places: list[int] = []
    at, since = 4, 0
    for number, row in enumerate(rows):
        if number and row.cells["partner_ref"][:1] != rows[number - 1].cells["partner_ref"][:1]:  # type: ignore[index]
            sheet.write_row(at, 0, ("小计", f"{number - since}人"))
            at, since = at + 2, number
        for place, code in enumerate(columns):
            _write_cell(sheet, at, place, "群众" if code == "政治面貌" else row.cells[code])
        places.append(at + 1)
        at += 1
    sheet.write_row(at, 0, ("小计", f"{len(rows) - since}人"))
    sheet.write_row(at + 1, 0, ("合计", f"{len(rows)}人"))
    book.close()
    return places


def _write_cell(sheet: Any, row: int, column: int, value: Cell) -> None:
    if isinstance(value, dt.date):
        sheet.write_datetime(row, column, dt.datetime(value.year, value.month, value.day))
    elif isinstance(value, float):
        sheet.write_number(row, column, value)
    elif value:
        sheet.write_string(row, column, value)


def write_text(path: Path, rows: Sequence[Row]) -> list[int]:
    """The company's file as its system exports it: comma-separated GB18030; answers each row's number."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow([column.zh for column in COLUMNS])
    for row in rows:
        lines.writerow([_as_text(row.cells[column.code]) for column in COLUMNS])
    path.write_bytes(text.getvalue().encode("gb18030"))
    return list(range(2, len(rows) + 2))


def _as_text(value: Cell) -> str:
    if isinstance(value, dt.date):
        return f"{value.year}/{value.month}/{value.day}"
    return f"{value:.0f}" if isinstance(value, float) else value or ""


def expectation(
    file: str, organisation: str, rows: Sequence[Row], places: Sequence[int], whole: Iterable[str], known: set[str]
) -> dict[str, Any]:
    """What must become of a file, where the people whose numbers are in ``known`` count already."""
    taken = [row for row in rows if not row.is_rejected]
    gained = {row.person.number: row.person for row in rows if row.counts and row.person.number not in known}
    mend = next(
        ((row, place) for row, place in zip(rows, places, strict=True) if ("district", "E02") in row.findings), None
    )
    findings = [[place, column, rule] for row, place in zip(rows, places, strict=True) for column, rule in row.findings]
    return {
        "file": file,
        "organisation": organisation,
        "period": "2019-Q1",
        "counts": {
            "rows": len(rows),
            "accepted": len(taken),
            "accepted_with_warnings": sum(bool(row.findings) for row in taken),
            "unchanged": 0,
            "rejected": len(rows) - len(taken),
        },
        "targets": {"all": len(gained), "high-end": sum(person.qualifies for person in gained.values())},
        "mend": mend
        and {
            "row": mend[1],
            "values": {"district": "观山湖区"},
            "targets": {"all": 1, "high-end": int(mend[0].person.qualifies)},
        },
        "findings": [*([None, None, rule] for rule in whole), *findings],
    }


def make(directory: Path = FILES) -> None:
    """Writes both files and their expectations into ``directory``."""
    directory.mkdir(parents=True, exist_ok=True)
    people = Population(SEED)
    university = university_rows(people)
    employer = employer_rows(people, university)
    counted = {row.person.number for row in university if row.counts}
    for file, organisation, rows, write, whole, known in (
        (UNIVERSITY_FILE, "GZU", university, write_workbook, ["W07"], set[str]()),
        (EMPLOYER_FILE, "GZHITECH", employer, write_text, [], counted),
    ):
        places = write(directory / file, rows)
        told = expectation(file, organisation, rows, places, whole, known)
        (directory / f"{file}.expected.json").write_text(_laid_out(told), "utf-8")


def _laid_out(told: dict[str, Any]) -> str:
    """JSON with one finding a line, so that a change of the file shows as a change of those lines."""
    head = json.dumps({key: value for key, value in told.items() if key != "findings"}, ensure_ascii=False, indent=1)
    findings = ",\n  ".join(json.dumps(finding) for finding in told["findings"])
    return f'{head[:-2]},\n "findings": [\n  {findings}\n ]\n}}\n'


if __name__ == "__main__":
    make()
