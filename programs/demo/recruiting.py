"""The demonstration's recruitment: what the company needs people for, and whom it would like to bring in.

They are laid out as an employer's clerk would have entered them over the last weeks. Nobody has arrived yet: whoever
tries that on the pages sees a record come of it.
"""

import datetime as dt
from collections.abc import Sequence

from backend import clock
from backend.accounts.models import Organisation, User
from programs.catalogue.budget import add_line
from programs.catalogue.models import BudgetLine, Programme
from programs.demo.data import CURRENT_PROGRAMME
from programs.demo.people import Population
from programs.recruitment import moving
from programs.recruitment.campaigns import describe_campaign
from programs.recruitment.entering import enter_candidates
from programs.recruitment.models import Campaign, Candidate, Position
from programs.recruitment.moving import Wish
from programs.recruitment.positions import Wanted, open_positions
from programs.recruitment.reading import Told

SEED = "recruitment"
HELD, ENTERED = 70, 66
"""So many days ago the fair was held, and the first of its candidates were entered."""

WANTED = (
    ("YJ-DE-01", "大数据开发工程师", "2-02-38-03", "intermediate", 6, "520115", 80, 120),
    ("YJ-AI-02", "机器学习算法工程师", "2-02-38-01", "deputy_senior", 2, "520115", 80, 60),
    ("YJ-CL-03", "云平台运维工程师", "2-02-38-04", "junior", 3, "520111", 45, 90),
)
"""Reference, title, occupation, level, number, district; opened so many days ago and open for so many more."""

Step = tuple[int, str, str]
LIVES: tuple[tuple[str, int, Sequence[Step]], ...] = (
    (
        "fair",
        0,
        ((4, "applied", ""), (9, "screened", ""), (16, "interview", ""), (25, "offer", ""), (34, "accepted", "")),
    ),
    (
        "fair",
        0,
        ((3, "applied", ""), (11, "screened", ""), (19, "interview", ""), (30, "offer", ""), (41, "accepted", "")),
    ),
    ("fair", 0, ((4, "applied", ""), (12, "screened", ""), (26, "interview", ""), (44, "offer", ""))),
    ("referral", 1, ((2, "applied", ""), (9, "interview", ""), (24, "offer", ""))),
    ("fair", 0, ((6, "applied", ""), (15, "screened", ""), (33, "interview", ""))),
    ("website", 2, ((5, "applied", ""), (14, "screened", ""), (38, "interview", ""))),
    ("university_visit", 2, ((7, "applied", ""), (20, "screened", ""))),
    ("university_visit", 0, ((8, "applied", ""), (29, "screened", ""))),
    ("website", 1, ((10, "applied", ""),)),
    ("agency", 1, ((12, "applied", ""),)),
    ("fair", 0, ()),
    ("fair", 2, ()),
    ("overseas_call", 1, ((6, "applied", ""), (18, "interview", ""), (27, "withdrawn", "other_offer"))),
    ("fair", 0, ((5, "applied", ""), (13, "declined", "unqualified"))),
    ("website", 2, ((3, "applied", ""), (17, "screened", ""), (31, "declined", "interview_failed"))),
)
"""Where somebody came from, for which of the positions, and their moves: so many days after entry, to where, why."""


def load_recruitment(company: Organisation) -> list[str]:
    """Lays out what is missing: all of it where the company has registered no position yet, and else nothing."""
    if Position.objects.filter(organisation=company).exists():
        return []
    today, clerk = clock.today(), User.objects.filter(organisation=company).order_by("pk").first()
    programme = Programme.objects.get(code=CURRENT_PROGRAMME)
    _campaign(programme, today)
    positions = open_positions(actor=clerk, organisation=company, wanted=[_wanted(one, today) for one in WANTED])
    people = Population(SEED)
    told = []
    for place, (source, position, _steps) in enumerate(LIVES):
        drawn = people.draw(seniors=0.2, postgraduates=0.5)
        told.append(
            Told(
                name=drawn.name,
                source=source,
                id_type="111",
                id_number=drawn.number,
                mobile=drawn.mobile,
                email=drawn.email,
                education=drawn.education[0],
                school=drawn.school,
                graduated_on=drawn.graduated_on,
                education_cert_no=drawn.education_cert_no,
                campaign=programme,
                position=positions[position],
                owner=clerk,
                day=today - dt.timedelta(days=ENTERED - place),
            )
        )
    candidates = enter_candidates(actor=clerk, organisation=company, told=told)
    if clerk is not None:
        for candidate, (_source, _position, steps) in zip(candidates, LIVES, strict=True):
            _walk(candidate, steps, clerk)
    return [one.ref for one in positions]


def _wanted(one: tuple[str, str, str, str, int, str, int, int], today: dt.date) -> Wanted:
    ref, title, occupation, level, number, district, since, more = one
    return Wanted(
        ref=ref,
        title=title,
        occupation=occupation,
        level=level,
        wanted=number,
        segment="core",
        district=district,
        opened_on=today - dt.timedelta(days=since),
        open_until=today + dt.timedelta(days=more),
    )


def _campaign(programme: Programme, today: dt.date) -> None:
    if not Campaign.objects.filter(programme=programme).exists():
        held = today - dt.timedelta(days=HELD)
        describe_campaign(
            actor=None,
            programme=programme,
            kind=Campaign.Kind.FAIR,
            place="贵阳国际会议展览中心",
            starts_on=held,
            ends_on=held + dt.timedelta(days=1),
            notes="",
        )
    if not BudgetLine.objects.filter(programme=programme).exists():
        for purpose, planned, spent in (("展位与场地", 8_000_000, 7_650_000), ("差旅与接待", 3_000_000, 1_980_000)):
            add_line(
                actor=None,
                programme=programme,
                cohort=None,
                funding_source="talent_fund",
                purpose=purpose,
                planned_fen=planned,
                spent_fen=spent,
            )


def _walk(candidate: Candidate, steps: Sequence[Step], clerk: User) -> None:
    entered = candidate.entered_on
    for days, to, reason in steps:
        moving.write(candidate, Wish(to, entered + dt.timedelta(days=days), reason), actor=clerk)
