"""Files to practise with, made for whoever asks: their own programme and cohort, people who do not exist.

Each person is called 练习 (practice) and has a resident number with the area part 529999, which was never issued: the
numbers pass every check and are nobody's. Nothing of a sample is kept.
"""

import csv
import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from backend import clock
from backend.accounts.models import User
from backend.lists.tables import inert
from backend.naming import in_language
from backend.problems import Conflict, NotFound
from programs.catalogue import selectors as catalogue
from programs.catalogue.models import Path
from programs.intake.answers import language
from programs.intake.columns import COLUMNS, LAYOUT
from programs.intake.context import Context
from programs.intake.downloads import CSV, XLSX, Download
from programs.intake.rules import RULES, column_label
from programs.intake.services import title_of
from programs.intake.templates.lists import listed
from programs.intake.templates.talent import TALENT_RECORDS
from programs.submissions import practising

CLEAN, MISTAKES = "clean", "mistakes"
NEVER_ISSUED = "529999"
UNKNOWN_PROGRAMME = "LX-0000"
NOWHERE = "练习区"
EMPLOYER, EMPLOYER_CODE = "练习用人单位", "91529999MA0LX00013"
FIRST_ROW = 2
CALLED = "甲乙丙丁戊己庚辛壬癸"
INTO_THE_PROGRAMME = dt.timedelta(days=30)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Slip:
    """A mistake that a sample holds: the row as a spreadsheet shows it, the column, and the rule that finds it."""

    row: int
    column: str
    rule: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A file to practise with: its rows by column code, and the mistakes in them."""

    name: str
    rows: Sequence[Row]
    slips: Sequence[Slip] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """What the people of a sample take part in, from when on, and until when where that is no late report."""

    path: str
    programme: str
    cohort: str
    started_on: dt.date
    completed_on: dt.date | None


def samples(actor: User) -> list[Sample]:
    """The samples for the actor's own organisation; none where it takes part in nothing that has begun."""
    place = _place(actor)
    if place is None:
        return []
    clean = [_person(place, actor, number) for number in range(5)]
    return [Sample(CLEAN, clean), _with_mistakes(place, actor)]


def told(sample: Sample) -> dict[str, Any]:
    """A sample as it is told in the reader's language, with what will be found in it."""
    return {
        "name": sample.name,
        "rows": len(sample.rows),
        "mistakes": [
            {
                "row": slip.row,
                "column": slip.column,
                "header": column_label(slip.column, language()),
                "rule": slip.rule,
                "severity": RULES[slip.rule].severity,
                "title": title_of(RULES[slip.rule]),
            }
            for slip in sample.slips
        ],
    }


def sample_file(*, actor: User, name: str, kind: str) -> Download:
    """A sample as a file.

    Args:
        actor: who practises.
        name: ``clean`` or ``mistakes``.
        kind: ``xlsx`` or ``csv``.

    Raises:
        NotFound: there is no such sample.
        Conflict: the organisation takes part in nothing yet that people could be reported under.
    """
    if name not in (CLEAN, MISTAKES):
        raise NotFound
    found = {one.name: one for one in samples(actor)}
    if not found:
        raise Conflict(_("Your organisation takes part in no programme that has begun; ask the bureau to enter it."))
    from programs.intake.template import template_xlsx

    rows = found[name].rows
    if kind == "xlsx":
        data = template_xlsx(actor=actor, template=TALENT_RECORDS, rows=rows)
        return Download(f"practice-{name}.xlsx", XLSX, data)
    return Download(f"practice-{name}.csv", CSV, _as_text(rows))


def _as_text(rows: Sequence[Row]) -> bytes:
    from programs.intake.template import header

    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(header(column) for column in COLUMNS)
    lines.writerows([inert(row.get(column.code, "")) for column in COLUMNS] for row in rows)
    return ("\ufeff" + text.getvalue()).encode()


def _place(actor: User) -> _Place | None:
    """The latest cohort of the actor's organisation, or the introductions that it takes part in where these go on."""
    today = clock.today()
    cohorts = catalogue.cohorts(actor).filter(
        organisation=actor.organisation_id,
        starts_on__lte=today,
        programme__organisations=actor.organisation_id,
        programme__path=Path.TRAINED,
    )
    introductions = catalogue.programmes(actor).filter(
        organisations=actor.organisation_id, path=Path.INTRODUCED, starts_on__lte=today
    )
    cohort = cohorts.order_by("-ends_on", "-starts_on", "code").first()
    programme = introductions.order_by("-ends_on", "-starts_on", "code").first()
    if cohort is not None and (programme is None or cohort.ends_on >= min(programme.ends_on, today)):
        done = _in_time(actor, min(cohort.ends_on, today), cohort.starts_on)
        return _Place(Path.TRAINED, cohort.programme.code, cohort.code, cohort.starts_on, done)
    if programme is None:
        return None
    last = min(programme.ends_on, today)
    started = max(programme.starts_on, last - INTO_THE_PROGRAMME)
    return _Place(Path.INTRODUCED, programme.code, "", started, _in_time(actor, last, started))


def _in_time(actor: User, day: dt.date, started_on: dt.date) -> dt.date | None:
    """The day as one of completion; none where it would be told to be late (W03) in the period practised for."""
    period = practising.period_for(actor)
    if period is None or day <= started_on:
        return None
    return day if day >= Context.late_limit(period.starts_on, period.ends_on) else None


def _label(column: str, code: str) -> str:
    """A code's name in the reader's language, as the template's drop-down has it."""
    return dict(listed(LAYOUT.by_code[column])).get(code, code)


def _person(place: _Place, actor: User, number: int) -> Row:
    """Somebody who does not exist, in every respect as the checks want a row."""
    # Days and numbers differ by organisation, so that whoever practises meets nobody whom another one tries out.
    born_on = dt.date(1988, 1, 1) + dt.timedelta(days=(actor.organisation_id * 17 + number * 31) % 2500)
    serial = 900 + number
    graduated_on = dt.date(born_on.year + 22, 6, 30)
    completed = place.completed_on is not None and number % 2 == 0
    row = {
        "partner_ref": f"LX-{number + 1:03d}",
        "name": f"练习{CALLED[number]}",
        "id_type": _label("id_type", "111"),
        "id_number": _number(born_on, serial),
        "gender": _label("gender", "1" if serial % 2 else "2"),
        "birth_date": born_on.isoformat(),
        "path": in_language("培养", "trained") if place.path == Path.TRAINED else in_language("引进", "introduced"),
        "programme": place.programme,
        "cohort": place.cohort,
        "started_on": place.started_on.isoformat(),
        "completed_on": place.completed_on.isoformat() if completed and place.completed_on else "",
        "outcome": in_language("完成", "completed") if completed else in_language("在读", "in_progress"),
        "education": _label("education", "21"),
        "school": "贵州大学",
        "graduated_on": graduated_on.isoformat(),
        "education_cert_no": f"106571{graduated_on.year}05{990000 + actor.organisation_id % 900 * 11 + number:06d}",
        "district": _label("district", "520103"),
        "remarks": in_language("练习用，虚构人员", "For practice: nobody real"),
    }
    if place.path == Path.INTRODUCED:
        row |= {"employer": EMPLOYER, "employer_uscc": EMPLOYER_CODE}
    return row


def _number(born_on: dt.date, serial: int) -> str:
    """A resident number with its check character (GB 11643: MOD 11-2), of an area that was never issued."""
    body = f"{NEVER_ISSUED}{born_on:%Y%m%d}{serial:03d}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def _with_mistakes(place: _Place, actor: User) -> Sample:
    people = [_person(place, actor, number) for number in range(9)]
    good, digit, damaged, day, again, unknown, nameless, month, nowhere = people
    digit["id_number"] = _wrong_digit(digit["id_number"])
    damaged["id_number"] = f"{damaged['id_number'][0]}.{damaged['id_number'][1:6]}E+17"
    day["started_on"] = f"{place.started_on.year}-02-30"
    again |= {name: value for name, value in good.items() if name not in ("partner_ref", "remarks")}
    unknown["programme"] = UNKNOWN_PROGRAMME
    nameless["name"] = ""
    month["graduated_on"] = f"{month['graduated_on'][:4]}年6月"
    nowhere["district"] = NOWHERE
    made: Mapping[str, tuple[str, Row]] = {
        "E04": ("id_number", digit),
        "E05": ("id_number", damaged),
        "E03": ("started_on", day),
        "E07": ("id_number", again),
        "E08": ("programme", unknown),
        "E01": ("name", nameless),
        "W05": ("graduated_on", month),
        "E02": ("district", nowhere),
    }
    places = {id(row): place for place, row in enumerate(people, FIRST_ROW)}
    slips = [Slip(places[id(row)], column, rule) for rule, (column, row) in made.items()]
    return Sample(MISTAKES, people, sorted(slips, key=lambda slip: slip.row))


def _wrong_digit(number: str) -> str:
    """The number with another check character than its own."""
    return number[:-1] + ("1" if number[-1] != "1" else "2")
