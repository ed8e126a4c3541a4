"""What the figures of a year must be, counted from what was sent and from nothing that the product keeps."""

import calendar
import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from fractions import Fraction

from tests.programs.recruitment.oracle import Life
from tests.programs.supply.oracle import LEVELS, READ, Books, Enrolment, Head, Post
from tests.years.story import After, Candidate, Cohort, Learner, Year

PLAN = dt.date(2017, 11, 28), dt.date(2020, 12, 31)


def lives(year: Year) -> list[Life]:
    """Candidates as the independent count of recruitment takes them."""
    return [
        Life(
            {
                "none": "all",
                "source": one.source,
                "campaign": one.campaign,
                "organisation": one.employer,
                "position": f"{one.employer} {one.post.ref}" if one.post else "unspecified",
                "month": one.steps[0].day.strftime("%Y-%m"),
            },
            [(step.day, step.to) for step in one.steps] + ([(one.arrives, "arrived")] if one.arrives else []),
            one.arrives,
            one.decided == "verify",
            campaign=one.campaign,
        )
        for one in year.candidates
    ]


def heads(year: Year) -> list[tuple[dt.date, bool, Candidate | Learner]]:
    """Everybody who counts: since which day, whether as high-end, and by which of their records."""
    reported: dict[int, list[tuple[dt.date, Candidate | Learner]]] = defaultdict(list)
    for learner in year.learners:
        if learner.completed and learner.decided == "verify":
            reported[learner.who.n].append((learner.completed, learner))
    for one in year.candidates:
        if one.arrives and one.decided == "verify":
            reported[one.who.n].append((one.arrives, one))
    found = []
    for rows in reported.values():
        within = [row for row in rows if PLAN[0] <= row[0] <= PLAN[1]]
        if within:
            since, by = min(within, key=lambda row: row[0])
            found.append((since, by.who.high_end, by))
    return found


def demand(year: Year, day: dt.date) -> dict[str, dict[str, int]]:
    """By occupation: positions, places, who arrived, who of them is verified, and places that are left."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for post in year.posts:
        came = [one for one in year.candidates if one.post is post and one.arrives and one.arrives <= day]
        count = found[post.occupation]
        count["positions"] += 1
        count["wanted"] += post.wanted
        count["arrived"] += len(came)
        count["verified"] += sum(one.decided == "verify" for one in came)
        count["left"] += max(0, post.wanted - len(came)) if post.until >= day else 0
    return {key: dict(count) for key, count in found.items()}


def costs(year: Year, by: str, day: dt.date) -> dict[str, int]:
    """By source or campaign, what was spent: each campaign's money shared out over all whom it brought."""
    entered = [one for one in year.candidates if one.steps[0].day <= day]
    brought = Counter(one.campaign for one in entered)
    found: dict[str, Fraction] = defaultdict(Fraction)
    for one in entered:
        found[getattr(one, by)] += Fraction(year.campaigns[one.campaign], brought[one.campaign])
    return {key: round(cost) for key, cost in found.items()}


def cohort(year: Year, one: Cohort) -> dict[str, object]:
    """The figures of one cohort."""
    live = [learner for learner in year.learners if learner.cohort is one and learner.decided != "reject"]
    outcome = Counter(learner.outcome for learner in live)
    decided = Counter(learner.decided for learner in live)
    verified = sum(learner.outcome == "completed" and learner.decided == "verify" for learner in live)
    noted = [learner.summary for learner in live if learner.summary]
    held, attended = sum(told.held for told in noted), sum(told.attended for told in noted)
    return {
        "enrolled": len(live),
        "in_progress": outcome["in_progress"],
        "completed": outcome["completed"],
        "withdrawn": outcome["withdrawn"],
        "verified_completions": verified,
        "awaiting_review": decided[""],
        "returned": decided["return"],
        "completion_rate": round(outcome["completed"] / len(live), 4) if live else None,
        "dropout_rate": round(outcome["withdrawn"] / len(live), 4) if live else None,
        "spent_fen": one.spent,
        "noted": len(noted),
        "sessions_held": held,
        "sessions_attended": attended,
        "hours": sum(told.hours for told in noted),
        "attendance_rate": round(attended / held, 4) if held else None,
        "withdrawn_by_reason": dict(
            Counter(
                learner.summary.reason if learner.summary else "" for learner in live if learner.outcome == "withdrawn"
            )
        ),
        "cost_per_completion_fen": (2 * one.spent + verified) // (2 * verified) if verified else None,
    }


@dataclass
class Stay:
    """Somebody's verified record: where they came, by which path, and since when."""

    one: Candidate | Learner
    path: str
    where: str
    since: dt.date


def stays(year: Year) -> list[Stay]:
    """Everybody's verified records that are completed."""
    return [
        Stay(one, "trained", one.cohort.provider, one.completed)
        for one in year.learners
        if one.completed and one.decided == "verify"
    ] + [
        Stay(one, "introduced", one.employer, one.arrives)
        for one in year.candidates
        if one.arrives and one.decided == "verify"
    ]


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day so many calendar months later, or else the month's last."""
    year, month = divmod(day.month - 1 + months, 12)
    return next(
        dt.date(day.year + year, month + 1, number)
        for number in range(day.day, 0, -1)
        if number <= calendar.monthrange(day.year + year, month + 1)[1]
    )


def questions(year: Year) -> list[tuple[Stay, int, dt.date]]:
    """Who must be asked after how many months, of which day, once all who answer have answered."""
    found, seen = [], set()
    for stay in sorted(stays(year), key=lambda one: one.since):
        if (stay.one.who.n, stay.path, stay.where) in seen:
            continue  # the earliest of them in one place, where they have stayed
        seen.add((stay.one.who.n, stay.path, stay.where))
        for months in (6, 12) if stay.path == "introduced" else (6,):
            day, first = months_later(stay.since, months), months_later(stay.since, 6)
            if months == 6 or not _away(stay.one.after, first) or not _told(stay.one.after):
                found.append((stay, months, day))
    return found


def _away(after: After, day: dt.date) -> bool:
    return after.left is not None and after.left <= day and (after.back is None or after.back > day)


def _told(after: After) -> bool:
    return not after.silent and not after.unknown


def stayed(year: Year, by: str) -> dict[str, dict[str, int | float | None]]:
    """How many were asked after, answered for, and stayed, by path, months or organisation."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for stay, months, day in questions(year):
        after = stay.one.after
        count = found[{"path": stay.path, "months": str(months), "organisation": stay.where}[by]]
        count["asked"] += 1
        count["answered"] += not after.silent
        count["unknown"] += after.unknown
        count["gone"] += _told(after) and _away(after, day)
        count["stayed"] += _told(after) and not _away(after, day)
    return {
        key: {name: count[name] for name in ("asked", "answered", "unknown", "stayed", "gone")}
        | {
            "answer_rate": round(count["answered"] / count["asked"], 4),
            "retention_rate": round(count["stayed"] / known, 4) if (known := count["stayed"] + count["gone"]) else None,
        }
        for key, count in found.items()
    }


def proofs(year: Year) -> dict[tuple[str, str], str]:
    """By organisation and quarter, whether everybody was answered for who was asked after."""
    found: dict[tuple[str, str], str] = {}
    for stay, _months, day in questions(year):
        place = stay.where, f"{day.year}-Q{(day.month + 2) // 3}"
        found[place] = "missing" if stay.one.after.silent else found.get(place, "reported")
    return found


def still_here(year: Year, day: dt.date) -> int:
    """Of those who count on a day, how many are not known to have left without anything that holds them here."""
    own: dict[int, list[Stay]] = defaultdict(list)
    for stay in stays(year):
        own[stay.one.who.n].append(stay)
    known: dict[int, list[tuple[Stay, dt.date]]] = defaultdict(list)
    for stay, _months, asked_of in questions(year):
        after = stay.one.after
        if _told(after) and after.left and after.left <= asked_of:
            back = after.back if after.back and after.back <= asked_of else None
            if after.left <= day and (back is None or day < back):
                known[stay.one.who.n].append((stay, after.left))
    return sum(since <= day and not _gone(own[by.who.n], known[by.who.n], day) for since, _high_end, by in heads(year))


def _gone(own: list[Stay], away: list[tuple[Stay, dt.date]], day: dt.date) -> bool:
    def holds(stay: Stay) -> bool:
        if stay.path == "trained":
            return stay.since > max(left for _from, left in away)
        return not any(
            gone.path == "introduced" and gone.where == stay.where and left >= stay.since for gone, left in away
        )

    return bool(away) and not any(holds(stay) for stay in own if stay.since <= day)


def books(year: Year, day: dt.date) -> Books:
    """The year as the independent count of supply takes it, as of a day."""
    found = Books()
    for post in year.posts:
        own = [one for one in year.candidates if one.post is post]
        arrived = sum(one.arrives is not None and one.arrives <= day for one in own)
        where = {name: getattr(post, name) for name in ("occupation", "level", "segment", "district")}
        accepted = sum(_stands(one, day) == "accepted" for one in own)
        found.posts.append(Post(where, year.employers.index(post.employer), post.wanted, arrived, accepted, post.until))
    for learner in year.learners:
        live = learner.outcome != "withdrawn" and learner.decided != "reject"
        found.enrolments.append(
            Enrolment(_where(learner), 0, learner.who.n, learner.cohort.ends, learner.started, learner.completed, live)
        )
    for since, high_end, by in heads(year):
        found.heads.append(Head(_where(by), 0, since, since if high_end else None))
    return found


def _stands(one: Candidate, day: dt.date) -> str:
    if one.arrives and one.arrives <= day:
        return "arrived"
    return next((step.to for step in reversed(one.steps) if step.day <= day), "")


def _where(by: Candidate | Learner) -> dict[str, str]:
    if isinstance(by, Learner):
        said, segment, district = READ[by.occupation], by.segment, by.district
    else:
        post = by.post
        said, segment, district = (post.occupation, post.segment, post.district) if post else ("", "", "")
    return {"occupation": said, "level": LEVELS[by.who.title], "segment": segment, "district": district}
